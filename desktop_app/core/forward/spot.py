"""What a person is looking at: one number of a trace."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from desktop_app.core.forward.trace import Stage


@dataclass(frozen=True)
class Spot:
    """position: of the stage.  index: of the number in its output, as (channel, row, column) or (unit,)."""

    position: int
    index: tuple[int, ...]

    @property
    def channel(self) -> int:
        """The map (or unit, or token) that it belongs to."""
        return self.index[0]


def spot_at(stage: Stage, position: int, channel: int, row: int, column: int) -> Spot:
    """The spot under a pixel of a stage's picture; what is no map is drawn as one unit after the other."""
    if stage.is_maps:
        return Spot(position, (channel, row, column))
    return Spot(position, tuple(int(place) for place in np.unravel_index(channel, stage.shape)))


def place_of(stage: Stage, spot: Spot) -> tuple[int, int, int]:
    """(map's index in the stage's picture, row, column) of a spot: the way back from `spot_at`."""
    if stage.is_maps:
        channel, row, column = spot.index
        return channel, row, column
    return int(np.ravel_multi_index(spot.index, stage.shape)), 0, 0
