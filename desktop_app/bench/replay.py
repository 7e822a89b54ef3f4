"""Scenario: a whole replay in the real window; how evenly do its frames come, and does the GUI keep anyone waiting?"""

from __future__ import annotations

import io
import time

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import QEvent, QObject

from desktop_app.bench.probe import Probe
from desktop_app.bench.window import SETTLING, open_app
from desktop_app.core.forward.request import Photo
from desktop_app.ui.app import App
from desktop_app.ui.waiting import until, wait


def run(model: str, seconds: float) -> dict[str, object]:
    """Intervals between painted frames, the longest gaps, and the most that the window's thread itself worked in one
    frame, all in ms, of a replay's first so many seconds."""
    with open_app() as app:
        session, bar = app.session, app.window.replay
        card = session.registry.named(model)
        if card.reads == "photos":
            session.open_photo(Photo("noise", _noise()))
        else:
            app.window.input.draw_sample(session.card.classes[0])
        session.set_model(card)
        until(lambda: _shown(app) == model)
        wait(SETTLING)
        probe, painted = Probe(app.window), _Painted(bar.slider)
        probe.start()
        wait(SETTLING)
        idle = probe.longest()[0]
        probe.start()
        begin = time.perf_counter()
        bar.toggle()
        until(lambda: not bar.player.playing or time.perf_counter() - begin > seconds)
        gap = probe.longest()[0]
        bar.go_live()
        return {"intervals": painted.intervals(begin), "work": painted.work(begin), "gap": gap, "idle_gap": idle}


class _Painted(QObject):
    """Notes when a widget is painted. The slider moves in every frame, and all of a frame is painted in one go."""

    def __init__(self, widget: QObject) -> None:
        super().__init__(widget)
        self._times: list[tuple[float, float]] = []
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self._times.append((time.perf_counter(), time.thread_time()))
        return False

    def intervals(self, since: float) -> list[float]:
        found: list[float] = self._between(since)[:, 0].tolist()
        return found

    def work(self, since: float) -> float:
        return float(self._between(since)[:, 1].max())

    def _between(self, since: float) -> NDArray[np.float64]:
        """(frames, 2): by the clock, and by what the thread was given of a core."""
        return np.diff([times for times in self._times if times[0] >= since], axis=0) * 1e3


def _shown(app: App) -> str:
    frame = app.window.replay.frame
    return frame.request.card.name if frame else ""


def _noise() -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(1).integers(0, 256, (64, 64, 3), np.uint8)).save(file, "PNG")
    return file.getvalue()
