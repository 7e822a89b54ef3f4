"""One output of a convolution: patch × kernel = products, a map at a time, and the sums of all maps."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF

from desktop_app.core.arithmetic.explanation import Index, Numbers, Weighted
from desktop_app.core.forward.spot import Spot
from desktop_app.core.numerals import exact
from desktop_app.ui.look.pixel import shades
from desktop_app.ui.look.pixel.board import Board, result
from desktop_app.ui.look.pixel.pencil import Pencil, Piece
from desktop_app.ui.look.pixel.sums import paint_sums
from desktop_app.ui.look.pixel.told import Told, magnitude_of, map_name, place_name, tr

TALLEST_CELL, WIDEST_CELL = 44, 56
"""Pixels at normal size."""
SMALLEST_SUMS = (150, 30)
"""(width, height) that the chart of all maps' sums needs, pixels at normal size."""
TALLEST_SUMS = 120


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
        if self.count == 1:
            words = tr("reads a {tall}×{wide} patch of {map}")
        else:
            words = tr("reads a {tall}×{wide} patch of each of {n} maps")
        return words.format(tall=tall, wide=wide, n=f"{self.count:,}", map=map_name(source, int(self._how.channels[0])))

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
        how, theme, unit = self._how, pencil.theme, pencil.theme.unit
        place = int(self.order[first])
        grids: list[Numbers] = [how.patches[place], how.kernels[place], how.products[place]]
        head = pencil.height("caption") + unit
        sign = pencil.width("×", "title") + 4 * unit
        total = f"{exact(float(how.sums[place]))}"
        sum_width = sign + pencil.width(total, "title") + 2 * unit
        cell = self._cell(pencil, grids, QSizeF(room.width() - 2 * sign - sum_width, room.height() - head))
        rows, columns = how.inside.shape
        wide = 3 * columns * cell.width() + 2 * sign + sum_width
        beside = self.count > 1 and room.width() - wide >= theme.px(SMALLEST_SUMS[0])
        if self.count > 1 and not beside:
            least = theme.px(SMALLEST_SUMS[1]) + pencil.height("caption") + 2 * unit
            cell = self._cell(pencil, grids, QSizeF(room.width() - 2 * sign - sum_width, room.height() - head - least))
        top = room.top() + head
        left = room.left()
        middle = top + (rows * cell.height() - pencil.height("title")) / 2
        source, channel = self.told.source, int(how.channels[place])
        name = map_name(self.told.stages[source], channel)
        frame = self.told.frame
        inks = (
            shades.of_map(frame, source, channel),
            shades.of_weights(frame, magnitude_of(how.kernels)),
            shades.of_values(frame, magnitude_of(how.products)),
        )
        words = (tr("patch of {map}").format(map=name), tr("kernel"), tr("products"))
        boxes = []
        for number, (values, ink, word) in enumerate(zip(grids, inks, words, strict=True)):
            if number:
                pencil.text("×" if number == 1 else "=", left + sign / 2, middle, "title", "muted", 0.5)
                left += sign
            pencil.text(
                self._fitting(pencil, word, columns * cell.width() + sign), left, room.top(), "caption", "muted"
            )
            boxes.append(pencil.grid(values, ink, QPointF(left, top), cell, how.inside if number == 0 else None))
            left += columns * cell.width()
        pencil.text("Σ", left + sign / 2, middle, "title", "muted", 0.5)
        right = pencil.text(total, left + sign, middle, "title")
        self._mark_cells(pencil, boxes, cell, place)
        below: float = top + rows * cell.height() + 2 * unit
        if beside:
            chart = QRectF(right + 6 * unit, room.top(), room.right() - right - 6 * unit, rows * cell.height() + head)
            chart.setHeight(min(max(chart.height(), theme.px(90)), room.height()))
        elif self.count > 1:
            chart = QRectF(room.left(), below, room.width(), min(room.bottom() - below, theme.px(TALLEST_SUMS)))
        else:
            return below
        paint_sums(pencil, chart, how.sums, self._names(), self.order, place, frame)
        return max(float(chart.bottom()) + 2 * unit, below)

    def _fitting(self, pencil: Pencil, words: str, width: float) -> str:
        """ "patch of pool1, map 3" over the grid, or only "patch" where that is too long."""
        return words if pencil.width(words, "caption") <= width else words.split(" ")[0]

    def _cell(self, pencil: Pencil, grids: list[Numbers], room: QSizeF) -> QSizeF:
        """As large as there is room for; wider than tall where that makes the numbers fit."""
        rows, columns = grids[0].shape
        theme = pencil.theme
        tall = min(room.height() / rows, theme.px(TALLEST_CELL))
        wide = min(room.width() / (3 * columns), theme.px(WIDEST_CELL))
        needed = pencil.needed(np.concatenate([grid.reshape(-1) for grid in grids]))
        if tall + 1 >= needed.height() and wide >= needed.width():
            return QSizeF(math.floor(max(min(wide, tall * 1.3), needed.width())), math.floor(tall))
        side = max(math.floor(min(tall, wide)), 2)
        return QSizeF(side, side)

    def _mark_cells(self, pencil: Pencil, boxes: list[QRectF], cell: QSizeF, place: int) -> None:
        """Each cell tells its exact numbers, and those of the patch lead to where they come from."""
        how, told = self._how, self.told
        channel = int(how.channels[place])
        for row in range(how.inside.shape[0]):
            for column in range(how.inside.shape[1]):
                values = [float(grid[place, row, column]) for grid in (how.patches, how.kernels, how.products)]
                patch, kernel, product = (exact(value) for value in values)
                sum_words = f"{patch} × {kernel} = {product}"
                shift = QPointF(column * cell.width(), row * cell.height())
                rects = [QRectF(box.topLeft() + shift, cell) for box in boxes]
                if not how.inside[row, column]:
                    tip = tr("padding: outside of the map, counts as 0")
                    pencil.target(rects[0], tip)
                    goes = None
                else:
                    index: Index = (channel, int(how.rows[row]), int(how.columns[column]))
                    goes = Spot(told.source, index)
                    tip = f"{place_name(told.stages[told.source], index)}: {patch}\n{sum_words}"
                    pencil.target(rects[0], tip, goes)
                for rect in rects[1:]:
                    pencil.target(rect, sum_words, goes)

    def _names(self) -> list[str]:
        source = self.told.stages[self.told.source]
        return [map_name(source, int(channel)) for channel in self._how.channels]
