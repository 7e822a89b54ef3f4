"""Torchvision's classification architectures by name; torchvision is imported when one is wanted (a second)."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from desktop_app.learn.network.torchvision_compat import torchvision_models

AUXILIARY = {"googlenet": ("aux1.", "aux2."), "inception_v3": ("AuxLogits.",)}
"""Side branches that only help training: torchvision's files hold their weights, the nets here leave them out."""


def torchvision_net(name: str, classes: int, side: int = 224) -> nn.Module:
    """With fresh weights: (N, 3, H, W) in, logits (N, classes) out. Raises ValueError for a name that is not known.

    side: of the square input in pixels, for the few architectures whose weights depend on it.
    """
    models = torchvision_models()
    if name not in models.list_models(module=models):
        raise ValueError(f"torchvision has no architecture called {name!r}")
    extra: dict[str, Any] = {}
    if name in AUXILIARY:  # these two otherwise draw their first weights from a distribution that takes a minute
        extra = {"init_weights": False, "aux_logits": False}
    elif name.startswith("vit_"):
        extra = {"image_size": side}
    elif name.startswith("maxvit_"):
        extra = {"input_size": (side, side)}
    with _SmallNumbersOnCpu():
        net: nn.Module = models.get_model(name, weights=None, num_classes=classes, **extra)
    return net


class _SmallNumbersOnCpu(TorchFunctionMode):
    """RegNets work out their widths with torch, which must not happen on the meta device that weights are made on."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if func in (torch.arange, torch.tensor):
            kwargs.setdefault("device", "cpu")
        return func(*args, **kwargs)
