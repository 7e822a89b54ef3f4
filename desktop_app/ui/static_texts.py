"""Short texts that come again and again, such as numbers: laying one out costs most of drawing it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QStaticText

MOST = 1000
"""Texts that are remembered."""


class StaticTexts:
    """Draws in one font and remembers how."""

    def __init__(self, font: QFont) -> None:
        self.font = font
        self.height = QFontMetricsF(font).height()
        self._texts: dict[str, tuple[QStaticText, float]] = {}

    def draw(self, painter: QPainter, words: str, x: float, top: float, anchor: float) -> None:
        """anchor: the share of the text that lies left of x; 0, 0.5 or 1 for left, centred or right."""
        text, width = self._texts.get(words) or self._laid_out(words)
        painter.setFont(self.font)
        painter.drawStaticText(QPointF(x - anchor * width, top), text)

    def width(self, words: str) -> float:
        return (self._texts.get(words) or self._laid_out(words))[1]

    def _laid_out(self, words: str) -> tuple[QStaticText, float]:
        if len(self._texts) >= MOST:
            self._texts.clear()
        text = QStaticText(words)
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.prepare(font=self.font)
        self._texts[words] = text, text.size().width()
        return self._texts[words]
