"""From a model card to a torch module ready to answer."""

from __future__ import annotations

import torch
from torch import nn

from desktop_app.core.card import ModelCard, read_weights
from desktop_app.learn.nets import build


def load(card: ModelCard) -> nn.Module:
    """The model in eval mode, float32, on the CPU. Raises BadFile when the weights are broken or do not fit."""
    with torch.device("meta"):
        net = build(card.layers, card.preprocessing.shape)
    weights = {name: torch.from_numpy(array) for name, array in read_weights(card).items()}
    net.load_state_dict(weights, strict=True, assign=True)
    return net.eval().requires_grad_(False)
