"""What every board of the Pixel page is: the picture of one kind of arithmetic, and its line in words."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator

from PySide6.QtCore import QRectF

from desktop_app.core.arithmetic.explanation import Explanation
from desktop_app.core.numerals import exact
from desktop_app.ui.look.pixel.pencil import Pencil, Piece
from desktop_app.ui.look.pixel.told import Told, tr


class Board(ABC):
    """Made anew for every frame, so it only keeps what it paints.

    count: of the things that can be paged through, 1 where there is nothing to page.  orders: whether they can also be
    sorted by size.
    """

    count = 1
    orders = False

    def __init__(self, told: Told) -> None:
        self.told = told

    @abstractmethod
    def reads(self) -> str:
        """What the number is made from, for the heading: "reads a 3×3 patch of each of 16 maps"."""

    @abstractmethod
    def sum_up(self) -> list[Piece]:
        """The arithmetic of the number itself, as the beginning of a line that ends with its result."""

    @abstractmethod
    def paint(self, pencil: Pencil, room: QRectF, first: int) -> float:
        """Returns where it ends below. first: of the things that are paged through, the first one to show."""

    def at_once(self, pencil: Pencil, room: QRectF) -> int:
        """How many of the things that are paged through are shown together."""
        return 1

    def caption(self, first: int, shown: int) -> str:
        """Which of them are shown."""
        return ""

    def line(self) -> list[Piece]:
        """From the beginning to what the next activation function makes of it, and whether the network agrees."""
        return [*self.sum_up(), *self._scaled(self.told.explanation), *self._followed(), *self._verdict()]

    def _scaled(self, explanation: Explanation) -> Iterator[Piece]:
        if explanation.factor != 1:
            why = tr("(silenced)") if explanation.factor == 0 else tr("(scaled by you)")
            yield Piece(f"× {explanation.factor:g} {why} =", ink="ghost")
            yield Piece(exact(explanation.computed), "strong", "text")

    def _followed(self) -> Iterator[Piece]:
        for explanation in self.told.following:
            stage = self.told.stages[explanation.position]
            yield Piece(f"→ {stage.kind} →")
            last = explanation is self.told.following[-1]
            if explanation.factor != 1:
                yield Piece(exact(explanation.computed / explanation.factor if explanation.factor else 0.0))
            yield from self._scaled(explanation)
            if explanation.factor == 1:
                yield Piece(exact(explanation.computed), "strong", "accent" if last else "text")

    def _verdict(self) -> Iterator[Piece]:
        told = self.told
        wrong = [each for each in (told.explanation, *told.following) if not each.equal]
        if not wrong:
            yield Piece(tr("✓ equals the network's value"), ink="good")
            yield from self._holes()
            return
        for each in wrong:
            words = tr("✗ {stage}: here {computed}, in the network {value}")
            yield Piece(
                words.format(
                    stage=told.stages[each.position].name, computed=exact(each.computed), value=exact(each.value)
                ),
                ink="danger",
            )

    def _holes(self) -> Iterator[Piece]:
        """What is no usual number is named in words."""
        last = (self.told.explanation, *self.told.following)[-1].value
        if math.isnan(last):
            yield Piece(tr("(NaN: not a number; something before it went wrong)"))
        elif math.isinf(last):
            yield Piece(tr("(∞: larger than the network can count)"))


def result(value: float) -> Piece:
    """A number that a line has come to."""
    return Piece(exact(value), "strong", "text")
