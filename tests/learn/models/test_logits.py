"""The same logits as torchvision's own networks and transforms give, from photo to answer."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from official_nets import official_state, torchvisions
from PIL import Image

from desktop_app.core.source.photo import SourceImage
from desktop_app.core.source.preprocess import prepare_photo
from desktop_app.learn.models.catalogue import Official, officials, recommended
from desktop_app.learn.models.fitting import Fit, fit_of, fitted
from desktop_app.learn.models.weights_file import State
from desktop_app.learn.network.torchvision_compat import make_importable
from desktop_app.learn.network.torchvision_nets import torchvision_net

SMALL = (
    "squeezenet1_0", "squeezenet1_1", "shufflenet_v2_x0_5", "shufflenet_v2_x1_0", "mnasnet0_5", "mnasnet1_0",
    "mobilenet_v2", "mobilenet_v3_small", "regnet_y_400mf", "efficientnet_b0", "googlenet",
    "densenet121",
)  # fmt: skip
SIZES = ((300, 451), (1000, 260), (90, 70))


def photo(size: tuple[int, int], seed: int = 0) -> SourceImage:
    coarse = np.random.default_rng(seed).integers(0, 256, (7, 9, 3), dtype=np.uint8)
    rgb = np.asarray(Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC))
    return SourceImage(rgb, size, "a photo")


@pytest.mark.parametrize("name", SMALL)
def test_logits_equal_torchvisions(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    state = official_state(name)
    theirs, transforms = torchvisions(name, state, monkeypatch)
    official = recommended(name)
    assert official is not None
    file = State(dict(state), getattr(state, "_metadata", None))
    ours = fitted(file, Fit(name, 1000, official.preprocessing.height))
    assert ours is not None
    picture = photo(SIZES[SMALL.index(name) % len(SIZES)])
    with torch.inference_mode():
        wanted = theirs(transforms(Image.fromarray(picture.rgb))[None])
        found = ours(torch.from_numpy(prepare_photo(picture, official.preprocessing).input)[None])
    assert wanted.abs().max() > 1e-3
    torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-5 * float(wanted.abs().max()))


def kinds() -> list[Official]:
    """One file for each way of preprocessing that there is."""
    return list({official.preprocessing: official for official in officials()}.values())


@pytest.mark.parametrize("size", SIZES)
def test_inputs_equal_torchvisions_for_every_official_file(size: tuple[int, int]) -> None:
    make_importable()
    from torchvision import models

    picture = photo(size)
    assert len(kinds()) > 20
    for official in kinds()[SIZES.index(size) :: len(SIZES)]:
        weights = models.get_model_weights(official.architecture)[official.weights]
        wanted = weights.transforms()(Image.fromarray(picture.rgb)).numpy()
        if official.architecture in ("googlenet", "inception_v3"):  # their networks go on with it
            wanted = (
                models.GoogLeNet(init_weights=False, transform_input=True)
                ._transform_input(torch.from_numpy(wanted)[None])[0]
                .numpy()
            )
        found = prepare_photo(picture, official.preprocessing).input
        assert found.shape == wanted.shape, official.file
        assert np.abs(found - wanted).max() < 2e-6, official.file


@pytest.mark.parametrize("name", ["squeezenet1_1", "mnasnet0_5"])
def test_other_numbers_of_classes_are_recognised(name: str) -> None:
    torch.manual_seed(0)
    state = torchvision_net(name, 7).state_dict()
    alphabetic = {key: state[key] for key in sorted(state)}  # as .safetensors have them
    assert fit_of(State(alphabetic), "x.safetensors") == Fit(name, 7)


def test_vision_transformers_say_by_their_weights_which_pictures_they_read() -> None:
    with torch.device("meta"):
        state = torchvision_net("vit_b_16", 1000, 384).state_dict()
    assert fit_of(State(dict(state)), "x.pth") == Fit("vit_b_16", 1000, 384)


def test_half_precision_is_recognised_too() -> None:
    """Torchvision's files of wide ResNets are."""
    state = official_state("squeezenet1_1", dtype=torch.float16)
    assert fit_of(State(dict(state)), "x.pth") == Fit("squeezenet1_1", 1000)
