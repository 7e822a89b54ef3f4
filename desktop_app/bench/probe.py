"""How long the GUI's event loop lets others wait: a timer that should come every millisecond, and when it did."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, QTimer

TICK_MS = 1


class Probe(QObject):
    """Notes the time between its ticks. A tick costs some microseconds, so that it hardly disturbs what it measures.

    It ticks in nested event loops too: a mouse event that is delivered by one is no gap.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._gaps: list[float] = []
        self._last: float | None = None
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def start(self) -> None:
        """Forgets what was before."""
        self._gaps.clear()
        self._last = time.perf_counter()

    def longest(self) -> list[float]:
        """The gaps since `start`, in ms, longest first; what has not ended yet counts."""
        if self._last is not None:
            self._tick()
        return sorted(self._gaps, reverse=True)

    def _tick(self) -> None:
        now = time.perf_counter()
        if self._last is not None:
            self._gaps.append((now - self._last) * 1e3)
        self._last = now
