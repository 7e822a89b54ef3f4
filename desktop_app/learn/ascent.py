"""Gradient ascent on the input: a picture that excites one unit more and more.

Activation maximisation (Erhan et al., "Visualizing Higher-Layer Features of a Deep Network", 2009). Left alone it ends
in noise that only a network can see, so the picture is moved by a pixel or two between the steps (jitter; Mordvintsev
et al., "Inceptionism", 2015; Olah et al., "Feature Visualization", 2017), blurred now and then, and drawn back to the
background (decay; both Yosinski et al., "Understanding Neural Networks Through Deep Visualization", 2015).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from desktop_app.core.likes.likes import Pixels
from desktop_app.core.likes.pixels import as_input
from desktop_app.core.model.card import ModelCard
from desktop_app.learn.network.load import load
from desktop_app.learn.network.partway import outputs_of, without_inplace

STEPS = 300
STEP = 0.06
"""How far the pixels move in a step, on their scale from 0 to 1: root mean square over those that matter."""
DECAY = 0.005
"""Share of the way back to the background, a step."""
BLUR = 0.015
"""What a pixel takes from each of its neighbours, a step."""
COARSE = 8
"""Receptive fields smaller than this many pixels bear neither jitter nor blur."""
NOISE = 0.08
"""Of the start, around the background."""


@dataclass(frozen=True, eq=False)
class Climbed:
    """picture: (C, H, W), an input as bytes.  activation: what the unit gives for exactly this picture.  step: from 0,
    the start, to `steps`, the last."""

    picture: Pixels
    activation: float
    step: int
    steps: int = STEPS


def ascend(card: ModelCard, stage: str, index: tuple[int, ...], reach: int, seed: int = 0) -> Iterator[Climbed]:
    """From noise to what one number of a convolution or of a dense stage would like best of all.

    index: (map, row, column), which for a map best is its middle, or (unit,).  reach: the longer side of its receptive
    field in pixels, which says how much jitter and blur it bears.  The same seed gives the same pictures.
    Raises BadFile when the weights cannot be used.
    """
    spec = card.preprocessing
    unit = _Unit(card, stage, index)
    rng = np.random.default_rng(seed)
    background = 0.0 if card.reads == "drawings" else 0.5
    jitter = min(2, reach // COARSE)
    noise = torch.from_numpy(rng.normal(0, NOISE, spec.shape).astype(np.float32))
    pixels = (background + noise).abs().clamp(0, 1)
    yield unit.shown(pixels, 0)
    for step in range(1, STEPS + 1):
        down, right = rng.integers(-jitter, jitter + 1, 2).tolist()
        gradient = unit.gradient(pixels.roll((down, right), (1, 2))).roll((-down, -right), (1, 2))
        matter = gradient[gradient != 0]
        pace = _slowing(step)
        if len(matter):
            pixels = pixels + pace * STEP / matter.square().mean().sqrt() * gradient
        pixels = (pixels + pace * DECAY * (background - pixels)).clamp(0, 1)
        if reach >= COARSE:
            pixels = _blurred(pixels, pace * BLUR)
        yield unit.shown(pixels, step)


class _Unit:
    """One number of a network."""

    def __init__(self, card: ModelCard, stage: str, index: tuple[int, ...]) -> None:
        self._net, self._spec = without_inplace(load(card)), card.preprocessing
        self._stage, self._index = stage, index
        self._mean, self._std = (torch.tensor(numbers)[:, None, None] for numbers in (self._spec.mean, self._spec.std))
        self._opened = False
        for module in self._net.modules():
            if isinstance(module, nn.ReLU):
                module.register_full_backward_hook(self._redirect)

    def gradient(self, pixels: Tensor) -> Tensor:
        """Where the pixels (C, H, W), from 0 to 1, should go for more activation."""
        gradient = self._gradient(pixels)
        if not gradient.any():  # whatever could help is cut off at zero by a ReLU
            self._opened = True
            gradient = self._gradient(pixels)
            self._opened = False
        return gradient

    def shown(self, pixels: Tensor, step: int) -> Climbed:
        """The activation is that of the bytes which are shown, not of the pixels behind them."""
        picture = np.rint(pixels.numpy() * 255).astype(np.uint8)
        with torch.inference_mode():
            return Climbed(picture, float(self._activation(torch.from_numpy(as_input(picture, self._spec)))), step)

    def _gradient(self, pixels: Tensor) -> Tensor:
        pixels = pixels.clone().requires_grad_()
        (gradient,) = torch.autograd.grad(self._activation((pixels - self._mean) / self._std), pixels)
        return gradient.nan_to_num(0, 0, 0)  # nobody can climb where the slope is no number

    def _activation(self, net_input: Tensor) -> Tensor:
        return outputs_of(self._net, net_input[None], {self._stage})[self._stage][(0, *self._index)]

    def _redirect(self, _module: nn.Module, before: Any, after: Any) -> tuple[Tensor] | None:
        """Lets a ReLU that is off pass what would switch it on (as Olah et al. do in their first steps)."""
        return (torch.where(before[0] == 0, after[0].clamp(min=0), before[0]),) if self._opened else None


def _slowing(step: int) -> float:
    """Steps grow shorter towards the end, so that the picture comes to rest."""
    return min(1.0, 2.5 * (1 - step / STEPS) + 0.1)


def _blurred(pixels: Tensor, share: float) -> Tensor:
    """(C, H, W), each pixel with such a share of each of its neighbours."""
    side = torch.tensor([share, 1 - 2 * share, share])
    padded = F.pad(pixels[:, None], (1, 1, 1, 1), mode="replicate")
    return F.conv2d(padded, (side[:, None] * side)[None, None])[:, 0]
