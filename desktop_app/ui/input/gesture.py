"""What happens between pen-down and pen-up: one gesture, one step of undo. Knows nothing of events."""

from __future__ import annotations

import math
from typing import Protocol

from desktop_app.core.drawing.eraser import Eraser
from desktop_app.core.drawing.pen_down import PenDown
from desktop_app.core.drawing.strokes import Drawing, Stroke
from desktop_app.ui.input.ink_layer import Box, InkLayer

Place = tuple[float, float]

_ERASER_STEP = 0.15
"""Of its radius."""


class Gesture(Protocol):
    """drawing: with what the gesture did so far.  redraws: whether the ink in the changed box is to be drawn again."""

    redraws: bool

    @property
    def drawing(self) -> Drawing: ...

    def move(self, place: Place, pressure: float = 1.0) -> Box | None:
        """To a place that may be off the canvas. Where something changed, if anything did."""


class BrushGesture:
    """Adds ink. Off the canvas the pen draws nothing; where it comes back a new stroke begins."""

    redraws = False

    def __init__(self, start: Drawing, ink: InkLayer, pen: float, pressed: bool) -> None:
        """pen: width as a fraction of the canvas side.  pressed: whether the device knows pressure."""
        self._start = start
        self._ink = ink
        self._pen = pen
        self._pressed = pressed
        self._finished: tuple[Stroke, ...] = ()
        self._down: PenDown | None = None
        self._place: Place | None = None
        self._pressure = 1.0

    @property
    def drawing(self) -> Drawing:
        live = () if self._down is None else (self._down.stroke(),)
        return Drawing((*self._start.strokes, *self._finished, *live))

    def move(self, place: Place, pressure: float = 1.0) -> Box | None:
        before, self._place = self._place, place
        if _on_canvas(place):
            if self._down is None:
                self._down = PenDown(self._pen, self._pressed)
                self._pressure = pressure
                if before is not None:
                    self._down.add(*(before := _crossing(place, before)), pressure)
            return self._add(before or place, place, pressure)
        if self._down is None or before is None:
            return None
        box = self._add(before, _crossing(before, place), pressure)
        self._finished = (*self._finished, self._down.stroke())
        self._down = None
        return box

    def _add(self, start: Place, end: Place, pressure: float) -> Box:
        assert self._down is not None
        self._down.add(*end, pressure)
        before, self._pressure = self._pressure, pressure
        return self._ink.line(start, end, self._pen * before, self._pen * pressure)


class EraserGesture:
    """Takes ink away, in steps of a fraction of its width: cutting a long stroke costs more than drawing a point."""

    redraws = True

    def __init__(self, start: Drawing, radius: float) -> None:
        """radius: as a fraction of the canvas side."""
        self._eraser = Eraser(start, radius)
        # Ink whose centre line is cut ends in a round cap that may reach back by its width.
        self._reach = radius + max((_widest(stroke) for stroke in start.strokes), default=0.0)
        self._step = _ERASER_STEP * radius
        self._place: Place | None = None

    @property
    def drawing(self) -> Drawing:
        return self._eraser.drawing

    def move(self, place: Place, pressure: float = 1.0) -> Box | None:
        before = self._place or place
        if self._place is not None and math.dist(before, place) < self._step:
            return None
        self._place = place
        if not self._eraser.move(before, place):
            return None
        (left, right), (top, bottom) = (sorted(pair) for pair in zip(before, place, strict=True))
        return left - self._reach, top - self._reach, right + self._reach, bottom + self._reach


def _widest(stroke: Stroke) -> float:
    return stroke.pen * (1.0 if stroke.pressure is None else float(stroke.pressure.max()))


def _on_canvas(place: Place) -> bool:
    return 0 <= place[0] <= 1 and 0 <= place[1] <= 1


def _crossing(inside: Place, outside: Place) -> Place:
    """Where the way from a place on the canvas to one off it meets the border."""
    share = 1.0
    for at, to in zip(inside, outside, strict=True):
        if to > 1:
            share = min(share, (1 - at) / (to - at))
        elif to < 0:
            share = min(share, at / (at - to))
    x, y = (at + share * (to - at) for at, to in zip(inside, outside, strict=True))
    return min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)
