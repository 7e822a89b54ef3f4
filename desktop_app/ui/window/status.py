"""The status bar: how fast, on what, with which model."""

from __future__ import annotations

import time

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStatusBar, QWidget

from desktop_app.core.forward.request import Frame
from desktop_app.core.model.card import ModelCard
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.text import Text

REFRESH_MS = 250
"""Numbers that change with every frame cannot be read; and writing them costs more than a frame."""


class Status(QStatusBar):
    """Keeps the newest figures and writes them a few times a second."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._frame: Frame | None = None
        self._screen_ms = 0.0
        self._forward, self._screen, self._device, self._model = (
            Text(theme, role="caption", ink="muted") for _ in range(4)
        )
        self._offline = Text(theme, self.tr("offline: nothing leaves this machine"), "caption", "muted")
        self._forward.setToolTip(self.tr("How long the network took for the newest input"))
        self._screen.setToolTip(self.tr("From your pen or click until all panels were painted"))
        self._device.setToolTip(self.tr("What computes: numpy until torch has been loaded, then torch"))
        for label in (self._forward, self._screen, self._device, self._model):
            self.addWidget(label)
        self.addPermanentWidget(self._offline)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self._write)
        theme.changed.connect(self._dress)
        self._dress()

    def show_model(self, card: ModelCard) -> None:
        """Another model answers from now on: the figures of the one before are not its own."""
        self._timer.stop()
        for label in (self._forward, self._screen, self._device):
            label.clear()
        self._model.setText(card.title)

    def painted(self, frame: Frame) -> None:
        """The frame has just reached the screen."""
        self._frame = frame
        self._screen_ms = (time.perf_counter() - frame.request.asked) * 1e3
        if not self._timer.isActive():
            self._timer.start()

    def _write(self) -> None:
        if self._frame is None:
            return
        self._forward.setText(self.tr("forward {time} ms").format(time=f"{self._frame.forward_ms:.2f}"))
        self._screen.setText(self.tr("pen to screen {time} ms").format(time=f"{self._screen_ms:.0f}"))
        self._device.setText(self._frame.device)
        self._model.setText(self._frame.request.card.title)

    def _dress(self) -> None:
        for label in (self._forward, self._screen, self._device, self._model, self._offline):
            label.setIndent(2 * self._theme.unit)
