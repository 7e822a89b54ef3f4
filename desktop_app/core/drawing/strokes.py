"""A drawing as vectors: immutable strokes, so that a snapshot may cross threads and undo is a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.errors import BadFile

Points = NDArray[np.float32]
"""(N, 2) of x, y; in a drawing made on the canvas 0..1 with y downwards, elsewhere any range."""

DEFAULT_PEN = 0.07
"""Pen width as a fraction of the canvas side."""


@dataclass(frozen=True, eq=False)
class Stroke:
    """One pen-down to pen-up movement.

    points: (N, 2) float32, N >= 1, read-only.
    pen: width of the pen as a fraction of the canvas side.
    pressure: (N,) float32 factors on the width (1 is normal), or None for a constant width.
    """

    points: Points
    pen: float = DEFAULT_PEN
    pressure: NDArray[np.float32] | None = None


@dataclass(frozen=True, eq=False)
class Drawing:
    """Strokes in the order in which they were drawn; never changed, only replaced."""

    strokes: tuple[Stroke, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.strokes)

    def plus(self, stroke: Stroke) -> Drawing:
        return Drawing((*self.strokes, stroke))

    def bounds(self) -> tuple[float, float, float, float]:
        """(left, top, right, bottom) of all points, without the pen's width. Raises ValueError when empty."""
        points = np.concatenate([stroke.points for stroke in self.strokes])
        (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
        return float(left), float(top), float(right), float(bottom)

    def to_json(self) -> list[dict[str, Any]]:
        """Plain lists for the session file; coordinates to 1/10,000 of the canvas."""
        return [
            {
                "points": np.round(stroke.points.astype(np.float64), 4).tolist(),
                "pen": round(stroke.pen, 4),
                **(
                    {}
                    if stroke.pressure is None
                    else {"pressure": np.round(stroke.pressure.astype(np.float64), 3).tolist()}
                ),
            }
            for stroke in self.strokes
        ]

    @staticmethod
    def from_json(data: Any) -> Drawing:
        """The inverse of to_json. Raises BadFile when the data are not strokes."""
        try:
            return Drawing(
                tuple(
                    Stroke(_points(item["points"]), _pen(item["pen"]), _pressure(item.get("pressure"), item["points"]))
                    for item in data
                )
            )
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise BadFile(f"the drawing in it is damaged ({error})") from error


def drawing_from_lists(strokes: Any, pen: float = DEFAULT_PEN) -> Drawing:
    """`[[[x, y], ...], ...]` in any coordinate range, as data sets hold it.

    Raises ValueError when it is not that.
    """
    return Drawing(tuple(Stroke(_points(points), pen) for points in strokes if len(points)))


def _points(values: Any) -> Points:
    points = np.asarray(values, dtype=np.float32)
    if points.ndim != 2 or points.shape[1] != 2 or not len(points) or not np.isfinite(points).all():
        raise ValueError("a stroke is a list of [x, y] with finite numbers")
    points.flags.writeable = False
    return points


def _pen(value: Any) -> float:
    pen = float(value)
    if not 0 < pen <= 1:
        raise ValueError("a pen's width is a fraction of the canvas")
    return pen


def _pressure(values: Any, points: Any) -> NDArray[np.float32] | None:
    if values is None:
        return None
    pressure = np.asarray(values, dtype=np.float32)
    if pressure.shape != (len(points),) or not np.isfinite(pressure).all():
        raise ValueError("a stroke needs one pressure a point")
    pressure.flags.writeable = False
    return pressure
