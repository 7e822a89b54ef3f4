"""Scenario: resident memory of a process that holds torch, Qt and pyqtgraph, and does next to nothing with them."""

from __future__ import annotations

import pyqtgraph as pg
import torch
from PySide6.QtWidgets import QApplication, QMainWindow

from desktop_app.bench.resident import resident_mb
from desktop_app.bench.window import SIZE
from desktop_app.ui.waiting import wait


def run() -> dict[str, float | None]:
    """MB with an empty window and after one convolution."""
    application = QApplication(["bare"])
    window = QMainWindow()
    window.setCentralWidget(pg.GraphicsView())
    window.resize(*SIZE)
    window.show()
    with torch.inference_mode():
        torch.nn.Conv2d(1, 8, 3)(torch.zeros(1, 1, 32, 32))
    wait(0.5)
    held = resident_mb()
    application.closeAllWindows()
    return {"held": held}
