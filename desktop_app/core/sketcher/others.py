"""Drawings that are none of the ten shapes, the nearest look-alikes among them: they teach the model to be unsure."""

from __future__ import annotations

import numpy as np

from desktop_app.core.sketcher.few_lines import asterisk, bow, lines, open_box, scribble, waves
from desktop_app.core.sketcher.glyphs import GLYPHS
from desktop_app.core.sketcher.paths import (
    Path,
    Rng,
    arc,
    closed,
    from_corner,
    joined,
    moved,
    path,
    ring,
    turned,
    wonky,
)
from desktop_app.core.sketcher.shapes import RECIPES
from desktop_app.core.sketcher.things import solid, thing


def other(rng: Rng) -> list[Path]:
    return _KINDS[int(rng.integers(len(_KINDS)))](rng)


def glyph(rng: Rng) -> list[Path]:
    """A letter, a digit or a sign, or two or three of them."""
    count = int(rng.choice([1, 2, 3], p=[0.8, 0.14, 0.06]))
    names = rng.choice(list(GLYPHS), count)
    return [
        moved(wonky(stroke, rng, 0.04), number * 1.9, 0) for number, name in enumerate(names) for stroke in GLYPHS[name]
    ]


def polygon(rng: Rng) -> list[Path]:
    """Five to eight corners, regular, uneven or as an L; crescents and half circles; trapezia of a house's outline."""
    kind = rng.random()
    if kind < 0.55:
        corners = ring(
            int(rng.choice([5, 6, 7, 8], p=[0.45, 0.35, 0.08, 0.12])), [1], rng.choice([-0.25, rng.random()])
        )
        return [from_corner(wonky(corners, rng, rng.uniform(0.02, 0.12)), rng)]
    if kind < 0.65:
        corners = path((-1, -1), (-0.2, -1), (-0.2, 0.3), (1, 0.3), (1, 1), (-1, 1))
        return [from_corner(wonky(corners, rng, 0.07) * rng.choice([-1, 1], 2), rng)]
    if kind < 0.8:
        return [
            turned(
                closed(arc((0, 0), (1, rng.uniform(0.7, 1.4)), 0, 0.5)), rng.choice([0, 0.25, 0.5, 0.75, rng.random()])
            )
        ]
    if kind < 0.9:
        moon = joined(arc((0, 0), (1, 1), 0.1, 0.8), arc((rng.uniform(0.3, 0.6), 0), (0.75, 0.8), 0.85, -0.7))
        return [turned(closed(moon), rng.choice([0, 0.5, rng.random()]))]
    corners = path((-1, 1), (-1, -0.2), (0, -1), (1, -0.2), (1, 1))
    return [from_corner(wonky(corners, rng, 0.06), rng)]


def several(rng: Rng) -> list[Path]:
    """Two or three shapes beside or in one another."""
    names = list(RECIPES)
    inside = rng.random() < 0.4
    strokes: list[Path] = []
    for number in range(2 if inside else int(rng.choice([2, 3, 4], p=[0.6, 0.25, 0.15]))):
        name = str(rng.choice(names[:4] if inside and not number else names))
        scale = 1.0 if not inside or not number else rng.uniform(0.2, 0.6)
        shift = (
            rng.normal(0, 0.15, 2)
            if inside
            else np.array([number % 2 * 2.4, number // 2 * 2.4]) + rng.normal(0, 0.2, 2)
        )
        strokes += [line * scale + shift for line in RECIPES[name].paths(rng)]
    turn = rng.choice([0, 0.25])
    return [turned(line, turn) for line in strokes]


_KINDS = (
    *(glyph,) * 3,
    *(lines,) * 3,
    asterisk,
    waves,
    *(scribble,) * 5,
    *(polygon,) * 3,
    bow,
    *(thing,) * 3,
    several,
    solid,
    open_box,
)
"""As often as they are needed: look-alikes and scribbles more often than things."""
