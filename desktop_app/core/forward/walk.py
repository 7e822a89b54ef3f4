"""From one number of a trace to its neighbours: what arrows, Page Up and Down, and Tab do with a spot."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from desktop_app.core.forward.layout import as_maps
from desktop_app.core.forward.spot import Spot, place_of, spot_at
from desktop_app.core.forward.trace import Array, Stage


def fits(stages: Sequence[Stage], spot: Spot) -> bool:
    """Whether there is such a number."""
    if not 0 <= spot.position < len(stages):
        return False
    shape = stages[spot.position].shape
    return len(shape) == len(spot.index) and all(
        0 <= place < side for place, side in zip(spot.index, shape, strict=True)
    )


def neighbour(stages: Sequence[Stage], spot: Spot, down: int, right: int, across: int) -> Spot:
    """The pixel so many rows and columns further, or the last one that there is in that direction.

    across: how many units stand side by side on screen, of a stage that is no picture.
    """
    stage = stages[spot.position]
    number, row, column = place_of(stage, spot)
    if stage.is_maps:
        _, tall, wide = stage.maps
        row, column = _within(row + down, tall), _within(column + right, wide)
    else:
        step = down * across + right
        number = number + step if 0 <= number + step < stage.maps[0] else number
    return spot_at(stage, spot.position, number, row, column)


def other_channel(stages: Sequence[Stage], spot: Spot, by: int) -> Spot:
    """The same place on the next map; of tokens that are no picture the same feature of the next one; or the next
    unit."""
    axis = stages[spot.position].channels
    index = list(spot.index)
    index[axis] = _within(index[axis] + by, stages[spot.position].shape[axis])
    return Spot(spot.position, tuple(index))


def other_stage(stages: Sequence[Stage], spot: Spot, by: int) -> Spot:
    """The spot of another stage at the same share of the map's height and width, or of the way along its units."""
    position = _within(spot.position + by, len(stages))
    here, there = stages[spot.position], stages[position]
    if position == spot.position:
        return spot
    if here.is_maps and there.is_maps:
        channel, row, column = place_of(here, spot)
        count, tall, wide = there.maps
        row, column = _share(row, here.maps[1], tall), _share(column, here.maps[2], wide)
        return spot_at(there, position, min(channel, count - 1), row, column)
    flat = int(np.ravel_multi_index(spot.index, here.shape))
    place = _share(flat, int(np.prod(here.shape)), int(np.prod(there.shape)))
    return Spot(position, tuple(int(side) for side in np.unravel_index(place, there.shape)))


def strongest(stage: Stage, position: int, output: Array, number: int) -> Spot:
    """The pixel of a map that has the largest magnitude. number: of the map as it is drawn."""
    if not stage.is_maps:
        return spot_at(stage, position, number, 0, 0)
    sizes = np.nan_to_num(np.abs(as_maps(stage, output)[number]), nan=-1.0)
    row, column = np.unravel_index(int(sizes.argmax()), sizes.shape)
    return spot_at(stage, position, number, int(row), int(column))


def _share(place: int, count: int, other: int) -> int:
    """The place among `other` that is as far along as `place` among `count`: of the middle of a pixel."""
    return _within((2 * place + 1) * other // (2 * count), other)


def _within(place: int, count: int) -> int:
    return min(max(place, 0), count - 1)
