"""A camera that is none: coloured shapes that wander over a grey ground, for tests, demos and measurements."""

from __future__ import annotations

import time
from math import cos, sin

import numpy as np

from desktop_app.core.camera.stream import Pixels, Place
from desktop_app.core.errors import UserError

SIZE = (640, 480)
"""Width and height, pixels: what most cameras give unless they are asked for more."""
RATE = 30.0
"""Pictures a second."""
_RADIUS = 70
_BALLS = (((220, 60, 40), 0.9, 1.3), ((40, 160, 90), 1.7, 0.8), ((60, 90, 220), 0.6, 1.1))
"""Colour, and how fast it swings to the sides and up and down, in radians a second."""


class SyntheticCamera:
    """The picture depends on its number only. last: after so many pictures it is unplugged."""

    def __init__(self, rate: float = RATE, last: int | None = None) -> None:
        self._pause, self._last = 1 / rate, last
        self._count = 0
        self._next = time.monotonic()
        across, down = np.linspace(90, 170, SIZE[0]), np.linspace(0, 30, SIZE[1])
        self._ground = np.repeat((across[None, :] + down[:, None]).astype(np.uint8)[:, :, None], 3, axis=2)

    def read(self) -> Pixels:
        if self._count == self._last:
            raise UserError("The camera gives no picture any more: plug it in again, then press the camera button.")
        self._next = max(self._next + self._pause, time.monotonic())
        time.sleep(max(0.0, self._next - time.monotonic()))
        self._count += 1
        return self._drawn(self._count / RATE)

    def close(self) -> None:
        """Nothing is held."""

    def _drawn(self, seconds: float) -> Pixels:
        picture = self._ground.copy()
        for colour, sideways, downwards in _BALLS:
            x = round(SIZE[0] / 2 + 0.35 * SIZE[0] * sin(sideways * seconds))
            y = round(SIZE[1] / 2 + 0.30 * SIZE[1] * cos(downwards * seconds))
            part = picture[y - _RADIUS : y + _RADIUS, x - _RADIUS : x + _RADIUS]
            part[_DISC] = colour
        return picture


def synthetic(rate: float = RATE, last: int | None = None) -> Place:
    return Place("synthetic camera", lambda: SyntheticCamera(rate, last))


_rows, _columns = np.mgrid[-_RADIUS:_RADIUS, -_RADIUS:_RADIUS]
_DISC = _rows**2 + _columns**2 <= _RADIUS**2
