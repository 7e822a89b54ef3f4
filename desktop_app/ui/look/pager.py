"""Two arrows and what is shown between them, for what does not fit on one page."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.text import Text


class Pager(QWidget):
    """Hidden while everything is on one page, but keeps its room: what it turns must not jump."""

    turned = Signal(int)  # −1 or 1

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = Text(theme, role="caption", ink="muted")
        self._back, self._on = QToolButton(), QToolButton()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for button, text, name in ((self._back, "◂", self.tr("Page before")), (self._on, "▸", self.tr("Next page"))):
            button.setText(text)
            button.setAccessibleName(name)
            button.setToolTip(name)
        row.addWidget(self._words)
        row.addWidget(self._back)
        row.addWidget(self._on)
        row.addStretch(1)
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        self._back.clicked.connect(self._turn_back)
        self._on.clicked.connect(self._turn_on)

    def show_page(self, page: int, pages: int, words: str) -> None:
        """page: from 0.  words: what is on it."""
        if self._words.text() != words:
            self._words.setText(words)
        self._back.setEnabled(page > 0)
        self._on.setEnabled(page < pages - 1)
        self.setVisible(pages > 1)

    def _turn_back(self) -> None:
        self.turned.emit(-1)

    def _turn_on(self) -> None:
        self.turned.emit(1)
