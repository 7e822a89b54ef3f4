"""One line over the sheet: the stage's name in strong type, and which number it is."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.ui.theme import Theme


class Heading(QWidget):
    """Takes the width that there is; what does not fit is in the tooltip."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.name, self.words = "", ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def say(self, name: str, words: str) -> None:
        if (name, words) != (self.name, self.words):
            self.name, self.words = name, words
            self.setToolTip(f"{name} · {words}" if words else name)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(160), int(QFontMetricsF(self._theme.font("strong")).height()) + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        left = 0.0
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        for role, words in (("strong", self.name), ("body", self.words)):
            font = self._theme.font("strong" if role == "strong" else "body")
            metrics = QFontMetricsF(font)
            painter.setFont(font)
            painter.setPen(self._theme.colours.text if role == "strong" else self._theme.colours.muted)
            room = QRectF(left, 0, self.width() - left, self.height())
            painter.drawText(room, align, metrics.elidedText(words, Qt.TextElideMode.ElideRight, room.width()))
            left += metrics.horizontalAdvance(words) + 3 * self._theme.unit
