"""The real window, open and with torch behind it, as the scenarios need it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtWidgets import QApplication

from desktop_app.core.forward.request import Frame
from desktop_app.ui.app import App
from desktop_app.ui.waiting import until, wait

SIZE = (1400, 900)
SETTLING = 0.5
"""Seconds in which a new window comes to rest."""


@contextmanager
def open_app() -> Iterator[App]:
    """The app after its first frame and with torch. Raises TimeoutError when they do not come."""
    app = App(QApplication(["convlens"]))
    frames: list[Frame] = []
    app.window.frame_painted.connect(frames.append)
    app.window.resize(*SIZE)
    app.show()
    try:
        if not until(lambda: bool(frames)) or not until(lambda: app.wait_for_torch(0)):
            raise TimeoutError("the window or torch did not come")
        app.window.frame_painted.disconnect(frames.append)
        wait(SETTLING)
        yield app
    finally:
        app.close()
