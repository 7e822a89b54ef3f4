"""Torchvision's official files by their names."""

from __future__ import annotations

import re

import pytest

from desktop_app.core.errors import UserError
from desktop_app.learn.models.catalogue import imagenet_classes, officials, recognised, unfit, wanted
from desktop_app.learn.models.titles import title_of


def test_all_official_weights_are_known_with_hash_and_preprocessing() -> None:
    assert len(officials()) > 100
    assert len({one.name for one in officials()}) == len({one.file for one in officials()}) == len(officials())
    for one in officials():
        assert re.fullmatch(r"[0-9a-f]{8,}", one.prefix) and one.file.endswith(f"-{one.prefix}.pth")
        assert 0.5 < one.top1 < one.top5 < 1
        assert one.title != one.architecture, "its title is spelled as in its paper"
        assert len(set(one.classes)) == 1000, "answers are told apart by their names"
    assert {wanted("resnet50").weights, wanted("resnet50-v1").weights} == {"IMAGENET1K_V2", "IMAGENET1K_V1"}


def test_swag_files_read_larger_pictures() -> None:
    spec = wanted("ViT_L_16_Weights.IMAGENET1K_SWAG_E2E_V1").preprocessing
    assert (spec.height, spec.resize, spec.interpolation) == (512, 512, "bicubic")
    assert "SWAG" in wanted("vit_l_16-swag_e2e_v1").licence


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("resnet50-11ad3fa6.pth", "resnet50"),
        ("resnet50-11ad3fa6 (1).pth", "resnet50"),
        ("ResNet50-11AD3FA6-2.pth", "resnet50"),
        ("resnet50-11ad3fa6", "resnet50"),
        ("resnet50-0676ba61.pth", "resnet50-v1"),
        ("mnasnet0.5_top1_67.823-3ffadce67e.pth", "mnasnet0_5"),
        ("efficientnet_b0_rwightman-7f5810bc.pth", "efficientnet_b0"),
    ],
)
def test_a_file_is_recognised_whatever_a_browser_made_of_its_name(name: str, model: str) -> None:
    found = recognised(name)
    assert found is not None and found.name == model


@pytest.mark.parametrize("name", ["resnet50.pth", "resnet50-11ad3fa6f.pth", "resnet50-00000000.pth", "x.pth", ""])
def test_other_names_are_not(name: str) -> None:
    assert recognised(name) is None


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("resnet18_fbgemm_16fa66dd.pth", "quantized"),
        ("vgg16_features-amdegroot-88682ab5.pth", "no classifier"),
        ("fcn_resnet50_coco-1167a1af.pth", "regions"),
        ("fasterrcnn_resnet50_fpn_coco-258fb6c6.pth", "objects"),
    ],
)
def test_official_files_that_cannot_be_used_say_what_they_are(name: str, word: str) -> None:
    assert recognised(name) is None
    assert word in (unfit(name) or "")


def test_an_unknown_name_says_where_all_names_are() -> None:
    with pytest.raises(UserError, match=r"'resnet51'.*--list"):
        wanted("resnet51")


def test_the_thousand_names_are_imagenets() -> None:
    assert imagenet_classes()[281] == "tabby" and imagenet_classes()[999] == "toilet tissue"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("vit_b_16", "ViT-B/16"),
        ("regnet_x_1_6gf", "RegNetX 1.6GF"),
        ("wide_resnet101_2", "Wide ResNet-101-2"),
        ("mobilenet_v3_large", "MobileNetV3 Large"),
        ("resnext101_32x8d", "ResNeXt-101 32×8d"),
        ("something_else", "something_else"),
    ],
)
def test_titles_are_those_of_the_papers(name: str, title: str) -> None:
    assert title_of(name) == title
