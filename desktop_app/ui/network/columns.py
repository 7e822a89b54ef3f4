"""The columns of all stages: which are shown, and which of their maps. What mouse and keys do with them is in `view`.

Where they stand is in `placed_view`, what the worker is to draw of them in `asking`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop_app.core.forward.request import Frame
from desktop_app.core.forward.spot import Spot, place_of
from desktop_app.core.forward.trace import Stage
from desktop_app.core.forward.walk import fits
from desktop_app.core.maps import palette
from desktop_app.core.maps.head_sheet import drawn_now, heads_in
from desktop_app.core.maps.sheet import Sheet, drawn_whole
from desktop_app.ui.network.arrange import is_paged
from desktop_app.ui.network.asking import Asking, near
from desktop_app.ui.network.deck import Deck
from desktop_app.ui.network.heading import Heading, by_head, of_block
from desktop_app.ui.network.marks import Mark
from desktop_app.ui.network.placed_view import PlacedView
from desktop_app.ui.network.placing import FEW
from desktop_app.ui.network.scrolling import room_of
from desktop_app.ui.network.stage_item import StageItem
from desktop_app.ui.qimages import Picture
from desktop_app.ui.theme import Theme


class ColumnsView(PlacedView):
    """Shows frames.

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
        super().__init__(theme, parent)
        self._asking = Asking()
        self._by_head = True
        self._heads: Mapping[int, int] = {}
        self._columns: tuple[int, ...] = ()
        self._sheets: tuple[tuple[int, Sheet], ...] = ()
        self._unpainted = False
        self._under_way: int | None = None
        self._pointed: tuple[int, int] | None = None
        self._spot: Spot | None = None
        self._sought: Spot | None = None
        self.waiting_words = ""
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Feature maps of every stage"))
        self.setAccessibleDescription(
            self.tr(
                "Left and right choose a stage, up and down a map, Enter its strongest pixel. Plus opens a block, "
                "minus closes it, Page Up and Down turn to other maps. Once a pixel is chosen arrows move it, Page Up "
                "and Down choose another map, Tab another stage, and Esc gives it up."
            )
        )
        self._dress()

    # what is shown

    def set_stages(self, stages: Sequence[Stage], heads: Mapping[int, int] | None = None) -> None:
        """Columns that are empty until a frame comes; none where the stages are not known yet.

        heads: of each attention stage that can be shown by what they look at, by position.
        """
        self._heads = heads or {}
        self.deck = self._asking.deck = Deck(stages)
        self._items.set_deck(self.deck)
        self._columns, self._sheets = (), ()
        self._spot = self._sought = self._asking.spot = None
        self._point(None)
        self._show_deck()

    def say_waiting(self, words: str) -> None:
        """What stands where there are no columns."""
        self.waiting_words = words
        if not self.deck.columns:
            self.viewport().update()

    def show_frame(self, frame: Frame) -> None:
        if self.deck.stages is not frame.trace.stages and self.deck.stages != frame.trace.stages:
            self.set_stages(frame.trace.stages, heads=heads_in(frame.trace))
        self._items.show_frame(frame)
        self._seek()
        self.viewport().update(self.mapFromScene(self._placed.changing).boundingRect())
        self._unpainted = True

    def set_spot(self, spot: Spot | None) -> None:
        """The number that is chosen: from now on the keys walk from it to others. Its stage and its map are shown."""
        if spot == self._spot:
            return
        self._spot = self._sought = self._asking.spot = spot
        if spot is not None and fits(self.stages, spot):
            if self.deck.reveal(spot.position):
                self._show_deck()
            self._seek()
        if self._heads and self._placed.columns:
            self._ask()

    def set_stale(self, stale: bool) -> None:
        self._items.set_stale(stale)

    def set_active_first(self, on: bool) -> None:
        """Whether a page begins with the maps that are most active."""
        if on != self._asking.active_first:
            self._asking.active_first = on
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
        self._items.set_marks(layer, marks)

    def replay(self, pictures: Mapping[int, Picture | None], under_way: int | None = None) -> None:
        """Shows these in place of the frame's mosaics, by stage; None hides a stage's maps. Others show theirs.

        under_way: the stage that the replay is at.
        """
        column = None if under_way is None or not self.deck.columns else self.deck.column_of(under_way)
        if column is not None and column != self._under_way:
            self._bring_into_view(max(column - 1, 0), column)
        self._under_way = column
        self._items.replay(pictures, column)

    @property
    def columns(self) -> tuple[int, ...]:
        """Maps side by side, a stage behind the input, where the network is drawn whole; else ()."""
        return self._columns

    @property
    def sheets(self) -> tuple[tuple[int, Sheet], ...]:
        """How the stages that are on screen are to be drawn, where the network is not drawn whole; else ()."""
        return self._sheets

    @property
    def has_heads(self) -> bool:
        """Whether there is attention that can be shown head by head."""
        return bool(self._heads)

    @property
    def may_have_pages(self) -> bool:
        """Whether some maps may be on other pages, where there is little room. That does not change with the room:
        what is shown for it takes some."""
        many = any(is_paged(stage) and stage.maps[0] > FEW for stage in self.stages)
        return self.deck.deep or many or not drawn_whole(self.stages)

    def show_all(self) -> None:
        """Makes the columns that are scrolled away too, until it is scrolled: for a picture of the whole."""
        frame = self._items.frame
        if self._placed.whole or frame is None:
            return
        view, every = frame.request.view, range(len(self._placed.columns))
        empty = [number for number in every if self._items.of(number).mosaic is None]
        missing = dict(self._asking.sheets(self._placed, self._items.headings, empty))
        colours = palette.signed(view.dark, view.contrast, view.paper)
        for position, mosaic in drawn_now(frame.trace, missing, view.scale, colours).items():
            self._items.of(self.deck.column_of(position)).show_mosaic(mosaic)

    # pages

    def turn(self, position: int, by: int) -> None:
        """To another page of a stage's maps."""
        item = self._items.showing(position)
        if item is None or not item.is_paged:
            return
        page = self.deck.pages.get(position, 0) + by
        self._turn_to(item, page)

    def _turn_to(self, item: StageItem, page: int) -> None:
        pages = -(-item.pictures // item.count)
        self.deck.pages[item.position] = min(max(page, 0), pages - 1)
        self._ask()

    # arranging

    def _show_deck(self) -> None:
        """Blocks were opened or closed: other columns stand side by side."""
        self._wires.show_deck(self.deck)
        self._items.set_headings([self._heading(number) for number in range(len(self.deck.columns))])
        if self._pointed is not None and not self.deck.is_shown(self._pointed[0]):
            self._point(None)
        self._arrange()
        self.deck_changed.emit()

    def _heading(self, column: int) -> Heading:
        block = self.deck.columns[column]
        heads = self._heads.get(block.output, 0) if self._by_head else 0
        heading = of_block(block, self.stages, self.deck.parent_of(column))
        return by_head(heading, heads) if heads and not block.children else heading

    def _ask(self) -> None:
        """Says which maps are to be seen, where that has changed."""
        seen = near(self._placed, -float(self.x()), float(room_of(self)))
        self._items.keep(seen)
        for number in seen:
            self._items.of(number)
        columns: tuple[int, ...] = ()
        sheets: tuple[tuple[int, Sheet], ...] = ()
        if self._placed.whole:
            columns = tuple(column.columns for column in self._placed.columns[1:])
        else:
            sheets = self._asking.sheets(self._placed, self._items.headings, seen)
        if (columns, sheets) != (self._columns, self._sheets):
            self._columns, self._sheets = columns, sheets
            self.wanted_changed.emit()

    def _seek(self) -> None:
        """Turns to the page that the chosen number's map is on, once that is known."""
        spot = self._sought
        item = self._items.showing(spot.position) if spot is not None else None
        if spot is None or item is None or item.mosaic is None or not item.stage.is_maps:
            return
        self._sought = None
        channel, _, _ = place_of(self.stages[spot.position], spot)
        if spot.position and not item.heading.heads and item.mosaic.tile_of(channel) is None:
            self._turn_to(item, item.mosaic.order.index(channel) // item.count)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.waiting_words and not self.deck.columns:
            painter = QPainter(self.viewport())
            painter.setFont(self._theme.font("title"))
            painter.setPen(self._theme.colours.muted)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.waiting_words)
        if self._unpainted:
            self._unpainted = False
            self.painted.emit()

    def _point(self, pointed: tuple[int, int] | None) -> None:
        if pointed == self._pointed:
            return
        self._pointed = pointed
        for item in self._items:
            item.mark(pointed[1] if pointed and pointed[0] == item.position else None)
        self._wires.point(self.deck.column_of(pointed[0]) if pointed else None)
        self.map_pointed.emit(pointed)
