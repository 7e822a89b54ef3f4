"""The answer with all filters and as it is now, in large type.

Painted here and not by labels, since it changes with every frame.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.ui.theme import Theme


class Effect(QWidget):
    """Two lines: what happened to the answer, and why."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = ("", "")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    @property
    def words(self) -> str:
        return " ".join(self._words)

    def show_words(self, answer: str, cause: str) -> None:
        if (answer, cause) != self._words:
            self._words = answer, cause
            self.setAccessibleName(self.words)
            self.update()

    def sizeHint(self) -> QSize:
        title, body = (QFontMetricsF(self._theme.font(role)) for role in ("title", "body"))
        return QSize(self._theme.px(160), round(title.height() + 2 * body.height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        answer, cause = self._words
        font = self._theme.font("title")
        wide, tall = QFontMetricsF(font).horizontalAdvance(answer), QFontMetricsF(font).height()
        if wide > self.width():  # two lines of smaller type instead of one
            font = self._theme.font("strong")
            tall = 2 * QFontMetricsF(font).height()
        wrapped = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop
        painter.setFont(font)
        painter.setPen(self._theme.colours.text)
        painter.drawText(QRectF(0, 0, self.width(), tall), wrapped, answer)
        painter.setFont(self._theme.font("body"))
        painter.setPen(self._theme.colours.muted)
        painter.drawText(QRectF(0, tall, self.width(), self.height() - tall), wrapped, cause)
