"""Says that some maps are scaled, wherever the person is, and switches all of them on again."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget

from desktop_app.core.forward.factors import UNTOUCHED, Factors
from desktop_app.ui.icons import dress
from desktop_app.ui.theme import Theme


class ScaledNote(QToolButton):
    """Hidden while the network is whole."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setToolTip(self.tr("Switch all filters on again (Ctrl+0)"))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        dress(self, "rotate-ccw", theme)
        self.show_factors(UNTOUCHED)

    def show_factors(self, factors: Factors) -> None:
        count = len(factors.scaled)
        words = self.tr("1 map scaled · Reset") if count == 1 else self.tr("{n} maps scaled · Reset")
        self.setText(words.format(n=count))
        self.setAccessibleName(self.text())
        self.setVisible(bool(factors))
