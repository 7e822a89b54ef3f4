"""Smileys: a round (or none), two eyes, a mouth, and what people add."""

from __future__ import annotations

import numpy as np

from desktop_app.core.sketcher.paths import Path, Rng, arc, curve, joined, path


def smiley(rng: Rng) -> list[Path]:
    lines: list[Path] = []
    bare = rng.random() < 0.08
    if not bare:
        lines.append(arc((0, 0), (1, 1), rng.choice([-0.25, rng.random()]), rng.choice([-1, 1]) * rng.normal(1, 0.03)))
    apart, high = rng.uniform(0.22, 0.45), -rng.uniform(0.15, 0.45)
    kind, size = rng.choice(7, p=[0.3, 0.25, 0.22, 0.07, 0.04, 0.1, 0.02]), rng.uniform(0.05, 0.2)
    for side in (-1, 1):
        x, y = side * apart + rng.normal(0, 0.04), high + rng.normal(0, 0.04)
        lines += _eye(int(kind) if side < 0 or rng.random() > 0.04 else 6, x, y, size * rng.uniform(0.8, 1.2), rng)
    lines += _mouth(rng)
    if rng.random() < 0.25:
        lines += _nose(rng)
    if not bare:
        lines += _extras(rng)
    return lines


def _eye(kind: int, x: float, y: float, size: float, rng: Rng) -> list[Path]:
    if kind == 0:
        return [path((x, y))] if rng.random() < 0.5 else [arc((x, y), (0.05, 0.05), 0, 1.5)]
    if kind == 1:
        return [path((x, y - size), (x + rng.normal(0, 0.03), y + size))]
    ring = arc((x, y), (size, size * rng.uniform(0.9, 1.5)), rng.random(), 1.05)
    if kind == 2:
        return [ring]
    if kind == 3:
        return [arc((x, y), (size, size), 0.5, 0.5)]  # ^ ^
    if kind == 4:
        return [path((x - size, y - size), (x + size, y + size)), path((x - size, y + size), (x + size, y - size))]
    if kind == 5:
        return [ring, path((x, y)) if rng.random() < 0.5 else arc((x, y), (size / 3, size / 3), 0, 1.5)]
    return [path((x - size, y), (x + size, y))]  # a wink


def _mouth(rng: Rng) -> list[Path]:
    wide, low = rng.uniform(0.3, 0.62), rng.uniform(0.0, 0.25)
    deep = rng.uniform(0.15, 0.5)
    ends = low + rng.normal(0, 0.06, 2)
    smile = curve((-wide, ends[0]), (-wide * 0.6, low + deep * 1.4), (wide * 0.6, low + deep * 1.4), (wide, ends[1]))
    kind = rng.random()
    if kind < 0.72:
        return [smile[:: rng.choice([1, 1, -1])]]
    if kind < 0.9:  # an open mouth, now and then with teeth
        lid = path((wide, ends[1]), (-wide, ends[0]))
        teeth = [path((x, low), (x + 0.02, low + deep * 0.8)) for x in np.linspace(-wide / 2, wide / 2, 3)]
        return [joined(smile, lid), *(teeth if rng.random() < 0.25 else [])]
    if kind < 0.96:  # dimples
        ticks = [
            path((s * wide - 0.07, e - 0.06), (s * wide + 0.07, e + 0.04)) for s, e in zip((-1, 1), ends, strict=True)
        ]
        return [smile, *ticks]
    return [path((-wide, ends[0] + 0.2), (wide, ends[1] + 0.2))]


def _nose(rng: Rng) -> list[Path]:
    length = rng.uniform(0.08, 0.2)
    kind = int(rng.integers(4))
    if kind == 0:
        return [path((0, 0))]
    if kind == 1:
        return [path((0, -length), (0, length))]
    if kind == 2:
        return [path((0, -length), (-0.1, length), (0.08, length))]
    return [arc((0, 0), (length / 2, length / 2), 0, 1.05)]


def _extras(rng: Rng) -> list[Path]:
    kind = rng.random()
    if kind < 0.06:  # hair
        return [
            curve((x, -0.9), (x, -1.1), (x + rng.normal(0, 0.15), -1.2), (x * 1.4 + rng.normal(0, 0.1), -1.3))
            for x in np.linspace(-0.5, 0.5, int(rng.integers(2, 7)))
        ]
    if kind < 0.08:
        return [arc((side * 1.1, 0), (0.15, 0.25), 0.25, side * -0.5) for side in (-1, 1)]
    if kind < 0.12:
        return [path((side * 0.2, -0.6), (side * 0.5, -0.65 + rng.normal(0, 0.05))) for side in (-1, 1)]
    if kind < 0.14:
        return [arc((side * 0.6, 0.2), (0.1, 0.08), 0, 1) for side in (-1, 1)]
    return []
