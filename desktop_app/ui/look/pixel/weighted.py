"""One output of a convolution: patch × kernel = products, a map at a time, and the sums of all maps."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF

from desktop_app.core.arithmetic.explanation import Index, Numbers, Weighted
from desktop_app.core.forward.spot import Spot
from desktop_app.core.maps.seen import Seen
from desktop_app.core.numerals import exact
from desktop_app.ui.look.pixel import shades
from desktop_app.ui.look.pixel.board import Board, result
from desktop_app.ui.look.pixel.pencil import Pencil, Piece
from desktop_app.ui.look.pixel.sums import paint_sums
from desktop_app.ui.look.pixel.told import Told, magnitude_of, map_name, place_name, tr

FAINT = 0.1
"""Products have their strongest colour where they are this share of the stage's largest number, or more."""
LARGEST_CELL = 84
"""Side, pixels at normal size."""
NARROWEST_SUMS, LOWEST_SUMS, TALLEST_SUMS = 190, 32, 120
"""Of the chart of all maps' sums, pixels at normal size."""


class WeightedBoard(Board):
    def __init__(self, told: Told, how: Weighted, by_size: bool) -> None:
        """by_size: page through the maps from the largest |sum| to the smallest."""
        super().__init__(told)
        self._how = how
        self.count = len(how.sums)
        self.orders = self.count > 1
        sizes = np.nan_to_num(np.abs(how.sums), nan=np.inf)
        self.order = np.argsort(-sizes, kind="stable") if by_size else np.arange(self.count)

    def reads(self) -> str:
        tall, wide = self._how.inside.shape
        source = self.told.stages[self.told.source]
        steps = [int(line[1] - line[0]) for line in (self._how.rows, self._how.columns) if len(line) > 1]
        apart = tr(" in steps of {n}").format(n=max(steps)) if steps and max(steps) > 1 else ""
        if self.count == 1:
            words = tr("reads a {tall}×{wide} patch{apart} of {map}")
        else:
            words = tr("reads a {tall}×{wide} patch{apart} of each of {n} maps")
        return words.format(
            tall=tall, wide=wide, apart=apart, n=f"{self.count:,}", map=map_name(source, int(self._how.channels[0]))
        )

    def caption(self, first: int, shown: int) -> str:
        return tr("map {n} of {count}").format(n=f"{int(self.order[first]) + 1:,}", count=f"{self.count:,}")

    def sum_up(self) -> list[Piece]:
        how, total = self._how, float(self._how.sums.sum())
        pieces = [Piece(tr("Σ over {n} maps =").format(n=f"{self.count:,}") if self.count > 1 else "Σ =")]
        pieces.append(result(total))
        if how.bias is not None:
            pieces += [Piece(tr("+ bias")), result(how.bias), Piece("="), result(total + how.bias)]
        return pieces

    def paint(self, pencil: Pencil, room: QRectF, first: int) -> float:
        how, told, unit = self._how, self.told, pencil.theme.unit
        place = int(self.order[first])
        grids: list[Numbers] = [how.patches[place], how.kernels[place], how.products[place]]
        total = exact(float(how.sums[place]))
        cell, chart = self._layout(pencil, room, grids, pencil.width(total, "title"))
        rows, columns = how.inside.shape
        sign, top, left = self._sign(pencil), room.top() + self._head(pencil), room.left()
        middle = top + (rows * cell.height() - pencil.height("title")) / 2
        patch = tr("patch of {map}").format(map=self._name(place))
        if pencil.width(patch, "caption") > columns * cell.width() + sign - unit:
            patch = tr("patch")
        words = (patch, tr("kernel"), tr("products"))
        inks = (
            shades.of_map(told.frame, told.source, int(how.channels[place])),
            shades.of_weights(told.frame, magnitude_of(how.kernels)),
            shades.of_values(told.frame, max(magnitude_of(how.products), FAINT * self._magnitude())),
        )
        role = pencil.role_for(cell, np.concatenate(grids))
        boxes = []
        for number, (values, ink, word) in enumerate(zip(grids, inks, words, strict=True)):
            if number:
                pencil.text("×" if number == 1 else "=", left + sign / 2, middle, "title", "muted", 0.5)
                left += sign
            pencil.text(word, left, room.top(), "caption", "muted")
            boxes.append(pencil.grid(values, ink, QPointF(left, top), cell, role, None if number else how.inside))
            left += columns * cell.width()
        pencil.text("Σ", left + sign / 2, middle, "title", "muted", 0.5)
        pencil.text(total, left + sign, middle, "title")
        self._mark_cells(pencil, boxes, cell, place)
        below: float = top + rows * cell.height() + 2 * unit
        if chart is None:
            return below
        paint_sums(pencil, chart, how.sums, self._name, self.order, first, told.frame)
        return max(float(chart.bottom()) + 2 * unit, below)

    def _name(self, place: int) -> str:
        return map_name(self.told.stages[self.told.source], int(self._how.channels[place]))

    def _magnitude(self) -> float:
        """Of the stage: what its maps are scaled to."""
        return Seen(self.told.frame, self.told.spot.position).magnitude

    def _sign(self, pencil: Pencil) -> float:
        """Room of a × or = between two grids."""
        return pencil.width("×", "title") + 4 * pencil.theme.unit

    def _head(self, pencil: Pencil) -> float:
        """Room of the captions over the grids."""
        return pencil.height("caption") + pencil.theme.unit

    def _layout(self, pencil: Pencil, room: QRectF, grids: list[Numbers], total: float) -> tuple[QSizeF, QRectF | None]:
        """The size of a cell, and where the chart of all sums goes: beside the grids, or below where only so the
        numbers can be read; it goes where even that does not help, since the numbers matter more.

        total: width of the sum behind the grids.
        """
        theme, unit, head = pencil.theme, pencil.theme.unit, self._head(pencil)
        rows, columns = self._how.inside.shape
        besides = 3 * self._sign(pencil) + total
        free = QSizeF(room.width() - besides, room.height() - head)
        alone = self._cell(pencil, grids, free)
        if self.count == 1:
            return alone, None
        least = theme.px(LOWEST_SUMS) + head + 2 * unit
        beside = self._cell(pencil, grids, QSizeF(free.width() - theme.px(NARROWEST_SUMS) - 6 * unit, free.height()))
        below = self._cell(pencil, grids, QSizeF(free.width(), free.height() - least))
        numbers = np.concatenate(grids)
        if not pencil.legible(beside, numbers):
            if pencil.legible(below, numbers):
                top = room.top() + head + rows * below.height() + 2 * unit
                tall = min(room.bottom() - top, theme.px(TALLEST_SUMS))
                return below, QRectF(room.left(), top, room.width(), tall)
            if pencil.legible(alone, numbers):
                return alone, None
        left = room.left() + 3 * columns * beside.width() + besides + 6 * unit
        tall = min(max(rows * beside.height() + head, theme.px(TALLEST_SUMS)), room.height())
        return beside, QRectF(left, room.top(), room.right() - left, tall)

    def _cell(self, pencil: Pencil, grids: list[Numbers], room: QSizeF) -> QSizeF:
        """Square, or wider where the numbers need that; without numbers where they cannot be read."""
        rows, columns = grids[0].shape
        needed = pencil.needed(np.concatenate(grids))
        tall = math.floor(min(room.height() / rows, pencil.theme.px(LARGEST_CELL)))
        wide = math.floor(room.width() / (3 * columns))
        if tall >= needed.height() and wide >= needed.width():
            wide = min(max(tall, math.ceil(needed.width())), wide)
            return QSizeF(wide, min(tall, wide))
        side = max(min(tall, wide), 2)
        return QSizeF(side, side)

    def _mark_cells(self, pencil: Pencil, boxes: list[QRectF], cell: QSizeF, place: int) -> None:
        """Each cell tells its exact numbers, and leads to where the patch's number comes from."""
        how, channel = self._how, int(self._how.channels[place])
        for row, column in np.ndindex(how.inside.shape):
            shift = QPointF(column * cell.width(), row * cell.height())
            goes = None
            if how.inside[row, column]:
                goes = Spot(self.told.source, (channel, int(how.rows[row]), int(how.columns[column])))
            for box in boxes:
                pencil.target(QRectF(box.topLeft() + shift, cell), partial(self._cell_words, place, row, column), goes)

    def _cell_words(self, place: int, row: int, column: int) -> str:
        how = self._how
        grids = (how.patches, how.kernels, how.products)
        patch, kernel, product = (exact(float(grid[place, row, column])) for grid in grids)
        if not how.inside[row, column]:
            return tr("padding: outside of the map, counts as 0")
        index: Index = (int(how.channels[place]), int(how.rows[row]), int(how.columns[column]))
        return f"{place_name(self.told.stages[self.told.source], index)}: {patch}\n{patch} × {kernel} = {product}"
