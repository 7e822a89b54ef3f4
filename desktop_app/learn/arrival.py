"""Torch takes over from numpy: imported and warmed up in a thread of its own, while numpy goes on answering."""

from __future__ import annotations

from contextlib import suppress

import torch

from desktop_app.core.errors import BadFile
from desktop_app.core.forward.forwards import Forward, Forwards
from desktop_app.core.model.card import ModelCard
from desktop_app.learn.network.load import load
from desktop_app.learn.network.tracing import TorchForward


def torch_forward(card: ModelCard) -> Forward:
    """Raises BadFile when the weights cannot be used."""
    return TorchForward(load(card), card.preprocessing.shape)


def take_over(forwards: Forwards) -> None:
    """Makes ready what numpy was asked for so far, then switches. Importing this module is the slow part."""
    torch.set_num_threads(1)  # as most networks here want it; a forward pass takes what its own is worth
    warm: dict[ModelCard, Forward] = {}
    for card in forwards.known():
        with suppress(BadFile):  # told when the model is asked for; the others need not wait for it
            warm[card] = torch_forward(card)
            warm[card](torch.zeros(card.preprocessing.shape).numpy())
    forwards.switch(torch_forward, warm)
