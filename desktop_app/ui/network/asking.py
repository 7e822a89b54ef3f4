"""What the worker is asked to draw: sheets of the columns that are on screen, or soon may be."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from desktop_app.core.forward.spot import Spot
from desktop_app.core.forward.trace import Stage
from desktop_app.core.forward.walk import fits
from desktop_app.core.maps.head_sheet import token_of
from desktop_app.core.maps.sheet import Sheet
from desktop_app.ui.network.arrange import Column, is_paged
from desktop_app.ui.network.deck import Deck
from desktop_app.ui.network.heading import Heading
from desktop_app.ui.network.placing import Placed

BESIDE = 0.5
"""Columns are made ready so far beside what is on screen, as a share of its width: one scrolls into pictures."""


def near(placed: Placed, left: float, width: float) -> range:
    """The columns that are on screen or soon may be; all where the network is drawn whole.

    left, width: of what is on screen.
    """
    if placed.whole:
        return range(len(placed.columns))
    lefts = placed.lefts
    first = max(bisect_right(lefts, left - BESIDE * width) - 1, 0)
    return range(first, bisect_right(lefts, left + (1 + BESIDE) * width))


class Asking:
    """Which maps of a column come first, and which page of them."""

    def __init__(self) -> None:
        self.deck = Deck(())
        self.active_first = True
        self.spot: Spot | None = None

    def sheets(
        self, placed: Placed, headings: Sequence[Heading], columns: Iterable[int]
    ) -> tuple[tuple[int, Sheet], ...]:
        """(stage's position, how it is to be drawn) of these columns; the input, which is no mosaic, has none."""
        return tuple(
            (self.deck.columns[number].output, self._sheet(number, placed.columns[number], headings[number]))
            for number in columns
            if self.deck.columns[number].output
        )

    def _sheet(self, number: int, column: Column, heading: Heading) -> Sheet:
        position, stage = self.deck.columns[number].output, heading.stage
        page = min(self.deck.pages.get(position, 0), (stage.maps[0] - 1) // column.count)
        if heading.heads:
            token = self._token(self.deck.stages, position)
            return Sheet(column.columns, column.count, page, False, stage.maps[0], token)
        active = self.active_first and is_paged(stage) and column.count < stage.maps[0]
        return Sheet(column.columns, column.count, page, active)

    def _token(self, stages: Sequence[Stage], position: int) -> int | None:
        """Whose attention is shown, where that is chosen."""
        spots_stage = stages[self.spot.position] if self.spot and fits(stages, self.spot) else None
        return token_of(stages[position], self.spot, spots_stage)
