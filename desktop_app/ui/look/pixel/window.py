"""One output of a pool: the patch, and which pixel won or what the average is."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF

from desktop_app.core.arithmetic.explanation import Index, Window
from desktop_app.core.forward.spot import Spot
from desktop_app.core.numerals import exact
from desktop_app.ui.look.pixel import shades
from desktop_app.ui.look.pixel.board import Board, result
from desktop_app.ui.look.pixel.pencil import Pencil, Piece
from desktop_app.ui.look.pixel.told import Told, map_name, place_name, tr

LARGEST_CELL = 96
"""Pixels at normal size."""


class WindowBoard(Board):
    def __init__(self, told: Told, how: Window) -> None:
        super().__init__(told)
        self._how = how
        self._inside = int(how.inside.sum())

    def reads(self) -> str:
        tall, wide = self._how.inside.shape
        name = map_name(self.told.stages[self.told.source], self._how.channel)
        return tr("reads a {tall}×{wide} patch of {map}").format(tall=tall, wide=wide, map=name)

    def sum_up(self) -> list[Piece]:
        how = self._how
        if how.mode == "max":
            words = tr("the largest of {n} numbers =").format(n=self._inside)
            return [Piece(words), result(self._largest())]
        total = float(how.patch[how.inside].sum())
        divisor = how.divisor if how.divisor is not None else self._inside
        pieces = [Piece(tr("Σ of {n} numbers =").format(n=self._inside)), result(total)]
        return [*pieces, Piece(f"÷ {divisor} ="), result(total / divisor if divisor else math.nan)]

    def _largest(self) -> float:
        how = self._how
        return float(how.patch[how.winner]) if how.winner is not None else math.nan

    def paint(self, pencil: Pencil, room: QRectF, first: int) -> float:
        how, told, theme = self._how, self.told, pencil.theme
        rows, columns = how.patch.shape
        head = pencil.height("caption") + theme.unit
        shade = shades.of_map(told.frame, told.source, how.channel)
        needed = pencil.needed(how.patch)
        side = min((room.height() - head) / rows, room.width() * 0.6 / columns, theme.px(LARGEST_CELL))
        cell = QSizeF(max(math.floor(side), 2), max(math.floor(side), 2))
        if side >= needed.height() and columns * needed.width() < room.width() * 0.6:
            cell.setWidth(max(cell.width(), needed.width()))
        name = map_name(told.stages[told.source], how.channel)
        pencil.text(tr("patch of {map}").format(map=name), room.left(), room.top(), "caption", "muted")
        corner = QPointF(room.left(), room.top() + head)
        box = pencil.grid(how.patch, shade, corner, cell, pencil.role_for(cell, how.patch), how.inside, how.winner)
        for row, column in np.ndindex(how.patch.shape):
            rect = QRectF(corner + QPointF(column * cell.width(), row * cell.height()), cell)
            if how.inside[row, column]:
                index: Index = (how.channel, int(how.rows[row]), int(how.columns[column]))
                words = f"{place_name(told.stages[told.source], index)}: {exact(float(how.patch[row, column]))}"
                pencil.target(rect, words, Spot(told.source, index))
            else:
                pencil.target(rect, tr("outside of the map, does not count"))
        self._say(pencil, box.right() + 6 * theme.unit, box)
        return max(box.bottom(), box.center().y() + 2 * pencil.height("title")) + 2 * theme.unit

    def _say(self, pencil: Pencil, left: float, box: QRectF) -> None:
        """In words what happens to the patch, and its result in large type."""
        how = self._how
        if how.mode == "max":
            words = tr("The largest number goes on; the others are forgotten.")
            value = self._largest()
        else:
            words = tr("The average goes on.")
            divisor = how.divisor if how.divisor is not None else self._inside
            value = float(how.patch[how.inside].sum()) / divisor if divisor else math.nan
        top = box.center().y() - pencil.height("title")
        end = pencil.text("→ ", left, top, "title", "muted")
        pencil.text(exact(value), end, top, "title")
        pencil.text(words, left, top + pencil.height("title") + pencil.theme.unit, "caption", "muted")
        if not how.inside.all():
            note = tr("Hatched: outside of the map.")
            pencil.text(note, left, top + pencil.height("title") * 2 + pencil.theme.unit, "caption", "muted")
