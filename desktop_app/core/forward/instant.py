"""The whole forward pass in plain numpy: answers before torch has arrived, and checks torch's numbers.

Written to be read beside a textbook: no gradients, one input at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from desktop_app.core.arithmetic.operations import Combine, Conv, Dense, Mode, Move, Operation, Pointwise, Pool
from desktop_app.core.errors import NeedsTorch
from desktop_app.core.forward.factors import UNTOUCHED, Factors
from desktop_app.core.forward.trace import Array, card_stages, with_ends
from desktop_app.core.model.architecture import Layer
from desktop_app.core.model.card import ModelCard, read_weights
from desktop_app.core.model.unrolled import Step, unrolled


class NumpyForward:
    """A card's network; call it with an input (C, H, W) to get the output of every stage between input and softmax."""

    device = "CPU (numpy)"

    def __init__(self, card: ModelCard) -> None:
        """Raises BadFile when the weights cannot be used, NeedsTorch where the card does not spell out its layers."""
        if not card.layers:
            raise NeedsTorch(f"{card.title} needs torch, which could not be loaded. Install ConvLens anew.")
        self.stages = with_ends(card_stages(card), card.preprocessing.shape)
        self._steps = unrolled(card.layers, card.preprocessing.shape)
        self._weights: dict[str, Array] = read_weights(card)
        self.operations = tuple(self._operation(step) for step in self._steps)

    def __call__(self, net_input: Array, factors: Factors = UNTOUCHED) -> tuple[Array, ...]:
        outputs = [net_input]
        with np.errstate(over="ignore", invalid="ignore"):  # what is infinite or not a number is shown as such
            for position, step in enumerate(self._steps, start=1):
                read = [outputs[source] for source in step.sources]
                outputs.append(scaled(self._apply(step, *read), factors.at(position)))
        return tuple(outputs[1:])

    def logits(self, net_input: Array) -> Array:
        """The last stage alone; here it costs the same."""
        return self(net_input)[-1]

    def _apply(self, step: Step, x: Array, other: Array | None = None) -> Array:
        layer = step.layer
        match layer.kind:
            case "conv":
                return convolve(x, *self._own(step), layer)
            case "relu":
                return np.maximum(x, 0)
            case "max_pool":
                return reduce(np.maximum, shifted(x, layer))
            case "avg_pool":
                return reduce(np.add, shifted(x, layer)) / np.float32(layer.kernel**2)
            case "flatten":
                return x.reshape(-1)
            case "dense":
                weight, bias = self._own(step)
                return weight @ x + bias
            case "residual":
                assert other is not None
                return x + other

    def _own(self, step: Step) -> tuple[Array, Array]:
        """Weight and bias."""
        return self._weights[f"{step.name}.weight"], self._weights[f"{step.name}.bias"]

    def _operation(self, step: Step) -> Operation:
        layer = step.layer
        match layer.kind:
            case "conv":
                side, pad = (layer.stride, layer.stride), (layer.padding, layer.padding)
                return Conv(*self._own(step), stride=side, padding=(pad, pad))
            case "relu":
                return Pointwise("ReLU")
            case "max_pool" | "avg_pool":
                mode: Mode = "max" if layer.kind == "max_pool" else "average"
                return Pool(mode, (layer.kernel, layer.kernel), (layer.stride, layer.stride))
            case "flatten":
                return Move(np.arange(step.shape[0], dtype=np.int32))
            case "dense":
                return Dense(*self._own(step))
            case "residual":
                return Combine("add")


def scaled(output: Array, channels: Mapping[int, float]) -> Array:
    """The output with some of its channels multiplied; a silenced one is 0 even where it was not a number."""
    if not channels:
        return output
    changed = output.copy()
    for channel, factor in channels.items():
        changed[channel] = changed[channel] * np.float32(factor) if factor else 0
    return changed


def shifted(x: Array, layer: Layer) -> list[Array]:
    """For every place in a pool's patch, the maps (C, rows, columns) of what lies there: views, k² of them."""
    size, step = layer.kernel, layer.stride
    rows, columns = ((side - size) // step * step + 1 for side in x.shape[1:])
    return [x[:, y : y + rows : step, z : z + columns : step] for y in range(size) for z in range(size)]


def patches(x: Array, kernel: int, stride: int) -> Array:
    """Every patch of the maps (C, H, W) that a window meets: (C, rows, columns, kernel, kernel), a view."""
    return sliding_window_view(x, (kernel, kernel), axis=(1, 2))[:, ::stride, ::stride]


def convolve(x: Array, weight: Array, bias: Array, layer: Layer) -> Array:
    """Patch × kernel, summed over all input channels, plus bias: one matrix product (im2col)."""
    pad = layer.padding
    padded = np.pad(x, ((0, 0), (pad, pad), (pad, pad))) if pad else x
    windows = patches(padded, layer.kernel, layer.stride)
    rows, columns = windows.shape[1:3]
    unrolled = windows.transpose(0, 3, 4, 1, 2).reshape(-1, rows * columns)
    summed: Array = weight.reshape(len(weight), -1) @ unrolled + bias[:, None]
    return summed.reshape(-1, rows, columns)
