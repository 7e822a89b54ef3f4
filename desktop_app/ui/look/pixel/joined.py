"""Numbers that are added or multiplied, and numbers that only moved: boxes that lead to where they come from."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QRectF

from desktop_app.core.arithmetic.explanation import Combined, Copied, Index
from desktop_app.core.forward.spot import Spot
from desktop_app.core.numerals import exact
from desktop_app.ui.look.pixel import shades
from desktop_app.ui.look.pixel.board import Board, result
from desktop_app.ui.look.pixel.pencil import Pencil, Piece
from desktop_app.ui.look.pixel.told import Told, place_name, place_parts, tr

BOX = (96, 48)
"""(width, height) of a number's box, pixels at normal size."""


class CombinedBoard(Board):
    def __init__(self, told: Told, how: Combined) -> None:
        super().__init__(told)
        self._operands = how.operands
        self._sign = "+" if how.by == "add" else "×"
        values = [value for _, _, value in how.operands]
        self._result = math.fsum(values) if how.by == "add" and all(map(math.isfinite, values)) else _folded(how)

    def reads(self) -> str:
        names = [self.told.stages[position].name for position, _, _ in self._operands if position is not None]
        if not names:
            return tr("is a fixed number")
        words = tr("adds the same place of {stages}") if self._sign == "+" else tr("multiplies {stages}")
        return words.format(stages=tr(" and ").join(names))

    def sum_up(self) -> list[Piece]:
        pieces: list[Piece] = []
        for number, (_, _, value) in enumerate(self._operands):
            pieces += [Piece(self._sign)] if number else []
            pieces.append(Piece(exact(value), ink="text"))
        return [*pieces, Piece("="), result(self._result)]

    def paint(self, pencil: Pencil, room: QRectF, first: int) -> float:
        boxes = [(position, index, value) for position, index, value in self._operands]
        return _paint_boxes(pencil, room, self.told, boxes, self._sign, self._result)


class CopiedBoard(Board):
    def __init__(self, told: Told, how: Copied) -> None:
        super().__init__(told)
        self._how = how

    def reads(self) -> str:
        place = place_name(self.told.stages[self._how.source], self._how.index)
        return tr("is {place}").format(place=place)

    def sum_up(self) -> list[Piece]:
        value = self.told.number(self._how.source, self._how.index)
        return [Piece(tr("the same number, in another place:")), result(value)]

    def paint(self, pencil: Pencil, room: QRectF, first: int) -> float:
        value = self.told.number(self._how.source, self._how.index)
        return _paint_boxes(pencil, room, self.told, [(self._how.source, self._how.index, value)], "", value)


def _paint_boxes(
    pencil: Pencil,
    room: QRectF,
    told: Told,
    operands: Sequence[tuple[int | None, Index, float]],
    sign: str,
    total: float,
) -> float:
    """Every operand in a box in its map's colour with its name below; then the result. Returns where it ends below."""
    theme = pencil.theme
    wide, tall = theme.px(BOX[0]), theme.px(BOX[1])
    left, top = room.left(), room.top() + theme.unit
    middle = top + (tall - pencil.height("title")) / 2
    for number, (position, index, value) in enumerate(operands):
        if number:
            left = pencil.text(sign, left, middle, "title", "muted") + 3 * theme.unit
        box = QRectF(left, top, wide, tall)
        parts, shade = [tr("a fixed number")], None
        if position is not None:
            parts = place_parts(told.stages[position], index)
            shade = shades.of_map(told.frame, position, index[told.stages[position].channels])
            pencil.target(box, f"{', '.join(parts)}: {exact(value)}", Spot(position, index))
        _paint_box(pencil, box, value, shade)
        for line, words in enumerate(parts):
            pencil.text(words, left, box.bottom() + theme.unit + line * pencil.height("caption"), "caption", "muted")
        left += max(wide, *(pencil.width(words, "caption") for words in parts)) + 3 * theme.unit
    left = pencil.text("=" if sign else "→", left, middle, "title", "muted") + 3 * theme.unit
    pencil.text(exact(total), left, middle, "title")
    return top + tall + 3 * pencil.height("caption") + 3 * theme.unit


def _paint_box(pencil: Pencil, box: QRectF, value: float, shade: shades.Shade | None) -> None:
    colour = shade(value) if shade else pencil.theme.colours.hover
    pencil.painter.fillRect(box, colour)
    pencil.frame(box, pencil.theme.colours.muted)
    pencil.write_in(box, exact(value), colour)


def _folded(how: Combined) -> float:
    total = 0.0 if how.by == "add" else 1.0
    for _, _, value in how.operands:
        total = total + value if how.by == "add" else total * value
    return total
