"""What a person is looking at: one number of a trace."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.core.forward.layout import index_at, place_at
from desktop_app.core.forward.trace import Stage


@dataclass(frozen=True)
class Spot:
    """position: of the stage.  index: of the number in its output, as (channel, row, column) or (unit,); the stage's
    layout says which is which."""

    position: int
    index: tuple[int, ...]


def spot_at(stage: Stage, position: int, channel: int, row: int, column: int) -> Spot:
    """The spot under a pixel of a stage's picture; what is no map is drawn as one unit after the other."""
    return Spot(position, index_at(stage, channel, row, column))


def place_of(stage: Stage, spot: Spot) -> tuple[int, int, int]:
    """(map's index in the stage's picture, row, column) of a spot: the way back from `spot_at`."""
    return place_at(stage, spot.index)
