"""The outputs of some stages of a card's network, for batches and with gradients."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from torch import Tensor, nn


def outputs_of(net: nn.Module, batch: Tensor, names: Collection[str]) -> dict[str, Tensor]:
    """net: as `load` gives it, used by nobody else meanwhile.  batch: (N, C, H, W).  names: of layers, with their way
    in.

    Goes no further than the last stage that is named.
    """
    found: dict[str, Tensor] = {}

    def keeping(name: str) -> Callable[..., None]:
        def keep(_layer: nn.Module, _inputs: Any, output: Tensor) -> None:
            found[name] = output
            if len(found) == len(names):
                raise _EnoughError

        return keep

    handles = [net.get_submodule(name).register_forward_hook(keeping(name)) for name in names]
    try:
        net(batch)
    except _EnoughError:
        pass
    finally:
        for handle in handles:
            handle.remove()
    return found


def without_inplace(net: nn.Module) -> nn.Module:
    """The same network, changed so that no layer overwrites what the one before it has given."""
    for module in net.modules():
        if getattr(module, "inplace", False):
            vars(module)["inplace"] = False
    return net


class _EnoughError(Exception):
    """All that is named has been found."""
