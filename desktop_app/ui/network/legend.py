"""One line that names the colours: from negative over zero to positive, and whose largest value they are scaled to."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.core.forward.request import Frame, MapView
from desktop_app.core.maps import palette
from desktop_app.core.numerals import short
from desktop_app.ui.qimages import Picture
from desktop_app.ui.theme import Theme


class Legend(QWidget):
    """Colour bar with its ends named."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._view = MapView()
        self._magnitude: float | None = None
        self._holes = False
        self.setSizePolicy(QSizePolicy.Policy.MinimumExpanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Legend of the colours"))

    def show_scale(self, view: MapView) -> None:
        self._view = view
        self.updateGeometry()
        self.update()

    def give_way(self, gives: bool) -> None:
        """Whether its last words may be cut short, since something else needs the room."""
        policy = QSizePolicy.Policy.Expanding if gives else QSizePolicy.Policy.MinimumExpanding
        self.setSizePolicy(policy, QSizePolicy.Policy.Fixed)

    def show_frame(self, frame: Frame) -> None:
        """Under one scale for the whole network the numbers of its ends stand here; and what is none has a colour."""
        drawn = [mosaic for mosaic in frame.mosaics[1:] if mosaic]
        holes = not all(mosaic.finite for mosaic in drawn)
        if holes != self._holes:
            self._holes = holes
            self.update()
        if self._view.scale == "network" and drawn:
            self._magnitude = drawn[-1].magnitude
            self.update()

    def sizeHint(self) -> QSize:
        metrics, unit = QFontMetricsF(self._theme.font("caption")), self._theme.unit
        words = (self.tr("activation"), *self._words(), "·")
        width = sum(metrics.horizontalAdvance(text) + 2 * unit for text in words) + self._theme.px(110)
        return QSize(int(width), int(QFontMetricsF(self._theme.font("caption")).height()) + 2)

    def _words(self) -> tuple[str, str, str]:
        """(left of the bar, right of the bar, what the scale is)."""
        match self._view.scale:
            case "network":
                size = short(self._magnitude) if self._magnitude is not None else ""
                return f"−{size}", f"+{size}", self.tr("one scale for the whole network")
            case "layer":
                return self.tr("negative"), self.tr("positive"), self.tr("each stage to its own largest value")
            case "channel":
                return self.tr("negative"), self.tr("positive"), self.tr("each map to its own largest value")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        font = self._theme.font("caption")
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(self._theme.colours.muted)
        unit, height = self._theme.unit, self.height()
        low, high, meaning = self._words()
        left = 0.0
        for text in (self.tr("activation"), low):
            painter.drawText(QRectF(left, 0, 200, height), Qt.AlignmentFlag.AlignVCenter, text)
            left += metrics.horizontalAdvance(text) + 2 * unit
        bar = QRectF(left, height / 2 - self._theme.px(4), self._theme.px(110), self._theme.px(8))
        painter.drawImage(bar, self._bar())
        zero = QRectF(bar.center().x() - 20, 0, 40, height)
        painter.setPen(self._theme.colours.text)
        painter.drawText(zero, Qt.AlignmentFlag.AlignCenter, "0")
        painter.setPen(self._theme.colours.muted)
        left = bar.right() + 2 * unit
        for text in (high, "·") if self._holes else (high, "·", meaning):  # there is no room for both
            room = QRectF(left, 0, self.width() - left, height)
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)
            left += metrics.horizontalAdvance(text) + 2 * unit
        if self._holes:
            sample = QRectF(left, height / 2 - self._theme.px(4), self._theme.px(8), self._theme.px(8))
            painter.fillRect(sample, self._hole_colour())
            painter.setPen(self._theme.colours.text)
            words = self.tr("not a number (NaN), or infinite")
            painter.drawText(QRectF(sample.right() + unit, 0, 400, height), Qt.AlignmentFlag.AlignVCenter, words)

    def _hole_colour(self) -> QColor:
        table = palette.signed(self._view.dark, self._view.contrast, self._view.paper)
        return QColor.fromRgb(int(table[palette.NOT_A_NUMBER]))

    def _bar(self) -> QImage:
        view = self._view
        table = palette.signed(view.dark, view.contrast, view.paper)
        self._strip = Picture(table[None, palette.LOWEST : palette.HIGHEST + 1])
        return self._strip.image
