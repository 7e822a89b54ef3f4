"""A list of all models to choose one from, group by group; it follows when models come and go."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from desktop_app.core.model.card import ModelCard
from desktop_app.ui.models.groups import groups_of
from desktop_app.ui.widgets.choice import Choice

_ENABLED = Qt.ItemDataRole.UserRole - 1
"""By which Qt's own list of a combo box knows what can be chosen: 0 is nothing."""


class ModelChoice(Choice):
    """chosen: the ModelCard, or None for the first entry where there is one for none, when a person chose it."""

    chosen = Signal(object)

    def __init__(self, words: Callable[[ModelCard], str], none: str = "", parent: QWidget | None = None) -> None:
        """words: a model's entry.  none: of the entry for no model, if there shall be one."""
        super().__init__(parent)
        self._words, self._none = words, none
        self._rows: list[ModelCard | None] = []
        self.activated.connect(self._choose)

    @property
    def card(self) -> ModelCard | None:
        """The one that is shown."""
        return self._rows[self.currentIndex()] if self.currentIndex() >= 0 else None

    def set_cards(self, cards: Sequence[ModelCard]) -> None:
        """Lists these; what was shown still is, unless it has gone."""
        shown = self.card
        self.clear()
        self._rows = []
        if self._none:
            self._add(self._none, None)
        for number, group in enumerate(groups_of(cards)):
            if number:
                self.insertSeparator(self.count())
                self._rows.append(None)
            for card in group.cards:
                self._add(self._words(card), card)
        self.show_card(shown)

    def show_card(self, card: ModelCard | None) -> None:
        """Shows it, and says nothing; a card that is not listed shows as none."""
        known = card in self._rows and (card is not None or bool(self._none))
        self.setCurrentIndex(self._rows.index(card) if known else 0 if self._none else -1)

    def forbid(self, card: ModelCard) -> None:
        """All but this one can be chosen."""
        for row, other in enumerate(self._rows):
            if other is not None:
                self.setItemData(row, 0 if other is card else None, _ENABLED)

    def _add(self, words: str, card: ModelCard | None) -> None:
        self.addItem(words)
        self._rows.append(card)

    def _choose(self, row: int) -> None:
        self.chosen.emit(self._rows[row])
