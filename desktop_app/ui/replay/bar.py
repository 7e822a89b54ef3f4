"""The transport bar, and what it plays."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop_app.core.forward.live import Frame
from desktop_app.core.model.card import ModelCard
from desktop_app.ui.answer.panel import AnswerPanel
from desktop_app.ui.network.view import NetworkView
from desktop_app.ui.theme import Theme


class ReplayBar(QWidget):
    """To be built."""

    def __init__(self, theme: Theme, columns: NetworkView, answer: AnswerPanel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._columns, self._answer = theme, columns, answer

    def show_model(self, card: ModelCard) -> None:
        """Another model answers from now on."""

    def show_frame(self, frame: Frame) -> None:
        """The newest frame of the live network."""
