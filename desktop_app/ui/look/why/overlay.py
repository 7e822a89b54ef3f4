"""The source image with a map over it; what the network did not see is dimmed."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QRegion
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
RIM = 0.12
"""Of the map's longer side: how much of what was cut away is shown around it. The input panel shows all of it."""


class Overlay(QWidget):
    """Asks for focus, so that a screen reader gets to its description."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._placed: Placed | None = None
        self._picture: Picture | None = None
        self._shown = QImage()
        self._map: Picture | None = None
        self._opacity = 1.0
        self._note = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.changed.connect(self.updateGeometry)

    def show_placed(self, placed: Placed | None) -> None:
        if placed is not self._placed:
            self._placed = placed
            self._picture = Picture(packed_rgb(placed.picture)) if placed else None
            self._shown = self._picture.image.copy(self.part.toRect()) if self._picture else QImage()
            self.update()

    def show_map(self, attribution: Attribution | None, note: str = "") -> None:
        """note: what stands over the picture where there is no map."""
        self._map = None
        if attribution is not None:
            self._map = Picture(coloured(attribution.values, attribution.bottom, attribution.top), see_through=True)
        self._note = note
        self.update()

    def set_opacity(self, percent: int) -> None:
        self._opacity = percent / 100
        self.update()

    @property
    def part(self) -> QRectF:
        """What of the source image is shown, in its pixels: that under the map, and a rim."""
        if self._placed is None or self._picture is None:
            return QRectF()
        left, top, right, bottom = self._placed.box
        rim = RIM * max(right - left, bottom - top)
        around = QRectF(left, top, right - left, bottom - top).adjusted(-rim, -rim, rim, rim)
        return QRectF(around.toAlignedRect() & self._picture.image.rect())

    @property
    def picture_rect(self) -> QRectF:
        """Where that is in the widget."""
        part = self.part
        if part.isEmpty():
            return QRectF()
        scale = min(self.width() / part.width(), self.height() / part.height())
        size = (part.width() * scale, part.height() * scale)
        return QRectF((self.width() - size[0]) / 2, (self.height() - size[1]) / 2, *size)

    @property
    def map_rect(self) -> QRectF:
        """Where the input lies, which may be beyond the source image."""
        whole, part = self.picture_rect, self.part
        if self._placed is None or part.isEmpty():
            return QRectF()
        scale = whole.width() / part.width()
        left, top, right, bottom = self._placed.box
        corner = whole.topLeft() + (QPointF(left, top) - part.topLeft()) * scale
        return QRectF(corner, QSizeF(right - left, bottom - top) * scale)

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
            painter.drawImage(whole, self._shown)  # and not a part of an image: in an SVG that would be all of it
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
