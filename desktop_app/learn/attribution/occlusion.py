"""Occlusion: covers one piece after the other and looks how far the class's probability falls.

Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", 2014.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np
import torch

from desktop_app.core.attribution.attribution import Attribution, Cover, Mapped
from desktop_app.core.forward.factors import UNTOUCHED, Factors
from desktop_app.core.forward.trace import Array
from desktop_app.learn.attribution.open_net import OpenNet, covered


def occlusion(
    net: OpenNet,
    net_input: Array,
    targets: Sequence[int],
    patch: int,
    cover: Cover = "mean",
    factors: Factors = UNTOUCHED,
) -> Iterator[Mapped]:
    """Maps that fill in: coarse at first, then finer. A pixel's value is the mean fall over the pieces that hid it.

    net_input: (C, H, W).  patch: side of a piece in pixels; the next piece lies half of that further on.
    """
    image = torch.from_numpy(net_input)
    away = covered(net_input, net.card, cover)
    pieces = _pieces(net_input.shape[1], net_input.shape[2], patch)
    classes = list(targets)
    whole = net.probabilities(image[None], factors)[0, classes].numpy()
    fall = np.zeros((len(classes), *net_input.shape[1:]))
    times = np.zeros(net_input.shape[1:])
    for start in range(0, len(pieces), net.batch):
        batch = pieces[start : start + net.batch]
        inputs = image.repeat(len(batch), 1, 1, 1)
        for picture, (rows, columns) in zip(inputs, batch, strict=True):
            picture[:, rows, columns] = away[:, rows, columns]
        answers = net.probabilities(inputs, factors)[:, classes].numpy()
        for (rows, columns), answer in zip(batch, answers, strict=True):
            fall[:, rows, columns] += (whole - answer)[:, None, None]
            times[rows, columns] += 1
        with np.errstate(invalid="ignore"):
            values = (fall / times).astype(np.float32)  # NaN where nothing was covered yet
        maps = tuple(Attribution("occlusion", target, each) for target, each in zip(classes, values, strict=True))
        yield Mapped(maps, start + len(batch), len(pieces))


def passes(height: int, width: int, patch: int) -> int:
    """How many pieces there are."""
    return len(_pieces(height, width, patch))


def _pieces(height: int, width: int, patch: int) -> list[tuple[slice, slice]]:
    """Pieces that overlap by half, the last ones cut off by the edge; far apart ones first, then those between."""
    stride = max(1, patch // 2)
    down, right = (1 + max(0, -(-(side - patch) // stride)) for side in (height, width))
    places = sorted(product(range(down), range(right)), key=lambda place: -_roundness(place[0] | place[1]))
    return [
        (slice(row * stride, row * stride + patch), slice(column * stride, column * stride + patch))
        for row, column in places
    ]


def _roundness(number: int) -> int:
    """How often it can be halved; of 0 as often as anybody asks."""
    return (number & -number).bit_length() or 64
