"""Frames around pixels of maps: what they say, where they are on screen, and how they are painted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from desktop_app.ui.theme import Theme

SMALLEST_MARK = 4
"""Side of a frame around a single pixel at least, pixels on screen."""
SMALLEST_FRAMED = 12
"""Side of maps in which a frame each can be told apart, pixels on screen; else one goes around all of them."""
HALO = 3.5
"""Thickness of the paler line below a frame, pixels."""

Ink = Literal["accent", "ghost", "text"]


@dataclass(frozen=True)
class Mark:
    """A frame around pixels of a stage's maps.

    position: of the stage.  channel: of one map, or None for all of them.  box: (top, left, bottom, right) in pixels of
    a map, the last two outside; of a stage that is no picture a unit is a map of 1×1.  until: one frame goes around
    all maps from the channel up to this one, which is outside.
    """

    position: int
    channel: int | None
    box: tuple[int, int, int, int]
    ink: Ink = "accent"
    until: int | None = None


@dataclass(frozen=True)
class MapGrid:
    """Where a stage's maps are. corner: of the first.  map_size: (width, height) of one.  columns: side by side.

    channels: the maps that are shown, tile by tile.  pixels: (height, width) of a map in its own pixels.
    """

    corner: QPointF
    map_size: tuple[float, float]
    columns: int
    channels: Sequence[int]
    pixels: tuple[int, int]

    @property
    def count(self) -> int:
        return len(self.channels)

    @property
    def rect(self) -> QRectF:
        """Around all of them."""
        wide, tall = self.map_size
        return QRectF(self.corner.x(), self.corner.y(), self.columns * wide, -(-self.count // self.columns) * tall)

    def tile_rect(self, tile: int) -> QRectF:
        wide, tall = self.map_size
        row, column = divmod(tile, self.columns)
        return QRectF(self.corner.x() + column * wide, self.corner.y() + row * tall, wide, tall)

    def boxes(self, mark: Mark) -> list[QRectF]:
        """Where a mark is: at least as large as can be seen, however small the pixels are."""
        if mark.channel is None:
            if mark.box == (0, 0, *self.pixels) or min(self.map_size) < SMALLEST_FRAMED:
                return [self.rect]
            return [self._box(tile, mark.box) for tile in range(self.count)]
        tiles = self._tiles(range(mark.channel, mark.until or mark.channel + 1))
        if len(tiles) > 1 and tiles[-1] - tiles[0] == len(tiles) - 1:
            return [self._around(tiles[0], tiles[-1] + 1)]
        return [self._box(tile, mark.box) for tile in tiles]

    def _tiles(self, channels: range) -> list[int]:
        """Where these maps are shown, as far as they are on this page; of one picture of several channels that one."""
        if self.count == 1:
            return [0] if self.channels[0] in channels or self.channels == range(1) else []
        if isinstance(self.channels, range):
            start, stop = max(channels.start, self.channels.start), min(channels.stop, self.channels.stop)
            return [channel - self.channels.start for channel in range(start, stop)]
        return [tile for tile, channel in enumerate(self.channels) if channel in channels]

    def _box(self, tile: int, box: tuple[int, int, int, int]) -> QRectF:
        rect = self.tile_rect(tile)
        top, left, bottom, right = box
        down, across = rect.height() / self.pixels[0], rect.width() / self.pixels[1]
        found = QRectF(
            rect.left() + left * across, rect.top() + top * down, (right - left) * across, (bottom - top) * down
        )
        if (lack := SMALLEST_MARK - min(found.width(), found.height())) > 0:
            found.adjust(-lack / 2, -lack / 2, lack / 2, lack / 2)
        return found

    def _around(self, first: int, after: int) -> QRectF:
        """All tiles from the first up to the other, which is outside: whole rows where they are in several."""
        start, end, whole = self.tile_rect(first), self.tile_rect(after - 1), self.rect
        if start.top() == end.top():
            return start.united(end)
        return QRectF(whole.left(), start.top(), whole.width(), end.bottom() - start.top())


def paint_marks(painter: QPainter, marks: Sequence[Mark], grid: MapGrid, theme: Theme) -> None:
    """With a halo, since the maps below have all colours; those of one colour in one go, since they may be many."""
    for ink in dict.fromkeys(mark.ink for mark in marks):
        boxes = [box for mark in marks if mark.ink == ink for box in grid.boxes(mark)]
        for colour, thick in ((theme.colours.window, HALO), (getattr(theme.colours, ink), 1.5)):
            painter.setPen(QPen(colour, thick, j=Qt.PenJoinStyle.MiterJoin))
            painter.drawRects(boxes)
