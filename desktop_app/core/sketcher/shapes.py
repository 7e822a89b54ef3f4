"""The ten shapes in the ways in which people draw them, as ideal paths; `Recipe` says how far each may be turned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from desktop_app.core.sketcher import arrows, faces
from desktop_app.core.sketcher.paths import (
    Pair,
    Path,
    Rng,
    arc,
    closed,
    curve,
    filled,
    from_corner,
    in_two,
    joined,
    moved,
    path,
    ring,
    sides,
    turned,
    wonky,
)


@dataclass(frozen=True)
class Recipe:
    paths: Callable[[Rng], list[Path]]
    rotation: float  # turns to either side
    aspect: float  # stretched by up to this factor either way


def outline(corners: Path, rng: Rng, first: int | None = None) -> list[Path]:
    """A polygon in one go, in two, or side by side."""
    manner = rng.random()
    if manner < 0.6:
        return [from_corner(corners, rng, first if rng.random() < 0.6 else None)]
    return in_two(corners, rng) if manner < 0.8 else sides(corners)


def circle(rng: Rng) -> list[Path]:
    start, way = rng.choice([-0.25, rng.random()]), rng.choice([-1, 1])
    if rng.random() < 0.07:
        return [arc((0, 0), (1, 1), -0.25, 0.5), arc((rng.normal(0, 0.03), 0), (1, 1), -0.25, -0.5)]
    turns = rng.choice([1 + rng.normal(0.02, 0.05), rng.uniform(1.1, 2.6)], p=[0.92, 0.08])
    line = arc((0, 0), (1, 1), start, way * turns)
    angle = np.linspace(0, 2 * np.pi * turns, len(line))
    # Eggs, squared rounds, and ends that do not meet.
    radius = 1 + rng.normal(0, 0.05) * np.linspace(-1, 1, len(line))
    for wave, strength in ((2, 0.05), (3, 0.035), (4, 0.025)):
        radius += rng.normal(0, strength) * np.cos(wave * angle + rng.uniform(0, 2 * np.pi))
    flat = rng.uniform(0.3, 0.7) if rng.random() < 0.15 else 1.0
    line = line * radius[:, None] * (1, flat)
    return [line, filled(line, rng)] if rng.random() < 0.025 else [line]


def square(rng: Rng) -> list[Path]:
    corners = wonky(path((-1, -1), (1, -1), (1, 1), (-1, 1)), rng, rng.uniform(0.01, 0.09))
    stretch = np.exp(rng.normal(0, 0.27))
    corners = corners * (stretch, 1 / stretch)
    lines = outline(corners, rng, 0)
    if rng.random() < 0.05:
        lines.append(filled(corners, rng))
    return lines


def triangle(rng: Rng) -> list[Path]:
    kind = rng.random()
    if kind < 0.45:
        corners = path((rng.normal(0, 0.2), -1), (1, 0.8), (-1, 0.8)) * (rng.uniform(0.6, 1.4), 1)
    elif kind < 0.65:
        corners = path((-1, -1), (1, 1), (-1, 1)) * (rng.choice([-1, 1]), rng.uniform(0.5, 1.5))
    else:
        while True:
            corners = turned(ring(3, [1]), rng.random()) + rng.normal(0, 0.35, (3, 2))
            if _narrowest(corners) > 0.07:
                break
    corners = turned(corners, rng.choice([0, 0.5, 0.25, -0.25, rng.random()], p=[0.5, 0.15, 0.1, 0.1, 0.15]))
    corners = wonky(corners, rng, 0.05)
    lines = outline(corners, rng, 0)
    if rng.random() < 0.06:
        lines.append(filled(corners, rng))
    return lines


def _narrowest(corners: Path) -> float:
    """The smallest angle of a polygon, in turns."""
    before, after = np.roll(corners, 1, axis=0) - corners, np.roll(corners, -1, axis=0) - corners
    cosine = (before * after).sum(axis=1) / (np.hypot(*before.T) * np.hypot(*after.T) + 1e-9)
    return float(np.arccos(np.clip(cosine, -1, 1)).min() / (2 * np.pi))


def diamond(rng: Rng) -> list[Path]:
    if rng.random() < 0.12:
        return _gem(rng)
    waist = rng.choice([0.0, rng.uniform(-0.35, 0.1)], p=[0.75, 0.25])  # kites have theirs above the middle
    slim = np.exp(rng.normal(-0.25, 0.3))
    corners = wonky(path((0, -1), (slim, waist), (0, 1), (-slim, waist)), rng, rng.uniform(0.02, 0.07))
    if rng.random() < 0.12:  # sides that bend inwards
        bend = rng.uniform(0.1, 0.5)
        middle = (corners + np.roll(corners, -1, axis=0)) / 2 * (1 - bend)
        return [closed(np.stack([corners, middle], axis=1).reshape(-1, 2))]
    if rng.random() < 0.15:  # < and >, or ^ and v
        shift = int(rng.integers(4))
        rolled = np.roll(corners, shift, axis=0)
        return [rolled[:3], rolled[[0, 3, 2]]]
    lines = outline(corners, rng, 0)
    if rng.random() < 0.04:
        lines.append(filled(corners, rng))
    return lines


def _gem(rng: Rng) -> list[Path]:
    """A cut stone seen from the side: flat top, pointed below, with or without facets."""
    table, girdle = rng.uniform(0.4, 0.75), rng.uniform(-0.5, -0.2)
    top = -rng.uniform(0.7, 0.9)
    corners = wonky(path((-table, top), (table, top), (1, girdle), (0, 1), (-1, girdle)), rng, 0.04)
    lines = [from_corner(corners, rng)]
    if rng.random() < 0.88:
        lines.append(corners[[4, 2]])
        inner = rng.uniform(0.25, 0.45)
        lines += [path((-inner, girdle), tuple(corners[3])), path((inner, girdle), tuple(corners[3]))]
        if rng.random() < 0.5:
            lines.append(path((-1, girdle), (-table, top), (-inner, girdle), (0, top), (inner, girdle), (table, top)))
    return lines


def star(rng: Rng) -> list[Path]:
    kind = rng.random()
    if kind < 0.38:  # five points in one go, the lines crossing
        corners = wonky(ring(5, [1]), rng, rng.uniform(0.02, 0.13))
        order = (2 * np.arange(5) + (3 if rng.random() < 0.7 else int(rng.integers(5)))) % 5
        return [closed(corners[order if rng.random() < 0.5 else order[::-1]])]
    if kind < 0.82:
        points = int(rng.choice([5, 6, 4, 7, 8], p=[0.7, 0.12, 0.08, 0.05, 0.05]))
        inner = rng.uniform(0.15, 0.25) if points == 4 else rng.uniform(0.3, 0.56)
        corners = wonky(ring(2 * points, [1, inner]), rng, rng.uniform(0.02, 0.09))
        if rng.random() < 0.04:
            return [from_corner(corners, rng), filled(corners[1::2], rng)]
        return outline(corners, rng, 0) if rng.random() < 0.12 else [from_corner(corners, rng)]
    corners = wonky(ring(6, [1]), rng, rng.uniform(0.02, 0.1))
    return [*outline(corners[::2], rng), *outline(corners[1::2], rng)]


def heart(rng: Rng) -> list[Path]:
    dip, tip = rng.uniform(-0.6, -0.15), rng.uniform(0.8, 1.15)
    left, right = (_half_heart(dip, tip, rng) for _ in range(2))
    left = left * (-1, 1)
    manner = rng.random()
    if manner < 0.04:
        whole = joined(left, right[::-1])
        return [whole, filled(whole, rng)]
    if manner < 0.5:
        return [joined(left, right[::-1])[:: rng.choice([-1, 1])]]  # from the dip round to the dip
    if manner < 0.72:
        return [joined(left[::-1], right)[:: rng.choice([-1, 1])]]  # from the tip round to the tip
    if manner < 0.94:
        return [half[:: rng.choice([1, 1, -1])] for half in (left, right)]
    loop = curve((0, dip), (0.3, dip + 0.35), (-0.3, dip + 0.35), (0, dip))  # the pen turns inside the dip
    return [joined(left[::-1], loop, right)]


def _half_heart(dip: float, tip: float, rng: Rng) -> Path:
    """The right half from the dip to the tip: round lobes mostly, pointed ones now and then, a round tip too."""
    wide, high, side = rng.normal(0.95, 0.1), -rng.uniform(0.75, 1.0), rng.uniform(-0.55, -0.1)
    wide = float(np.clip(wide, 0.65, 1.2))
    if rng.random() < 0.15:
        peak = rng.uniform(0.4, 0.65) * wide
        return path((0, dip), (peak, high), (wide, side), (0, tip))
    rise, round_tip = rng.uniform(0.05, 0.35), rng.uniform(0.0, 0.45) ** 2
    top = curve((0, dip), (rise * wide, high - 0.1), (wide, high - 0.15), (wide, side))
    return joined(top, curve((wide, side), (wide, side + 0.5), (0.25 + round_tip, tip - 0.35 + round_tip), (0, tip)))


def cross(rng: Rng) -> list[Path]:
    plus = rng.random() < 0.45
    turn = rng.normal(0, 0.015) if plus else 0.125 + rng.normal(0, 0.02)
    kind = rng.random()
    if kind < 0.13:  # the outline of a plus, its arms straight or flared
        thick, flare = rng.uniform(0.16, 0.42), rng.choice([0.0, rng.uniform(0, 0.45)])
        a, b = thick, thick + flare
        arm = path((-a, -a), (-b, -1), (b, -1))
        corners = wonky(joined(*(turned(arm, quarter / 4) for quarter in range(4))), rng, 0.04)
        return [turned(line, turn) for line in ([from_corner(corners, rng)] if rng.random() < 0.8 else sides(corners))]
    centre, wide = rng.normal(0, 0.1, 2), rng.uniform(0.6, 1.1)
    if plus and rng.random() < 0.3:  # the Latin one
        centre[1] = -rng.uniform(0.25, 0.65)
        wide = rng.uniform(0.2, 0.8)
    down = moved(wonky(path((0, -1), (0, 1)), rng, 0.06), centre[0], 0)
    over = moved(wonky(path((-1, 0), (1, 0)) * wide, rng, 0.06), 0, centre[1])
    if rng.random() < 0.5:
        over = over[::-1]
    if kind < 0.25:  # without lifting the pen: the way from the first line to the second shows
        return [turned(joined(down, over), turn)]
    return [turned(down, turn), turned(over, turn)][:: rng.choice([1, -1])]


def check(rng: Rng) -> list[Path]:
    lean = rng.uniform(0.11, 0.2)  # of the long arm, in turns above the horizontal
    short = rng.uniform(0.22, 0.62)
    fall = rng.uniform(0.06, 0.21)  # of the short arm, in turns below it
    start: Pair = (-short * np.cos(2 * np.pi * fall), -short * np.sin(2 * np.pi * fall))
    end: Pair = (np.cos(2 * np.pi * lean) * 1.3, -np.sin(2 * np.pi * lean) * 1.3)
    bend = rng.choice([0.0, rng.normal(0, 0.18)])
    rise = curve((0, 0), (end[0] * 0.33 + bend, end[1] * 0.33 + bend), (end[0] * 0.7 + bend, end[1] * 0.7 + bend), end)
    sag = rng.choice([0.0, rng.normal(0, 0.08)])
    dip = curve(start, (start[0] * 0.6, start[1] * 0.6 - sag), (start[0] * 0.3, start[1] * 0.3 - sag), (0, 0))
    if rng.random() < 0.08:
        dip = joined(path((start[0] - 0.08, start[1] + rng.normal(0, 0.1))), dip)
    return [dip, rise] if rng.random() < 0.06 else [joined(dip, rise)]


RECIPES: dict[str, Recipe] = {
    "circle": Recipe(circle, 0.5, 1.9),
    "square": Recipe(square, 0.035, 1.9),
    "triangle": Recipe(triangle, 0.03, 1.5),
    "diamond": Recipe(diamond, 0.03, 1.3),
    "star": Recipe(star, 0.06, 1.35),
    "heart": Recipe(heart, 0.06, 1.45),
    "cross": Recipe(cross, 0.03, 1.5),
    "arrow": Recipe(arrows.arrow, 0.5, 1.25),
    "check": Recipe(check, 0.02, 1.6),
    "smiley": Recipe(faces.smiley, 0.04, 1.4),
}
