"""All filters of a stage as pictures."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from desktop_app.core.filters.bank import Bank
from desktop_app.core.filters.order import Numbers
from desktop_app.core.filters.pictures import filter_pictures, picture_size
from desktop_app.core.maps import palette
from desktop_app.core.numerals import short
from desktop_app.ui.look.tile_grid import TileGrid
from desktop_app.ui.qimages import Picture
from desktop_app.ui.theme import Theme


class FilterGrid(TileGrid):
    """Pictures are only made of the filters that are on screen."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._bank: Bank | None = None
        self._active: Numbers | None = None
        self._pictures: dict[int, Picture] = {}
        super().__init__(theme, "", whole_pixels=True, parent=parent)
        self.setAccessibleName(self.tr("All filters of the stage"))

    def show_bank(self, bank: Bank | None, order: Sequence[int], active: Numbers | None) -> None:
        """active: (filters,), the present activity of each."""
        if bank is not self._bank:
            self._pictures.clear()
        self._bank, self._active = bank, active
        self.set_tiles(order if bank else (), picture_size(bank) if bank else (1, 1))

    def prepare(self, numbers: Sequence[int]) -> None:
        bank = self._bank
        missing = [number for number in numbers if number not in self._pictures]
        if bank is None or not missing:
            return
        table = palette.weights(self._theme.dark, 1.0, self._theme.colours.panel.name())
        self._pictures = {number: self._pictures[number] for number in numbers if number in self._pictures}
        for number, pixels in zip(missing, filter_pictures(bank, missing, table), strict=True):
            self._pictures[number] = Picture(pixels)

    def paint_tile(self, painter: QPainter, number: int, where: QRectF) -> None:
        painter.drawImage(where, self._pictures[number].image)
        painter.setPen(self._theme.colours.border)
        painter.drawRect(where.adjusted(-0.5, -0.5, 0.5, 0.5))

    def describe(self, number: int) -> str:
        bank = self._bank
        if bank is None:
            return ""
        words = self.tr("filter {n}") if bank.kind == "filters" else self.tr("unit {n}")
        words = words.format(n=number + 1)
        words += " · " + self.tr("norm {norm}").format(norm=short(float(bank.norms[number])))
        if self._active is not None:
            words += " · " + self.tr("activity {activity}").format(activity=short(float(self._active[number])))
        return words

    def _dress(self) -> None:
        self._pictures.clear()
        super()._dress()
