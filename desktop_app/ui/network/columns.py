"""The columns of all stages, side by side, in a pyqtgraph view; what mouse and keys do with them is in `view`."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QMoveEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QGraphicsView, QScrollArea, QSizePolicy, QWidget

from desktop_app.core.forward.live import Frame
from desktop_app.core.forward.spot import Spot, place_of
from desktop_app.core.forward.trace import Stage
from desktop_app.core.forward.walk import fits
from desktop_app.core.maps import palette
from desktop_app.core.maps.head_sheet import drawn_now, heads_in, token_of
from desktop_app.core.maps.sheet import Sheet, drawn_whole
from desktop_app.core.network.blocks import Block
from desktop_app.ui.network.arrange import Column, arrange, arrange_pages, is_paged
from desktop_app.ui.network.arrange import fits as fits_in
from desktop_app.ui.network.deck import Deck
from desktop_app.ui.network.heading import Heading, of_block
from desktop_app.ui.network.marks import SMALLEST_MARK, Mark
from desktop_app.ui.network.stage_item import BAR, StageItem, unsigned_stages
from desktop_app.ui.network.wires import Wires
from desktop_app.ui.qimages import Picture
from desktop_app.ui.theme import Theme

COMPACT_BELOW = 320
"""Height below which headings leave out what is not needed, pixels at normal size."""
WIDEST_HEADING = 84
"""Of a deep network's column, whose name is cut where it is longer, pixels at normal size."""
BESIDE = 0.5
"""Columns are made ready so far beside what is on screen, as a share of its width: one scrolls into pictures."""
GAP = 6
FEW = 64
"""Maps of a stage that are all shown even where the columns do not fit side by side then."""


class ColumnsView(pg.GraphicsView):
    """One StageItem a column. Scene coordinates are pixels; the columns are arranged anew when the room changes.

    Of a deep network only the columns that are on screen, or near it, have an item, and ask for a mosaic.
    """

    wanted_changed = Signal()  # other columns, or other sheets
    deck_changed = Signal()  # blocks were opened or closed, or another network is shown
    map_pointed = Signal(object)  # (stage's position, map's index) under the mouse or keyboard, or None
    spot_pointed = Signal(object)  # Spot under the mouse, or None
    spot_chosen = Signal(object)  # Spot that was clicked
    dismissed = Signal()  # a click on empty space, or Esc
    painted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.deck = Deck(())
        self._headings: list[Heading] = []
        self._placed: list[Column] = []
        self._items: dict[int, StageItem] = {}
        self._unsigned: list[bool] = []
        self._whole = True
        self._arranged = (0, 0)
        self._active_first = self._by_head = True
        self._heads: Mapping[int, int] = {}
        self._header = self._legend = 0.0
        self._compact = False
        self._corner = QPointF()
        self._text_widths: dict[str, float] = {}
        self._columns: tuple[int, ...] = ()
        self._sheets: tuple[tuple[int, Sheet], ...] = ()
        self._frame_rect = QRectF()
        self._unpainted = False
        self._stale = False
        self._replayed: Mapping[int, Picture | None] | None = None
        self._under_way: int | None = None
        self._pointed: tuple[int, int] | None = None
        self._spot: Spot | None = None
        self._sought: Spot | None = None
        self._frame: Frame | None = None
        self._marks: dict[str, dict[int, list[Mark]]] = {}
        self._waiting_words = ""
        self._gradient: list[tuple[float, QColor]] = []
        self._contrast = 1.0
        self._shared_scale = False
        self._wires = Wires(theme)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.BoundingRectViewportUpdate)
        self.scene().setItemIndexMethod(self.scene().ItemIndexMethod.NoIndex)
        self.scene().addItem(self._wires)
        self.setAntialiasing(False)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Feature maps of every stage"))
        self.setAccessibleDescription(
            self.tr(
                "Left and right choose a stage, up and down a map, Enter its strongest pixel. Plus opens a block, "
                "minus closes it, Page Up and Down turn to other maps. Once a pixel is chosen arrows move it, Page Up "
                "and Down choose another map, Tab another stage, and Esc gives it up."
            )
        )
        theme.changed.connect(self._dress)
        self._dress()

    # what is shown

    def set_stages(self, stages: Sequence[Stage], waiting: str = "", heads: Mapping[int, int] | None = None) -> None:
        """Columns that are empty until a frame comes. waiting: what is said where the stages are not known yet.

        heads: of each attention stage that can be shown by what they look at, by position.
        """
        self._clear_items()
        self._heads = heads or {}
        self.deck = Deck(stages)
        self._unsigned = unsigned_stages(stages)
        self._waiting_words = waiting
        self._columns, self._sheets = (), ()
        self._frame = None
        self._spot = self._sought = None
        self._marks = {}
        self._point(None)
        self._show_deck()

    def show_frame(self, frame: Frame) -> None:
        if self.deck.stages is not frame.trace.stages and self.deck.stages != frame.trace.stages:
            self.set_stages(frame.trace.stages, heads=heads_in(frame.trace))
        self._frame = frame
        for item in self._items.values():
            self._show_mosaic(item, frame)
        self._seek()
        self.viewport().update(self.mapFromScene(self._frame_rect).boundingRect())
        self._unpainted = True

    def set_spot(self, spot: Spot | None) -> None:
        """The number that is chosen: from now on the keys walk from it to others. Its stage and its map are shown."""
        if spot == self._spot:
            return
        self._spot = self._sought = spot
        if spot is not None and fits(self.stages, spot):
            if self.deck.reveal(spot.position):
                self._show_deck()
            self._seek()
        if self._heads and self._placed:
            self._ask()

    def set_stale(self, stale: bool) -> None:
        self._stale = stale
        for item in self._items.values():
            item.set_stale(stale)

    def show_scale(self, contrast: float, shared: bool) -> None:
        """What the legends say. shared: all stages have one scale, which stands elsewhere."""
        if (contrast, shared) != (self._contrast, self._shared_scale):
            self._contrast, self._shared_scale = contrast, shared
            self._dress()

    def set_active_first(self, on: bool) -> None:
        """Whether a page begins with the maps that are most active."""
        if on != self._active_first:
            self._active_first = on
            self.deck.pages.clear()
            self._ask()

    def set_by_head(self, on: bool) -> None:
        """Whether attention stages are shown by what their heads look at, or by their output."""
        if on != self._by_head:
            self._by_head = on
            self.deck.pages.clear()
            self._show_deck()

    def set_marks(self, layer: str, marks: Sequence[Mark]) -> None:
        """Frames around pixels, in place of those of the same layer; layers are painted in the order of their names."""
        placed = self._marks[layer] = {}
        for mark in marks:
            placed.setdefault(mark.position, []).append(mark)
        for item in self._items.values():
            item.set_marks(layer, placed.get(item.position, ()))

    def replay(self, pictures: Mapping[int, Picture | None], under_way: int | None = None) -> None:
        """Shows these in place of the frame's mosaics, by stage; None hides a stage's maps. Others show theirs.

        under_way: the stage that the replay is at.
        """
        column = None if under_way is None or not self.deck.columns else self.deck.column_of(under_way)
        if column is not None and column != self._under_way:
            self._bring_into_view(max(column - 1, 0), column)
        self._under_way = column
        self._replayed = pictures
        for number, item in self._items.items():
            item.set_under_way(number == column)
            if item.position in pictures:
                item.replay(pictures[item.position])
            else:
                item.stop_replay()

    @property
    def columns(self) -> tuple[int, ...]:
        """Maps side by side, a stage behind the input, where the network is drawn whole; else ()."""
        return self._columns

    @property
    def sheets(self) -> tuple[tuple[int, Sheet], ...]:
        """How the stages that are on screen are to be drawn, where the network is not drawn whole; else ()."""
        return self._sheets

    @property
    def stages(self) -> tuple[Stage, ...]:
        return self.deck.stages

    @property
    def has_heads(self) -> bool:
        """Whether there is attention that can be shown head by head."""
        return bool(self._heads)

    @property
    def items(self) -> list[StageItem]:
        """The columns that are on screen or near it, from the left."""
        return [self._items[number] for number in sorted(self._items)]

    @property
    def may_have_pages(self) -> bool:
        """Whether some maps may be on other pages, where there is little room. That does not change with the room:
        what is shown for it takes some."""
        many = any(is_paged(stage) and stage.maps[0] > FEW for stage in self.stages)
        return self.deck.deep or many or not drawn_whole(self.stages)

    def show_all(self) -> None:
        """Makes the columns that are scrolled away too, until it is scrolled: for a picture of the whole."""
        frame = self._frame
        if self._whole or frame is None:
            return
        view, missing = frame.request.view, {}
        for number in range(len(self._placed)):
            item = self._item(number)
            if item.mosaic is None and item.position:
                missing[item.position] = self._sheet(number)[1]
        colours = palette.signed(view.dark, view.contrast, view.paper)
        for position, mosaic in drawn_now(frame.trace, missing, view.scale, colours).items():
            item = self._items[self.deck.column_of(position)]
            item.show_mosaic(mosaic)

    # blocks

    def open_block(self, block: Block) -> None:
        self.deck.open(block)
        self._show_deck()
        inside = [number for number, each in enumerate(self.deck.columns) if block.first <= each.first <= block.last]
        self._bring_into_view(inside[0], inside[-1])

    def close_block(self, block: Block) -> None:
        self.deck.close(block)
        self._show_deck()
        column = self.deck.column_of(block.first)
        self._bring_into_view(column, column)

    def open_all(self) -> None:
        self.deck.open_all()
        self._show_deck()

    def close_all(self) -> None:
        self.deck.close_all()
        self._show_deck()

    def turn(self, position: int, by: int) -> None:
        """To another page of a stage's maps."""
        item = self._item_of(position)
        if item is None or not item.is_paged:
            return
        page = self.deck.pages.get(position, 0) + by
        self._turn_to(item, page)

    def _turn_to(self, item: StageItem, page: int) -> None:
        pages = -(-item.pictures // item.count)
        self.deck.pages[item.position] = min(max(page, 0), pages - 1)
        self._ask()

    # where things are

    def map_rect(self, position: int, index: int) -> tuple[QPointF, QPointF]:
        """Top left and bottom right of a map, in this widget; of its column's maps where it is not on screen."""
        item = self._item(self.deck.column_of(position))
        rect = item.map_rect(index) if item.position == position else None
        rect = item.mapRectToScene(rect if rect is not None else item.mosaic_rect())
        return QPointF(self.mapFromScene(rect.topLeft())), QPointF(self.mapFromScene(rect.bottomRight()))

    def pixel_size(self, position: int) -> float:
        """Side of a pixel of a stage's maps on this widget; 0 where they are not on screen."""
        if not self.deck.is_shown(position):
            return 0.0
        wide, tall = self._placed[self.deck.column_of(position)].map_size
        return min(wide / self.stages[position].maps[2], tall / self.stages[position].maps[1])

    def is_fine(self, position: int) -> bool:
        """Whether single pixels of a stage's maps can be told from each other."""
        return self.pixel_size(position) >= SMALLEST_MARK

    def mosaic_rect(self, position: int) -> QRectF:
        """Where all maps of a stage are, or those of the block that hides it, in this widget."""
        item = self._item(self.deck.column_of(position))
        return QRectF(self.mapFromScene(item.mapRectToScene(item.mosaic_rect())).boundingRect())

    def heading_rect(self, column: int) -> QRectF:
        """Where a column's heading is, in this widget."""
        item = self._item(column)
        rect = QRectF(0, 0, self._placed[column].width, self._header)
        return QRectF(self.mapFromScene(item.mapRectToScene(rect)).boundingRect())

    # arranging

    def _dress(self) -> None:
        theme = self._theme
        self.setBackground(theme.colours.window)
        table = palette.signed(theme.dark, self._contrast, theme.colours.window.name())
        self._gradient = [
            (step / 16, QColor.fromRgb(int(table[entry])))
            for step, entry in enumerate(range(palette.LOWEST, palette.HIGHEST + 1, 15))
        ]
        self._text_widths = {}
        self._arrange()

    def _show_deck(self) -> None:
        """Blocks were opened or closed: other columns stand side by side."""
        kept = {item.heading: item for item in self._items.values()}
        self._wires.show_deck(self.deck)
        self._headings = [self._heading(number) for number in range(len(self.deck.columns))]
        self._items = {}
        for number, heading in enumerate(self._headings):
            item = kept.pop(heading, None)
            if item is not None:
                self._items[number] = item
        for item in kept.values():
            self.scene().removeItem(item)
        if self._pointed is not None and not self.deck.is_shown(self._pointed[0]):
            self._point(None)
        self._arrange()
        self.deck_changed.emit()

    def _clear_items(self) -> None:
        for item in self._items.values():
            self.scene().removeItem(item)
        self._items = {}

    def _heading(self, column: int) -> Heading:
        block = self.deck.columns[column]
        heading = of_block(block, self.stages, self.deck.parent_of(column))
        stage, heads = heading.stage, self._heads.get(block.output, 0) if self._by_head else 0
        if not heads or block.children or stage.grid is None:
            return heading
        return replace(heading, stage=replace(stage, shape=(heads, *stage.grid), grid=None, channels=0), heads=True)

    def _arrange(self) -> None:
        """Puts every column in its place; asks for new mosaics when other maps are to be seen."""
        if not self.deck.columns:
            self._placed = []
            self.setMinimumWidth(0)
            self.viewport().update()
            return
        theme, unit = self._theme, self._theme.unit
        caption = QFontMetricsF(theme.font("caption"))
        strong = QFontMetricsF(theme.font("strong"))
        self._compact = self.height() < theme.px(COMPACT_BELOW)
        self._header = strong.height() + (2 if self._compact else 5) * caption.height() + unit
        legend = caption.height() + theme.px(BAR) + unit + 2
        zones = self._wires.zones(0)
        widths = [self._heading_width(heading, strong, caption) for heading in self._headings]
        room = max(self._room() - 2 * unit, 1)
        height = self.height() - zones.top - self._header - legend
        shown = [heading.stage for heading in self._headings]
        self._arranged = (self._room(), self.height())
        self._whole = not self.deck.deep and drawn_whole(self.stages)
        if self._whole:
            few = all(stage.maps[0] <= FEW for stage in shown if is_paged(stage))
            self._placed = arrange(shown, widths, room, height, GAP)
            self._whole = few or fits_in(self._placed, room + 1)
        if not self._whole:
            legend += caption.height()
            widths = [min(width, theme.px(WIDEST_HEADING)) for width in widths]
            self._placed = arrange_pages(shown, widths, room, height - caption.height(), GAP, theme.factor)
        self._legend = legend
        self._corner = QPointF(unit, zones.top)
        self._wires.place(self._placed, self._wires.zones(self.height() - 1), unit)
        needed = self._placed[-1].left + self._placed[-1].width + 2 * unit
        self.setMinimumWidth(0 if needed <= self._room() else int(needed))
        for number, item in self._items.items():
            self._place(number, item)
        bottom = max(column.mosaic[1] for column in self._placed)
        self._frame_rect = QRectF(0, zones.top + self._header - 1, needed, bottom + legend + 2)
        self._ask()

    def _heading_width(self, heading: Heading, strong: QFontMetricsF, caption: QFontMetricsF) -> float:
        widest = 0.0
        for number, line in enumerate(heading.lines(self._compact)):
            key = f"{number == 0}{line}"
            if key not in self._text_widths:
                self._text_widths[key] = (caption if number else strong).horizontalAdvance(line)
            widest = max(widest, self._text_widths[key])
        return widest

    def _place(self, number: int, item: StageItem) -> None:
        item.place(self._placed[number], self._corner, self._header, self._legend, self._compact)
        item.show_legend(self._gradient, self._shared_scale)

    def _item(self, number: int) -> StageItem:
        """Of a column; made when it is first needed."""
        item = self._items.get(number)
        if item is None:
            position = self.deck.columns[number].output
            heading, unsigned = self._headings[number], self._unsigned[position]
            item = self._items[number] = StageItem(heading, position, unsigned, self._theme)
            self.scene().addItem(item)
            self._place(number, item)
            for layer, placed in self._marks.items():
                item.set_marks(layer, placed.get(position, ()))
            item.set_stale(self._stale)
            item.set_under_way(number == self._under_way)
            if self._frame is not None:
                self._show_mosaic(item, self._frame)
                item.wait()
            if self._replayed and position in self._replayed:
                item.replay(self._replayed[position])
        return item

    def _show_mosaic(self, item: StageItem, frame: Frame) -> None:
        """What the frame has of it, unless that was made when heads were shown as maps, or the other way round."""
        mosaic = frame.mosaics[item.position]
        fitting = mosaic is not None and (mosaic.heads is not None) == item.heading.heads
        item.show_mosaic(mosaic if fitting else None)

    def _item_of(self, position: int) -> StageItem | None:
        """The one that shows a stage's maps, if they are on screen."""
        if not self.deck.columns or not self.deck.is_shown(position):
            return None
        return self._items.get(self.deck.column_of(position))

    def _near(self) -> Iterator[int]:
        """The columns that are on screen or soon may be; all where the network is drawn whole."""
        if self._whole:
            yield from range(len(self._placed))
            return
        left, width = -float(self.x()), float(self._room())
        lefts = [column.left + self._corner.x() for column in self._placed]
        first = max(bisect_right(lefts, left - BESIDE * width) - 1, 0)
        yield from range(first, bisect_right(lefts, left + (1 + BESIDE) * width))

    def _ask(self) -> None:
        """Says which maps are to be seen, where that has changed."""
        near = list(self._near())
        for number in [number for number in self._items if number not in near]:
            self.scene().removeItem(self._items.pop(number))
        for number in near:
            self._item(number)
        columns: tuple[int, ...] = ()
        sheets: tuple[tuple[int, Sheet], ...] = ()
        if self._whole:
            columns = tuple(column.columns for column in self._placed[1:])
        else:
            sheets = tuple(self._sheet(number) for number in near if self.deck.columns[number].output)
        if (columns, sheets) != (self._columns, self._sheets):
            self._columns, self._sheets = columns, sheets
            self.wanted_changed.emit()

    def _sheet(self, number: int) -> tuple[int, Sheet]:
        column, position = self._placed[number], self.deck.columns[number].output
        stage, page = self._headings[number].stage, self.deck.pages.get(position, 0)
        page = min(page, (stage.maps[0] - 1) // column.count)
        if self._headings[number].heads:
            spot, whole = self._spot, self.stages[position]
            spots_stage = self.stages[spot.position] if spot and fits(self.stages, spot) else None
            token = token_of(whole, spot, spots_stage)
            return position, Sheet(column.columns, column.count, page, False, stage.maps[0], token)
        active = self._active_first and is_paged(stage) and column.count < stage.maps[0]
        return position, Sheet(column.columns, column.count, page, active)

    def _seek(self) -> None:
        """Turns to the page that the chosen number's map is on, once that is known."""
        spot = self._sought
        item = self._item_of(spot.position) if spot is not None else None
        if spot is None or item is None or item.mosaic is None or not item.stage.is_maps:
            return
        self._sought = None
        channel, _, _ = place_of(self.stages[spot.position], spot)
        if spot.position and not item.heading.heads and item.mosaic.tile_of(channel) is None:
            self._turn_to(item, item.mosaic.order.index(channel) // item.count)

    def _bring_into_view(self, first: int, last: int) -> None:
        """Scrolls to these columns, where there are more than room; the first are the more important ones."""
        area = self._area()
        if area is not None and self._placed:
            left = self._placed[first].left + self._corner.x() - 2 * self._theme.unit
            right = self._placed[last].left + self._placed[last].width + self._corner.x() + 2 * self._theme.unit
            right = min(right, left + area.viewport().width())
            if self.width() < self.minimumWidth():
                self.resize(self.minimumWidth(), self.height())  # else the area does not know how far it can scroll
            area.ensureVisible(int((left + right) / 2), 0, int((right - left) / 2), 0)

    def _area(self) -> QScrollArea | None:
        port = self.parentWidget()
        area = port.parentWidget() if port else None
        return area if isinstance(area, QScrollArea) else None

    def _room(self) -> int:
        """Width to fill: of the scroll area that this lies in, if any."""
        parent = self.parentWidget()
        width: int = (parent if parent else self).width()
        return width

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if event is not None and hasattr(self, "_items") and self._arranged != (self._room(), self.height()):
            self._arrange()

    def moveEvent(self, event: QMoveEvent) -> None:
        """It was scrolled."""
        super().moveEvent(event)
        if self._placed:
            self._wires.scroll_to(-self.x())
            if not self._whole:
                self._ask()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._waiting_words and not self.deck.columns:
            painter = QPainter(self.viewport())
            painter.setFont(self._theme.font("title"))
            painter.setPen(self._theme.colours.muted)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._waiting_words)
        if self._unpainted:
            self._unpainted = False
            self.painted.emit()

    def _point(self, pointed: tuple[int, int] | None) -> None:
        if pointed == self._pointed:
            return
        self._pointed = pointed
        for item in self._items.values():
            item.mark(pointed[1] if pointed and pointed[0] == item.position else None)
        self._wires.point(self.deck.column_of(pointed[0]) if pointed else None)
        self.map_pointed.emit(pointed)
