"""Writes models/everyday: the weights and the card that says where they come from and what they can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.model.card import input_data
from desktop_app.learn.training.model_files import write_files
from desktop_app.learn.training.photos_card import EVERYDAY
from desktop_app.learn.training.photos_card import PREPROCESSING as SMALL

SIZE = 80
PREPROCESSING = replace(SMALL, height=SIZE, width=SIZE)

DESCRIPTION = (
    "Names 68 everyday things in a photo: animals, vehicles, fruit, furniture, what lies on a desk or stands in a "
    "street. A small ResNet: convolutions in blocks, each of which adds what it has found to what came in."
)

NOTES = (
    (
        "It sees the middle square of a photo in 80 by 80 pixels, and has learned from 450 to 1,080 photos a class. "
        "Expect it to be right when one thing fills much of that square. It knows these 68 classes only and "
        "names one of them whatever it is shown; 'not sure' is often, and not always, said to what is none of them."
    ),
    (
        "On photos from elsewhere it does worse than the figures say, which are of photos like those that it learned "
        "from: of 54 photos and cut-outs of its classes, several hundred pixels wide, it named 30 first and 44 among "
        "its first five (docs/benchmarks.md says which). It goes by colours more than a person does."
    ),
    (
        "Several classes are groups: car, boat, bus, dog, cat, bottle, spider and others hold several kinds of "
        "ImageNet's, and not all kinds that there are in life."
    ),
    (
        "Training: photos of 40 to 56 pixels, used at 80 (Touvron et al. 2019), larger and more changed the later, but "
        "in the second decay less and less changed: "
        "crops of a quarter to the whole of a photo, mirroring, TrivialAugment (Müller and Hutter 2021), erased "
        "rectangles (Zhong et al. 2020), some margins, up to half of the batches mixed by MixUp (Zhang et al. 2018) or "
        "CutMix (Yun et al. 2019), some without colours, half blurred a little, because photos of many pixels are "
        "softer than these once they have been made small. Label smoothing 0.1; SGD with Nesterov's momentum at a rate "
        "that warms up, stays constant, falls to zero and, from half of it, once more (Loshchilov and Hutter 2017); "
        "gradients clipped; of the newest weights and their moving average those that did better. The means of batch "
        "normalisation were taken at 80 pixels, and folded into the convolutions. (The recipe grew with these weights: "
        "colours were taken away from the 16th epoch on, photos blurred from the 42nd; those of 56 pixels came "
        "from the middle of the first decay on, and the second was meant to be eleven epochs longer until its 19th.)"
    ),
    (
        "5 % of each folder were kept for the test and 5 % for validation, by the seed; top1 and top5 are those of the "
        "test. Validation chose the epoch of the decay whose weights were kept, the temperature, which makes its "
        "answers most likely, and 'not sure', which begins at the entropy under which 80 % of its photos lie. Figures "
        "by class are of test and validation together, since the test has 25 to 60 photos of a class: a figure may "
        "well be seven points off. Of Tiny VGG's ten classes lifeboat, school bus and sports car are counted within "
        "boat, bus and car."
    ),
)


def write_model(
    out: Path,
    weights: Mapping[str, NDArray[np.float32]],
    layers: Sequence[Mapping[str, Any]],
    classes: Sequence[str],
    *,
    temperature: float,
    not_sure: float,
    seed: int,
    epochs: int,
    figures: Mapping[str, Any],
) -> None:
    """The model's files in `out`."""
    command = f"python -m desktop_app train-builtin everyday --data FOLDER --epochs {epochs} --seed {seed}"
    card = {
        "name": "everyday",
        "title": "Everyday things",
        "reads": "photos",
        "description": DESCRIPTION,
        "input": input_data(PREPROCESSING),
        "architecture": {"layers": list(layers)},
        "classes": list(classes),
        "temperature": temperature,
        "not_sure": not_sure,
        "training": {"command": command, "seed": seed, "data": [{**EVERYDAY, "used_for": "all 68 classes"}]},
        "licence": "MIT (code and weights); data as listed under training",
        "figures": figures,
        "notes": list(NOTES),
    }
    write_files(out, weights, card)
