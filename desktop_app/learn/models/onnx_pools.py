"""Average pools to a fixed size, in words that ONNX has.

ONNX knows pools whose patches all have one size. Torch's adaptive pool of 8 rows to 7 has patches that overlap; but for
a given input it is a matrix product along each side, and that can be written.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


class FixedPool(nn.Module):
    """(N, C, *size) to (N, C, *wanted): the same numbers as AdaptiveAvgPool2d(wanted), for this one size."""

    rows: Tensor
    columns: Tensor

    def __init__(self, size: tuple[int, int], wanted: tuple[int, int]) -> None:
        super().__init__()
        self.register_buffer("rows", _shares(size[0], wanted[0]))
        self.register_buffer("columns", _shares(size[1], wanted[1]).T.contiguous())

    def forward(self, maps: Tensor) -> Tensor:
        return self.rows @ maps @ self.columns


@torch.inference_mode()
def with_fixed_pools(net: nn.Module, shape: tuple[int, int, int]) -> nn.Module:
    """The same network, changed, for inputs of this shape (C, H, W)."""
    found: dict[nn.Module, nn.Module] = {}

    def look(pool: nn.Module, inputs: tuple[Any, ...], output: Tensor) -> None:
        (height, width), (rows, columns) = inputs[0].shape[-2:], output.shape[-2:]
        if height % rows or width % columns:
            found[pool] = FixedPool((height, width), (rows, columns))

    pools = [module for module in net.modules() if isinstance(module, nn.AdaptiveAvgPool2d)]
    hooks = [pool.register_forward_hook(look) for pool in pools]
    net(torch.zeros(1, *shape))
    for hook in hooks:
        hook.remove()
    for module in list(net.modules()):
        for name, child in module.named_children():
            if child in found:
                setattr(module, name, found[child])
    return net


def _shares(size: int, wanted: int) -> Tensor:
    """(wanted, size): what each input counts in each output."""
    shares = torch.zeros(wanted, size)
    for place in range(wanted):
        first, behind = place * size // wanted, -((place + 1) * size // -wanted)
        shares[place, first:behind] = 1 / (behind - first)
    return shares
