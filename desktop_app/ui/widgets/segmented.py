"""A few choices side by side, one of them chosen."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QHBoxLayout, QSizePolicy, QToolButton, QWidget


class Segmented(QFrame):
    """chosen: the key, when a person chose it; `choose` sets it in silence."""

    chosen = Signal(str)

    def __init__(self, choices: Mapping[str, tuple[str, str]], name: str, parent: QWidget | None = None) -> None:
        """choices: key -> (label, tooltip).  name: for screen readers."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QAbstractButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(2)
        for key, (label, tip) in choices.items():
            button = QToolButton()
            button.setText(label)
            button.setToolTip(tip)
            button.setCheckable(True)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setAccessibleName(f"{name}: {label}")
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self._group.addButton(button)
            self.buttons[key] = button
            row.addWidget(button, 1)
        for first in self._group.buttons()[:1]:
            first.setChecked(True)
        self._group.buttonClicked.connect(self._click)

    def choose(self, key: str) -> None:
        self.buttons[key].setChecked(True)

    def _click(self, button: QAbstractButton) -> None:
        self.chosen.emit(next(key for key, known in self.buttons.items() if known is button))
