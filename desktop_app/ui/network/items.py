"""The items of the columns that are on screen or near it, each made when it is first needed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGraphicsScene

from desktop_app.core.forward.request import Frame
from desktop_app.ui.network.deck import Deck
from desktop_app.ui.network.heading import Heading
from desktop_app.ui.network.marks import Mark
from desktop_app.ui.network.placing import Placed
from desktop_app.ui.network.stage_item import StageItem, unsigned_stages
from desktop_app.ui.qimages import Picture
from desktop_app.ui.theme import Theme


class Items:
    """What all items are told is kept here, since one that comes on screen later has to be told it too."""

    def __init__(self, scene: QGraphicsScene, theme: Theme) -> None:
        self._scene, self._theme = scene, theme
        self._items: dict[int, StageItem] = {}
        self._deck = Deck(())
        self._unsigned: list[bool] = []
        self._placed = Placed()
        self._gradient: list[tuple[float, QColor]] = []
        self._shared_scale = self._stale = False
        self._marks: dict[str, dict[int, list[Mark]]] = {}
        self._replayed: Mapping[int, Picture | None] = {}
        self._under_way: int | None = None
        self.headings: list[Heading] = []
        self.frame: Frame | None = None

    def __iter__(self) -> Iterator[StageItem]:
        """From the left."""
        return iter([self._items[number] for number in sorted(self._items)])

    def set_deck(self, deck: Deck) -> None:
        """Another network."""
        self.keep(())
        self._deck, self._unsigned = deck, unsigned_stages(deck.stages)
        self._marks, self.frame = {}, None

    def set_headings(self, headings: list[Heading]) -> None:
        """Other columns of the same network: an item whose heading is still there stays."""
        kept = {item.heading: item for item in self._items.values()}
        self.headings, self._items = headings, {}
        for number, heading in enumerate(headings):
            item = kept.pop(heading, None)
            if item is not None:
                self._items[number] = item
        for item in kept.values():
            self._scene.removeItem(item)

    def keep(self, near: Collection[int]) -> None:
        """Gives up those that are far from the screen."""
        for number in [number for number in self._items if number not in near]:
            self._scene.removeItem(self._items.pop(number))

    def place(self, placed: Placed, gradient: list[tuple[float, QColor]], shared_scale: bool) -> None:
        """gradient, shared_scale: of their legends."""
        self._placed, self._gradient, self._shared_scale = placed, gradient, shared_scale
        for number, item in self._items.items():
            self._place(number, item)

    def _place(self, number: int, item: StageItem) -> None:
        placed = self._placed
        item.place(placed.columns[number], placed.corner, placed.header, placed.legend, placed.compact)
        item.show_legend(self._gradient, self._shared_scale)

    def of(self, number: int) -> StageItem:
        """Of a column; made when it is first needed."""
        item = self._items.get(number)
        if item is None:
            position = self._deck.columns[number].output
            item = StageItem(self.headings[number], position, self._unsigned[position], self._theme)
            self._items[number] = item
            self._scene.addItem(item)
            self._place(number, item)
            for layer, placed in self._marks.items():
                item.set_marks(layer, placed.get(position, ()))
            item.set_stale(self._stale)
            item.set_under_way(number == self._under_way)
            if self.frame is not None:
                _show_mosaic(item, self.frame)
                item.wait()
            if position in self._replayed:
                item.replay(self._replayed[position])
        return item

    def made(self, number: int) -> StageItem | None:
        """Of a column that is on screen or near it."""
        return self._items.get(number)

    def showing(self, position: int) -> StageItem | None:
        """The one that shows a stage's maps, if they are on screen."""
        if not self._deck.columns or not self._deck.is_shown(position):
            return None
        return self._items.get(self._deck.column_of(position))

    def show_frame(self, frame: Frame) -> None:
        self.frame = frame
        for item in self._items.values():
            _show_mosaic(item, frame)

    def set_stale(self, stale: bool) -> None:
        self._stale = stale
        for item in self._items.values():
            item.set_stale(stale)

    def set_marks(self, layer: str, marks: Sequence[Mark]) -> None:
        placed = self._marks[layer] = {}
        for mark in marks:
            placed.setdefault(mark.position, []).append(mark)
        for item in self._items.values():
            item.set_marks(layer, placed.get(item.position, ()))

    def replay(self, pictures: Mapping[int, Picture | None], under_way: int | None) -> None:
        """under_way: the column that the replay is at."""
        self._replayed, self._under_way = pictures, under_way
        for number, item in self._items.items():
            item.set_under_way(number == under_way)
            if item.position in pictures:
                item.replay(pictures[item.position])
            else:
                item.stop_replay()


def _show_mosaic(item: StageItem, frame: Frame) -> None:
    """What the frame has of it, unless that was made when heads were shown as maps, or the other way round."""
    mosaic = frame.mosaics[item.position]
    fitting = mosaic is not None and (mosaic.heads is not None) == item.heading.heads
    item.show_mosaic(mosaic if fitting else None)
