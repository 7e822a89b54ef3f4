"""Two lines beside the slider: which stage it is, and what it does in plain words.

Painted here and not by labels: a label whose text changes would have the whole window laid out anew.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.ui.theme import Theme

NARROWEST, USUAL = 160, 480
"""Pixels at normal size."""


class Caption(QWidget):
    """What does not fit is cut short; the tooltip has all of it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lines = ("", "", "")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def show_lines(self, name: str, facts: str, sentence: str) -> None:
        """name: in strong type, the facts after it in the same line."""
        lines = (name, facts, sentence)
        if lines != self._lines:
            self._lines = lines
            self.setToolTip(f"{name} {facts}\n{sentence}".strip())
            self.setAccessibleName(f"{name} {facts}. {sentence}")
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(USUAL), self._height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(NARROWEST), self._height())

    def _height(self) -> int:
        return round(sum(QFontMetricsF(self._theme.font(role)).height() for role in ("strong", "body")))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, colours = QPainter(self), self._theme.colours
        name, facts, sentence = self._lines
        strong, body = self._theme.font("strong"), self._theme.font("body")
        metrics, plain = QFontMetricsF(strong), QFontMetricsF(body)
        painter.setFont(strong)
        painter.setPen(colours.text)
        tall, wide = round(metrics.height()), float(self.width())
        elide = Qt.TextElideMode.ElideRight
        place = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRect(0, 0, self.width(), tall), place, metrics.elidedText(name, elide, wide))
        left = round(metrics.horizontalAdvance(name) + plain.horizontalAdvance("  "))
        painter.setFont(body)
        painter.setPen(colours.muted)
        painter.drawText(
            QRect(QPoint(left, 0), QSize(max(self.width() - left, 0), tall)),
            place,
            plain.elidedText(facts, elide, wide - left),
        )
        painter.setPen(colours.text)
        below = QRect(0, tall, self.width(), self.height() - tall)
        painter.drawText(below, place, plain.elidedText(sentence, elide, wide))
