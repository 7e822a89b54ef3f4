"""Where a stage's numbers stand in its picture: maps side by side, however the network keeps them in memory."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.forward.trace import Stage

Index = tuple[int, ...]
"""Of one number in a stage's output."""


def as_maps(stage: Stage, values: NDArray[Any]) -> NDArray[Any]:
    """Values of the stage's shape as its maps (count, height, width), a view; tokens that stand apart are left out."""
    if stage.grid is None:
        return values.reshape(stage.maps)
    channels_first = np.moveaxis(values, stage.channels, 0)
    return channels_first.reshape(len(channels_first), -1)[:, stage.apart :].reshape(stage.maps)


def index_at(stage: Stage, channel: int, row: int, column: int) -> Index:
    """Of a pixel of a map; of what is no picture, which is drawn as one unit after the other, of the unit `channel`."""
    if stage.grid is None:
        if stage.is_maps:
            return channel, row, column
        return _unravelled(channel, stage.shape)
    places = tuple(side for axis, side in enumerate(stage.shape) if axis != stage.channels % len(stage.shape))
    found = list(_unravelled(stage.apart + row * stage.grid[1] + column, places))
    found.insert(stage.channels % len(stage.shape), channel)
    return tuple(found)


def place_at(stage: Stage, index: Index) -> tuple[int, int, int]:
    """(map, row, column) of a number: the way back. A token that stands apart is at the first pixel."""
    if stage.grid is None:
        if stage.is_maps:
            channel, row, column = index
            return channel, row, column
        return int(np.ravel_multi_index(index, stage.shape)), 0, 0
    axis = stage.channels % len(stage.shape)
    others, sides = (each[:axis] + each[axis + 1 :] for each in (index, stage.shape))
    place = int(np.ravel_multi_index(others, sides)) - stage.apart
    return index[axis], *divmod(max(place, 0), stage.grid[1])


def stands_apart(stage: Stage, index: Index) -> bool:
    """Whether it is a number of a class token or the like, which has no place in the picture."""
    return stage.apart > 0 and index[0 if stage.channels else 1] < stage.apart


def _unravelled(place: int, shape: tuple[int, ...]) -> Index:
    return tuple(int(side) for side in np.unravel_index(place, shape))
