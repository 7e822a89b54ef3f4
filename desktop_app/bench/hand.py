"""A hand that draws at a fixed rate whatever the window does, and how long its points took to be on screen.

Every event has a time at which it is due. A window that blocks makes the events behind it late, and the wait counts:
a benchmark that only sends the next event once the last is dealt with would never see it (coordinated omission).
"""

from __future__ import annotations

import math
import time
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Qt, QTimer

from desktop_app.core.forward.request import Frame
from desktop_app.ui.mouse import Mouse, Place
from desktop_app.ui.waiting import until

PIXELS_A_SECOND = 625
"""A swift hand, and the least pixels between two events: a mouse that has not moved a pixel sends none."""
LEAST_STEP = 2.0
STROKE_SECONDS = 1.0
STROKES = 5
"""Of a drawing; then the canvas is cleared."""


@dataclass
class Points:
    """Of every point when it was due and when it reached the window; of every frame when it was asked and painted."""

    due: list[float] = field(default_factory=list)
    sent: list[float] = field(default_factory=list)
    asked: list[float] = field(default_factory=list)
    painted: list[float] = field(default_factory=list)

    def latencies(self) -> list[float]:
        """ms from due to painted, in order of the points. A point that never was painted took for ever."""
        waits = []
        for due, sent in zip(self.due, self.sent, strict=True):
            frame = bisect_left(self.asked, sent)
            waits.append((self.painted[frame] - due) * 1e3 if frame < len(self.painted) else math.inf)
        return waits

    def framed(self) -> float:
        """The share of points that got a frame of their own."""
        ends = [*self.sent[1:], math.inf]
        frames = (bisect_left(self.asked, sent) for sent in self.sent)
        own = (n < len(self.asked) and self.asked[n] < end for n, end in zip(frames, ends, strict=True))
        return sum(own) / max(len(self.sent), 1)

    def plus(self, other: Points) -> Points:
        """Two stretches of drawing, the other one later."""
        return Points(*(mine + theirs for mine, theirs in zip(self._lists(), other._lists(), strict=True)))

    def _lists(self) -> tuple[list[float], list[float], list[float], list[float]]:
        return self.due, self.sent, self.asked, self.painted


class Hand(QObject):
    """Draws circles that wander, one stroke after the other, with a pause of one event between them."""

    def __init__(self, mouse: Mouse, side: int, clear: Callable[[], None], parent: QObject) -> None:
        """side: of the canvas, pixels.  clear: empties it."""
        super().__init__(parent)
        self._mouse, self._side, self._clear = mouse, side, clear
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(1)
        self._timer.timeout.connect(self._send_due)
        self.points = Points()
        self._count = 0

    def draw(self, rate: float, count: int) -> Points:
        """So many points, so many a second; returns once the last is on screen, or will never be."""
        self.points = Points()
        self._rate, self._count, self._next = rate, count, 0
        self._a_stroke = max(2, round(STROKE_SECONDS * rate))
        self._turn = max(PIXELS_A_SECOND / rate, LEAST_STEP) / (2 * math.pi * 0.3 * self._side)
        self._begin = time.perf_counter()
        self._timer.start()
        until(lambda: self._next >= count)
        self._timer.stop()
        until(lambda: self.points.asked[-1:] >= self.points.sent[-1:], patience=2)
        return self.points

    def saw(self, frame: Frame) -> None:
        """For the window's frame_painted."""
        self.points.asked.append(frame.request.asked)
        self.points.painted.append(time.perf_counter())

    def _send_due(self) -> None:
        while self._next < self._count and (due := self._begin + self._next / self._rate) <= time.perf_counter():
            number, self._next = self._next, self._next + 1
            self._send(number, due)

    def _send(self, number: int, due: float) -> None:
        stroke, step = divmod(number, self._a_stroke)
        place = self._place(number)
        if step == self._a_stroke - 1 or number == self._count - 1:
            self._mouse.release(place)  # makes no ink, so it is no point
            return
        if step == 0 and stroke % STROKES == 0:
            self._clear()
        self.points.due.append(due)
        self.points.sent.append(time.perf_counter())
        (self._mouse.press if step == 0 else self._mouse.move)(place)

    def _place(self, number: int) -> Place:
        turn = 2 * math.pi * self._turn * number
        radius = 0.3 + 0.05 * math.sin(0.37 * turn)
        return (
            0.5 + 0.08 * math.sin(0.11 * turn) + radius * math.cos(turn),
            0.5 + 0.08 * math.cos(0.07 * turn) + radius * math.sin(turn),
        )
