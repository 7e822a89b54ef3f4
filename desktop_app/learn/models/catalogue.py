"""Torchvision's official weights for classification, from its own metadata. Imports torchvision: a second."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from desktop_app.core.errors import UserError
from desktop_app.core.model.card import Interpolation, Preprocessing
from desktop_app.learn.models.titles import title_of
from desktop_app.learn.network.torchvision_compat import torchvision_models
from desktop_app.learn.network.torchvision_nets import AUXILIARY

_ENDING = r"(?=[^0-9A-Za-z]|$)"
"""After the hash in a name: `resnet50-11ad3fa6 (1).pth` is what a browser makes of a second download."""


@dataclass(frozen=True)
class Official:
    """One file of weights that torchvision offers.

    file: its name, which ends in the first digits of its SHA-256, `prefix`.  weights: torchvision's name of these
    weights, "IMAGENET1K_V2".  default: the ones that torchvision recommends for the architecture.
    megabytes: of the file (millions of bytes).  top1, top5: share right on ImageNet's validation split, as torchvision
    states it.  licence: where it differs from torchvision's own.
    """

    file: str
    prefix: str
    url: str
    architecture: str
    weights: str
    default: bool
    classes: tuple[str, ...]
    preprocessing: Preprocessing
    megabytes: float
    weight_count: int
    top1: float
    top5: float
    licence: str

    @property
    def name(self) -> str:
        """Of its model folder: "resnet50", or "resnet50-v1" for others than the recommended weights."""
        variant = self.weights.removeprefix("IMAGENET1K_").lower()
        return self.architecture if self.default else f"{self.architecture}-{variant}"

    @property
    def title(self) -> str:
        if self.default:
            return title_of(self.architecture)
        variant = self.weights.removeprefix("IMAGENET1K_").replace("_", " ")
        return f"{title_of(self.architecture)} ({variant})"


@cache
def officials() -> tuple[Official, ...]:
    """By architecture. Leaves out what cannot classify."""
    models = torchvision_models()
    found = []
    for architecture in models.list_models(module=models):
        enum = models.get_model_weights(architecture)
        found += [_official(architecture, weights, weights == enum.DEFAULT) for weights in enum if _classifies(weights)]
    return tuple(found)


@cache
def architectures() -> tuple[str, ...]:
    models = torchvision_models()
    return tuple(models.list_models(module=models))


def imagenet_classes() -> tuple[str, ...]:
    """The 1,000 names, in the order of the logits."""
    return officials()[0].classes


def recognised(file_name: str) -> Official | None:
    """The official file that is called so, whatever a browser or a person has put behind the name."""
    for official in officials():
        stem = official.file.removesuffix(".pth")
        if re.match(re.escape(stem) + _ENDING, file_name, re.IGNORECASE):
            return official
    return None


def of_digest(sha256: str) -> Official | None:
    """The official file with this SHA-256, whatever it is called now."""
    return next((official for official in officials() if sha256.startswith(official.prefix)), None)


def wanted(name: str) -> Official:
    """An architecture's recommended weights, or those called "resnet50-v1" or "ResNet50_Weights.IMAGENET1K_V1".

    Raises UserError.
    """
    name = name.strip()
    for official in officials():
        enum = torchvision_models().get_model_weights(official.architecture).__name__
        if name.lower() in (official.name, f"{enum}.{official.weights}".lower(), official.file.lower()):
            return official
        if official.default and name.lower() == official.architecture:
            return official
    raise UserError(f"torchvision has no classifier called {name!r}. `convlens fetch-model --list` shows all names.")


def recommended(architecture: str) -> Official | None:
    return next((one for one in officials() if one.architecture == architecture and one.default), None)


def unfit(file_name: str) -> str | None:
    """What an official file of this name is, if it is one that ConvLens cannot use: a sentence, else None."""
    for stem, sentence in _unfit().items():
        if re.match(re.escape(stem) + _ENDING, file_name, re.IGNORECASE):
            return sentence
    return None


@cache
def _unfit() -> dict[str, str]:
    models = torchvision_models()
    sentences = {}
    for module, kind in (
        (models.quantization, "a quantized net, with whole numbers for weights: take the file without quantization"),
        (models.segmentation, "a net that marks regions in pictures: only classifiers can be shown"),
        (models.detection, "a net that finds objects in pictures: only classifiers can be shown"),
        (models.video, "a net that reads videos: only classifiers of pictures can be shown"),
        (models.optical_flow, "a net that follows motion: only classifiers can be shown"),
    ):
        for name in models.list_models(module=module):
            for weights in models.get_model_weights(name):
                sentences[_file(weights).removesuffix(".pth")] = f"torchvision's {name} is {kind}."
    for weights in models.VGG16_Weights:
        if not _classifies(weights):
            sentence = "these VGG-16 weights have no classifier, only the layers before: take vgg16-397923af.pth."
            sentences[_file(weights).removesuffix(".pth")] = sentence
    return sentences


def _classifies(weights: Any) -> bool:
    return bool(weights.meta.get("categories"))


def _file(weights: Any) -> str:
    return str(weights.url).rsplit("/", 1)[-1]


def _official(architecture: str, weights: Any, default: bool) -> Official:
    file, meta = _file(weights), weights.meta
    figures = meta["_metrics"]["ImageNet-1K"]
    return Official(
        file=file,
        prefix=file.removesuffix(".pth").rsplit("-", 1)[-1],
        url=str(weights.url),
        architecture=architecture,
        weights=str(weights.name),
        default=default,
        classes=tuple(meta["categories"]),
        preprocessing=_preprocessing(architecture, weights.transforms()),
        megabytes=meta["_file_size"] * 2**20 / 1e6,
        weight_count=int(meta["num_params"]),
        top1=round(figures["acc@1"] / 100, 5),
        top5=round(figures["acc@5"] / 100, 5),
        licence=str(meta.get("license", "")),
    )


def _preprocessing(architecture: str, transforms: Any) -> Preprocessing:
    """From torchvision's eval transforms.

    The two nets of the Inception family convert ImageNet's usual normalisation to a mean and standard deviation of 0.5
    by themselves when they are made with official weights. Here that is part of the normalisation: the same numbers
    reach the first layer, and the network has no arithmetic before it.
    """
    mean, std = tuple(transforms.mean), tuple(transforms.std)
    if architecture in AUXILIARY:
        mean = std = (0.5, 0.5, 0.5)
    method: Interpolation = "bicubic" if transforms.interpolation.value == "bicubic" else "bilinear"
    side, resize = transforms.crop_size[0], transforms.resize_size[0]
    return Preprocessing("rgb", side, side, "crop", method, mean, std, resize=resize)
