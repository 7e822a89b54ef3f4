"""Waiting for something while the window lives on."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEventLoop, QTimer

PATIENCE = 60.0
"""Seconds until something that should happen is given up."""


def wait(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1e3), loop.quit)
    loop.exec()


def until(true: Callable[[], bool], patience: float = PATIENCE) -> bool:
    """Waits until it holds; False when it still did not after so many seconds."""
    limit = time.monotonic() + patience
    while not true():
        if time.monotonic() > limit:
            return False
        wait(0.01)
    return True
