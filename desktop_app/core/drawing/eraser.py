"""A vector eraser: it takes out the parts of strokes that it passes over, and splits strokes where it cuts them.

The eraser that moves from a to b covers a capsule. Grown by half the width of a stroke's pen it tells which part of the
stroke's centre line must go for no ink to be left under the eraser; since a capsule is convex, that is one interval of
each of the stroke's segments.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.drawing.strokes import Drawing, Stroke

Floats = NDArray[np.float64]

_SHORTEST = 1e-3
"""A remainder shorter than this fraction of the canvas is dust."""


class Eraser:
    """One gesture of the eraser over a drawing."""

    def __init__(self, drawing: Drawing, radius: float) -> None:
        """radius: as a fraction of the canvas side."""
        self._radius = radius
        self._strokes = list(drawing.strokes)
        self._boxes = [_box(stroke) for stroke in self._strokes]
        self.drawing = drawing

    def move(self, a: tuple[float, float], b: tuple[float, float]) -> bool:
        """Erases along the way from a to b. True when that changed `drawing`."""
        reach = self._radius
        low = np.minimum(a, b) - reach
        high = np.maximum(a, b) + reach
        hit = [
            number
            for number, (left, top, right, bottom) in enumerate(self._boxes)
            if left <= high[0] and right >= low[0] and top <= high[1] and bottom >= low[1]
        ]
        changed = False
        for number in reversed(hit):
            stroke = self._strokes[number]
            rest = _without(stroke, np.asarray(a, np.float64), np.asarray(b, np.float64), reach)
            if rest is not None:
                self._strokes[number : number + 1] = rest
                self._boxes[number : number + 1] = [_box(part) for part in rest]
                changed = True
        if changed:
            self.drawing = Drawing(tuple(self._strokes))
        return changed


def _box(stroke: Stroke) -> tuple[float, float, float, float]:
    """(left, top, right, bottom) of the ink."""
    half = _widest(stroke) / 2
    (left, top), (right, bottom) = stroke.points.min(axis=0), stroke.points.max(axis=0)
    return float(left) - half, float(top) - half, float(right) + half, float(bottom) + half


def _widest(stroke: Stroke) -> float:
    return stroke.pen * (1.0 if stroke.pressure is None else float(stroke.pressure.max()))


def _without(stroke: Stroke, a: Floats, b: Floats, radius: float) -> list[Stroke] | None:
    """What is left of a stroke, in pieces; None when the eraser did not touch it."""
    points = stroke.points.astype(np.float64)
    reach = radius + _widest(stroke) / 2
    if len(points) == 1:
        return [] if _distance(points[0], a, b) <= reach else None
    enter, leave = _inside(points[:-1], points[1:], a, b, reach)
    touched = np.flatnonzero(leave > enter)
    if not len(touched):
        return None
    last = float(len(points) - 1)
    starts, ends = [0.0], []
    for number in touched:  # positions along the stroke count segments: 2.5 is the middle of the third one
        if number + enter[number] > starts[-1]:
            ends.append(number + enter[number])
            starts.append(number + leave[number])
        else:
            starts[-1] = number + leave[number]
    ends.append(last)
    pieces = [_piece(stroke, start, end) for start, end in zip(starts, ends, strict=True) if end > start]
    return [piece for piece in pieces if _length(piece) > _SHORTEST]


def _distance(point: Floats, a: Floats, b: Floats) -> float:
    """From a point to the segment a-b."""
    along = b - a
    share = np.clip((point - a) @ along / max(float(along @ along), 1e-18), 0, 1)
    return float(np.hypot(*(point - a - share * along)))


def _inside(p: Floats, q: Floats, a: Floats, b: Floats, radius: float) -> tuple[Floats, Floats]:
    """For each segment p-q, (N, 2) each, the interval of 0..1 in which it is within `radius` of the segment a-b.

    Where it is nowhere near, the interval is empty: it ends before it begins.
    """
    along = b - a
    length = float(np.hypot(*along))
    intervals = [_in_disc(p, q, a, radius), _in_disc(p, q, b, radius)]
    if length > 1e-9:
        unit = along / length
        normal = np.array([-unit[1], unit[0]])
        lengthwise = _in_band((p - a) @ unit, (q - a) @ unit, 0, length)
        across = _in_band((p - a) @ normal, (q - a) @ normal, -radius, radius)
        enter, leave = np.maximum(lengthwise[0], across[0]), np.minimum(lengthwise[1], across[1])
        intervals.append((np.where(leave > enter, enter, np.inf), np.where(leave > enter, leave, -np.inf)))
    enter = np.clip(np.min([interval[0] for interval in intervals], axis=0), 0, 1)
    leave = np.clip(np.max([interval[1] for interval in intervals], axis=0), 0, 1)
    return enter, leave


def _in_disc(p: Floats, q: Floats, centre: Floats, radius: float) -> tuple[Floats, Floats]:
    """Where p + t (q - p) is in the disc: the roots of a quadratic in t."""
    along, away = q - p, p - centre
    square = np.maximum((along * along).sum(axis=1), 1e-18)
    half = (along * away).sum(axis=1) / square
    root = half * half - ((away * away).sum(axis=1) - radius * radius) / square
    reach = np.sqrt(np.maximum(root, 0))
    enter, leave = -half - reach, -half + reach
    missed = (root <= 0) | (leave <= 0) | (enter >= 1)
    return np.where(missed, np.inf, enter), np.where(missed, -np.inf, leave)


def _in_band(at_p: Floats, at_q: Floats, low: float, high: float) -> tuple[Floats, Floats]:
    """Where at_p + t (at_q - at_p) is between low and high, cut to 0..1."""
    change = np.where(np.abs(at_q - at_p) < 1e-12, 1e-12, at_q - at_p)
    first, second = (low - at_p) / change, (high - at_p) / change
    return np.maximum(np.minimum(first, second), 0), np.minimum(np.maximum(first, second), 1)


def _piece(stroke: Stroke, start: float, end: float) -> Stroke:
    """The part between two positions, counted in segments, with new points at the cuts."""
    positions = np.concatenate([[start], np.arange(np.floor(start) + 1, np.ceil(end)), [end]])
    steps = np.arange(len(stroke.points))
    points = np.stack([np.interp(positions, steps, stroke.points[:, axis]) for axis in (0, 1)], axis=1)
    pressure = None if stroke.pressure is None else np.interp(positions, steps, stroke.pressure)
    return Stroke(_frozen(points), stroke.pen, None if pressure is None else _frozen(pressure))


def _frozen(values: Floats) -> NDArray[np.float32]:
    fixed = values.astype(np.float32)
    fixed.flags.writeable = False
    return fixed


def _length(stroke: Stroke) -> float:
    return float(np.hypot(*np.diff(stroke.points, axis=0).T).sum())
