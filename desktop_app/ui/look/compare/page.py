"""Two inputs, or two models, side by side."""

from __future__ import annotations

from PySide6.QtCore import Signal

from desktop_app.core.model.card import ModelCard
from desktop_app.ui.look.page import Page


class ComparePage(Page):
    """To be built."""

    beside_chosen = Signal(object)  # ModelCard that shall answer too, or None

    def set_cards(self, cards: tuple[ModelCard, ...]) -> None:
        """The models that can be chosen as the second one."""
