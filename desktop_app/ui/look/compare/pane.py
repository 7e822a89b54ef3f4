"""One of the three pictures of a comparison: A, B or their difference, and where its maps lie."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF

from desktop_app.core.forward.trace import Array
from desktop_app.core.maps.mosaic import LARGEST_TILE
from desktop_app.core.maps.palette import Palette
from desktop_app.core.maps.tiles import tiles
from desktop_app.ui.qimages import Picture

Place = tuple[int, int, int]
"""(map, row, column) in a stage."""


@dataclass(frozen=True, eq=False)
class Pane:
    """What one of them shows.

    title, words: the two lines over the maps.  strong: whether the words are an answer.  input: its small picture.
    values: (n, H, W), the maps, and strongest the |value| of the strongest colour; or None, and the note says why.
    """

    title: str
    words: str
    strong: bool = False
    input: Picture | None = None
    values: Array | None = None
    strongest: float = 0.0
    note: str = ""


@dataclass(frozen=True, eq=False)
class Laid:
    """A pane's maps in a place on screen. maps: how many; only: the map that is shown alone, if one is."""

    where: QRectF
    columns: int
    count: int
    sides: tuple[int, int]
    only: int | None
    picture: Picture

    def cell(self, index: int) -> QRectF | None:
        """Where a map is, if it is shown."""
        if self.only is not None:
            return self.where if index == self.only else None
        if not 0 <= index < self.count:
            return None
        rows = -(-self.count // self.columns)
        wide, tall = self.where.width() / self.columns, self.where.height() / rows
        row, column = divmod(index, self.columns)
        return QRectF(self.where.left() + column * wide, self.where.top() + row * tall, wide, tall)

    def pixel(self, place: Place) -> QRectF | None:
        """Where one number is."""
        index, row, column = place
        cell, (tall, wide) = self.cell(index), self.sides
        if cell is None or not (0 <= row < tall and 0 <= column < wide):
            return None
        across, down = cell.width() / wide, cell.height() / tall
        return QRectF(cell.left() + column * across, cell.top() + row * down, across, down)

    def place_at(self, point: QPointF) -> Place | None:
        if not self.where.contains(point):
            return None
        index = self.only
        if index is None:
            rows = -(-self.count // self.columns)
            down = int((point.y() - self.where.top()) / self.where.height() * rows)
            across = int((point.x() - self.where.left()) / self.where.width() * self.columns)
            index = min(down, rows - 1) * self.columns + min(across, self.columns - 1)
        cell, (tall, wide) = self.cell(index), self.sides
        if cell is None:
            return None
        row = int((point.y() - cell.top()) / cell.height() * tall)
        column = int((point.x() - cell.left()) / cell.width() * wide)
        return index, min(max(row, 0), tall - 1), min(max(column, 0), wide - 1)


def lay_out(pane: Pane, room: QRectF, only: int | None, palette: Palette) -> Laid | None:
    """All maps as large as the room allows, or one alone; None where there is nothing to show."""
    values = pane.values
    if values is None or room.width() < 1 or room.height() < 1:
        return None
    count, tall, wide = values.shape
    shown = values
    if only is not None:
        only = min(only, count - 1)
        shown = values[only : only + 1]
    else:
        step = max(1, -(-max(tall, wide) // LARGEST_TILE))  # more cannot be seen
        shown = values[:, ::step, ::step]
    columns, scale = fitting(len(shown), tall, wide, round(room.width()), round(room.height()))
    rows = -(-len(shown) // columns)
    where = QRectF(room.left(), room.top(), columns * wide * scale, rows * tall * scale)
    picture = Picture(tiles(shown, columns, pane.strongest, palette))
    return Laid(where, columns, len(shown), (tall, wide), only, picture)


@lru_cache(maxsize=64)
def fitting(count: int, tall: int, wide: int, width: int, height: int) -> tuple[int, float]:
    """(maps side by side, screen pixels a number) with which count maps of tall × wide fill width × height best."""

    def scale(columns: int) -> float:
        return min(width / (columns * wide), height / (-(-count // columns) * tall))

    def too_many(columns: int) -> bool:
        """Whether the width limits, and no longer the height."""
        return width / (columns * wide) < height / (-(-count // columns) * tall)

    more = bisect_left(range(1, count + 1), True, key=too_many) + 1
    best = max((max(more - 1, 1), min(more, count)), key=scale)
    columns = -(-count // -(-count // best))  # as few as make no more rows
    return columns, scale(columns)
