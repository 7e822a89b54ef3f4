"""Drawings to input pixels: white ink on black, anti-aliased, at a cost that follows the length of the ink only.

Each stroke is cut into short pieces. A piece is a capsule (a segment with round ends), and a pixel's brightness is
`radius + 1/2 - distance` between its centre and the nearest piece, clipped to 0..1: the area of the pixel under the
pen but for corrections below a few hundredths. Only the few pixels around each piece are looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.drawing.strokes import Drawing

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

THINNEST = 1.2
"""Width in input pixels below which a line breaks up into grey dots."""
WIDEST = 0.25
"""Width as a fraction of the input's side above which a drawing is one blot."""
CLOSEST = 0.35
"""Points nearer than this to the last one, in input pixels along the stroke, add nothing that can be seen."""
CHUNK = 1 << 18
"""Pixels looked at in one go; keeps the scratch arrays in the processor's cache."""


def rasterise(drawing: Drawing, size: int, *, longest: float | None, pen: float | None = None) -> Floats:
    """The drawing as a (size, size) picture in 0..1.

    longest: the drawing is centred and its bounding box's longer side gets this many pixels, whatever the range of
        its coordinates; None leaves it where it is, the canvas 0..1 filling the picture.
    pen: width of the line in pixels; None takes each stroke's own, as a fraction of `size`, not magnified by
        centring. Pressure varies either, and all widths are kept legible.
    """
    picture: Floats = rasterise_many([drawing], size, longest=longest, pen=pen)[0]
    return picture


def rasterise_many(
    drawings: Sequence[Drawing], size: int, *, longest: float | None, pen: float | None = None
) -> Floats:
    """(N, size, size) pictures of N drawings, each as `rasterise` makes it; an empty drawing stays black."""
    ink = _collect(drawings, size, pen)
    if ink is None:
        return np.zeros((len(drawings), size, size), np.float32)
    points = _centred(ink, size, longest) if longest is not None else np.clip(ink.points, -1, 2) * np.float32(size)
    return _paint(_pieces(ink, points.astype(np.float32)), len(drawings), size)


@dataclass(frozen=True, eq=False)
class _Ink:
    """All points of all drawings in a row."""

    points: NDArray[np.float64]  # (P, 2) in the drawings' own coordinates: float64, since any range may come
    radius: Floats  # (P,) in pixels
    stroke: Ints  # (P,) number of the stroke, counted through all drawings
    drawing: Ints  # (P,)


@dataclass(frozen=True, eq=False)
class _Pieces:
    """Short capsules: start, end (M, 2), radius at either (M,), all in pixels, and the drawing each belongs to."""

    start: Floats
    end: Floats
    radius: Floats
    growth: Floats
    drawing: Ints


def _collect(drawings: Sequence[Drawing], size: int, pen: float | None) -> _Ink | None:
    strokes = [(number, stroke) for number, drawing in enumerate(drawings) for stroke in drawing.strokes]
    if not strokes:
        return None
    lengths = np.array([len(stroke.points) for _, stroke in strokes])
    widths = np.array([stroke.pen * size if pen is None else pen for _, stroke in strokes], np.float32)
    width: Floats = np.repeat(widths, lengths)
    if any(stroke.pressure is not None for _, stroke in strokes):
        width *= np.concatenate(
            [np.ones(len(s.points), np.float32) if s.pressure is None else s.pressure for _, s in strokes]
        )
    return _Ink(
        points=np.concatenate([stroke.points for _, stroke in strokes]).astype(np.float64),
        radius=np.clip(width, np.float32(THINNEST), np.float32(max(THINNEST, WIDEST * size))) / np.float32(2),
        stroke=np.repeat(np.arange(len(strokes)), lengths),
        drawing=np.repeat(np.array([number for number, _ in strokes]), lengths),
    )


def _centred(ink: _Ink, size: int, longest: float) -> NDArray[np.float64]:
    firsts = _firsts(ink.drawing)
    low = np.minimum.reduceat(ink.points, firsts)
    high = np.maximum.reduceat(ink.points, firsts)
    extent = (high - low).max(axis=1)
    scale = np.where(extent > 0, longest / np.where(extent > 0, extent, 1), 0)
    which = np.cumsum(_changes(ink.drawing)) if len(firsts) > 1 else np.zeros(len(ink.points), np.int64)
    moved: NDArray[np.float64] = (ink.points - ((low + high) / 2)[which]) * scale[which, None] + size / 2
    return moved


def _changes(ids: Ints) -> NDArray[np.bool_]:
    """(P,) True where the id differs from the one before; the first is False."""
    return np.concatenate([[False], ids[1:] != ids[:-1]])


def _firsts(ids: Ints) -> Ints:
    return np.concatenate([[0], np.flatnonzero(ids[1:] != ids[:-1]) + 1])


def _pieces(ink: _Ink, points: Floats) -> _Pieces:
    """Thins the points, then splits what is long; a stroke of one point becomes a piece of no length."""
    begins = _changes(ink.stroke)
    begins[0] = True
    move = points[1:] - points[:-1]
    length = np.cumsum(np.append(0.0, np.hypot(move[:, 0], move[:, 1])))
    length -= length[begins][np.cumsum(begins) - 1]  # along its own stroke: a drawing's neighbours must not matter
    tick = np.floor(length / CLOSEST)
    keep = begins.copy()
    keep[1:] |= tick[1:] != tick[:-1]
    keep[:-1] |= begins[1:]
    keep[-1] = True
    points, radius, drawing = points[keep], ink.radius[keep], ink.drawing[keep]
    begins = begins[keep]
    ends = np.append(begins[1:], True)
    source = np.flatnonzero(~ends | begins)  # where a segment starts; a lone point is both its ends
    target = np.where(ends[source], source, source + 1)
    start, vector = points[source], points[target] - points[source]
    growth = radius[target] - radius[source]
    count = np.maximum(1, np.ceil(np.hypot(vector[:, 0], vector[:, 1]) / max(1.0, 0.75 * float(radius.max())))).astype(
        np.int64
    )
    if count.max() == 1:
        return _Pieces(start, start + vector, radius[source], growth, drawing[source])
    owner = np.repeat(np.arange(len(count)), count)
    nth = (np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)).astype(np.float32)
    share = (1 / count).astype(np.float32)[owner]
    begin = start[owner] + vector[owner] * (nth * share)[:, None]
    return _Pieces(
        begin,
        begin + vector[owner] * share[:, None],
        radius[source][owner] + growth[owner] * nth * share,
        growth[owner] * share,
        drawing[source][owner],
    )


def _paint(pieces: _Pieces, pictures: int, size: int) -> Floats:
    vector = pieces.end - pieces.start
    squared = np.maximum((vector * vector).sum(axis=1), np.float32(1e-12))
    middle = np.floor((pieces.start + pieces.end) / 2)
    reach = float((pieces.radius + np.maximum(pieces.growth, 0)).max() + 0.5 + np.sqrt(squared.max()) / 2)
    margin = int(np.ceil(reach + 0.5)) - 1  # pixels to either side of the middle one that the ink can touch
    side = size + 2 * margin
    inside = np.flatnonzero(((middle >= -margin) & (middle < size + margin)).all(axis=1))

    offset = np.arange(-margin, margin + 1)
    centre = offset.astype(np.float32) + np.float32(0.5)
    window = (offset[:, None] * side + offset[None, :]).ravel()
    canvas = np.zeros(pictures * side * side + 2 * (margin * side + margin), np.float32)
    slack = margin * side + margin  # windows of ink at the rim reach beyond the first and the last picture
    each = max(1, CHUNK // len(window))
    for chunk in range(0, len(inside), each):
        index = inside[chunk : chunk + each]
        # From the piece's start to the pixel centres, x and y apart: (M, 1, K) and (M, K, 1).
        x = (middle[index, 0] - pieces.start[index, 0])[:, None, None] + centre[None, None, :]
        y = (middle[index, 1] - pieces.start[index, 1])[:, None, None] + centre[None, :, None]
        dx, dy = vector[index, 0, None, None], vector[index, 1, None, None]
        along = (x * dx + y * dy) / squared[index, None, None]
        np.clip(along, 0, 1, out=along)
        distance = np.square(x - along * dx)
        distance += np.square(y - along * dy)
        np.sqrt(distance, out=distance)
        light = (pieces.radius[index] + np.float32(0.5))[:, None, None] - distance
        if pieces.growth.any():
            light += pieces.growth[index, None, None] * along
        np.clip(light, 0, 1, out=light)
        place = pieces.drawing[index] * (side * side) + (
            (middle[index, 1] + margin) * side + middle[index, 0] + margin
        ).astype(np.int64)
        np.maximum.at(canvas, ((place + slack)[:, None] + window[None, :]).ravel(), light.ravel())
    padded = canvas[slack : slack + pictures * side * side].reshape(pictures, side, side)
    return np.ascontiguousarray(padded[:, margin : margin + size, margin : margin + size])
