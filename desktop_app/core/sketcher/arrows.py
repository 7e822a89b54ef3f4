"""Arrows: every shaft with every head. They point right here and are turned afterwards."""

from __future__ import annotations

import numpy as np

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
    wonky,
)


def arrow(rng: Rng) -> list[Path]:
    if rng.random() < 0.12:
        return _block(rng)
    spread, reach = rng.uniform(0.05, 0.16), rng.uniform(0.22, 0.95)  # in turns; of a shaft of length 2
    bow = rng.choice([0.0, rng.normal(0, 0.35)], p=[0.65, 0.35])
    shaft = _shaft(bow, rng)
    along = 2 * np.pi * np.arctan2(*(shaft[-1] - shaft[-5])[::-1]) / (2 * np.pi)
    wings = [
        shaft[-1] - reach * length * np.array([np.cos(along + turn), np.sin(along + turn)])
        for turn, length in ((2 * np.pi * spread, rng.uniform(0.8, 1.2)), (-2 * np.pi * spread, rng.uniform(0.8, 1.2)))
    ]
    if rng.random() < 0.5:
        wings.reverse()
    kind = rng.random()
    if kind < 0.13:
        return _double(shaft, wings, reach, rng)
    if kind < 0.42:
        return _in_one_go(shaft, wings, rng)
    tip = shaft[-1] + rng.normal(0, 0.04, 2)
    if kind < 0.62:
        shaft = shaft[: len(shaft) - int(rng.integers(0, 2))]
        lines = [shaft[:: rng.choice([1, 1, -1])], np.stack([wings[0], tip, wings[1]])]
    elif kind < 0.78:
        lines = [shaft, *(np.stack([tip, wing])[:: rng.choice([1, -1])] for wing in wings)]
    else:
        lines = _closed_head(shaft, wings, tip, rng)
    if rng.random() < 0.08:  # a head at either end
        lines.append(np.stack([wings[0], tip, wings[1]]) * (-1, 1))
    if rng.random() < 0.03:  # a dashed shaft
        count = int(rng.integers(3, 7))
        lines = [part[: max(2, int(len(part) * 0.65))] for part in np.array_split(dense(shaft), count)] + lines[1:]
    if rng.random() < 0.04:  # a tail bar or a feather
        lines.append(path((-1, -0.25), (-1 + rng.choice([0, 0.2]), 0), (-1, 0.25)))
    return lines


def _shaft(bow: float, rng: Rng) -> Path:
    """Straight or bowed; now and then squiggly, or bent as far back as a U."""
    kind = rng.random()
    if kind < 0.05:
        x = np.linspace(-1, 0.7, 40)
        squiggle = rng.uniform(0.06, 0.2) * np.sin((x + 1) * np.pi * rng.uniform(1.2, 4.5))
        return joined(np.column_stack([x, squiggle]), path((1, 0)))
    if kind < 0.11:
        return arc((0, 0), (0.8, rng.uniform(0.4, 1)), 0.5, rng.choice([-1, 1]) * rng.uniform(0.3, 0.6))
    return curve((-1, 0), (-0.4, bow), (0.3, bow * rng.choice([1, 1, -1])), (1, 0))


def _in_one_go(shaft: Path, wings: list[Path], rng: Rng) -> list[Path]:
    """Shaft, then the head without lifting the pen: there and back, across, or round a triangle."""
    tip = shaft[-1:]
    one, other = wings[0][None], wings[1][None]
    manner = rng.random()
    if manner < 0.5:
        back = tip + rng.normal(0, 0.07, 2)
        return [joined(shaft, one, back, other)]
    if manner < 0.8:
        return [joined(shaft, one, other, tip + rng.normal(0, 0.06, 2))]
    return [joined(shaft[:-2], (one + other) / 2, one, tip, other, (one + other) / 2)]


def _closed_head(shaft: Path, wings: list[Path], tip: Path, rng: Rng) -> list[Path]:
    head = wonky(np.stack([tip, wings[0], wings[1]]), rng, 0.03)
    if rng.random() < 0.75:  # the shaft ends where the head begins
        stop = int(np.hypot(*(shaft - head[1:].mean(axis=0)).T).argmin())
        shaft = shaft[: max(stop, 4)]
    lines = [shaft, from_corner(head, rng)]
    if rng.random() < 0.35:
        lines.append(filled(head, rng))
    return lines


def _double(shaft: Path, wings: list[Path], reach: float, rng: Rng) -> list[Path]:
    """Two lines for a shaft."""
    gap = rng.uniform(0.06, 0.16) * (0.5 + reach)
    spare = rng.uniform(0, 0.35)
    short = shaft[: max(5, int(len(shaft) * (1 - spare / 2)))]
    if rng.random() < 0.2:  # a head at either end
        wide = np.stack([wings[0], shaft[-1], wings[1]])
        inner = path((-1 + spare / 2, gap), (1 - spare / 2, gap))
        return [inner, inner * (1, -1), wide, wide * (-1, 1)]
    return [moved(short, 0, -gap), moved(short, 0, gap), np.stack([wings[0], shaft[-1], wings[1]])]


def _block(rng: Rng) -> list[Path]:
    """The outline of a fat arrow."""
    half, wing, neck = rng.uniform(0.12, 0.35), rng.uniform(0.45, 0.9), rng.uniform(-0.1, 0.5)
    back = neck + rng.choice([0.0, rng.normal(0, 0.12)])
    corners = path((-1, -half), (neck, -half), (back, -wing), (1, 0), (back, wing), (neck, half), (-1, half))
    corners = wonky(corners, rng, 0.045)
    if rng.random() < 0.15:
        return [np.roll(corners, -3, axis=0)[:4], closed(corners)[5:], corners[:4]]
    return [from_corner(corners, rng)]
