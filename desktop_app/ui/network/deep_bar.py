"""What a deep network has besides: all blocks opened or closed, and which maps come first."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QToolButton, QWidget

from desktop_app.ui.network.view import NetworkView
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.elided import Elided
from desktop_app.ui.widgets.text import Text


class DeepBar(QWidget):
    """Hidden while there is nothing to open and all maps are on screen."""

    def __init__(self, theme: Theme, columns: NetworkView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._columns = theme, columns
        self._count = Elided(theme, "", "caption", "muted")
        self.open_all = self._button(self.tr("Open all"), self.tr("A column for every stage"))
        self.close_all = self._button(self.tr("Close all"), self.tr("A column for every block"))
        self.by_head = QCheckBox(self.tr("Attention by head"))
        self.by_head.setChecked(True)
        self.by_head.setToolTip(
            self.tr("What each head takes of each place, for the class token or a chosen one; else the stage's output")
        )
        self._caption = Text(theme, self.tr("Maps"), "caption", "muted")
        self.orders = QComboBox()
        self.orders.addItems([self.tr("most active first"), self.tr("in order")])
        self.orders.setAccessibleName(self.tr("Which maps come first"))
        self.orders.setToolTip(
            self.tr("The largest mean |value| first, as it was when your picture last rested; or the network's order")
        )
        self._caption.setBuddy(self.orders)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        for widget in (self.open_all, self.close_all, self._count):
            self._row.addWidget(widget)
        self._row.addStretch(1)
        self._row.addWidget(self.by_head)
        self._row.addWidget(self._caption)
        self._row.addWidget(self.orders)
        self.open_all.clicked.connect(columns.open_all)
        self.close_all.clicked.connect(columns.close_all)
        self.orders.currentIndexChanged.connect(self._reorder)
        self.by_head.toggled.connect(columns.set_by_head)
        columns.deck_changed.connect(self._show)
        theme.changed.connect(self._dress)
        self._dress()
        self._show()

    def _button(self, words: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(words)
        button.setToolTip(tip)
        return button

    def _reorder(self, row: int) -> None:
        self._columns.set_active_first(row == 0)

    def _show(self) -> None:
        deck, pages = self._columns.deck, self._columns.may_have_pages
        self.setVisible(deck.deep or pages)
        for button in (self.open_all, self.close_all):
            button.setVisible(deck.deep)
        self.open_all.setEnabled(not deck.all_open)
        self.close_all.setEnabled(not deck.all_closed)
        self.by_head.setVisible(self._columns.has_heads)
        for widget in (self._caption, self.orders):
            widget.setVisible(pages)
        words = self.tr("{n} stages in {columns} columns · click a name that begins with ▸ to open it")
        shown = words.format(n=len(deck.stages), columns=len(deck.columns)) if deck.deep else ""
        if self._count.text() != shown:
            self._count.setText(shown)

    def _dress(self) -> None:
        self._row.setSpacing(2 * self._theme.unit)
