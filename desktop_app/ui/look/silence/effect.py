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
        tall = QFontMetricsF(font).height()
        if QFontMetricsF(font).horizontalAdvance(answer) > self.width():
            font = self._theme.font("strong")
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(self._theme.colours.text)
        line = QRectF(0, 0, self.width(), tall)
        painter.drawText(
            line, Qt.AlignmentFlag.AlignVCenter, metrics.elidedText(answer, Qt.TextElideMode.ElideRight, self.width())
        )
        painter.setFont(self._theme.font("body"))
        painter.setPen(self._theme.colours.muted)
        rest = QRectF(0, line.bottom(), self.width(), self.height() - line.bottom())
        painter.drawText(rest, Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop, cause)
