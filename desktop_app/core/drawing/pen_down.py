"""The stroke that is being drawn: it grows by a point at a time, and a snapshot of it costs no copy."""

from __future__ import annotations

import numpy as np

from desktop_app.core.drawing.strokes import Stroke

_FIRST_ROOM = 256


class PenDown:
    """Points between pen-down and pen-up. Every one is kept, however fast they come."""

    def __init__(self, pen: float, pressed: bool = False) -> None:
        """pen: width as a fraction of the canvas side.  pressed: whether points come with a pressure."""
        self._pen = pen
        self._room = np.empty((_FIRST_ROOM, 3), np.float32)
        self._pressed = pressed
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, x: float, y: float, pressure: float = 1.0) -> None:
        if self._count == len(self._room):
            room = np.empty((2 * self._count, 3), np.float32)
            room[: self._count] = self._room  # snapshots keep the old room, which is never written again
            self._room = room
        self._room[self._count] = x, y, pressure
        self._count += 1

    def stroke(self, start: int = 0) -> Stroke:
        """What has been drawn so far, from point number `start` on: read-only views that later points do not touch."""
        points = self._room[start : self._count]
        points.flags.writeable = False
        return Stroke(points[:, :2], self._pen, points[:, 2] if self._pressed else None)
