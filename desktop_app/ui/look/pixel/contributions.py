"""One dense unit: what each input adds to it, the largest first."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from PySide6.QtCore import QRectF

from desktop_app.core.arithmetic.explanation import Contributions
from desktop_app.core.arithmetic.operations import Move
from desktop_app.core.forward.spot import Spot
from desktop_app.core.numerals import exact
from desktop_app.ui.look.pixel import shades
from desktop_app.ui.look.pixel.board import Board, result
from desktop_app.ui.look.pixel.pencil import Pencil, Piece
from desktop_app.ui.look.pixel.told import Told, magnitude_of, place_name, place_parts, tr

SHORTEST_BAR = 90
"""Room for the bars of a column at least, pixels at normal size."""


class ContributionsBoard(Board):
    def __init__(self, told: Told, how: Contributions) -> None:
        super().__init__(told)
        self._how = how
        self.count = len(how.products)
        self._largest = magnitude_of(how.products)

    def reads(self) -> str:
        source = self.told.stages[self.told.source]
        return tr("reads all {n} numbers of {stage}").format(n=f"{self.count:,}", stage=source.name)

    def sum_up(self) -> list[Piece]:
        how, total = self._how, float(self._how.products.sum())
        pieces = [Piece(tr("Σ of {n} products =").format(n=f"{self.count:,}")), result(total)]
        if how.bias is not None:
            pieces += [Piece(tr("+ bias")), result(how.bias), Piece("="), result(total + how.bias)]
        return pieces

    def at_once(self, pencil: Pencil, room: QRectF) -> int:
        rows, columns = self._fit(pencil, room)
        return min(max(rows * columns, 1), self.count)

    def caption(self, first: int, shown: int) -> str:
        last = min(first + shown, self.count)
        words = tr("the {first} to {last} largest of {count}") if first else tr("the {last} largest of {count}")
        return words.format(first=f"{first + 1:,}", last=f"{last:,}", count=f"{self.count:,}")

    def _row(self, pencil: Pencil) -> float:
        return pencil.height("caption") + pencil.theme.px(3)

    def _number(self, pencil: Pencil) -> float:
        return pencil.width("−0.00000", "caption") + pencil.theme.unit

    def _sign(self, pencil: Pencil) -> float:
        return pencil.width(" × ", "caption")

    def _gap(self, pencil: Pencil) -> float:
        """Between two columns."""
        return 6 * pencil.theme.unit

    def _fit(self, pencil: Pencil, room: QRectF) -> tuple[int, int]:
        source = self.told.stages[self.told.source]
        longest = ", ".join(place_parts(source, tuple(side - 1 for side in source.shape))[1:])
        wide = pencil.width(longest, "caption") + 3 * self._number(pencil) + 2 * self._sign(pencil)
        wide += pencil.theme.px(SHORTEST_BAR) + self._gap(pencil)
        columns = max(int((room.width() + self._gap(pencil)) // wide), 1)
        return max(int((room.height() - pencil.height("caption") - pencil.theme.unit) // self._row(pencil)), 1), columns

    def paint(self, pencil: Pencil, room: QRectF, first: int) -> float:
        rows, columns = self._fit(pencil, room)
        places = self._how.order[first : first + rows * columns].tolist()
        columns = min(columns, -(-len(places) // rows))
        gap = self._gap(pencil)
        wide = min((room.width() - (columns - 1) * gap) / columns, pencil.theme.px(620))
        for column in range(columns):
            area = QRectF(room.left() + column * (wide + gap), room.top(), wide, room.height())
            self._paint_column(pencil, area, places[column * rows : (column + 1) * rows])
        shown = min(rows, len(places))
        return room.top() + pencil.height("caption") + 2 * pencil.theme.unit + shown * self._row(pencil)

    def _paint_column(self, pencil: Pencil, area: QRectF, places: list[int]) -> None:
        """A row an input: its name, input × weight = product, and the product as a bar to the left or right of zero."""
        how, told, theme = self._how, self.told, pencil.theme
        source = told.stages[told.source]
        number, sign = self._number(pencil), self._sign(pencil)
        names = [", ".join(place_parts(source, self._index(place))[1:]) for place in places]
        name_width = max(pencil.width(name, "caption") for name in [*names, source.name]) + 2 * theme.unit
        ends = [area.left() + name_width + number + step * (sign + number) for step in range(3)]
        pencil.text(source.name, area.left(), area.top(), "caption", "muted")
        for words, end in zip((tr("input"), tr("weight"), tr("product")), ends, strict=True):
            pencil.text(words, end, area.top(), "caption", "muted", 1)
        tall, first = self._row(pencil), area.top() + pencil.height("caption") + theme.unit
        left = ends[2] + 2 * theme.unit
        reach = max((area.right() - left) / 2, 1)
        shade = shades.of_values(told.frame, 1.0)
        for row, (place, name) in enumerate(zip(places, names, strict=True)):
            top = first + row * tall
            values = [float(numbers[place]) for numbers in (how.inputs, how.weights, how.products)]
            pencil.text(name, area.left(), top, "caption", "muted")
            for value, end, after in zip(values, ends, ("×", "=", ""), strict=True):
                pencil.text(exact(value), end, top, "caption", "text", 1)
                pencil.text(after, end + sign / 2, top, "caption", "muted", 0.5)
            share = values[2] / self._largest if self._largest and math.isfinite(values[2]) else 0.0
            bar = QRectF(left + reach * (1 + min(share, 0)), top + 2, max(abs(share) * reach, 1), tall - 5)
            pencil.painter.fillRect(bar, shade(math.nan if math.isnan(values[2]) else math.copysign(0.6, share)))
            row_box = QRectF(area.left(), top, area.width(), tall)
            pencil.target(row_box, partial(self._words, place), Spot(told.source, self._index(place)))
        axis = QRectF(left + reach, first - theme.unit / 2, 1, len(places) * tall)
        pencil.painter.fillRect(axis, theme.colours.border)

    def _words(self, place: int) -> str:
        """The input's name and number, and where a flatten took it from."""
        told, index = self.told, self._index(place)
        source, operation = told.stages[told.source], told.frame.trace.operations[told.source]
        words = place_name(source, index)
        if isinstance(operation, Move):
            before = told.stages[source.sources[0]]
            origin = np.unravel_index(int(operation.index[index]), before.shape)
            words += f" = {place_name(before, tuple(int(side) for side in origin))}"
        return f"{words}: {exact(float(self._how.inputs[place]))}"

    def _index(self, place: int) -> tuple[int, ...]:
        return tuple(int(side) for side in self._how.at[place])
