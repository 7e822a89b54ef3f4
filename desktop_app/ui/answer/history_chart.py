"""While you drew: every class's probability over the strokes."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop_app.core.drawing.history import History
from desktop_app.core.forward.live import Forwards, Frame
from desktop_app.core.model.card import ModelCard
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.theme import Theme


class HistoryChart(QWidget):
    """To be built."""

    moment_chosen = Signal(object)  # Drawing as it was then, or None for now

    def __init__(
        self, theme: Theme, history: History, forwards: Forwards, jobs: Jobs, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._history, self._forwards, self._jobs = theme, history, forwards, jobs

    def show_model(self, card: ModelCard) -> None:
        """Another model answers from now on."""

    def show_frame(self, frame: Frame) -> None:
        """The newest frame."""
