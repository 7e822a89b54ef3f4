"""The maps of a stage, with those crossed out that are silenced."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from desktop_app.core.filters.bank import Bank
from desktop_app.core.maps.seen import Seen
from desktop_app.ui.look.tile_grid import TileGrid
from desktop_app.ui.qimages import Picture
from desktop_app.ui.theme import Theme


class MapGrid(TileGrid):
    """Paints pieces of the frame's own picture of the stage: a new frame costs a repaint and nothing else."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._seen: Seen | None = None
        self._factors: Mapping[int, float] = {}
        super().__init__(theme, "", whole_pixels=False, parent=parent)
        self._captions = theme.texts("caption")
        self.setAccessibleName(self.tr("Maps of the stage; Space switches one off or on"))

    def show_bank(self, bank: Bank, tile: tuple[int, int]) -> None:
        """tile: (height, width) of one map's picture."""
        self._factors = {}
        self.set_tiles(range(len(bank)), tile)

    def show_maps(self, seen: Seen, factors: Mapping[int, float]) -> None:
        """factors: of the maps that are scaled."""
        self._seen, self._factors = seen, factors
        self.update()

    def show_factors(self, factors: Mapping[int, float]) -> None:
        """At once: their frame is still on its way."""
        self._factors = factors
        self.update()

    def paint_tile(self, painter: QPainter, number: int, where: QRectF) -> None:
        colours = self._theme.colours
        factor = self._factors.get(number, 1.0)
        if self._seen is not None:
            picture = Picture(self._seen.piece(number))  # and not a part of the whole: SVG would show the whole
            painter.drawImage(where, picture.image)
        painter.setPen(colours.border)
        painter.drawRect(where.adjusted(-0.5, -0.5, 0.5, 0.5))
        if factor == 0:
            self._cross_out(painter, where)
        elif factor != 1:
            self._label(painter, where, f"{factor:g}")

    def _cross_out(self, painter: QPainter, where: QRectF) -> None:
        painter.save()
        painter.fillRect(where, self._theme.colours.hover)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colours.ghost, 2))
        inner = where.adjusted(3, 3, -3, -3)
        painter.drawLine(inner.topLeft(), inner.bottomRight())
        painter.drawLine(inner.topRight(), inner.bottomLeft())
        painter.restore()

    def _label(self, painter: QPainter, where: QRectF, words: str) -> None:
        tall = self._captions.height
        band = QRectF(where.left(), where.bottom() - tall, where.width(), tall)
        painter.fillRect(band, self._theme.colours.panel)
        painter.setPen(self._theme.colours.ghost)
        corner = QPointF(where.center().x(), band.top())
        self._captions.draw(painter, words, corner.x(), corner.y(), 0.5)
        painter.setPen(QPen(self._theme.colours.ghost, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(where)

    def describe(self, number: int) -> str:
        factor = self._factors.get(number, 1.0)
        return self.tr("{n} · {state} · click to switch it off or on").format(n=number + 1, state=state_words(factor))

    def _dress(self) -> None:
        self._captions = self._theme.texts("caption")
        super()._dress()


def times(factor: float) -> str:
    """As "×0.5"."""
    return f"×{factor:g}"


def state_words(factor: float) -> str:
    """What is done to a map."""
    if factor == 1:
        return QCoreApplication.translate("MapGrid", "on")
    return QCoreApplication.translate("MapGrid", "off") if factor == 0 else times(factor)
