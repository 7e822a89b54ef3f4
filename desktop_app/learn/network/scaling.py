"""Maps scaled or silenced in the middle of a forward pass."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from desktop_app.core.forward.factors import Factors

Scaled = Mapping[int, Mapping[int, float]]
"""Stage's position → channel → factor."""


def by_stage(factors: Factors) -> Scaled:
    found: dict[int, dict[int, float]] = {}
    for position, channel, factor in factors.scaled:
        found.setdefault(position, {})[channel] = factor
    return found


def scale(value: Tensor, scaled: Scaled, position: int, axis: int = 0) -> Tensor:
    """A stage's output (N, ...) with its channels multiplied, the very same where nobody asked for it.

    axis: of the channels, without the batch: the first, or −1 for the last.  A silenced channel is 0 even where it was
    not a number.
    """
    channels = scaled.get(position)
    if channels is None:
        return value
    changed = value.clone()
    channels_first = changed.movedim(axis if axis < 0 else axis + 1, 0)
    for channel, factor in channels.items():
        if factor:
            channels_first[channel] *= factor
        else:
            channels_first[channel] = 0
    return changed
