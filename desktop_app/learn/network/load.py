"""From a model card to a torch module ready to answer."""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import nn

from desktop_app.core.errors import BadFile
from desktop_app.core.model.card import ModelCard, read_weights
from desktop_app.learn.network.nets import build
from desktop_app.learn.network.torchvision_nets import torchvision_net


def load(card: ModelCard) -> nn.Module:
    """The model in eval mode, float32, on the CPU. Raises BadFile when the weights are broken or do not fit."""
    try:
        with torch.device("meta"):
            net = _net(card)
    except KeyError as error:  # torch keeps names such as "forward" for itself
        raise BadFile(f"{card.weights_file.parent / 'card.json'}: no layer can be called so ({error}).") from error
    weights = OrderedDict((name, torch.from_numpy(array)) for name, array in read_weights(card).items())
    weights._metadata = net.state_dict()._metadata  # type: ignore[attr-defined]  # else taken for an old layout
    try:
        net.load_state_dict(weights, strict=True, assign=True)
    except RuntimeError as error:  # a card that spells out its layers has been compared before
        raise BadFile(
            f"{card.weights_file}: the weights do not fit {card.torchvision} ({str(error)[:200]})."
        ) from error
    return net.eval().requires_grad_(False)


def _net(card: ModelCard) -> nn.Module:
    if not card.torchvision:
        return build(card.layers, card.preprocessing.shape)
    try:
        return torchvision_net(card.torchvision, len(card.classes), card.preprocessing.height)
    except (ValueError, TypeError) as error:
        raise BadFile(f"{card.weights_file.parent / 'card.json'}: {error}.") from error
