"""Long work with a model's file, in the status bar: what happens, how far it is, and a way out."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QToolButton, QWidget

from desktop_app.ui.icons import dress
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.elided import Elided

STEPS = 1000
"""Of the bar: Qt's whole numbers end before the bytes of a large file do."""


class ProgressLine(QWidget):
    """Hidden while there is nothing to tell."""

    cancelled = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = Elided(theme, role="caption")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self.cancel = QToolButton()
        self.cancel.setProperty("flat", True)
        self.cancel.setToolTip(self.tr("Cancel"))
        dress(self.cancel, "x", theme)
        self.cancel.clicked.connect(self.cancelled)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self._words, 1)
        self._row.addWidget(self._bar)
        self._row.addWidget(self.cancel)
        theme.changed.connect(self._dress)
        self._dress()
        self.hide()

    @property
    def words(self) -> str:
        return self._words.text()

    def show_progress(self, words: str, share: float | None) -> None:
        """share: from 0 to 1, or None where nobody can tell."""
        self._words.setText(words)
        self._bar.setRange(0, STEPS if share is not None else 0)
        self._bar.setValue(round(STEPS * (share or 0)))
        self._bar.setAccessibleName(words)
        self.cancel.setAccessibleName(self.tr("Cancel: {what}").format(what=words))
        self.show()

    def _dress(self) -> None:
        unit = self._theme.unit
        self._row.setSpacing(2 * unit)
        self._bar.setFixedSize(self._theme.px(140), 2 * unit)
