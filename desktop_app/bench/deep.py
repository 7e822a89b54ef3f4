"""Scenario: pictures follow each other as from a camera and a deep network answers; how long is the GUI not to be had?

The longest gap counts what others do on the machine too; the longest own work is the GUI thread's own CPU time.
"""

from __future__ import annotations

import io
import time

import numpy as np
from PIL import Image
from PySide6.QtCore import QTimer

from desktop_app.bench.probe import Probe
from desktop_app.bench.random_model import write_random_model
from desktop_app.bench.window import open_app
from desktop_app.core.forward.request import Frame, Photo
from desktop_app.core.paths import user_data
from desktop_app.ui.app import App
from desktop_app.ui.waiting import until, wait

PICTURES, SIDE = 8, 256
FIRST_SECONDS = 120.0


def run(frames: int, architecture: str = "resnet50") -> dict[str, float]:
    """In ms, with one block closed after the other opened, each answered by so many frames; columns: most on screen."""
    write_random_model(architecture, user_data() / "models" / architecture)
    with open_app() as app:
        columns, pictures = app.window.network.columns, _pictures()
        app.session.prefer("photos", architecture)
        _answered(app, pictures[0])
        probe, work = Probe(app.window), _Work(app)
        figures = {"closed_gap": 0.0, "closed_work": 0.0, "opened_gap": 0.0, "opened_work": 0.0, "turning": 0.0}
        for state in ("closed", "opened"):
            if state == "opened":
                work.start()
                columns.open_block(next(block for block in columns.deck.columns if block.children))
                columns.turn(columns.sheets[0][0], 1)
                wait(0.5)
                figures["turning"] = work.longest
            probe.start()
            work.start()
            for turn in range(frames):
                _answered(app, pictures[turn % PICTURES])
            figures[f"{state}_gap"], figures[f"{state}_work"] = probe.longest()[0], work.longest
        return {**figures, "stages": len(columns.stages), "columns": len(columns.deck.columns)}


class _Work:
    """The most CPU time that the GUI thread took between two ticks of a timer."""

    def __init__(self, app: App) -> None:
        self.longest = 0.0
        self._timer = QTimer(app.window, interval=1)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        self.start()

    def start(self) -> None:
        self.longest, self._last = 0.0, time.thread_time()

    def _tick(self) -> None:
        now = time.thread_time()
        self.longest, self._last = max(self.longest, (now - self._last) * 1e3), now


def _answered(app: App, photo: Photo) -> None:
    """Shows a photo and waits until its maps have been painted. Raises TimeoutError."""
    seen: list[Frame] = []
    app.window.frame_painted.connect(seen.append)
    app.session.open_photo(photo)
    if not until(lambda: any(frame.request.source is photo and frame.mosaics for frame in seen), FIRST_SECONDS):
        raise TimeoutError("no answer came")
    app.window.frame_painted.disconnect(seen.append)


def _pictures() -> list[Photo]:
    """Soft patterns that differ."""
    rng = np.random.default_rng(0)
    made = []
    for number in range(PICTURES):
        small = Image.fromarray(rng.integers(0, 256, (6, 6, 3), np.uint8))
        data = io.BytesIO()
        small.resize((SIDE, SIDE), Image.Resampling.BICUBIC).save(data, "PNG")
        made.append(Photo(f"{number}.png", data.getvalue()))
    return made
