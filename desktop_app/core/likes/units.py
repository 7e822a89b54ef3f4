"""Which units have likes, and which of them a person is looking at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from desktop_app.core.forward.spot import Spot, place_of
from desktop_app.core.forward.trace import Stage, Trace

MOST_UNITS = 512
"""Of a dense stage; the thousands of units of larger ones would fill the memory with whole pictures."""


def has_likes(stage: Stage) -> bool:
    """Convolutions, by their own output before any activation function, and dense stages that are not too wide."""
    if stage.kind == "conv":
        return stage.is_maps
    return stage.kind == "dense" and len(stage.shape) == 1 and stage.shape[0] <= MOST_UNITS


def liked_stages(stages: Sequence[Stage]) -> tuple[int, ...]:
    """Positions of all stages whose units have likes."""
    return tuple(position for position, stage in enumerate(stages) if has_likes(stage))


def unit_at(stages: Sequence[Stage], spot: Spot) -> tuple[int, int] | None:
    """(position, unit) of the nearest convolution or dense stage at or before the spot that made its number.

    None where there is no such stage before it, as for the input.
    """
    position, channel = spot.position, place_of(stages[spot.position], spot)[0]
    while not has_likes(stages[position]):
        if not stages[position].sources:
            return None
        before = stages[position].sources[0]
        if stages[before].is_maps and not stages[position].is_maps:  # a flatten unrolls map after map
            _, height, width = stages[before].maps
            channel = channel if stages[before].grid else channel // (height * width)
        position = before
    return position, min(channel, stages[position].maps[0] - 1)


def usual_unit(stages: Sequence[Stage], trace: Trace | None) -> tuple[int, int] | None:
    """(position, unit) where nobody has chosen one: the filter of the last convolution that answers most right now.

    trace: of the present input, if there is one. None in a network whose units have no likes.
    """
    positions = liked_stages(stages)
    if not positions:
        return None
    position = next((each for each in reversed(positions) if stages[each].is_maps), positions[-1])
    if trace is None:
        return position, 0
    output = trace.outputs[position]
    strongest = np.nan_to_num(output.reshape(len(output), -1).max(axis=1), nan=-np.inf)
    return position, int(strongest.argmax())
