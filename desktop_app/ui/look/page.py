"""What every page below the network is."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop_app.core.forward.request import Frame
from desktop_app.core.model.card import ModelCard
from desktop_app.ui.look.selection import Selection
from desktop_app.ui.theme import Theme


class Page(QWidget):
    """Gets the model and frames from the panel, frames only while it is on screen; follows the selection itself."""

    def __init__(self, theme: Theme, selection: Selection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.selection = selection

    def show_model(self, card: ModelCard) -> None:
        """Another model answers from now on; its first frame follows."""

    def show_frame(self, frame: Frame) -> None:
        """The newest frame, also right after the page was opened."""
