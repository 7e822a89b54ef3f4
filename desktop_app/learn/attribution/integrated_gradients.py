"""Integrated gradients: how much of the rise of a class's logit, from an empty picture to this one, is each pixel's.

Sundararajan, Taly, Yan, "Axiomatic Attribution for Deep Networks", 2017. The empty picture turns into the given one
along a straight line; a pixel's share is its own change times the mean slope on the way. With enough steps the shares
add up to the whole rise (completeness), and what they miss is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from desktop_app.core.attribution.attribution import GRADIENT_STEPS, Attribution, Cover, Mapped
from desktop_app.core.forward.factors import UNTOUCHED, Factors
from desktop_app.core.forward.trace import Array
from desktop_app.learn.attribution.open_net import OpenNet, covered

KEPT = 8
"""A pass that keeps everything for the way back takes some eight times the memory."""


def integrated_gradients(
    net: OpenNet,
    net_input: Array,
    targets: Sequence[int],
    baseline: Cover = "mean",
    steps: int = GRADIENT_STEPS,
    factors: Factors = UNTOUCHED,
) -> Iterator[Mapped]:
    """Maps that grow surer: the sum over the input's channels, of the steps so far.  net_input: (C, H, W)."""
    image, empty = torch.from_numpy(net_input), covered(net_input, net.card, baseline)
    change = image - empty
    with torch.inference_mode():
        ends = net.logits(torch.stack([image, empty]), factors).double()
    rises = (ends[0] - ends[1])[list(targets)]
    slopes = torch.zeros(len(targets), *image.shape, dtype=torch.float64)
    along, each = _spread(steps), max(1, net.batch // KEPT)
    for start in range(0, steps, each):
        places = along[start : start + each]
        for number, slope in enumerate(_slopes(net, empty + places[:, None, None, None] * change, targets, factors)):
            slopes[number] += slope
        done = start + len(places)
        shares = slopes / done * change
        missed = (rises - shares.sum(dim=(1, 2, 3))) / rises
        maps = tuple(
            Attribution("integrated_gradients", target, share.sum(dim=0).float().numpy())
            for target, share in zip(targets, shares, strict=True)
        )
        yield Mapped(maps, done, steps, tuple(missed.abs().tolist()))


def _slopes(net: OpenNet, inputs: Tensor, targets: Sequence[int], factors: Factors) -> Iterator[Tensor]:
    """Of every target's logit, summed over the inputs."""
    with torch.enable_grad():
        inputs = inputs.requires_grad_()
        logits = net.logits(inputs, factors)
        for target in targets:
            (slope,) = torch.autograd.grad(logits[:, target].sum(), inputs, retain_graph=target != targets[-1])
            yield slope.sum(dim=0)


def _spread(steps: int) -> Tensor:
    """The middles of equal parts of 0..1, so ordered that any first few of them already cover it evenly."""
    bits = max(1, (steps - 1).bit_length())
    turned = [int(f"{number:0{bits}b}"[::-1], 2) for number in range(2**bits)]
    return torch.tensor([(number + 0.5) / steps for number in turned if number < steps])
