"""The outputs of some stages of a card's network, for batches and with gradients."""

from __future__ import annotations

from collections.abc import Collection

from torch import Tensor, nn


def outputs_of(net: nn.Module, batch: Tensor, names: Collection[str]) -> dict[str, Tensor]:
    """net: as `load` gives it, its layers one after the other.  batch: (N, C, H, W).

    Goes no further than the last stage that is named.
    """
    found: dict[str, Tensor] = {}
    for name, layer in net.named_children():
        if len(found) == len(names):
            break
        batch = layer(batch)
        if name in names:
            found[name] = batch
    return found
