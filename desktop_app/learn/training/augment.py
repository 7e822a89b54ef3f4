"""One drawing, many inputs: turned, stretched, moved, thick or thin, whole or half finished."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from desktop_app.core.drawing.ink import centre_ink
from desktop_app.core.drawing.raster import rasterise
from desktop_app.core.drawing.strokes import Drawing, Stroke
from desktop_app.core.sketcher import LABELS

SIZE = 32
LONGEST = 26.0
PEN = 2.0
UNCENTRED = 0.3
"""Share of training inputs that lie anywhere in any size, as with centring switched off."""

_TURN = {"circle": 180.0, "arrow": 180.0, "triangle": 30.0, "smiley": 12.0, "star": 20.0, "heart": 15.0, "cross": 12.0}
"""Largest turn to either side, in degrees, that leaves a shape what it is; the others bear 6."""


def _matrix(label: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """(2, 2): a turn, a lean and a stretch that leave the label true."""
    turn = _TURN.get(LABELS[label], 6.0) if label >= 0 else 15.0
    angle = np.deg2rad(turn) * rng.uniform(-1, 1)
    lean = rng.normal(0, 0.08)
    stretch = np.exp(rng.normal(0, 0.12))
    cos, sin = np.cos(angle), np.sin(angle)
    mirror = rng.choice([-1.0, 1.0]) if label >= 0 and LABELS[label] != "check" else 1.0
    turn_matrix = np.array([[cos, -sin], [sin, cos]])
    return np.asarray(turn_matrix @ np.array([[stretch * mirror, lean], [0, 1 / stretch]]), np.float64)


def _place(rng: np.random.Generator, extent: NDArray[np.float64]) -> tuple[float, NDArray[np.float64], float]:
    """(length of the longer side, centre, width of the pen), in pixels of the input."""
    if rng.random() < UNCENTRED:
        longest = SIZE * rng.uniform(0.24, 0.92)
        room = (SIZE - 2.0 - extent * longest) / 2
        return longest, SIZE / 2 + room * rng.uniform(-1, 1, 2), rng.uniform(1.3, 2.8)
    pen = rng.uniform(1.7, 2.3) if rng.random() < 0.65 else rng.uniform(1.3, 4.2)
    return LONGEST * rng.uniform(0.92, 1.05), SIZE / 2 + rng.normal(0, 0.5, 2), pen


def vary(drawing: Drawing, label: int, rng: np.random.Generator) -> Drawing:
    """The drawing in canvas coordinates, as `rasterise(..., longest=None)` wants it."""
    matrix = _matrix(label, rng)
    lengths = [len(stroke.points) for stroke in drawing.strokes]
    flat = np.concatenate([stroke.points for stroke in drawing.strokes]).astype(np.float64) @ matrix.T
    low, high = flat.min(axis=0), flat.max(axis=0)
    side = max(float((high - low).max()), 1e-9)
    longest, centre, pen = _place(rng, (high - low) / side)
    flat = (flat - (low + high) / 2) / side
    if rng.random() < 0.5:  # bend it a little
        flat = flat + rng.uniform(0, 0.03) * np.sin(flat @ rng.normal(0, 4, (2, 2)) + rng.uniform(0, 6, 2))
    flat = (flat * longest + centre) / SIZE
    parts = np.split(flat.astype(np.float32), np.cumsum(lengths)[:-1])
    return Drawing(
        tuple(
            Stroke(points, pen / SIZE, old.pressure if len(points) == len(old.points) else None)
            for points, old in zip(parts, drawing.strokes, strict=True)
        )
    )


def vary_bitmap(picture: NDArray[np.uint8], label: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """(SIZE, SIZE) in 0..1 from white ink on black of any size."""
    inverse = np.linalg.inv(_matrix(label, rng))
    height, width = picture.shape
    wide = int(max(height, width) * 1.5)
    middle = np.array([width / 2, height / 2]) - inverse @ np.array([wide / 2, wide / 2])
    turned = Image.fromarray(picture).transform(
        (wide, wide),
        Image.Transform.AFFINE,
        (*inverse[0], middle[0], *inverse[1], middle[1]),
        Image.Resampling.BILINEAR,
    )
    longest, centre, pen = _place(rng, np.ones(2))
    ink = centre_ink(np.asarray(turned), SIZE, longest=longest, pen=pen)
    return np.roll(ink, tuple(np.rint(centre - SIZE / 2).astype(int)[::-1]), axis=(0, 1))


def vary_pixelled(drawing: Drawing, label: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """(SIZE, SIZE) in 0..1 by way of a bitmap of 24 to 160 pixels, jagged or smooth, clean or noisy."""
    side = int(np.exp(rng.uniform(np.log(24), np.log(160))))
    pen = rng.uniform(1.2, max(1.6, 0.06 * side))
    ink = rasterise(vary(drawing, label, rng), side, longest=None, pen=pen)
    if rng.random() < 0.6:
        ink = (ink > rng.uniform(0.25, 0.5)).astype(np.float32)
    picture: NDArray[np.floating] = ink * 255
    if rng.random() < 0.2:
        picture = 0.7 * picture + rng.uniform(0, 50) + rng.normal(0, rng.uniform(1, 12), picture.shape)
    return centre_ink(
        np.clip(picture, 0, 255).astype(np.uint8),
        SIZE,
        longest=LONGEST * rng.uniform(0.92, 1.05),
        pen=PEN * rng.uniform(0.85, 1.15),
    )


def begun(drawing: Drawing, share: float) -> Drawing:
    """The drawing when `share` of its ink is on the paper."""
    lengths = [float(np.hypot(*np.diff(stroke.points, axis=0).T).sum()) for stroke in drawing.strokes]
    left = share * sum(lengths)
    strokes: list[Stroke] = []
    for stroke, length in zip(drawing.strokes, lengths, strict=True):
        if left <= 0 and strokes:
            break
        if length > left:
            at = np.append(0.0, np.cumsum(np.hypot(*np.diff(stroke.points, axis=0).T)))
            end = [[np.interp(left, at, stroke.points[:, axis]) for axis in (0, 1)]]
            points = np.concatenate([stroke.points[at < left], np.array(end, np.float32)]).astype(np.float32)
            strokes.append(Stroke(points, stroke.pen))
        else:
            strokes.append(stroke)
        left -= length
    return Drawing(tuple(strokes))
