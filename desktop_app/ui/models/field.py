"""One line of a form: its name, its control, and below it what is wrong with what stands there."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QPlainTextEdit, QWidget

from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.text import Text


class Field:
    """Puts itself at the grid's end. control: what the keyboard goes to; inside: what is shown, if it is more."""

    def __init__(
        self, theme: Theme, grid: QGridLayout, name: str, control: QWidget, inside: QWidget | None = None, tip: str = ""
    ) -> None:
        self.control = control
        self._name = name.replace("&", "")
        self._tip = tip
        label = Text(theme, name, ink="muted")
        label.setBuddy(control)
        tall = isinstance(control, QPlainTextEdit)
        level = Qt.AlignmentFlag.AlignTop if tall else Qt.AlignmentFlag.AlignVCenter
        label.setAlignment(Qt.AlignmentFlag.AlignRight | level)
        control.setAccessibleName(self._name)
        control.setToolTip(tip)
        self._message = Text(theme, role="caption", ink="danger")
        self._message.setWordWrap(True)
        self._message.hide()
        row = grid.rowCount()
        grid.addWidget(label, row, 0)
        grid.addWidget(inside or control, row, 1)
        grid.addWidget(self._message, row + 1, 1)
        self.tell("")

    @property
    def message(self) -> str:
        return self._message.text()

    def tell(self, problem: str) -> None:
        """What is wrong, for the eye and for screen readers; nothing when it is all right."""
        self._message.setText(problem)
        self._message.setVisible(bool(problem))
        self.control.setAccessibleDescription(problem or self._tip)
