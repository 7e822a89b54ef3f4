"""One column of the network panel: heading, mosaic of all maps, legend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QGraphicsItem, QGraphicsObject, QStyleOptionGraphicsItem, QWidget

from desktop_app.core.forward.trace import Stage
from desktop_app.core.maps.mosaic import Mosaic
from desktop_app.core.numerals import short
from desktop_app.ui.network.arrange import Column
from desktop_app.ui.network.heading import Heading
from desktop_app.ui.network.marks import MapGrid, Mark, paint_marks
from desktop_app.ui.qimages import Picture
from desktop_app.ui.static_texts import StaticTexts
from desktop_app.ui.theme import Theme

BAR = 4
"""Height of the colour bar at normal size, pixels."""
_MARGIN = 4
"""Pixels around what changed that Qt asks for as well."""
NON_NEGATIVE = ("ReLU", "ReLU6", "sigmoid", "hard sigmoid", "softmax")
MOVING = ("flatten", "concat", "slice", "view", "reshape", "transpose", "permute")
KEEPING_SIGN = ("max pool", "average pool", "add", *MOVING)


def unsigned_stages(stages: Sequence[Stage]) -> list[bool]:
    """Which stages cannot give a negative number: a ReLU, and whatever only picks, joins or sums its outputs."""
    unsigned: list[bool] = []
    for stage in stages:
        kept = stage.kind in KEEPING_SIGN and bool(stage.sources) and all(unsigned[source] for source in stage.sources)
        unsigned.append(kept or stage.kind in NON_NEGATIVE)
    return unsigned


class StageItem(QGraphicsObject):
    """Paints a stage; told where by `place` and what by `show_mosaic`.

    A frame repaints the mosaic and what is below it, with gaps and colour bar made ready before: a frame that also
    wrote the headings and drew the rest anew took four times as long. `show_mosaic` leaves it to the view to repaint
    all stages at once.
    """

    def __init__(self, heading: Heading, position: int, unsigned: bool, theme: Theme) -> None:
        """position: of the stage that is shown.  unsigned: it has no negative values: its legend starts at zero."""
        super().__init__()
        self.heading = heading
        self.stage = heading.stage
        self.position = position
        self._unsigned = unsigned or heading.heads
        self._theme = theme
        self._column = Column(0, 10, 1, 1, (10, 10), 1)
        self._header = 0.0
        self._compact = False
        self._bounds = QRectF()
        self._mosaic: Mosaic | None = None
        self._picture: Picture | None = None
        self._gradient: list[tuple[float, QColor]] = []
        self._overlay: QPixmap | None = None
        self._lines: list[str] | None = None
        self._stale = False
        self._shared_scale = False
        self.marked: int | None = None
        self._marks: dict[str, tuple[Mark, ...]] = {}
        self._replayed: Picture | None = None
        self._replays = False
        self._under_way = False
        self._lit = False
        self._waits = False
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)  # tells `paint` what is exposed
        self.setToolTip(heading.tip)

    def place(self, column: Column, corner: QPointF, header: float, legend: float, compact: bool) -> None:
        """corner: where the columns begin, in the scene.  header, legend: heights of what stands above and below the
        mosaic.  compact: see `Heading.lines`."""
        self.prepareGeometryChange()
        self._column, self._header, self._compact = column, header, compact
        self._bounds = QRectF(0, 0, max(column.width, column.mosaic[0]) + 1, header + column.mosaic[1] + legend)
        self.setPos(corner + QPointF(column.left, 0))
        self._overlay = self._lines = None
        self.update()

    def show_mosaic(self, mosaic: Mosaic | None) -> None:
        """None: the column was not on screen when the frame was made."""
        self._mosaic, self._picture = mosaic, Picture(mosaic.pixels) if mosaic else None

    @property
    def mosaic(self) -> Mosaic | None:
        return self._mosaic

    def wait(self) -> None:
        """It has come on screen, and its maps are on their way."""
        self._waits = True

    def light(self, on: bool) -> None:
        """Whether the mouse is on the heading of a block, which a click would open."""
        if on != self._lit:
            self._lit = on
            self.update()

    def show_legend(self, gradient: list[tuple[float, QColor]], shared_scale: bool) -> None:
        """gradient: colour stops from −1 (0.0) to +1 (1.0); shared_scale: one legend for all stands elsewhere."""
        self._gradient, self._shared_scale = gradient, shared_scale
        self._overlay = None
        self.update()

    def set_stale(self, stale: bool) -> None:
        if stale != self._stale:
            self._stale = stale
            self._update_maps()

    def mark(self, index: int | None) -> None:
        """Frames one map."""
        if index != self.marked:
            self.marked = index
            self._update_maps()

    def set_marks(self, layer: str, marks: Sequence[Mark]) -> None:
        """Frames of one layer, in place of that layer's before; layers are painted in the order of their names."""
        if self.heading.heads:  # a number belongs to a token, which has a place in what every head looks at
            marks = [replace(mark, channel=None, until=None) for mark in marks]
        if self._marks.get(layer, ()) != tuple(marks):
            self._marks[layer] = tuple(marks)
            self._update_maps()

    def replay(self, picture: Picture | None) -> None:
        """Shows this in place of the mosaic, of the same size; None hides the maps, until `stop_replay`."""
        if not self._replays or picture is not self._replayed:
            self._replays, self._replayed = True, picture
            self._update_maps()

    def set_under_way(self, on: bool) -> None:
        """Whether a replay is at this stage: its name gets the accent."""
        if on != self._under_way:
            self._under_way = on
            self.update()

    def stop_replay(self) -> None:
        if self._replays:
            self._replays, self._replayed = False, None
            self._update_maps()

    def _update_maps(self) -> None:
        """The heading stays as it is: writing it costs more than all the rest."""
        self.update(self._bounds.adjusted(-1, self._header - 1, 1, 1))

    def place_at(self, position: QPointF) -> tuple[int, int, int] | None:
        """(map's index, row, column) of the pixel under a point of this item."""
        tile = self._tile_at(position)
        if tile is None:
            return None
        rect = self._grid().tile_rect(tile)
        _, tall, wide = self.stage.maps
        row = int((position.y() - rect.top()) / rect.height() * tall)
        column = int((position.x() - rect.left()) / rect.width() * wide)
        return self.channels[tile], min(max(row, 0), tall - 1), min(max(column, 0), wide - 1)

    def map_at(self, position: QPointF) -> int | None:
        """Index of the map under a point of this item."""
        tile = self._tile_at(position)
        return None if tile is None else self.channels[tile]

    def heading_at(self, position: QPointF) -> bool:
        """Whether a point of this item is on the heading of a block, which a click opens."""
        return self.heading.opens and 0 <= position.y() < self._header and 0 <= position.x() <= self._column.width

    def pager_at(self, position: QPointF) -> int | None:
        """What a click at a point of this item turns the page by: −1, 1, or None."""
        top = self._pager_top
        if not self.is_paged or not top <= position.y() < top + self._numbers.height:
            return None
        if not 0 <= position.x() <= self._column.width:
            return None
        return -1 if position.x() < self._column.width / 2 else 1

    def _tile_at(self, position: QPointF) -> int | None:
        x, y = position.x() - self.mosaic_rect().left(), position.y() - self._header
        wide, tall = self._column.map_size
        if not (0 <= x < self._column.columns * wide and 0 <= y < self._column.rows * tall):
            return None
        tile = int(y / tall) * self._column.columns + int(x / wide)
        return tile if tile < len(self.channels) else None

    @property
    def across(self) -> int:
        """How many maps stand side by side."""
        return self._column.columns

    @property
    def count(self) -> int:
        """Maps on a page."""
        return self._column.count

    @property
    def pictures(self) -> int:
        """Of all its maps: the input is one, in true colour."""
        return 1 if self.stage.kind == "input" else self.stage.maps[0]

    @property
    def is_paged(self) -> bool:
        return self._column.count < self.pictures

    @property
    def channels(self) -> Sequence[int]:
        """The maps that are shown, tile by tile."""
        return self._mosaic.channels if self._mosaic else range(self._column.count)

    def map_rect(self, index: int) -> QRectF | None:
        """Where a map is, in this item; None where it is on another page."""
        if index not in self.channels:
            return None
        return self._grid().tile_rect(self.channels.index(index))

    def tile_rect(self, tile: int) -> QRectF:
        """Where one of the maps on this page is, in this item."""
        return self._grid().tile_rect(tile)

    def _grid(self) -> MapGrid:
        """Where all of them are, in this item."""
        column, (_, tall, wide) = self._column, self.stage.maps
        return MapGrid(self.mosaic_rect().topLeft(), column.map_size, column.columns, self.channels, (tall, wide))

    def mosaic_rect(self) -> QRectF:
        """Where all maps are, in this item."""
        width, height = self._column.mosaic
        return QRectF((self._column.width - width) / 2, self._header, width, height)

    def frame_rect(self) -> QRectF:
        """What changes with a frame, in the scene."""
        rect: QRectF = self.mapRectToScene(self._bounds.adjusted(-1, self._header - 1, 1, 1))
        return rect

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        exposed: QRectF = option.exposedRect
        if exposed.top() < self._header - _MARGIN:
            self._paint_heading(painter)
        where = self.mosaic_rect()
        if self._mosaic is None or self._picture is None:
            if self._waits:
                painter.fillRect(where, self._theme.colours.hover)
            return
        picture = self._replayed if self._replays else self._picture
        if picture is not None:
            painter.drawImage(self._picture_rect(where, self._mosaic), picture.image)
        if self._overlay is None:
            self._overlay = self._new_overlay(where, painter.device().devicePixelRatioF())
        painter.drawPixmap(QPointF(0, where.top()), self._overlay)
        if self._stale:
            painter.fillRect(where, self._theme.colours.stale)
        marked = self.map_rect(self.marked) if self.marked is not None else None
        if marked is not None:
            painter.setPen(QPen(self._theme.colours.accent, 2))
            painter.drawRect(marked.adjusted(0, 0, -1, -1))
        for layer in sorted(self._marks):
            paint_marks(painter, self._marks[layer], self._grid(), self._theme)
        if self._has_legend:
            painter.setPen(self._theme.colours.muted)
            top = where.bottom() + self._theme.unit + self._theme.px(BAR) + 1
            self._numbers.draw(painter, self._range(self._mosaic.magnitude), self._column.width / 2, top, 0.5)
        if self.is_paged:
            self._paint_pager(painter, self._mosaic)

    def _picture_rect(self, where: QRectF, mosaic: Mosaic) -> QRectF:
        """The last page may have fewer rows than there is room for."""
        rows = -(-len(mosaic.channels) // mosaic.columns)
        if mosaic.columns != self._column.columns or rows >= self._column.rows:
            return where
        return QRectF(where.topLeft(), QSizeF(where.width(), rows * self._column.map_size[1]))

    @property
    def _pager_top(self) -> float:
        """Below the legend, or in its place."""
        top = self._header + self._column.mosaic[1] + self._theme.unit
        return top + self._theme.px(BAR) + 1 + self._numbers.height if self._has_legend else top

    def _paint_pager(self, painter: QPainter, mosaic: Mosaic) -> None:
        """As "◂ 25–48 of 256 ▸", or less where that is too wide."""
        first, after = mosaic.first, mosaic.first + len(mosaic.channels)
        width, top, texts = self._column.width, self._pager_top, self._numbers
        colours = self._theme.colours
        arrows = texts.width("◂") + texts.width("▸") + self._theme.unit
        words = f"{first + 1}–{after}"
        longer = self.tr("{page} of {count}").format(page=words, count=f"{len(mosaic.order):,}")
        if texts.width(longer) + arrows <= width:
            words = longer
        painter.setPen(colours.text)
        texts.draw(painter, words, width / 2, top, 0.5)
        for sign, x, anchor, there in (("◂", 0.0, 0.0, first > 0), ("▸", width, 1.0, after < len(mosaic.order))):
            painter.setPen(colours.accent if there else colours.disabled)
            texts.draw(painter, sign, x, top, anchor)

    def _paint_heading(self, painter: QPainter) -> None:
        top = 0.0
        name = self._theme.colours.accent if self._under_way or self._lit else self._theme.colours.text
        if self._lit:
            box = QRectF(0, 0, self._column.width, self._header - self._theme.unit)
            painter.fillRect(box, self._theme.colours.hover)
        if self._lines is None:
            self._lines = list(self._elided())
        for number, line in enumerate(self._lines):
            texts = self._heading_texts(number)
            painter.setPen(name if number == 0 else self._theme.colours.muted)
            texts.draw(painter, line, self._column.width / 2, top, 0.5)
            top += texts.height

    def _heading_texts(self, line: int) -> StaticTexts:
        return self._numbers if line else self._theme.texts("strong")

    def _elided(self) -> Iterator[str]:
        """The lines of the heading, as far as there is room for them."""
        for number, line in enumerate(self.heading.lines(self._compact)):
            metrics = QFontMetricsF(self._heading_texts(number).font)
            yield metrics.elidedText(line, Qt.TextElideMode.ElideMiddle, self._column.width + 4)

    @property
    def _numbers(self) -> StaticTexts:
        """Draws those of legend and pager, and all of the heading but its first line."""
        return self._theme.texts("caption")

    @property
    def _has_legend(self) -> bool:
        return self.stage.kind != "input" and not self._shared_scale

    def _range(self, magnitude: float) -> str:
        high = short(magnitude)
        if self._unsigned:
            return f"0 … {high}"
        return f"−{high}  0  +{high}" if self._column.width >= 7.0 * (2 * len(high) + 5) else f"±{high}"

    def _new_overlay(self, where: QRectF, ratio: float) -> QPixmap:
        """What lies over and under every frame's mosaic: hairlines of paper between the maps, and the colour bar."""
        size = QSizeF(max(self._column.width, where.right()), where.height() + self._theme.unit + self._theme.px(BAR))
        overlay = QPixmap((size * ratio).toSize())
        overlay.setDevicePixelRatio(ratio)
        overlay.fill(Qt.GlobalColor.transparent)
        painter = QPainter(overlay)
        for gap in self._gaps(where.translated(0, -where.top())):
            painter.fillRect(gap, self._theme.colours.window)
        if self._has_legend:
            width = self._column.width
            gradient = QLinearGradient(-width if self._unsigned else 0, 0, width, 0)
            for stop, colour in self._gradient:
                gradient.setColorAt(stop, colour)
            painter.fillRect(QRectF(0, where.height() + self._theme.unit, width, self._theme.px(BAR)), gradient)
        painter.end()
        return overlay

    def _gaps(self, where: QRectF) -> Iterator[QRectF]:
        """Between the maps of a mosaic that is painted there."""
        wide, tall = self._column.map_size
        if min(wide, tall) < 6:
            return
        thick = 2 if min(wide, tall) > 20 else 1
        for column in range(1, self._column.columns):
            yield QRectF(round(where.left() + column * wide - thick / 2), where.top(), thick, where.height())
        for row in range(1, self._column.rows):
            yield QRectF(where.left(), round(where.top() + row * tall - thick / 2), where.width(), thick)
