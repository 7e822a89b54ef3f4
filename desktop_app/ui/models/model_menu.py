"""The Model menu: all models, group by group, and what can be done with them. It follows when they come and go."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from desktop_app.core.model.card import ModelCard
from desktop_app.ui.models.groups import Group, groups_of

MOST = 8
"""Models of one group that stand in the menu itself; a menu with more of them would not fit on a small screen."""


class ModelMenu(QObject):
    """chosen: the ModelCard, when a person chose it."""

    chosen = Signal(object)

    def __init__(self, menu: QMenu, cards: Sequence[ModelCard], shown: ModelCard) -> None:
        """menu: the models are put above what it has already."""
        super().__init__(menu)
        self._menu = menu
        self._below = menu.actions()
        self._made: list[QObject] = []
        self._actions: dict[ModelCard, QAction] = {}
        self._shown = shown
        self.set_cards(cards)

    def set_cards(self, cards: Sequence[ModelCard]) -> None:
        for action in self._menu.actions():
            if action not in self._below:
                self._menu.removeAction(action)
        for made in self._made:
            made.deleteLater()
        group = QActionGroup(self)
        group.triggered.connect(lambda action: self.chosen.emit(action.data()))
        self._made, self._actions = [group], {}
        for models in groups_of(cards):
            self._put(models, group)
        self.show_card(self._shown)

    def show_card(self, card: ModelCard) -> None:
        """The one that is in use."""
        self._shown = card
        if card in self._actions:
            self._actions[card].setChecked(True)

    def _put(self, models: Group, group: QActionGroup) -> None:
        """A group in the menu itself under its heading, or as a menu of its own."""
        actions = []
        for card in models.cards:
            action = QAction(card.title.replace("&", "&&"), group)
            action.setCheckable(True)
            action.setData(card)
            actions.append(action)
        self._actions |= dict(zip(models.cards, actions, strict=True))
        heading, line = QAction(models.title, self), QAction(self)
        heading.setEnabled(False)  # Qt's own headings are lines without words in this style
        line.setSeparator(True)
        self._made += [heading, line]
        if len(models.cards) > MOST:
            inside = QMenu(models.title, self._menu)
            inside.addActions(actions)
            self._made.append(inside)
            actions = [inside.menuAction()]
        else:
            actions = [heading, *actions]
        self._menu.insertActions(self._below[0], [*actions, line])
