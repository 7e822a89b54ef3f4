"""The kernels of one filter, large, with their numbers; more than fit are paged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent, qGray
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.core.forward.trace import Array
from desktop_app.core.maps import palette
from desktop_app.core.maps.tiles import tiles
from desktop_app.core.numerals import tiny
from desktop_app.ui.look.ringed import Ringed
from desktop_app.ui.qimages import Picture
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.wheel import Wheel

BEST_CELL = 36
"""Side of a weight on screen at normal size, where there is room."""
BRIGHT = 115
"""Colours of which the eye makes a brighter grey (0..255) get dark numbers."""


@dataclass(frozen=True)
class _Places:
    """columns, rows: of kernels on a page.  cell: (width, height) of a weight.  numbered: with room for a number."""

    columns: int
    rows: int
    cell: tuple[float, float]
    numbered: bool


class KernelSheet(Ringed):
    """A page of kernels, each with a caption that says what it reads."""

    turned = Signal()  # another page, or another number of pages

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._weights: Array = np.zeros((0, 1, 1), np.float32)
        self._captions: Sequence[str] = ()
        self._strongest = 0.0
        self._page = 0
        self._wheel = Wheel()
        self._places = _Places(1, 1, (1, 1), False)
        self._texts = theme.texts("caption")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Kernels of the filter"))
        theme.changed.connect(self._dress)

    def show_kernels(self, weights: Array, captions: Sequence[str], strongest: float) -> None:
        """weights: (kernels, kH, kW).  strongest: the |weight| of the strongest colour."""
        self._weights, self._captions, self._strongest = weights, captions, strongest
        self._page = 0
        self._arrange()

    @property
    def page(self) -> int:
        return self._page

    @property
    def pages(self) -> int:
        return max(1, -(-len(self._weights) // (self._places.columns * self._places.rows)))

    @property
    def visible(self) -> range:
        """The kernels on screen."""
        on_a_page = self._places.columns * self._places.rows
        first = self._page * on_a_page
        return range(first, min(first + on_a_page, len(self._weights)))

    @property
    def range_words(self) -> str:
        shown = self.visible
        words = self.tr("kernels {first}–{last} of {count}") if len(shown) > 1 else self.tr("kernel {first} of {count}")
        return words.format(first=shown.start + 1, last=shown.stop, count=f"{len(self._weights):,}")

    def turn(self, by: int) -> None:
        page = min(max(self._page + by, 0), self.pages - 1)
        if page != self._page:
            self._page = page
            self.turned.emit()
            self.update()

    def cell_rect(self, kernel: int, row: int, column: int) -> QRectF:
        """Where a weight is, of a kernel on screen."""
        corner, (wide, tall) = self._corner(kernel - self.visible.start), self._places.cell
        return QRectF(corner.x() + column * wide, corner.y() + row * tall, wide, tall)

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(300), self._theme.px(120))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(120), self._theme.px(60))

    def _arrange(self) -> None:
        """The largest weights with which all kernels are on one page; else as many as can be with their numbers."""
        metrics = QFontMetricsF(self._theme.font("caption"))
        number = metrics.horizontalAdvance("−0.00") + 2, metrics.height()
        best = max(self._theme.px(BEST_CELL), number[0])
        widths = [best - (best - number[0]) * step / 4 for step in range(5)]
        tries = [(wide, tall) for wide in widths for tall in (wide, wide * 0.8, wide * 0.6) if tall >= number[1]]
        for cell in tries:
            columns, rows = self._holds(cell)
            if columns * rows >= max(len(self._weights), 1):
                self._places = _Places(columns, rows, cell, True)
                break
        else:
            columns, rows = self._holds(number)
            cell = self._filling(columns, rows, best) if columns * rows else number
            self._places = _Places(columns, rows, cell, True) if columns * rows else self._without_numbers()
        self._page = min(self._page, self.pages - 1)
        self.turned.emit()
        self.update()

    def _filling(self, columns: int, rows: int, best: float) -> tuple[float, float]:
        """The largest weight with which so many kernels fit."""
        _, tall, wide = self._weights.shape
        across = ((self.width() + self._gap) / columns - self._gap) / wide
        down = ((self.height() + self._gap / 2) / rows - self._above - self._gap / 2) / tall
        return min(across, best), min(down, across, best)

    def _without_numbers(self) -> _Places:
        """One kernel at a time, as large as it can be."""
        _, tall, wide = self._weights.shape
        side = max(min(self.width() / wide, (self.height() - self._above) / tall), 1.0)
        return _Places(1, 1, (side, side), False)

    def _holds(self, cell: tuple[float, float]) -> tuple[int, int]:
        """(columns, rows) of kernels that the sheet has room for; 0 where not even one fits."""
        _, tall, wide = self._weights.shape
        gap = self._gap
        columns = int((self.width() + gap) // (wide * cell[0] + gap))
        return columns, int((self.height() + gap / 2) // (tall * cell[1] + self._above + gap / 2))

    @property
    def _above(self) -> float:
        """Height of a kernel's caption."""
        return self._texts.height

    @property
    def _gap(self) -> float:
        return (3 if self._weights.shape[2] > 1 else 1) * self._theme.unit

    def _corner(self, place: int) -> QPointF:
        """Top left of the weights of a kernel on the page."""
        _, tall, wide = self._weights.shape
        row, column = divmod(place, self._places.columns)
        cell = self._places.cell
        across = wide * cell[0] + self._gap
        down = tall * cell[1] + self._above + self._gap / 2
        return QPointF(column * across, row * down + self._above)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours, (wide, tall) = self._theme.colours, self._places.cell
        table = palette.weights(self._theme.dark, 1.0, colours.panel.name())
        shape = self._weights.shape[1:]
        for place, kernel in enumerate(self.visible):
            corner = self._corner(place)
            pixels = tiles(self._weights[kernel : kernel + 1], 1, self._strongest, table)
            where = QRectF(corner.x(), corner.y(), shape[1] * wide, shape[0] * tall)
            picture = Picture(pixels)
            painter.drawImage(where, picture.image)
            painter.setPen(colours.border)
            painter.drawRect(where.adjusted(-0.5, -0.5, 0.5, 0.5))
            painter.setPen(colours.muted)
            self._texts.draw(painter, self._captions[kernel], corner.x(), corner.y() - self._above, 0)
            if self._places.numbered:
                self._write(painter, kernel, corner, pixels)
        self.paint_ring(painter)

    def _write(self, painter: QPainter, kernel: int, corner: QPointF, pixels: NDArray[np.uint32]) -> None:
        """Dark numbers on bright colours, and bright ones on dark."""
        wide, tall = self._places.cell
        lead = (tall - self._texts.height) / 2
        for (row, column), value in np.ndenumerate(self._weights[kernel]):
            bright = qGray(int(pixels[row, column])) > BRIGHT
            painter.setPen(Qt.GlobalColor.black if bright else Qt.GlobalColor.white)
            x, y = corner.x() + (column + 0.5) * wide, corner.y() + row * tall + lead
            self._texts.draw(painter, tiny(float(value)), x, y, 0.5)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if notches := self._wheel.notches(event):
            self.turn(-notches)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_PageUp: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_PageDown: 1,
        }
        if (key := Qt.Key(event.key())) in steps:
            self.turn(steps[key])
        else:
            super().keyPressEvent(event)

    def _dress(self) -> None:
        self._texts = self._theme.texts("caption")
        self.updateGeometry()
        self._arrange()
