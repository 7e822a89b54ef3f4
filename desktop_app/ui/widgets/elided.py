"""Text that gives way: where there is no room its end goes, and the tooltip has all of it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.ui.theme import Role, Theme
from desktop_app.ui.widgets.text import Ink, Text

LEAST = 3
"""Less than a third of a sentence is no help, and not shown."""


class Elided(Text):
    """One line; asks for no width at all."""

    def __init__(
        self, theme: Theme, text: str = "", role: Role = "body", ink: Ink = "text", parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, text, role, ink, parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        metrics = self.fontMetrics()
        words = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        if self.width() < metrics.horizontalAdvance(self.text()) / LEAST:
            words = ""
        painter.drawText(self.rect(), self.alignment(), words)
        self.setToolTip(self.text() if words != self.text() else "")
