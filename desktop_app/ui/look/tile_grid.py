"""Many small pictures side by side, of which one is chosen by mouse or keyboard; more than fit are paged."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from desktop_app.ui.look.ringed import Ringed
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.wheel import Wheel

LEAST, MOST, NUMBERED = 22, 96, 26
"""Width of a picture on screen at normal size: the least, the largest, and from which on it has its number below."""


@dataclass(frozen=True)
class _Places:
    """columns, rows: of pictures on a page.  width, height: of one on screen.  below: room for its number."""

    columns: int
    rows: int
    width: float
    height: float
    below: float

    @property
    def on_a_page(self) -> int:
        return self.columns * self.rows


class TileGrid(Ringed):
    """Subclasses paint a picture (`paint_tile`) and say what it is (`describe`)."""

    chosen = Signal(int)  # the number of the picture that a person chose
    toggled = Signal(int)  # the number of the picture that was clicked, or chosen when Space was pressed
    turned = Signal()  # another page, or another number of pages

    def __init__(self, theme: Theme, name: str, whole_pixels: bool, parent: QWidget | None = None) -> None:
        """name: for screen readers.  whole_pixels: a pixel of a picture is a whole number of pixels on screen."""
        super().__init__(theme, parent)
        self._whole_pixels = whole_pixels
        self._order: Sequence[int] = ()
        self._size = (1, 1)
        self._chosen: int | None = None
        self._page = 0
        self._wheel = Wheel()
        self._places = _Places(1, 1, 1, 1, 0)
        self._numbers = theme.texts("caption")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(name)
        theme.changed.connect(self._dress)

    def paint_tile(self, painter: QPainter, number: int, where: QRectF) -> None:
        raise NotImplementedError

    def describe(self, number: int) -> str:
        raise NotImplementedError

    def prepare(self, numbers: Sequence[int]) -> None:
        """These are on screen from now on."""

    def set_tiles(self, order: Sequence[int], size: tuple[int, int]) -> None:
        """order: numbers of the pictures.  size: (height, width) of each, in its own pixels."""
        self._order, self._size = order, size
        self._arrange()
        self._show_chosen()

    def choose(self, number: int | None) -> None:
        """Without a signal; turns to its page."""
        if number != self._chosen:
            self._chosen = number
            self.setAccessibleDescription("" if number is None else self.describe(number))
            self._show_chosen()
            self.update()

    @property
    def chosen_number(self) -> int | None:
        return self._chosen

    @property
    def visible_numbers(self) -> Sequence[int]:
        first = self._page * self._places.on_a_page
        return self._order[first : first + self._places.on_a_page]

    @property
    def page(self) -> int:
        return self._page

    @property
    def pages(self) -> int:
        return max(1, math.ceil(len(self._order) / self._places.on_a_page))

    @property
    def range_words(self) -> str:
        """Which of the pictures are on screen, counted from 1 in their order."""
        first = self._page * self._places.on_a_page
        last = min(first + self._places.on_a_page, len(self._order))
        return self.tr("{first}–{last} of {count}").format(first=first + 1, last=last, count=f"{len(self._order):,}")

    def turn(self, by: int) -> None:
        page = min(max(self._page + by, 0), self.pages - 1)
        if page != self._page:
            self._page = page
            self._turned()

    def tile_rect(self, number: int) -> QRectF | None:
        """Where a picture is, if it is on screen."""
        shown = list(self.visible_numbers)
        return self._rect(shown.index(number)) if number in shown else None

    def tile_at(self, point: QPointF) -> int | None:
        shown = self.visible_numbers
        return next((number for place, number in enumerate(shown) if self._rect(place).contains(point)), None)

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(300), self._theme.px(140))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(90), self._theme.px(60))

    # where everything is

    def _arrange(self) -> None:
        metrics = QFontMetricsF(self._theme.font("caption"))
        places = self._fitted(metrics.height())
        if places is None or places.width < self._theme.px(NUMBERED):
            places = self._fitted(0) or self._paged(metrics.height())
        self._places = places
        self._page = min(self._page, self.pages - 1)
        self._turned()

    def _fitted(self, below: float) -> _Places | None:
        """All pictures on one page, as large as possible; None where that is too small."""
        count, gap, ratio = max(len(self._order), 1), self._theme.unit, self._size[0] / self._size[1]
        best, columns = 0.0, 1
        for number in range(1, min(count, self.width() // self._theme.px(LEAST)) + 1):
            rows = -(-count // number)
            wide = (self.width() - 2 - (number - 1) * gap) / number
            tall = (self.height() - 2 - (rows - 1) * gap) / rows - below
            side = min(wide, tall / ratio, self._theme.px(MOST))
            if side > best:
                best, columns = side, number
        if best < self._theme.px(LEAST) or (self._whole_pixels and best < self._size[1]):
            return None
        wide = self._snapped(best)
        if wide < best:  # smaller pictures leave room for more of them side by side
            columns = max(columns, int((self.width() - 2 + gap) // (wide + gap)))
        return _Places(columns, -(-count // columns), wide, wide * ratio, below)

    def _paged(self, below: float) -> _Places:
        gap, ratio = self._theme.unit, self._size[0] / self._size[1]
        least = self._theme.px(NUMBERED)
        wide = max(self._snapped(least), min(self._size[1], self.width() - 2) if self._whole_pixels else 0.0, 8.0)
        tall = wide * ratio
        columns = max(1, int((self.width() - 2 + gap) // (wide + gap)))
        rows = max(1, int((self.height() - 2 + gap) // (tall + below + gap)))
        if not self._whole_pixels:  # as large as so many can be
            across = (self.width() - 2 + gap) / columns - gap
            down = ((self.height() - 2 + gap) / rows - gap - below) / ratio
            wide = max(min(across, down), wide)
        return _Places(columns, rows, wide, wide * ratio, below)

    def _snapped(self, wide: float) -> float:
        native = self._size[1]
        return wide // native * native if self._whole_pixels and wide >= native else wide

    def _rect(self, place: int) -> QRectF:
        row, column = divmod(place, self._places.columns)
        gap, places = self._theme.unit, self._places
        return QRectF(
            1 + round(column * (places.width + gap)),
            1 + round(row * (places.height + places.below + gap)),
            places.width,
            places.height,
        )

    def _turned(self) -> None:
        self.prepare(self.visible_numbers)
        self.turned.emit()
        self.update()

    def _show_chosen(self) -> None:
        if self._chosen is None or self._chosen in self.visible_numbers or self._chosen not in self._order:
            return
        self._page = list(self._order).index(self._chosen) // self._places.on_a_page
        self._turned()

    def _dress(self) -> None:
        self._numbers = self._theme.texts("caption")
        self.updateGeometry()
        self._arrange()

    # events

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
        self._show_chosen()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours, places = self._theme.colours, self._places
        for place, number in enumerate(self.visible_numbers):
            where = self._rect(place)
            self.paint_tile(painter, number, where)
            if places.below:
                painter.setPen(colours.accent if number == self._chosen else colours.muted)
                self._numbers.draw(painter, str(number + 1), where.center().x(), where.bottom(), 0.5)
            if number == self._chosen:
                painter.setPen(QPen(colours.accent, 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(where)
        self.paint_ring(painter)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self.tile_at(event.position())
        if number is not None and event.button() == Qt.MouseButton.LeftButton:
            self.toggled.emit(number)  # first, so that its answer is soon there
            self._take(number)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if notches := self._wheel.notches(event):
            self.turn(-notches)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self._places.columns,
            Qt.Key.Key_Down: self._places.columns,
            Qt.Key.Key_PageUp: -self._places.on_a_page,
            Qt.Key.Key_PageDown: self._places.on_a_page,
            Qt.Key.Key_Home: -len(self._order),
            Qt.Key.Key_End: len(self._order),
        }
        key = Qt.Key(event.key())
        if key in moves and len(self._order):
            self._step(moves[key])
        elif key == Qt.Key.Key_Space and self._chosen is not None:
            self.toggled.emit(self._chosen)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            number = self.tile_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), "" if number is None else self.describe(number), self)
            return True
        return super().event(event)

    def _step(self, by: int) -> None:
        order = list(self._order)
        if self._chosen not in order:
            self._take(order[0])
            return
        self._take(order[min(max(order.index(self._chosen) + by, 0), len(order) - 1)])

    def _take(self, number: int) -> None:
        if number != self._chosen:
            self.choose(number)
            self.chosen.emit(number)
