"""Torchvision's classification architectures by name; torchvision is imported when one is wanted (a second)."""

from __future__ import annotations

from typing import Any

from torch import nn

from desktop_app.learn.network.torchvision_compat import make_importable


def torchvision_net(name: str, classes: int) -> nn.Module:
    """With fresh weights: (N, 3, H, W) in, logits (N, classes) out. Raises ValueError for a name that is not known."""
    make_importable()
    from torchvision import models

    if name not in models.list_models(module=models):
        raise ValueError(f"torchvision has no architecture called {name!r}")
    # These two otherwise draw their first weights from a distribution that takes a minute, and answer in three parts.
    extra: dict[str, Any] = (
        {"init_weights": False, "aux_logits": False} if name in ("googlenet", "inception_v3") else {}
    )
    net: nn.Module = models.get_model(name, weights=None, num_classes=classes, **extra)
    return net
