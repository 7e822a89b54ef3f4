"""Which units have likes, and which of them a person is looking at."""

from __future__ import annotations

from collections.abc import Sequence

from desktop_app.core.forward.spot import Spot
from desktop_app.core.forward.trace import Stage

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
    position, channel = spot.position, spot.channel
    while not has_likes(stages[position]):
        if not stages[position].sources:
            return None
        before = stages[position].sources[0]
        if stages[before].is_maps and not stages[position].is_maps:  # a flatten unrolls map after map
            _, height, width = stages[before].maps
            channel //= height * width
        position = before
    return position, min(channel, stages[position].shape[0] - 1)


def usual_unit(stages: Sequence[Stage]) -> tuple[int, int] | None:
    """The first filter of the last convolution, where nothing says which is wanted; None in a net without any."""
    convolutions = [position for position in liked_stages(stages) if stages[position].is_maps]
    positions = convolutions or liked_stages(stages)
    return (positions[-1], 0) if positions else None
