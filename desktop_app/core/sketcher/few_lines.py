"""What a few lines make that is none of the ten: corners, T and Y, half arrows, asterisks, zigzags, arcs, scribbles."""

from __future__ import annotations

import numpy as np

from desktop_app.core.sketcher.paths import (
    Path,
    Rng,
    arc,
    closed,
    curve,
    dense,
    joined,
    moved,
    path,
    ring,
    turned,
    wonky,
)


def lines(rng: Rng) -> list[Path]:
    """One line, some lines, or two that meet."""
    return _FEW[int(rng.integers(len(_FEW)))](rng, rng.random())


def _one(rng: Rng, turn: float) -> list[Path]:
    return [turned(curve((-1, 0), (-0.3, rng.normal(0, 0.2)), (0.3, rng.normal(0, 0.2)), (1, 0)), turn)]


def _tally(rng: Rng, turn: float) -> list[Path]:
    """Parallel lines, now and then with one across them."""
    count = int(rng.integers(2, 6))
    strokes = [wonky(path((x, -1), (x, 1)), rng, 0.06) for x in np.linspace(-0.3, 0.3, count) * count]
    if rng.random() < 0.3:
        strokes.append(wonky(path((-1.1, 0.7), (1.1, -0.7)), rng, 0.1))
    return [turned(stroke, rng.choice([0, 0.25, turn])) for stroke in strokes]


def _corner(rng: Rng, turn: float) -> list[Path]:
    """Wide, narrow or lying; its arms are alike, or else a check mark is meant."""
    open_by = rng.uniform(0.06, 0.2)
    lengths = (1, rng.uniform(0.85, 1.15))
    one, other = (
        turned(path((0, 0), (0, -length)), side * open_by) for side, length in zip((1, -1), lengths, strict=True)
    )
    return [turned(joined(one[::-1], other), rng.choice([0, 0.5, 0.25, -0.25, turn]))]


def _barb(rng: Rng, _: float) -> list[Path]:
    """A line with a shorter piece back from its end: half an arrow, a J, a crooked V."""
    length, angle, turn = rng.uniform(0.2, 1.1), rng.choice([-1, 1]) * rng.uniform(0.05, 0.2), rng.random()
    back = turned(path((-1, 0)), turn)[0]  # from the tip along the line
    if back[0] > -0.3 and back[1] < 0.3:  # upwards to the right: on its left the piece would make a check mark
        angle = abs(angle)
    shaft = curve((-1, 0), (-0.3, rng.normal(0, 0.15)), (0.3, rng.normal(0, 0.15)), (1, 0))
    wing = moved(turned(path((-length, 0)), angle), 1, 0)
    barbed = [joined(shaft, wing)] if rng.random() < 0.7 else [shaft, joined(path((1, 0)), wing)]
    return [turned(line, turn) for line in barbed]


def _branch(rng: Rng, turn: float) -> list[Path]:
    """T, L and Y."""
    other_end = rng.uniform(-1, 1)
    return [turned(path((-1, 0), (1, 0)), turn), turned(path((other_end, 0), (rng.normal(0, 0.7), 1.2)), turn)]


def _fork(rng: Rng, turn: float) -> list[Path]:
    """A line that ends at a bent one: >-"""
    fork = path((rng.uniform(-0.3, 0.9), -0.8), (0, 0), (rng.uniform(-0.3, 0.9), 0.8))
    return [turned(wonky(line, rng, 0.06), turn) for line in (fork, path((0, 0), (-1.3, 0)))]


def _dashes(rng: Rng, turn: float) -> list[Path]:
    """Dashes in a row or two, or a pair of long lines."""
    gap = rng.uniform(0.1, 0.5)
    rows = int(rng.integers(1, 3))
    dashes = [path((x - 0.25, y), (x + 0.25, y)) for x in (-0.8, 0, 0.8) for y in (0, gap)[:rows]]
    pair = [path((-1, 0), (rng.uniform(0.3, 1), 0)), path((-1, gap), (1, gap))]
    return [turned(wonky(line, rng, 0.04), turn) for line in (dashes if rng.random() < 0.5 else pair)]


def _anyhow(rng: Rng, _: float) -> list[Path]:
    """Two to five lines that have nothing to do with one another."""
    strokes = [
        turned(path((rng.uniform(-1, 1), -1), (rng.uniform(-1, 1), 1)), rng.random()) for _ in range(rng.integers(2, 6))
    ]
    return [line * rng.uniform(0.4, 1, 2) + rng.normal(0, 0.5, 2) for line in strokes]


_FEW = (_one, _tally, _corner, _corner, _barb, _barb, _branch, _fork, _dashes, _anyhow)


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
        if rng.random() < 0.7:  # keep it in a heap
            heap = rng.normal(0, 1, knots.shape) if rng.random() < 0.4 else rng.uniform(-1, 1, knots.shape)
            knots = heap * (1, rng.uniform(0.3, 1))
        at = np.linspace(0, len(knots) - 1, len(knots) * 8)
        smooth = np.column_stack([np.interp(at, np.arange(len(knots)), knots[:, axis]) for axis in (0, 1)])
        if rng.random() < 0.4:  # round, not jagged
            kernel = np.hanning(15)[1:-1] / np.hanning(15).sum()
            smooth = np.column_stack([np.convolve(smooth[:, axis], kernel, "valid") for axis in (0, 1)])
        strokes.append(smooth / max(float(np.abs(smooth).max()), 1e-6) + rng.normal(0, 0.2, 2))
    return strokes


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
