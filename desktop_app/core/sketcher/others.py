"""Drawings that are none of the ten shapes, the nearest look-alikes among them: they teach the model to be unsure."""

from __future__ import annotations

import numpy as np

from desktop_app.core.sketcher.glyphs import GLYPHS
from desktop_app.core.sketcher.paths import (
    Path,
    Rng,
    arc,
    closed,
    curve,
    dense,
    filled,
    from_corner,
    joined,
    moved,
    path,
    ring,
    turned,
    wonky,
)


def other(rng: Rng) -> list[Path]:
    return _KINDS[int(rng.integers(len(_KINDS)))](rng)


def glyph(rng: Rng) -> list[Path]:
    """A letter, a digit or a sign, or two or three of them."""
    count = int(rng.choice([1, 2, 3], p=[0.8, 0.14, 0.06]))
    names = rng.choice(list(GLYPHS), count)
    return [
        moved(wonky(stroke, rng, 0.04), number * 1.9, 0) for number, name in enumerate(names) for stroke in GLYPHS[name]
    ]


def lines(rng: Rng) -> list[Path]:
    """One line, parallel ones, tally marks, a corner, a V, a T, a line with one barb."""
    kind = int(rng.integers(10))
    turn = rng.random()
    if kind == 0:
        return [turned(curve((-1, 0), (-0.3, rng.normal(0, 0.2)), (0.3, rng.normal(0, 0.2)), (1, 0)), turn)]
    if kind == 1:
        count = int(rng.integers(2, 6))
        strokes = [wonky(path((x, -1), (x, 1)), rng, 0.06) for x in np.linspace(-0.3, 0.3, count) * count]
        if rng.random() < 0.3:
            strokes.append(wonky(path((-1.1, 0.7), (1.1, -0.7)), rng, 0.1))
        return [turned(stroke, rng.choice([0, 0.25, turn])) for stroke in strokes]
    if kind in (2, 3):  # corners: wide, narrow, lying; with arms alike, or else a check mark is meant
        open_by = rng.uniform(0.06, 0.2)
        arms = [
            turned(path((0, 0), (0, -length)), side * open_by)
            for side, length in ((1, 1), (-1, rng.uniform(0.85, 1.15)))
        ]
        way = rng.choice([0, 0.5, 0.25, -0.25, turn])
        return [turned(joined(arms[0][::-1], arms[1]), way)]
    if kind in (4, 5):
        return _barb(rng)
    if kind == 6:  # T, L and Y shapes at any angle
        other_end = rng.uniform(-1, 1)
        return [turned(path((-1, 0), (1, 0)), turn), turned(path((other_end, 0), (rng.normal(0, 0.7), 1.2)), turn)]
    if kind == 7:  # T, Y and >- : a line that ends at another
        fork = path((rng.uniform(-0.3, 0.9), -0.8), (0, 0), (rng.uniform(-0.3, 0.9), 0.8))
        return [turned(wonky(line, rng, 0.06), turn) for line in (fork, path((0, 0), (-1.3, 0)))]
    if kind == 8:  # dashes, and pairs of long ones
        gap = rng.uniform(0.1, 0.5)
        rows = int(rng.integers(1, 3))
        dashes = [path((x - 0.25, y), (x + 0.25, y)) for x in (-0.8, 0, 0.8) for y in (0, gap)[:rows]]
        pair = [path((-1, 0), (rng.uniform(0.3, 1), 0)), path((-1, gap), (1, gap))]
        return [turned(wonky(line, rng, 0.04), turn) for line in (dashes if rng.random() < 0.5 else pair)]
    points = [
        turned(path((rng.uniform(-1, 1), -1), (rng.uniform(-1, 1), 1)), rng.random()) for _ in range(rng.integers(2, 6))
    ]
    return [line * rng.uniform(0.4, 1, 2) + rng.normal(0, 0.5, 2) for line in points]


def _barb(rng: Rng) -> list[Path]:
    """A line with a shorter piece back from its end: half an arrow, a J, a crooked V."""
    length, angle, turn = rng.uniform(0.2, 1.1), rng.choice([-1, 1]) * rng.uniform(0.05, 0.2), rng.random()
    back = turned(path((-1, 0)), turn)[0]  # from the tip along the line
    if back[0] > -0.3 and back[1] < 0.3:  # upwards to the right: on its left the piece would make a check mark
        angle = abs(angle)
    shaft = curve((-1, 0), (-0.3, rng.normal(0, 0.15)), (0.3, rng.normal(0, 0.15)), (1, 0))
    wing = moved(turned(path((-length, 0)), angle), 1, 0)
    barbed = [joined(shaft, wing)] if rng.random() < 0.7 else [shaft, joined(path((1, 0)), wing)]
    return [turned(line, turn) for line in barbed]


def asterisk(rng: Rng) -> list[Path]:
    """Three strokes or more through one point, even or not, round or flat."""
    count = int(rng.choice([3, 4, 5, 6], p=[0.5, 0.3, 0.1, 0.1]))
    first = rng.choice([0.0, 0.25, rng.random()])
    spokes = [
        turned(wonky(path((0, -1), (0, 1)), rng, 0.1) * rng.uniform(0.6, 1.1), first + number / count / 2)
        for number in rng.permutation(count) + rng.normal(0, 0.12, count)
    ]
    flat = rng.uniform(0.35, 1)
    return [spoke * (1, flat) for spoke in spokes]


def waves(rng: Rng) -> list[Path]:
    """Zigzags, waves, spirals, coils, stairs."""
    kind, turn = int(rng.integers(5)), rng.choice([0, 0.25, rng.random()])
    count = int(rng.integers(2, 8))
    if kind == 0:
        x = np.linspace(-1, 1, 2 * count)
        return [
            turned(wonky(np.column_stack([x, np.resize([-1, 1], len(x)) * rng.uniform(0.15, 0.7)]), rng, 0.07), turn)
        ]
    if kind == 1:
        x = np.linspace(-1, 1, 80)
        return [
            turned(
                np.column_stack([x, np.sin(x * np.pi * count / 1.5 + rng.random() * 6) * rng.uniform(0.1, 0.5)]), turn
            )
        ]
    if kind == 2:
        t = np.linspace(0.02, 1, 120)
        angle = 2 * np.pi * (rng.choice([-1, 1]) * t * rng.uniform(1.6, 4.5) + rng.random())
        return [np.column_stack([t * np.cos(angle), t * np.sin(angle)])]
    if kind == 3:
        t = np.linspace(0, 1, 150)
        return [turned(np.column_stack([2 * t - 1 + 0.2 * np.cos(40 * t), 0.3 * np.sin(40 * t)]), turn)]
    steps = np.repeat(np.linspace(-1, 1, count + 1), 2)
    return [turned(np.column_stack([steps[1:], -steps[:-1]]) * (1, rng.choice([-1, 1])), turn)]


def scribble(rng: Rng) -> list[Path]:
    """A pen that wanders about, in one stroke or several, loosely or until all is black."""
    strokes = []
    for _ in range(rng.choice([1, 2, 3], p=[0.7, 0.2, 0.1])):
        knots = np.cumsum(rng.normal(0, 1, (int(rng.integers(4, 30)), 2)), axis=0)
        knots -= knots.mean(axis=0)
        if rng.random() < 0.6:  # keep it in a heap
            knots = rng.normal(0, 1, knots.shape) * (1, rng.uniform(0.3, 1))
        at = np.linspace(0, len(knots) - 1, len(knots) * 8)
        smooth = np.column_stack([np.interp(at, np.arange(len(knots)), knots[:, axis]) for axis in (0, 1)])
        if rng.random() < 0.6:
            kernel = np.hanning(15)[1:-1] / np.hanning(15).sum()
            smooth = np.column_stack([np.convolve(smooth[:, axis], kernel, "valid") for axis in (0, 1)])
        strokes.append(smooth / max(float(np.abs(smooth).max()), 1e-6) + rng.normal(0, 0.2, 2))
    return strokes


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


def bow(rng: Rng) -> list[Path]:
    """Arcs: C, U, S, half-open rings, hooks, double arcs."""
    kind, turn = int(rng.integers(5)), rng.random()
    flat = rng.uniform(0.4, 1)
    if kind == 0:
        return [turned(arc((0, 0), (1, flat), 0, rng.uniform(0.2, 0.72)), turn)]
    if kind == 1:
        return [turned(joined(path((-0.6, -1.2)), arc((0, 0), (0.6, 0.6), 0.5, -0.5), path((0.6, -1.2))), turn)]
    if kind == 2:
        return [turned(curve((0.6, -1), (-2, -1), (2, 1), (-0.6, 1)), turn)]
    if kind == 3:
        inner = rng.uniform(0.5, 0.8)
        return [turned(arc((0, 0), (s, s), 0.5, 0.5), rng.choice([0, turn])) for s in (1, inner)]
    return [turned(joined(path((0, -1.5)), arc((0.4, 0.4), (0.4, 0.4), 0.5, -rng.uniform(0.4, 0.7))), turn)]


def open_box(rng: Rng) -> list[Path]:
    """Outlines that lack a good part: it may still become a shape."""
    corners = ring(int(rng.integers(3, 7)), [1], rng.random())
    line = dense(closed(wonky(corners, rng, 0.06)))
    return [line[: int(len(line) * rng.uniform(0.35, 0.72))] * (1, rng.uniform(0.6, 1))]


def things(rng: Rng) -> list[Path]:
    """Houses, flags, fish, suns, flowers, people, trees, keys, clouds, lightning, eights, grids, moustaches."""
    kind = int(rng.integers(13))
    if kind == 0:
        house = [path((-0.8, 0), (-0.8, 1), (0.8, 1), (0.8, 0)), path((-1, 0), (0, -0.9), (1, 0), (-1, 0))]
        parts = [
            path((-0.2, 1), (-0.2, 0.4), (0.2, 0.4), (0.2, 1)),
            closed(path((0.35, 0.3), (0.6, 0.3), (0.6, 0.55), (0.35, 0.55))),
        ]
        chimney = path((0.5, -0.45), (0.5, -0.9), (0.7, -0.9), (0.7, -0.25))
        return house + [part for part in [*parts, chimney] if rng.random() < 0.6]
    if kind == 1:
        return [path((-0.6, -1), (-0.6, 1.2)), closed(path((-0.6, -1), (0.8, -0.8), (0.8, -0.1), (-0.6, 0)))]
    if kind == 2:
        body = joined(arc((0, 0), (0.9, 0.5), 0.05, 0.9), path((1.3, 0.5), (1.3, -0.5)))
        return [closed(body), path((-0.5, -0.1))]
    if kind == 3:
        rays = int(rng.integers(5, 13))
        out = [turned(path((0, -0.7), (0, -1.1)), number / rays) for number in range(rays)]
        return [arc((0, 0), (0.5, 0.5), 0, 1), *out]
    if kind == 4:
        petals = int(rng.integers(4, 8))
        stem = [path((0, 0.7), (0.05, 2))] if rng.random() < 0.7 else []
        return [
            arc((0, 0), (0.25, 0.25), 0, 1),
            *(turned(arc((0, -0.5), (0.25, 0.3), 0.25, 1), n / petals) for n in range(petals)),
            *stem,
        ]
    if kind == 5:
        return [
            arc((0, -0.9), (0.3, 0.3), 0, 1), path((0, -0.6), (0, 0.4)), path((-0.5, -0.3), (0.5, -0.35)),
            path((-0.4, 1.1), (0, 0.4), (0.4, 1.1)),
        ]  # fmt: skip
    if kind == 6:
        crown = (
            arc((0, -0.5), (0.8, 0.7), 0.25, 1)
            if rng.random() < 0.6
            else closed(path((-0.8, 0.2), (0, -1.2), (0.8, 0.2)))
        )
        return [crown, path((-0.15, 0.2), (-0.15, 1)), path((0.15, 0.2), (0.15, 1))]
    if kind == 7:
        return [arc((-0.7, 0), (0.4, 0.4), 0, 1), path((-0.3, 0), (1, 0), (1, 0.3)), path((0.7, 0), (0.7, 0.25))]
    if kind == 8:
        lumps = int(rng.integers(5, 9))
        return [
            joined(
                *(
                    arc((np.cos(a) * 0.8, np.sin(a) * 0.5), (0.35, 0.35), a / 2 / np.pi - 0.25, 0.5)
                    for a in 2 * np.pi * np.arange(lumps + 1) / lumps
                )
            )
        ]
    if kind == 9:
        return [
            from_corner(
                wonky(path((0.1, -1), (-0.6, 0.2), (0, 0.1), (-0.3, 1), (0.6, -0.3), (0, -0.2), (0.4, -1)), rng, 0.06),
                rng,
            )
        ]
    if kind == 10:
        t = np.linspace(0, 2 * np.pi, 70)
        return [turned(np.column_stack([0.55 * np.sin(2 * t), np.cos(t)]), rng.choice([0, 0.25]))]
    if kind == 11:
        count = int(rng.integers(2, 4))
        at = np.linspace(-0.6, 0.6, count)
        return [*(path((x, -1), (x, 1)) for x in at), *(path((-1, y), (1, y)) for y in at)]
    return [curve((-1, 0), (-0.6, -0.8), (-0.1, -0.6), (0, 0)), curve((0, 0), (0.1, -0.6), (0.6, -0.8), (1, 0))]


def several(rng: Rng) -> list[Path]:
    """Two or three shapes beside or in one another."""
    from desktop_app.core.sketcher.shapes import RECIPES  # the shapes' own module knows nothing of this one

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


def solid(rng: Rng) -> list[Path]:
    """Cubes, cylinders, cones, tables, envelopes, divided boxes, hatched blots."""
    kind = int(rng.integers(6))
    front = path((-1, -0.6), (0.6, -0.6), (0.6, 1), (-1, 1))
    if kind == 0:
        depth = np.array([rng.uniform(0.3, 0.6), -rng.uniform(0.3, 0.6)])
        back = front + depth
        return [closed(front), back[:3], *(np.stack([front[n], back[n]]) for n in range(3))]
    if kind == 1:
        return [
            arc((0, -0.8), (0.7, 0.25), 0, 1.02),
            path((-0.7, -0.8), (-0.7, 0.8)),
            arc((0, 0.8), (0.7, 0.25), 0.5, -0.5),
            path((0.7, -0.8), (0.7, 0.8)),
        ]
    if kind == 2:
        return [
            path((-0.8, 0.6), (0, -1), (0.8, 0.6)),
            arc((0, 0.6), (0.8, 0.25), 0.5, -1 if rng.random() < 0.5 else -0.5),
        ]
    if kind == 3:
        return [
            closed(front),
            path((-1, -0.6), (-0.2, 0.3), (0.6, -0.6)),
            *([path((-1, 1), (0.6, -0.6))] if rng.random() < 0.4 else []),
        ]
    if kind == 4:
        cuts = [path((-1, y), (0.6, y)) for y in rng.uniform(-0.5, 0.9, int(rng.integers(1, 3)))]
        return [closed(front), *cuts, *([path((-0.2, -0.6), (-0.2, 1))] if rng.random() < 0.6 else [])]
    return [filled(ring(int(rng.integers(3, 12)), [1, rng.uniform(0.6, 1)], rng.random()), rng)]


_KINDS = (
    *(glyph, glyph, glyph, lines, lines, lines, asterisk, waves, scribble, scribble, scribble, polygon, polygon),
    *(polygon, bow, things, things, things, several, solid, open_box),
)
"""As often as they are needed: look-alikes more often than things."""
