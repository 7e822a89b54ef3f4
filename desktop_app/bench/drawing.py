"""Scenario: a hand draws into the real window; the bare window of painted_by_hand takes turns with it."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop_app.bench.hand import Hand, Points
from desktop_app.bench.painted_by_hand import PlainCanvas, PlainWindow
from desktop_app.bench.probe import Probe
from desktop_app.bench.resident import resident_mb
from desktop_app.bench.window import SETTLING, SIZE, open_app
from desktop_app.ui.input.canvas import Canvas
from desktop_app.ui.mouse import Mouse
from desktop_app.ui.waiting import until, wait
from desktop_app.ui.window.main_window import MainWindow

ROUNDS = 2
"""Turns of each window: what else the machine does then falls on both."""


def run(rate: float, seconds: float) -> dict[str, Any]:
    """Figures of both windows at so many events a second; times in ms, memory in MB."""
    with open_app() as app:
        plain = PlainWindow(app.session.card, app.forwards)
        app.window.hide()
        ours, bare = _Turn(app.window, app.window.input.canvas), _Turn(plain, plain.canvas)
        probe = Probe(app.window)
        ours.take(rate, max(seconds / 4, 0.2), probe)
        bare.take(rate, max(seconds / 4, 0.2), probe)
        ours.forget()
        bare.forget()
        before = resident_mb()
        after = before
        for _ in range(ROUNDS):
            ours.take(rate, seconds / ROUNDS, probe)
            after = resident_mb()
            bare.take(rate, seconds / ROUNDS, probe)
        plain.stop()
        return {
            "latencies": ours.latencies,
            "bare_latencies": bare.latencies,
            "framed": ours.points.framed(),
            "newest_painted": math.isfinite(ours.latencies[-1]),
            "gap": max(ours.gaps),
            "bare_gap": max(bare.gaps),
            "idle_gap": max(ours.idle_gaps),
            "memory": (before, after),
        }


class _Turn:
    """One of the two windows and what was measured of it."""

    def __init__(self, window: MainWindow | PlainWindow, canvas: Canvas | PlainCanvas) -> None:
        self._window: QWidget = window
        self._canvas = canvas
        self._hand: Hand | None = None
        self._signal = window.frame_painted
        self.forget()

    def forget(self) -> None:
        self.points = Points()
        self.gaps: list[float] = []
        self.idle_gaps: list[float] = []

    def take(self, rate: float, seconds: float, probe: Probe) -> None:
        """Shows the window, draws, and hides it again."""
        self._window.resize(*SIZE)
        self._window.show()
        until(lambda: self._window.windowHandle().isExposed())
        wait(SETTLING)
        hand = self._hand or self._new_hand()
        probe.start()
        wait(SETTLING)
        self.idle_gaps.append(probe.longest()[0])
        probe.start()
        drawn = hand.draw(rate, round(rate * seconds))
        self.gaps.append(probe.longest()[0])
        self.points = self.points.plus(drawn)
        self._window.hide()

    @property
    def latencies(self) -> list[float]:
        return self.points.latencies()

    def _new_hand(self) -> Hand:
        self._hand = Hand(Mouse(self._canvas), self._canvas.width(), self._canvas.clear, self._window)
        self._signal.connect(self._hand.saw)
        return self._hand
