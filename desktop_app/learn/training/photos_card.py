"""Writes models/photos-simple: the weights and the card that says where they come from and what they can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from desktop_app.core.model.card import Preprocessing, input_data
from desktop_app.learn.training.everyday import CLASSES
from desktop_app.learn.training.model_files import write_files
from desktop_app.learn.training.photo_augment import SIZE

PREPROCESSING = Preprocessing(
    channels="rgb",
    height=SIZE,
    width=SIZE,
    fit="crop",
    interpolation="bilinear",
    mean=(0.485, 0.456, 0.406),
    std=(0.229, 0.224, 0.225),
)
MEAN, STD = (torch.tensor(values)[:, None, None] for values in (PREPROCESSING.mean, PREPROCESSING.std))

EVERYDAY = {
    "name": "everyday64: photos of 64 by 64 pixels in 68 folders",
    "origin": "a selection and grouping of Tiny ImageNet (Stanford), itself out of ImageNet",
    "licence": "ImageNet's terms: research and education",
}
USED_FOR = "the ten classes; the other 58 folders to teach the filters, and to see what it says to them"

DESCRIPTION = (
    "Reads a photo: cat, dog, butterfly, elephant, car, boat, orange, pizza, bottle or cup of coffee. The small net of "
    "many tutorials, two blocks of convolution, ReLU and max-pooling and two dense layers: small enough to be "
    "followed number by number, and too small to be relied on."
)

NOTES = [
    (
        "It sees 32 by 32 pixels and has learned from a few hundred photos of each class. Expect it to be right when "
        "the thing fills much of the picture's middle square and stands out from its background. Cats are its "
        "weakest class: one in three is taken for a dog, since fur in 32 pixels looks alike; an orange cat on a red "
        "carpet may well be an orange. The figures say how often each class is right, and what it is taken for "
        "otherwise (confusion: a row a true class, a column an answer)."
    ),
    (
        "It knows these ten classes only. Whatever else it is shown, it names one of them, and often does not notice: "
        "the figures say what share of photos of 58 other things it calls 'not sure'. Teaching it that other things "
        "are none of the ten (outlier exposure) was tried and left out: it cost two points of accuracy."
    ),
    (
        "Training: first all 68 folders, then a new last layer and the ten classes; other crops (side 0.4 to 1.15), "
        "mirroring, turning a little, other light and colours each time, margins on every fifth photo; classes "
        "weighted so that each counts the same; label smoothing 0.1, mixup (Zhang et al. 2018), AdamW on a cosine, "
        "batch normalisation that was folded into the convolutions afterwards, a moving average of the weights, of "
        "which the epoch that did best on the validation photos was kept."
    ),
    (
        "15 % of each folder were kept for the test and 10 % for validation. Five recipes were tried and their test "
        "figures seen, all within two points of each other, so that these may flatter the model by a point. The "
        "temperature makes the validation answers most likely; 'not sure' begins at the entropy under which 80 % of "
        "the validation photos of the ten classes lie."
    ),
]


def write_model(
    out: Path,
    weights: Mapping[str, NDArray[np.float32]],
    layers: Sequence[Mapping[str, Any]],
    *,
    temperature: float,
    not_sure: float,
    seed: int,
    figures: Mapping[str, Any],
) -> None:
    """The model's files in `out`."""
    card = {
        "name": "photos-simple",
        "title": "Photos (the tutorial's simple net)",
        "reads": "photos",
        "description": DESCRIPTION,
        "input": input_data(PREPROCESSING),
        "architecture": {"layers": list(layers)},
        "classes": list(CLASSES),
        "temperature": temperature,
        "not_sure": not_sure,
        "training": {
            "command": f"python -m desktop_app train-builtin photos-simple --data FOLDER --seed {seed}",
            "seed": seed,
            "data": [{**EVERYDAY, "used_for": USED_FOR}],
        },
        "licence": "MIT (code and weights); data as listed under training",
        "figures": figures,
        "notes": NOTES,
    }
    write_files(out, weights, card)
