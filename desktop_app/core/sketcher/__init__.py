"""Drawings as people make them, from a seed: for the sample buttons and, by the ten thousand, for training."""

from __future__ import annotations

import numpy as np

from desktop_app.core.drawing.strokes import Drawing
from desktop_app.core.sketcher.hand import Hand, draw
from desktop_app.core.sketcher.shapes import RECIPES

LABELS: tuple[str, ...] = tuple(RECIPES)
"""The ten shapes, in the order of the model's classes."""


def sketch(label: str, rng: np.random.Generator) -> Drawing:
    """One drawing of a shape of LABELS in canvas coordinates 0..1, never twice the same.

    Raises KeyError for any other label.
    """
    recipe = RECIPES[label]
    return draw(recipe.paths(rng), Hand.of(rng), rng, rotation=recipe.rotation, aspect=recipe.aspect)


def sketch_other(rng: np.random.Generator) -> Drawing:
    """One drawing that is none of the ten shapes: letters, lines, scribbles, polygons, things."""
    from desktop_app.core.sketcher.others import other  # only training asks for these; the window starts without

    return draw(other(rng), Hand.of(rng), rng, rotation=0.05, aspect=1.6)
