"""Deletion and insertion: the class's probability while a map's pixels are taken away, or given back, in its order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from desktop_app.core.attribution.attribution import Attribution
from desktop_app.core.attribution.faithfulness import (
    ELSEWHERE,
    PASSES,
    SHARES,
    Curves,
    Floats,
    moved,
    nothing_yet,
    order_of,
)
from desktop_app.core.forward.factors import UNTOUCHED, Factors
from desktop_app.core.forward.trace import Array
from desktop_app.learn.attribution.open_net import OpenNet, covered


@dataclass(frozen=True, eq=False)
class Checked:
    """How far the curves have come. done, total: passes through the network."""

    curves: Curves
    done: int
    total: int = PASSES


def check(net: OpenNet, net_input: Array, attribution: Attribution, factors: Factors = UNTOUCHED) -> Iterator[Checked]:
    """Taken away is what turns to the mean colour; given back is what comes into focus (of drawings: the ink).

    The same map gives the same curves.
    """
    rng = np.random.default_rng(0)
    image = torch.from_numpy(net_input)
    grey, blurred = (covered(net_input, net.card, cover) for cover in ("mean", "blur"))
    curves, done = nothing_yet(), 0
    maps = [attribution.values, *(moved(attribution.values, rng) for _ in range(ELSEWHERE))]
    for number, values in enumerate(maps):
        order = torch.from_numpy(order_of(values, rng))
        for kind, (start, end) in enumerate(((image, grey), (blurred, image))):
            curve = curves.elsewhere[kind, number - 1] if number else (curves.deletion, curves.insertion)[kind]
            for first in range(0, len(SHARES), net.batch):
                part = slice(first, first + net.batch)
                curve[part] = _along(net, start, end, order, SHARES[part], attribution.target, factors)
                done += len(SHARES[part])
                yield Checked(_copy(curves), done)


def _along(
    net: OpenNet, start: Tensor, end: Tensor, order: Tensor, shares: Floats, target: int, factors: Factors
) -> Floats:
    """Probabilities of the target with such shares of the pixels replaced, the first ones in `order`."""
    inputs = start.repeat(len(shares), 1, 1, 1)
    for picture, share in zip(inputs.flatten(2), shares, strict=True):
        places = order[: round(share * len(order))]
        picture[:, places] = end.flatten(1)[:, places]
    found: Floats = net.probabilities(inputs, factors)[:, target].numpy()
    return found


def _copy(curves: Curves) -> Curves:
    """Goes to another thread, while this one goes on writing."""
    return Curves(curves.deletion.copy(), curves.insertion.copy(), curves.elsewhere.copy())
