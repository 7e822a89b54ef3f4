"""The model card: what a model reads, how it is built, what it answers and how well. `models/NAME/card.json`."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.errors import BadFile
from desktop_app.core.model.architecture import Layer, output_shapes, parse_layers, weight_shapes
from desktop_app.core.model.tensor_file import read_tensors

Reads = Literal["drawings", "photos"]
Channels = Literal["grey", "rgb"]
Fit = Literal["crop", "pad", "stretch", "crops"]
Interpolation = Literal["bilinear", "bicubic"]

MAX_SIDE = 4096
"""Of an input, and of the picture that it is cut out of, pixels."""
MOST = 100_000
"""What a mean or a standard deviation can be: on a scale of 0 to 1 they are far smaller."""


@dataclass(frozen=True)
class Preprocessing:
    """How a source image becomes the input.

    height, width: of the input, pixels.  resize: length that the shorter side gets before the centre crop, pixels.
    mean, std: a value a channel, on the 0..1 scale.  longest: length of a centred drawing's longest side, and
    pen: width of its pen, both in input pixels (for models that read drawings).
    """

    channels: Channels
    height: int
    width: int
    fit: Fit
    interpolation: Interpolation
    mean: tuple[float, ...]
    std: tuple[float, ...]
    resize: int | None = None
    longest: float | None = None
    pen: float | None = None

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, H, W) of the input."""
        return (1 if self.channels == "grey" else 3, self.height, self.width)


@dataclass(frozen=True, eq=False)
class ModelCard:
    """One model, the same only as itself.

    layers: the architecture, where the card spells it out; else it is torchvision's of the name `torchvision`.
    not_sure: entropy in bits above which the answer is "not sure".  temperature: divides the logits.
    """

    name: str
    title: str
    reads: Reads
    description: str
    layers: tuple[Layer, ...]
    torchvision: str
    weight_count: int
    preprocessing: Preprocessing
    classes: tuple[str, ...]
    weights_file: Path
    sha256: str
    temperature: float
    not_sure: float
    licence: str
    training: Mapping[str, Any]
    figures: Mapping[str, Any]
    notes: tuple[str, ...] = ()


def read_card(folder: Path) -> ModelCard:
    """The card in a model's folder. Raises BadFile naming the file and what is wrong with it."""
    file = folder / "card.json"
    try:
        return _parse(json.loads(file.read_text(encoding="utf-8")), folder)
    except FileNotFoundError as error:
        raise BadFile(f"{file}: there is no card in this model's folder.") from error
    except OSError as error:
        raise BadFile(f"{file}: cannot be read ({error.strerror}).") from error
    except KeyError as error:
        raise BadFile(f"{file}: the card lacks {error}.") from error
    except (TypeError, AttributeError, ValueError, OverflowError, RecursionError) as error:
        raise BadFile(f"{file}: {error}.") from error


def read_weights(card: ModelCard) -> dict[str, NDArray[Any]]:
    """The model's weights by name, checked against the card's SHA-256 and, where it spells out its layers, the shapes.

    Raises BadFile naming the file.
    """
    file, weights = card.weights_file, read_tensors(card.weights_file, card.sha256)
    if card.torchvision:
        return weights
    wanted = weight_shapes(card.layers, card.preprocessing.shape)
    found = {name: array.shape for name, array in weights.items()}
    if found != wanted:
        differing = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
        raise BadFile(f"{file}: the weights do not fit the card's architecture ({', '.join(differing[:3])}).")
    return {name: np.ascontiguousarray(array, dtype=np.float32) for name, array in weights.items()}


def _parse(data: Any, folder: Path) -> ModelCard:
    if data["format"] != 1:
        raise ValueError(f"card format {data['format']!r} is not known to this version of ConvLens")
    preprocessing = _preprocessing(data["input"])
    classes = tuple(str(name) for name in data["classes"])
    weights = data["weights"]
    torchvision = str(data["architecture"].get("torchvision", ""))
    layers: tuple[Layer, ...] = ()
    if torchvision:
        count = int(_positive(weights["count"]))
        if preprocessing.channels != "rgb":
            raise ValueError("torchvision's networks read rgb")
        if len(set(classes)) != len(classes):
            raise ValueError(f"{len(classes)} classes are named, but only {len(set(classes))} different ones")
    else:
        layers = parse_layers(data["architecture"]["layers"])
        count = sum(math.prod(shape) for shape in weight_shapes(layers, preprocessing.shape).values())
        shapes = output_shapes(layers, preprocessing.shape)
        if shapes[-1] != (len(classes),) or len(set(classes)) != len(classes):
            raise ValueError(f"the last layer gives {shapes[-1]}, the card names {len(set(classes))} different classes")
    if Path(weights["file"]).name != weights["file"] or "\0" in weights["file"]:
        raise ValueError("the weights file must lie in the model's own folder")
    return ModelCard(
        name=folder.name,
        title=str(data["title"]),
        reads=_one_of(Reads, data["reads"]),
        description=str(data["description"]),
        layers=layers,
        torchvision=torchvision,
        weight_count=count,
        preprocessing=preprocessing,
        classes=classes,
        weights_file=folder / weights["file"],
        sha256=str(weights["sha256"]),
        temperature=_positive(data.get("temperature", 1.0)),
        not_sure=_positive(data["not_sure"]),
        licence=str(data["licence"]),
        training=dict(data["training"]),
        figures=dict(data["figures"]),
        notes=tuple(str(note) for note in data.get("notes", ())),
    )


def input_data(spec: Preprocessing) -> dict[str, Any]:
    """A card's `input`, of a model of photos."""
    data: dict[str, Any] = {
        "channels": spec.channels,
        "height": spec.height,
        "width": spec.width,
        "fit": spec.fit,
        "interpolation": spec.interpolation,
        "mean": list(spec.mean),
        "std": list(spec.std),
    }
    return data | ({"resize": spec.resize} if spec.resize else {})


def _preprocessing(data: Any) -> Preprocessing:
    channels = _one_of(Channels, data["channels"])
    mean, std = (tuple(float(value) for value in data[key]) for key in ("mean", "std"))
    if not len(mean) == len(std) == (1 if channels == "grey" else 3):
        raise ValueError("mean and std need one number a channel")
    stds = tuple(_positive(value) for value in std)
    if not all(abs(value) <= MOST for value in mean) or not all(1 / MOST <= value <= MOST for value in stds):
        raise ValueError(f"mean and std are no larger than {MOST:,}, and std no smaller than one part of that")
    height, width = int(data["height"]), int(data["width"])
    if not (1 <= height <= MAX_SIDE and 1 <= width <= MAX_SIDE):
        raise ValueError(f"an input of {height}×{width} pixels is not supported")
    resize = round(_positive(data["resize"])) if "resize" in data else None
    if resize is not None and not 1 <= resize <= MAX_SIDE:
        raise ValueError(f"resizing to {data['resize']} pixels is not supported")
    return Preprocessing(
        channels=channels,
        height=height,
        width=width,
        fit=_one_of(Fit, data["fit"]),
        interpolation=_one_of(Interpolation, data["interpolation"]),
        mean=mean,
        std=stds,
        resize=resize,
        longest=_positive(data["longest"]) if "longest" in data else None,
        pen=_positive(data["pen"]) if "pen" in data else None,
    )


def _one_of(choices: Any, value: Any) -> Any:
    if value not in get_args(choices):
        raise ValueError(f"{value!r:.40} is none of {', '.join(get_args(choices))}")
    return value


def _positive(value: Any) -> float:
    number = float(value)
    if not (math.isfinite(number) and number > 0):
        raise ValueError(f"{value!r:.40} must be a number above zero")
    return number
