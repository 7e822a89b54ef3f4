"""What the colours of weights mean."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.core.maps import palette
from desktop_app.core.numerals import short
from desktop_app.ui.qimages import Picture
from desktop_app.ui.theme import Theme

BAR, LEAST_BAR, TALL = 90, 28, 8
"""Of the colour bar at normal size, pixels."""


class WeightLegend(QWidget):
    """weight −0.8 ▇ 0 ▇ +0.8"""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._strongest = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def show_range(self, strongest: float) -> None:
        """The largest |weight| of the stage."""
        if strongest != self._strongest:
            self._strongest = strongest
            low, high = self._words()[1:]
            self.setAccessibleName(self.tr("Colours of weights from {low} to {high}").format(low=low, high=high))
            self.updateGeometry()
            self.update()

    def _words(self) -> tuple[str, str, str]:
        size = short(self._strongest)
        return self.tr("weight"), f"−{size}", f"+{size}"

    def sizeHint(self) -> QSize:
        return self._size(BAR)

    def minimumSizeHint(self) -> QSize:
        return self._size(LEAST_BAR)

    def _size(self, bar: float) -> QSize:
        metrics = QFontMetricsF(self._theme.font("caption"))
        texts = sum(metrics.horizontalAdvance(text) for text in self._words())
        return QSize(round(texts) + self._theme.px(bar) + 6 * self._theme.unit + 2, int(metrics.height()) + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        font, unit = self._theme.font("caption"), self._theme.unit
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(self._theme.colours.muted)
        name, low, high = self._words()
        left = 0.0
        for text in (name, low):
            painter.drawText(QRectF(left, 0, 200, self.height()), Qt.AlignmentFlag.AlignVCenter, text)
            left += metrics.horizontalAdvance(text) + 2 * unit
        tall = self._theme.px(TALL)
        wide = min(self.width() - left - metrics.horizontalAdvance(high) - 2 * unit, self._theme.px(BAR))
        bar = QRectF(left, (self.height() - tall) / 2, wide, tall)
        table = palette.weights(self._theme.dark, 1.0, self._theme.colours.panel.name())
        picture = Picture(table[None, palette.LOWEST : palette.HIGHEST + 1])
        painter.drawImage(bar, picture.image)
        painter.drawText(QRectF(bar.right() + 2 * unit, 0, 200, self.height()), Qt.AlignmentFlag.AlignVCenter, high)
        painter.setPen(self._theme.colours.text)
        painter.drawText(QRectF(bar.center().x() - 20, 0, 40, self.height()), Qt.AlignmentFlag.AlignCenter, "0")
