"""The source image with a map over it; what the network did not see is dimmed."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.core.attribution.attribution import Attribution
from desktop_app.core.attribution.colours import coloured
from desktop_app.core.attribution.placed import Placed
from desktop_app.core.maps.palette import packed_rgb
from desktop_app.ui.qimages import Picture
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.frames import paint_focus

SMALLEST = 90
"""Side in pixels at normal size."""
DIMMED = 170
"""Of 255: how much of the window's colour lies over what was cut away."""


class Overlay(QWidget):
    """Asks for focus, so that a screen reader gets to its description."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._placed: Placed | None = None
        self._picture: Picture | None = None
        self._map: Picture | None = None
        self._opacity = 0.5
        self._note = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.changed.connect(self.updateGeometry)

    def show_placed(self, placed: Placed | None) -> None:
        if placed is not self._placed:
            self._placed = placed
            self._picture = Picture(packed_rgb(placed.picture)) if placed else None
            self.update()

    def show_map(self, attribution: Attribution | None, note: str = "") -> None:
        """note: what stands over the picture where there is no map."""
        self._map = None
        if attribution is not None:
            self._map = Picture(coloured(attribution.values, attribution.top), see_through=True)
        self._note = note
        self.update()

    def set_opacity(self, opacity: float) -> None:
        self._opacity = opacity
        self.update()

    @property
    def picture_rect(self) -> QRectF:
        """Where the source image is."""
        if self._picture is None:
            return QRectF()
        wide, high = self._picture.image.width(), self._picture.image.height()
        scale = min(self.width() / wide, self.height() / high)
        size = (wide * scale, high * scale)
        return QRectF((self.width() - size[0]) / 2, (self.height() - size[1]) / 2, *size)

    @property
    def map_rect(self) -> QRectF:
        """Where the input lies, which may be beyond the source image."""
        if self._placed is None or self._picture is None:
            return QRectF()
        whole = self.picture_rect
        scale = whole.width() / self._picture.image.width()
        left, top, right, bottom = (scale * edge for edge in self._placed.box)
        return QRectF(whole.x() + left, whole.y() + top, right - left, bottom - top)

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint() * 2

    def minimumSizeHint(self) -> QSize:
        side = self._theme.px(SMALLEST)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = self._theme.colours
        if self._picture is None:
            painter.fillRect(self.rect(), colours.window)
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            whole, seen = self.picture_rect, self.map_rect
            painter.drawImage(whole, self._picture.image)
            painter.setClipRect(whole)
            if self._map is not None:
                painter.setOpacity(self._opacity)
                painter.drawImage(seen, self._map.image)
                painter.setOpacity(1)
            painter.setClipRegion(QRegion(whole.toAlignedRect()) - QRegion(seen.toRect()))
            dim = QColor(colours.window)
            dim.setAlpha(DIMMED)
            painter.fillRect(whole, dim)
            painter.setClipping(False)
        if self._note:
            self._paint_note(painter)
        if self.hasFocus():
            paint_focus(painter, self.rect(), self._theme)

    def _paint_note(self, painter: QPainter) -> None:
        """On a strip of its own at the bottom: it must be readable on any picture."""
        unit, colours = self._theme.unit, self._theme.colours
        painter.setFont(self._theme.font("caption"))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        room = QRectF(self.rect()).adjusted(2 * unit, unit, -2 * unit, -unit)
        words = painter.boundingRect(room, int(flags), self._note)
        words.moveBottom(room.bottom())
        painter.fillRect(words.adjusted(-unit, -unit / 2, unit, unit / 2), colours.panel)
        painter.setPen(colours.muted)
        painter.drawText(words, int(flags), self._note)
