"""The clock of a replay: which second of it is now."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

TICK_MS = 16
REST = 1.5
"""Seconds at the end before a loop begins anew."""


class Player(QObject):
    """Every tick asks the clock, so that a late tick leaves something out and never slows the replay down."""

    moved = Signal(float)  # seconds since the start of the replay
    playing_changed = Signal(bool)

    def __init__(self, clock: Callable[[], float] = time.perf_counter, parent: QObject | None = None) -> None:
        """clock: in seconds."""
        super().__init__(parent)
        self.loop = False
        self._clock = clock
        self._total = 0.0
        self._speed = 1.0
        self._playing = False
        self._then, self._at = 0.0, 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)

    @property
    def playing(self) -> bool:
        return self._playing

    @property
    def seconds(self) -> float:
        """Where it is now, from 0 to the total."""
        return min(self._now(), self._total)

    @property
    def at_end(self) -> bool:
        return self.seconds >= self._total

    def set_total(self, seconds: float) -> None:
        self._total = seconds

    def set_speed(self, speed: float) -> None:
        """1 is as the timeline says; from here on, also while it plays."""
        self._anchor(self._now())
        self._speed = speed

    def play(self) -> None:
        self._anchor(self.seconds)
        self._set_playing(True)

    def pause(self) -> None:
        self._anchor(self.seconds)
        self._set_playing(False)

    def seek(self, seconds: float) -> None:
        """Goes on from there, if it plays."""
        self._anchor(min(max(seconds, 0.0), self._total))
        self.moved.emit(self._at)

    def tick(self) -> None:
        """What the timer calls; of no use while it does not play."""
        now = self._now()
        if now < self._total:
            self.moved.emit(now)
        elif self.loop and now >= self._total + REST * self._speed:
            self.seek(0.0)
        else:
            if not self.loop:
                self.pause()
            self.moved.emit(self._total)

    def _now(self) -> float:
        return self._at + (self._clock() - self._then) * self._speed if self._playing else self._at

    def _anchor(self, seconds: float) -> None:
        self._then, self._at = self._clock(), seconds

    def _set_playing(self, playing: bool) -> None:
        if playing == self._playing:
            return
        self._playing = playing
        if playing:
            self._timer.start()
        else:
            self._timer.stop()
        self.playing_changed.emit(playing)
