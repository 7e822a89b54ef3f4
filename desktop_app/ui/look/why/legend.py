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
    """As wide as the map above it.  shown: the words at its ends."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.shown = ("", "")
        self._colours = Picture(viridis()[None])
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def show_range(self, low: str, high: str) -> None:
        """What the darkest and the brightest colour stand for; nothing where there is no map."""
        if (low, high) != self.shown:
            self.shown = low, high
            self.setAccessibleName(self.tr("Colours from {low} to {high}").format(low=low, high=high) if high else "")
            self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(self._theme.font("caption"))
        return QSize(self._theme.px(90), int(metrics.height()) + 2)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        low, high = self.shown
        if not high:
            return
        painter = QPainter(self)
        font, gap = self._theme.font("caption"), 2 * self._theme.unit
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(self._theme.colours.muted)
        room = QRectF(self.rect())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, low)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, high)
        left, right = metrics.horizontalAdvance(low) + gap, metrics.horizontalAdvance(high) + gap
        tall = self._theme.px(TALL)
        bar = QRectF(left, (self.height() - tall) / 2, self.width() - left - right, tall)
        if bar.width() > 0:
            painter.drawImage(bar, self._colours.image)
