"""What a chart of probabilities over moments shows: which classes stand out, and where their names have room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF

Floats = NDArray[np.float64]

STAND_OUT = 4
"""Classes that get a colour and a name: more names have no room, and more colours are not told apart."""
THIN = 12
"""Grey lines, the highest ones: of a thousand classes nearly all lie on the ground."""
FAINT = 0.01
"""A probability below which a line cannot be told from the ground."""
_PLACES = 16
"""Of a line, that are tried for its name."""
_LOW, _DEAREST = 20.0, 30.0
"""What a name on the ground costs, in places of lines that it covers; and what is too dear."""


@dataclass(frozen=True, eq=False)
class Lines:
    """values: (moments, classes), NaN where not known.  leaders: the classes that stand out, the present answer first.
    others: those that are thin and grey."""

    values: Floats
    leaders: tuple[int, ...]
    others: tuple[int, ...]


def lines_of(values: Floats) -> Lines:
    """Of the classes that ever led, those that came highest then stand out, in the order in which they came to lead."""
    known = np.flatnonzero(np.isfinite(values).all(axis=1))
    if not len(known):
        return Lines(values, (), ())
    leading, height = values[known].argmax(axis=1), values[known].max(axis=1)
    winner = int(leading[-1])
    peaks = {int(index): float(height[leading == index].max()) for index in dict.fromkeys(leading) if index != winner}
    best = sorted(peaks, key=lambda index: -peaks[index])[: STAND_OUT - 1]
    leaders = (winner, *(index for index in peaks if index in best))
    highest = values[known].max(axis=0)
    others = [int(index) for index in np.argsort(-highest, kind="stable")[: THIN + STAND_OUT]]
    return Lines(values, leaders, tuple(c for c in others if c not in leaders and highest[c] >= FAINT)[:THIN])


def runs(points: Floats, drawn: NDArray[np.bool_]) -> Iterator[Floats]:
    """(N, 2) places of a line, cut where the canvas was empty; what is not known yet is stepped over."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], drawn, [False]])))
    for start, end in edges.reshape(-1, 2):
        piece = points[start:end]
        piece = piece[np.isfinite(piece).all(axis=1)]
        if len(piece):
            yield piece


def place_names(lines: Sequence[Floats], sizes: Sequence[QSizeF], inside: QRectF, gap: float) -> list[QRectF | None]:
    """A box for the name of each line (moments, 2), beside a high place of it where no line is in the way; None
    where there is no room. The first one always has its name."""
    obstacles = np.concatenate([_dense(line) for line in lines]) if lines else np.zeros((0, 2))
    boxes: list[QRectF | None] = []
    for line, size in zip(lines, sizes, strict=True):
        lows, costs = _candidates(line, size, inside, gap)
        highs = lows + np.array(size.toTuple())
        costs += _crossings(lows, highs, obstacles)
        for box in boxes:
            if box is not None:
                low, high = (box.left(), box.top()), (box.right(), box.bottom())
                costs[((lows < high) & (highs > low)).all(axis=1)] = np.inf
        best = int(costs.argmin()) if len(costs) else 0
        free = len(costs) > 0 and costs[best] < (_DEAREST if boxes else np.inf)
        boxes.append(QRectF(QPointF(*lows[best]), size) if free else None)
    return boxes


def _candidates(line: Floats, size: QSizeF, inside: QRectF, gap: float) -> tuple[Floats, Floats]:
    """Upper left corners (N, 2) of boxes around the line's places, and what they cost (N,): the lower a place, the
    less it says about the line."""
    known = line[np.isfinite(line).all(axis=1)]
    order = np.argsort(known[:, 1], kind="stable")  # y goes downwards: the highest first
    places = known[order[:: max(1, len(order) // _PLACES)]]
    wide, tall = size.width(), size.height()
    around = np.array([(-wide / 2, -gap - tall), (-wide / 2, gap), (-gap - wide, -tall / 2), (gap, -tall / 2)])
    lows = (places[:, None] + around).reshape(-1, 2)
    lows[:, 1] = np.clip(lows[:, 1], inside.top(), inside.bottom() - tall)
    dearness = np.repeat((places[:, 1] - inside.top()) / inside.height() * _LOW, len(around))
    fits = (inside.left() <= lows[:, 0]) & (lows[:, 0] + wide <= inside.right())
    return lows[fits], dearness[fits]


def _dense(line: Floats) -> Floats:
    """Many places along the line, a few pixels apart."""
    known = line[np.isfinite(line).all(axis=1)]
    if len(known) < 2:
        return known
    steps = np.linspace(0, len(known) - 1, 4 * len(known))
    return np.stack([np.interp(steps, np.arange(len(known)), known[:, axis]) for axis in (0, 1)], axis=1)


def _crossings(lows: Floats, highs: Floats, places: Floats) -> NDArray[np.intp]:
    """How many places lie in each box."""
    (left, top), (right, bottom) = lows.T[:, :, None], highs.T[:, :, None]
    x, y = places.T
    within = (x >= left) & (x <= right) & (y >= top) & (y <= bottom)
    return np.asarray(within.sum(axis=1), np.intp)
