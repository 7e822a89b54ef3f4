"""Networks as torchvision itself makes them from its official files, with random weights in those files' layout."""

from __future__ import annotations

import re
from copy import copy
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from desktop_app.learn.network.torchvision_compat import make_importable

make_importable()
from torchvision import models  # noqa: E402


def official_state(name: str, seed: int = 0, dtype: torch.dtype = torch.float32) -> dict[str, Tensor]:
    """What torch.load gives of the architecture's official file: side branches, and names of 2017, included."""
    torch.manual_seed(seed)
    extra: dict[str, Any] = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    net = models.get_model(name, weights=None, **extra)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.running_mean, std=0.1)  # type: ignore[arg-type]
            nn.init.uniform_(module.running_var, 0.8, 1.2)  # type: ignore[arg-type]
    state = net.state_dict()
    if name.startswith("densenet"):
        for key in list(state):
            value = state.pop(key)
            if not key.endswith("num_batches_tracked"):
                state[re.sub(r"(denselayer\d+\.(?:norm|conv))([12])\.", r"\1.\2.", key)] = value
        del state._metadata  # type: ignore[attr-defined]
    for key, value in state.items():
        state[key] = value.to(dtype) if value.is_floating_point() else value
    return state


def torchvisions(name: str, state: dict[str, Tensor], monkeypatch: pytest.MonkeyPatch) -> tuple[nn.Module, Any]:
    """Torchvision's own network with these weights for official ones, and its transforms."""
    weights = models.get_model_weights(name).DEFAULT
    copied = copy(state)  # torchvision renames keys in what it gets
    monkeypatch.setattr(type(weights), "get_state_dict", lambda *_args, **_words: copied)
    return models.get_model(name, weights=weights).eval(), weights.transforms()
