"""The answer in large type with its probability, and a line below it.

Painted here and not by labels, since it changes with every frame: a label would have all panels laid out anew, which
takes longer than painting the maps.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.ui.theme import Theme

SMALLEST = 0.6
"""What is too wide shrinks to this much of its size; if that does not help it is cut short."""


class Headline(QWidget):
    """Keeps its height, whatever it says."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = ("", "", "")
        self._sure = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def show_words(self, label: str, number: str, below: str, sure: bool) -> None:
        """sure: whether the label is an answer, and no excuse for one."""
        if (label, number, below) != self._words or sure != self._sure:
            self._words, self._sure = (label, number, below), sure
            self.setAccessibleName(f"{label} {number} {below}")
            self.update()

    def sizeHint(self) -> QSize:
        heights = (QFontMetricsF(self._theme.font(role)).height() for role in ("hero", "body"))
        return QSize(self._theme.px(200), round(sum(heights)) + self._theme.unit)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours, (label, number, below) = self._theme.colours, self._words
        font = self._theme.font("hero")
        tall = QFontMetricsF(font).height()
        gap = QFontMetricsF(font).horizontalAdvance(" ")
        font = _shrunk(font, f"{label} {number}", self.width())
        metrics = QFontMetricsF(font)
        room = self.width() - (metrics.horizontalAdvance(number) + gap if number else 0)
        label = metrics.elidedText(label, Qt.TextElideMode.ElideRight, room)
        painter.setFont(font)
        painter.setPen(colours.text if self._sure else colours.muted)
        painter.drawText(QRectF(0, 0, room, tall), Qt.AlignmentFlag.AlignVCenter, label)
        painter.setPen(colours.accent)
        left = metrics.horizontalAdvance(label) + gap
        painter.drawText(QRectF(left, 0, self.width() - left, tall), Qt.AlignmentFlag.AlignVCenter, number)
        if below:
            painter.setFont(_shrunk(self._theme.font("body"), below, self.width()))
            painter.setPen(colours.muted)
            rest = QRectF(0, tall, self.width(), self.height() - tall)
            painter.drawText(rest, Qt.AlignmentFlag.AlignTop, below)


def _shrunk(font: QFont, words: str, width: float) -> QFont:
    wanted = QFontMetricsF(font).horizontalAdvance(words)
    if wanted > width:
        font.setPixelSize(max(int(font.pixelSize() * width / wanted), int(font.pixelSize() * SMALLEST)))
    return font
