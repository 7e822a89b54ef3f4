"""All menus, with their shortcuts: actions only, what they do is told by the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

Key = QKeySequence.StandardKey | str


class Menus:
    """Builds a window's menu bar, entry by entry."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window

    def menu(self, title: str) -> QMenu:
        return self._window.menuBar().addMenu(title)

    def entry(self, menu: QMenu, text: str, do: Callable[[], object], key: Key | None = None, tip: str = "") -> QAction:
        """An entry that does one thing."""
        action = QAction(text, self._window)
        if key is not None:
            action.setShortcut(QKeySequence(key))
        if tip:
            action.setStatusTip(tip)
            action.setToolTip(tip)
        action.triggered.connect(do)
        menu.addAction(action)
        return action

    def switch(
        self, menu: QMenu, text: str, turn: Callable[[bool], object], on: bool, key: Key | None = None
    ) -> QAction:
        """An entry that is on or off."""
        action = QAction(text, self._window)
        action.setCheckable(True)
        action.setChecked(on)
        if key is not None:
            action.setShortcut(QKeySequence(key))
        action.toggled.connect(turn)
        menu.addAction(action)
        return action

    def choice(
        self, menu: QMenu, entries: Sequence[tuple[str, str]], chosen: str, choose: Callable[[str], object]
    ) -> dict[str, QAction]:
        """Entries (value, text) of which one is on."""
        group = QActionGroup(self._window)
        actions: dict[str, QAction] = {}
        for value, text in entries:
            action = QAction(text, group)
            action.setCheckable(True)
            action.setChecked(value == chosen)
            action.setData(value)
            menu.addAction(action)
            actions[value] = action
        group.triggered.connect(lambda action: choose(action.data()))
        return actions


def lock(action: QAction, why: str) -> None:
    """It is still to be seen, and why it cannot be changed: in its text, which everybody gets to read."""
    action.setEnabled(False)
    action.setText(f"{action.text()} ({why})")
    action.setStatusTip(why)
