"""`demo OUT.png`: the app shows itself. A mouse draws a circle into the real window, and a picture is taken of it."""

from __future__ import annotations

import math
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

from desktop_app.core.display import display_is_missing
from desktop_app.core.forward.request import Frame
from desktop_app.ui.app import App
from desktop_app.ui.mouse import Mouse, Place
from desktop_app.ui.waiting import until, wait

WINDOW = (1366, 768)
POINTS = 110
EVENTS_A_SECOND = 125
LINGER = 0.4
"""Seconds after the last frame, in which the status bar writes its figures."""


def run(out: Path) -> int:
    """Writes the picture of the window to `out`, prints the probabilities, returns the exit status.

    Works without a display, and leaves the person's own settings and autosave alone.
    """
    if not out.parent.is_dir():
        return _refuse(out)
    choose_platform()
    application = QApplication.instance() or QApplication(["convlens"])
    assert isinstance(application, QApplication)
    with _own_home():
        app = App(application)
        try:
            frame = _draw(app)
            written = app.window.grab().save(str(out), "PNG")
        finally:
            app.close()
            app.window.deleteLater()
            application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    if frame is None:
        print("demo: no answer came in time; see the messages above.", file=sys.stderr)
        return 1
    _print(frame)
    if not written:
        return _refuse(out)
    print(f"The window as it was: {out}")
    return 0


def _refuse(out: Path) -> int:
    print(f"demo: {out} cannot be written: choose a folder that is there and may be written to.", file=sys.stderr)
    return 1


def choose_platform() -> None:
    """Qt needs telling before it starts when there is no display."""
    if display_is_missing():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        print("No display: the window is drawn in memory.")


@contextmanager
def _own_home() -> Iterator[None]:
    with tempfile.TemporaryDirectory() as home, mock.patch.dict(os.environ, {"CONVLENS_HOME": home}):
        yield


def _draw(app: App) -> Frame | None:
    """A circle, with a person's speed and unsteadiness; the frame that answers its last point."""
    frames = _Newest(app)
    app.window.resize(*WINDOW)
    app.show()
    if not until(lambda: frames.newest is not None) or not until(lambda: app.wait_for_torch(0)):
        return None
    mouse = Mouse(app.window.input.canvas)
    way = [_circle(step / POINTS) for step in range(POINTS + 1)]
    mouse.press(way[0])
    for place in way[1:]:
        wait(1 / EVENTS_A_SECOND)
        mouse.move(place)
    mouse.release(way[-1])
    answered = until(lambda: frames.newest is not None and frames.newest.request.source is app.session.drawing)
    wait(LINGER)
    return frames.newest if answered else None


def _circle(share: float) -> Place:
    """Slow at both ends, a little out of round, and closed with an overshoot."""
    turn = 2 * math.pi * 1.03 * (share - 0.08 * math.sin(2 * math.pi * share))
    radius = 0.31 + 0.012 * math.sin(2 * turn + 0.5) + 0.006 * math.sin(5 * turn) - 0.012 * share
    return 0.5 + radius * math.sin(turn), 0.5 - radius * math.cos(turn)


class _Newest(QObject):
    """Keeps the newest frame that was painted."""

    def __init__(self, app: App) -> None:
        super().__init__(app.window)
        self.newest: Frame | None = None
        app.window.frame_painted.connect(self._keep)

    def _keep(self, frame: Frame) -> None:
        self.newest = frame


def _print(frame: Frame) -> None:
    answer, classes = frame.answer, frame.request.card.classes
    wide = max(len(label) for label in classes)
    print(f"{frame.request.card.title}, computed by {frame.device}")
    for index in answer.probabilities.argsort()[::-1]:
        share = float(answer.probabilities[index])
        print(f"  {classes[index]:<{wide}}  {100 * share:6.2f} %  {'█' * round(30 * share)}")
    print(f"Entropy {answer.entropy:.2f} bits")
