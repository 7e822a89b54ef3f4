"""Two inputs, or two models, side by side."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop_app.core.model.card import ModelCard
from desktop_app.ui.look.page import Page
from desktop_app.ui.look.selection import Selection
from desktop_app.ui.theme import Theme


class ComparePage(Page):
    """To be built."""

    beside_chosen = Signal(object)  # ModelCard that shall answer too, or None

    def __init__(
        self, theme: Theme, selection: Selection, cards: tuple[ModelCard, ...], parent: QWidget | None = None
    ) -> None:
        """cards: the models that can be chosen as the second one."""
        super().__init__(theme, selection, parent)
        self._cards = cards
