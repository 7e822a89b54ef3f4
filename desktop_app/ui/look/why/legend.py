"""What the colours of a map mean: 0 ▇▇▇ 0.31"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.core.attribution.colours import viridis
from desktop_app.ui.qimages import Picture
from desktop_app.ui.theme import Theme

TALL = 8
"""Of the colour bar at normal size, pixels."""


class Legend(QWidget):
    """As wide as the map above it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._high = ""
        self._colours = Picture(viridis()[None])
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def show_top(self, high: str) -> None:
        """What the brightest colour stands for; nothing where there is no map."""
        if high != self._high:
            self._high = high
            self.setAccessibleName(self.tr("Colours from 0 to {high}").format(high=high) if high else "")
            self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(self._theme.font("caption"))
        return QSize(self._theme.px(90), int(metrics.height()) + 2)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._high:
            return
        painter = QPainter(self)
        font, gap = self._theme.font("caption"), 2 * self._theme.unit
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(self._theme.colours.muted)
        room = QRectF(self.rect())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, "0")
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self._high)
        left, right = metrics.horizontalAdvance("0") + gap, metrics.horizontalAdvance(self._high) + gap
        tall = self._theme.px(TALL)
        bar = QRectF(left, (self.height() - tall) / 2, self.width() - left - right, tall)
        if bar.width() > 0:
            painter.drawImage(bar, self._colours.image)
