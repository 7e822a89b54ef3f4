"""Ideal lines: polylines around the origin, about 2 long, y downwards, before a hand gets at them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Path = NDArray[np.float64]
"""(N, 2) of x, y."""
Rng = np.random.Generator
Pair = tuple[float, float]

SPACING = 0.04
"""Distance of points after `dense`; a 50th of a drawing's length."""


def path(*points: Pair) -> Path:
    return np.array(points, np.float64)


def arc(centre: Pair, radii: Pair, start: float, sweep: float) -> Path:
    """Part of an axis-parallel ellipse; angles in turns, growing clockwise on the screen."""
    angle = 2 * np.pi * (start + np.linspace(0, sweep, max(3, int(abs(sweep) * 40))))
    return np.column_stack([centre[0] + radii[0] * np.cos(angle), centre[1] + radii[1] * np.sin(angle)])


def curve(a: Pair, b: Pair, c: Pair, d: Pair) -> Path:
    """A cubic Bézier curve."""
    t = np.linspace(0, 1, 20)[:, None]
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
    return np.asarray(sum(w * np.array(p) for w, p in zip(weights, (a, b, c, d), strict=True)), np.float64)


def joined(*parts: Path) -> Path:
    return np.concatenate(parts)


def closed(corners: Path) -> Path:
    return np.concatenate([corners, corners[:1]])


def ring(corners: int, radii: Sequence[float], start: float = -0.25) -> Path:
    """(corners, 2) evenly around the origin from the top, their distances taken from `radii` in turn."""
    angle = 2 * np.pi * (start + np.arange(corners) / corners)
    radius = np.resize(np.asarray(radii, np.float64), corners)
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def wonky(points: Path, rng: Rng, amount: float) -> Path:
    """Corners put where a hand puts them: about right."""
    return points + rng.normal(0, amount, points.shape)


def moved(points: Path, x: float, y: float) -> Path:
    return np.asarray(points + np.array([x, y]), np.float64)


def turned(points: Path, turns: float) -> Path:
    cos, sin = np.cos(2 * np.pi * turns), np.sin(2 * np.pi * turns)
    return np.asarray(points @ np.array([[cos, sin], [-sin, cos]]), np.float64)


def from_corner(corners: Path, rng: Rng, first: int | None = None) -> Path:
    """A closed outline that starts at any corner (or a given one) and goes round either way."""
    start = int(rng.integers(len(corners))) if first is None else first
    rolled = np.roll(corners, -start, axis=0)
    return closed(rolled if rng.random() < 0.5 else np.roll(rolled[::-1], 1, axis=0))


def sides(corners: Path) -> list[Path]:
    """A closed outline as one path a side."""
    return [np.stack(pair) for pair in zip(corners, np.roll(corners, -1, axis=0), strict=True)]


def in_two(corners: Path, rng: Rng) -> list[Path]:
    """A closed outline drawn in two goes that both begin at one corner and end at another."""
    rolled = np.roll(corners, int(rng.integers(len(corners))), axis=0)
    cut = int(rng.integers(1, len(corners)))
    return [rolled[: cut + 1], np.concatenate([rolled[cut:], rolled[:1]])[:: 1 if rng.random() < 0.5 else -1]]


def dense(points: Path, spacing: float = SPACING) -> Path:
    """The same line with points `spacing` apart; a line of no length gives one point."""
    length = np.append(0.0, np.cumsum(np.hypot(*np.diff(points, axis=0).T)))
    if length[-1] < 1e-9:
        return points[:1]
    at = np.linspace(0, length[-1], max(2, round(length[-1] / spacing) + 1))
    return np.column_stack([np.interp(at, length, points[:, axis]) for axis in (0, 1)])


def filled(corners: Path, rng: Rng) -> Path:
    """A convex outline blackened or hatched inside, as one line at any slant; now and then it runs over the edge."""
    slant = rng.choice([0.0, 0.25, rng.random()])
    corners = turned(corners * rng.uniform(0.75, 1.05), slant)
    levels = np.linspace(corners[:, 1].min(), corners[:, 1].max(), int(rng.integers(6, 18)))[1:-1]
    points: list[Pair] = []
    for number, level in enumerate(levels):
        crossings = [
            a[0] + (b[0] - a[0]) * (level - a[1]) / (b[1] - a[1])
            for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True)
            if (a[1] - level) * (b[1] - level) < 0
        ]
        if len(crossings) >= 2:
            ends = (min(crossings), max(crossings))
            points.append((ends[number % 2], float(level)))
    line = wonky(path(*points), rng, rng.uniform(0.02, 0.1)) if len(points) > 1 else corners[:1]
    return turned(line, -slant)
