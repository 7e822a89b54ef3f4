"""Writes models/shapes-lenet: the weights and the card that says where they come from and what they can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.sketcher import LABELS
from desktop_app.learn.training.augment import LONGEST, PEN, SIZE
from desktop_app.learn.training.model_files import write_files

DATA = [
    {
        "name": "sketches",
        "origin": "this program's own stroke generator, desktop_app/core/sketcher",
        "licence": "MIT",
        "used_for": "all ten shapes, none of the ten, unfinished drawings",
    },
    {
        "name": "HDS (hand-drawn shapes), 37 people",
        "origin": "Francois Robert, HDS data set",
        "licence": "CC BY 4.0",
        "used_for": "circle (ellipses), square (rectangles), triangle; hearts and none of the ten out of its 'other'",
    },
    {
        "name": "Quick, Draw! bitmaps, 28 by 28",
        "origin": "Google, the Quick, Draw! data set",
        "licence": "CC BY 4.0",
        "used_for": "circle, square, star, smiley; none of the ten: airplane, crown, skull",
    },
    {
        "name": "Quick, Draw! strokes, all 345 words",
        "origin": "Google, the Quick, Draw! data set",
        "licence": "CC BY 4.0",
        "used_for": "circle, square, triangle, diamond, star, smiley; most other words as none of the ten",
    },
    {
        "name": "detexify, handwritten LaTeX symbols as strokes",
        "origin": "Daniel Kirsch, the detexify database",
        "licence": "ODbL 1.0",
        "used_for": "all ten shapes; letters and other symbols as none of the ten",
    },
]

DESCRIPTION = (
    "Reads a drawn shape: circle, square (any rectangle), triangle, diamond, star, heart, cross, arrow, check mark or "
    "smiley. Three blocks of convolution, ReLU and max-pooling, then two dense layers: small enough to be followed "
    "number by number."
)

NOTES = [
    (
        "A drawing that is none of the ten gets a high entropy, and the app then says 'not sure'. This was "
        "taught: letters, scribbles, houses, polygons and other words of Quick, Draw! had the target 'all ten "
        "alike' (outlier exposure, Hendrycks et al. 2019). The temperature was fitted on people held out for "
        "validation, and the threshold is the entropy under which 97 % of their shapes lie, as the mean over the "
        "classes. With what result stands under figures, not_sure."
    ),
    (
        "Unfinished drawings were shown too, with a target that leaves 'all ten alike' only in the last part of "
        "the ink (an arrow's with its last wing), so that a shape that is being drawn stays 'not sure' until it "
        "can be known. What is left of changing answers stands under figures, half_finished; a circle that "
        "becomes a smiley counts as one."
    ),
    (
        "People's labels were proofread while training: from the second pool on, a drawing whose own label the "
        "half-trained net gave less than 3 % was left out of training (most of them abandoned or wrong ones of "
        "Quick, Draw!). Validation and test drawings were not proofread, so that their wrong labels count as "
        "errors here."
    ),
    (
        "HDS's 'other' has hearts among arcs and polygons: what the half-trained net read as a heart with more "
        "than 90 % was used as one, and what it read as nothing with more than 50 % as none of the ten."
    ),
    (
        "'People held out' are people of whom no drawing was trained on in HDS, countries in Quick, Draw! "
        "strokes; in the Quick, Draw! bitmaps and in detexify, which name nobody, they are single drawings. 'One "
        "origin left out' trains without any drawing of that origin and tests on all of them, symbols as odd as a "
        "squiggly arrow or a dagger included: that is the honest figure for people and devices that are new. Those "
        "trainings are a twentieth as long as this model's, so that their figures are on the low side."
    ),
    (
        "It cannot tell a square standing on its corner from a diamond, a very flat ellipse from a very flat "
        "rectangle, or a V from a check mark with equal arms; it was never shown shapes smaller than a quarter of "
        "the canvas, several shapes at once count as none, and an asterisk is no star."
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
    command: str,
    figures: Mapping[str, Any],
) -> None:
    """The model's files in `out`."""
    card = {
        "name": "shapes-lenet",
        "title": "Shapes (LeNet-style)",
        "reads": "drawings",
        "description": DESCRIPTION,
        "input": {
            "channels": "grey",
            "height": SIZE,
            "width": SIZE,
            "fit": "crop",
            "interpolation": "bilinear",
            "mean": [0.0],
            "std": [1.0],
            "longest": LONGEST,
            "pen": PEN,
        },
        "architecture": {"layers": list(layers)},
        "classes": list(LABELS),
        "temperature": temperature,
        "not_sure": not_sure,
        "training": {"command": command, "seed": seed, "data": DATA},
        "licence": "MIT (code and weights); data as listed under training",
        "figures": figures,
        "notes": NOTES,
    }
    write_files(out, weights, card)
