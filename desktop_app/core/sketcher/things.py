"""Everyday things in a few strokes: houses, suns, flowers, people, boxes; none of them is one of the ten."""

from __future__ import annotations

import numpy as np

from desktop_app.core.sketcher.paths import (
    Path,
    Rng,
    arc,
    closed,
    curve,
    filled,
    from_corner,
    joined,
    path,
    ring,
    turned,
    wonky,
)


def thing(rng: Rng) -> list[Path]:
    return _THINGS[int(rng.integers(len(_THINGS)))](rng)


def _house(rng: Rng) -> list[Path]:
    house = [path((-0.8, 0), (-0.8, 1), (0.8, 1), (0.8, 0)), path((-1, 0), (0, -0.9), (1, 0), (-1, 0))]
    parts = [
        path((-0.2, 1), (-0.2, 0.4), (0.2, 0.4), (0.2, 1)),
        closed(path((0.35, 0.3), (0.6, 0.3), (0.6, 0.55), (0.35, 0.55))),
    ]
    chimney = path((0.5, -0.45), (0.5, -0.9), (0.7, -0.9), (0.7, -0.25))
    return house + [part for part in [*parts, chimney] if rng.random() < 0.6]


def _flag(_: Rng) -> list[Path]:
    return [path((-0.6, -1), (-0.6, 1.2)), closed(path((-0.6, -1), (0.8, -0.8), (0.8, -0.1), (-0.6, 0)))]


def _fish(_: Rng) -> list[Path]:
    body = joined(arc((0, 0), (0.9, 0.5), 0.05, 0.9), path((1.3, 0.5), (1.3, -0.5)))
    return [closed(body), path((-0.5, -0.1))]


def _sun(rng: Rng) -> list[Path]:
    rays = int(rng.integers(5, 13))
    out = [turned(path((0, -0.7), (0, -1.1)), number / rays) for number in range(rays)]
    return [arc((0, 0), (0.5, 0.5), 0, 1), *out]


def _flower(rng: Rng) -> list[Path]:
    petals = int(rng.integers(4, 8))
    stem = [path((0, 0.7), (0.05, 2))] if rng.random() < 0.7 else []
    return [
        arc((0, 0), (0.25, 0.25), 0, 1),
        *(turned(arc((0, -0.5), (0.25, 0.3), 0.25, 1), n / petals) for n in range(petals)),
        *stem,
    ]


def _person(_: Rng) -> list[Path]:
    return [
        arc((0, -0.9), (0.3, 0.3), 0, 1), path((0, -0.6), (0, 0.4)), path((-0.5, -0.3), (0.5, -0.35)),
        path((-0.4, 1.1), (0, 0.4), (0.4, 1.1)),
    ]  # fmt: skip


def _tree(rng: Rng) -> list[Path]:
    crown = (
        arc((0, -0.5), (0.8, 0.7), 0.25, 1) if rng.random() < 0.6 else closed(path((-0.8, 0.2), (0, -1.2), (0.8, 0.2)))
    )
    return [crown, path((-0.15, 0.2), (-0.15, 1)), path((0.15, 0.2), (0.15, 1))]


def _key(_: Rng) -> list[Path]:
    return [arc((-0.7, 0), (0.4, 0.4), 0, 1), path((-0.3, 0), (1, 0), (1, 0.3)), path((0.7, 0), (0.7, 0.25))]


def _cloud(rng: Rng) -> list[Path]:
    lumps = int(rng.integers(5, 9))
    return [
        joined(
            *(
                arc((np.cos(a) * 0.8, np.sin(a) * 0.5), (0.35, 0.35), a / 2 / np.pi - 0.25, 0.5)
                for a in 2 * np.pi * np.arange(lumps + 1) / lumps
            )
        )
    ]


def _lightning(rng: Rng) -> list[Path]:
    return [
        from_corner(
            wonky(path((0.1, -1), (-0.6, 0.2), (0, 0.1), (-0.3, 1), (0.6, -0.3), (0, -0.2), (0.4, -1)), rng, 0.06),
            rng,
        )
    ]


def _eight(rng: Rng) -> list[Path]:
    t = np.linspace(0, 2 * np.pi, 70)
    return [turned(np.column_stack([0.55 * np.sin(2 * t), np.cos(t)]), rng.choice([0, 0.25]))]


def _grid(rng: Rng) -> list[Path]:
    count = int(rng.integers(2, 4))
    at = np.linspace(-0.6, 0.6, count)
    return [*(path((x, -1), (x, 1)) for x in at), *(path((-1, y), (1, y)) for y in at)]


def _moustache(_: Rng) -> list[Path]:
    return [curve((-1, 0), (-0.6, -0.8), (-0.1, -0.6), (0, 0)), curve((0, 0), (0.1, -0.6), (0.6, -0.8), (1, 0))]


_THINGS = (_house, _flag, _fish, _sun, _flower, _person, _tree, _key, _cloud, _lightning, _eight, _grid, _moustache)


def solid(rng: Rng) -> list[Path]:
    """Boxes and blots."""
    return _SOLIDS[int(rng.integers(len(_SOLIDS)))](rng)


_FRONT = path((-1, -0.6), (0.6, -0.6), (0.6, 1), (-1, 1))


def _cube(rng: Rng) -> list[Path]:
    depth = np.array([rng.uniform(0.3, 0.6), -rng.uniform(0.3, 0.6)])
    back = _FRONT + depth
    return [closed(_FRONT), back[:3], *(np.stack([_FRONT[n], back[n]]) for n in range(3))]


def _cylinder(_: Rng) -> list[Path]:
    return [
        arc((0, -0.8), (0.7, 0.25), 0, 1.02),
        path((-0.7, -0.8), (-0.7, 0.8)),
        arc((0, 0.8), (0.7, 0.25), 0.5, -0.5),
        path((0.7, -0.8), (0.7, 0.8)),
    ]


def _cone(rng: Rng) -> list[Path]:
    return [
        path((-0.8, 0.6), (0, -1), (0.8, 0.6)),
        arc((0, 0.6), (0.8, 0.25), 0.5, -1 if rng.random() < 0.5 else -0.5),
    ]


def _envelope(rng: Rng) -> list[Path]:
    return [
        closed(_FRONT),
        path((-1, -0.6), (-0.2, 0.3), (0.6, -0.6)),
        *([path((-1, 1), (0.6, -0.6))] if rng.random() < 0.4 else []),
    ]


def _divided(rng: Rng) -> list[Path]:
    cuts = [path((-1, y), (0.6, y)) for y in rng.uniform(-0.5, 0.9, int(rng.integers(1, 3)))]
    return [closed(_FRONT), *cuts, *([path((-0.2, -0.6), (-0.2, 1))] if rng.random() < 0.6 else [])]


def _blot(rng: Rng) -> list[Path]:
    return [filled(ring(int(rng.integers(3, 12)), [1, rng.uniform(0.6, 1)], rng.random()), rng)]


_SOLIDS = (_cube, _cylinder, _cone, _envelope, _divided, _blot)
