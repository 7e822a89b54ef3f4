"""One feature of one token after attention: to which tokens each head looks, and what each head adds."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF

from desktop_app.core.arithmetic.explanation import Attended, Numbers
from desktop_app.core.forward.spot import Spot
from desktop_app.core.numerals import exact
from desktop_app.ui.look.pixel import shades
from desktop_app.ui.look.pixel.board import Board, result
from desktop_app.ui.look.pixel.pencil import Pencil, Piece
from desktop_app.ui.look.pixel.told import Told, magnitude_of, tr

LARGEST_PICTURE, SMALLEST_PICTURE = 260, 64
"""Side of a head's picture, pixels at normal size."""


class AttendedBoard(Board):
    def __init__(self, told: Told, how: Attended) -> None:
        super().__init__(told)
        self._how = how
        self.count = len(how.heads)

    def reads(self) -> str:
        heads, tokens = self._how.weights.shape
        return tr("{heads} heads look at all {tokens} tokens").format(heads=heads, tokens=f"{tokens:,}")

    def sum_up(self) -> list[Piece]:
        total = float(self._how.heads.sum())
        pieces = [Piece(tr("Σ over {n} heads =").format(n=self.count)), result(total), Piece(tr("+ bias"))]
        return [*pieces, result(self._how.bias), Piece("="), result(total + self._how.bias)]

    def caption(self, first: int, shown: int) -> str:
        last = min(first + shown, self.count)
        words = tr("head {last} of {count}") if shown == 1 else tr("heads {first} to {last} of {count}")
        return words.format(first=first + 1, last=last, count=self.count)

    def at_once(self, pencil: Pencil, room: QRectF) -> int:
        return min(max(int(room.width() // (self._side(pencil, room) + self._gap(pencil))), 1), self.count)

    def _gap(self, pencil: Pencil) -> float:
        return 5 * pencil.theme.unit

    def _side(self, pencil: Pencil, room: QRectF) -> float:
        free = room.height() - 3 * pencil.height("caption") - pencil.theme.unit
        return min(max(free, pencil.theme.px(SMALLEST_PICTURE)), pencil.theme.px(LARGEST_PICTURE))

    def paint(self, pencil: Pencil, room: QRectF, first: int) -> float:
        side, gap = self._side(pencil, room), self._gap(pencil)
        shade = shades.of_values(self.told.frame, magnitude_of(self._how.weights))
        bottom = room.top()
        for place in range(first, min(first + self.at_once(pencil, room), self.count)):
            left = room.left() + (place - first) * (side + gap)
            words = tr("head {n}: {sum}").format(n=place + 1, sum=exact(float(self._how.heads[place])))
            pencil.text(words, left, room.top(), "caption")
            top = room.top() + pencil.height("caption") + pencil.theme.unit
            below = self._paint_row(pencil, QPointF(left, top), side, place, shade)
            if place == first:
                note = tr("Colour: how much of each token goes in; a head's weights add up to 1. Framed: this token.")
                pencil.text(note, left, below + pencil.theme.unit, "caption", "muted")
            bottom = max(bottom, below)
        return bottom + pencil.height("caption") + 3 * pencil.theme.unit

    def _paint_row(self, pencil: Pencil, corner: QPointF, side: float, head: int, shade: shades.Shade) -> float:
        """The head's weights: as a picture of the patches where tokens are one; returns where it ends below."""
        weights = self._how.weights[head]
        rows, columns, before = self._how.grid or (*_squarish(len(weights)), 0)
        for token in range(before):
            box = QRectF(corner.x(), corner.y() + token * pencil.height("caption"), side, pencil.height("caption"))
            words = tr("class token {weight}").format(weight=exact(float(weights[token])))
            pencil.text(words, box.left(), box.top(), "caption", "muted")
            self._mark(pencil, box, head, token)
        top = corner.y() + before * pencil.height("caption")
        cell = QSizeF(side / columns, side / columns)
        picture: Numbers = np.full(rows * columns, 0.0)
        shown = weights[before : before + rows * columns]
        picture[: len(shown)] = shown
        own = divmod(self.told.spot.index[0] - before, columns) if self.told.spot.index[0] >= before else None
        box = pencil.grid(picture.reshape(rows, columns), shade, QPointF(corner.x(), top), cell, role=None, winner=own)
        for token in range(len(shown)):
            row, column = divmod(token, columns)
            place = QPointF(corner.x() + column * cell.width(), top + row * cell.height())
            self._mark(pencil, QRectF(place, cell), head, before + token)
        return box.bottom()

    def _mark(self, pencil: Pencil, box: QRectF, head: int, token: int) -> None:
        weight, value = float(self._how.weights[head, token]), float(self._how.values[head, token])
        words = tr("token {n}: weight {weight} × value {value} = {product}").format(
            n=token + 1, weight=exact(weight), value=exact(value), product=exact(weight * value)
        )
        feature = self.told.spot.index[-1]
        pencil.target(box, words, Spot(self.told.source, (token, feature)))


def _squarish(count: int) -> tuple[int, int]:
    """(rows, columns) of a picture of so many numbers that is no picture by itself."""
    columns = max(round(count**0.5), 1)
    return -(-count // columns), columns
