"""What torch's functions, tensors' methods and Python's operators compute, in the words of core/arithmetic/operations.

Each reader is called as the function itself is, after the call: with nodes for what the network computes and plain
numbers for sizes. A signature that does not fit means that the function was used in a way that is not known here.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
import torch.nn.functional as F
from torch import fx

from desktop_app.core.arithmetic.operations import (
    AdaptivePool,
    Array,
    Combine,
    Concat,
    Dense,
    LayerNorm,
    Mode,
    Operation,
    Pointwise,
    Softmax,
    Unknown,
)
from desktop_app.learn.network import layer_operations as layers
from desktop_app.learn.network.traced_graph import TracedGraph

Found = tuple[Operation, Sequence[Any]]
"""What is computed of which nodes; anything else among them makes it unknown."""
NOTHING: Found = (Unknown(), ())

Reader = Callable[..., Found]
By = Literal["add", "multiply"]


@dataclass(frozen=True)
class Call:
    """A node that calls something."""

    graph: TracedGraph
    node: fx.Node

    def shape(self, node: fx.Node) -> tuple[int, ...]:
        """Without the batch."""
        return tuple(self.graph.values[node].shape[1:])

    def axis(self, node: fx.Node, dim: int) -> int:
        """Of the value without the batch; −1 is the batch itself."""
        return dim % (len(self.shape(node)) + 1) - 1

    def weights(self, *given: Any) -> tuple[Any, ...] | None:
        """The weights that these nodes are; None for those not given, and for them all if one is no weight."""
        found = tuple(None if each is None else self.graph.constant(each) for each in given)
        missing = (weight is None and each is not None for each, weight in zip(given, found, strict=True))
        return None if any(missing) else found


def _function(name: str) -> Reader:
    def read(_call: Call, x: Any, inplace: bool = False) -> Found:
        return Pointwise(name), (x,)

    return read


def _gelu(_call: Call, x: Any, approximate: str = "none") -> Found:
    return layers.gelu(approximate), (x,)


def _leaky_relu(_call: Call, x: Any, negative_slope: float = 0.01, inplace: bool = False) -> Found:
    return Pointwise("leaky ReLU", negative_slope), (x,)


def _elu(_call: Call, x: Any, alpha: float = 1.0, inplace: bool = False) -> Found:
    return Pointwise("ELU", alpha), (x,)


def _clamp(_call: Call, x: Any, min: Any = None, max: Any = None) -> Found:  # noqa: A002
    return layers.clamp(min, max), (x,)


def _softmax(call: Call, x: Any, dim: int, _stacklevel: int = 3, dtype: None = None) -> Found:
    return (Softmax(), (x,)) if call.axis(x, dim) == len(call.shape(x)) - 1 else NOTHING


def _conv(
    call: Call, x: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1,
    groups: int = 1,
) -> Found:  # fmt: skip
    weights = call.weights(weight, bias)
    if weights is None:
        return NOTHING
    return layers.conv(weights[0], weights[1], stride, padding, dilation, groups), (x,)


def _linear(call: Call, x: Any, weight: Any, bias: Any = None) -> Found:
    weights = call.weights(weight, bias)
    return (Dense(layers.array(weights[0]), layers.maybe(weights[1])), (x,)) if weights else NOTHING


def _layer_norm(
    call: Call, x: Any, normalized_shape: Sequence[int], weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Found:
    weights = call.weights(weight, bias)
    if weights is None or len(normalized_shape) != 1:
        return NOTHING
    return LayerNorm(-1, layers.maybe(weights[0]), layers.maybe(weights[1]), eps), (x,)


def _max_pool(
    _call: Call, x: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1,
    ceil_mode: bool = False, return_indices: bool = False,
) -> Found:  # fmt: skip
    return layers.max_pool(kernel_size, stride, padding, dilation), (x,)


def _average_pool(
    _call: Call, x: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
    count_include_pad: bool = True, divisor_override: int | None = None,
) -> Found:  # fmt: skip
    return layers.average_pool(kernel_size, stride, padding, count_include_pad, divisor_override), (x,)


def _adaptive(mode: Mode) -> Reader:
    def read(call: Call, x: Any, output_size: Any, return_indices: bool = False) -> Found:
        return layers.adaptive_pool(mode, output_size, call.shape(x)), (x,)

    return read


def _global(mode: Mode) -> Reader:
    """mean and amax over a map's rows and columns."""

    def read(call: Call, x: Any, dim: Any = (), keepdim: bool = False) -> Found:
        axes = {call.axis(x, each) for each in ((dim,) if isinstance(dim, int) else dim)}
        return (AdaptivePool(mode, (1, 1)), (x,)) if len(call.shape(x)) == 3 and axes == {1, 2} else NOTHING

    return read


def _concat(call: Call, x: Sequence[Any], dim: int = 0) -> Found:
    axis, fixed = call.axis(call.node, dim), tuple(_fixed(call, each) for each in x)
    if axis < 0 or len(fixed) != len(x):
        return NOTHING
    read = [each for each, part in zip(x, fixed, strict=True) if part is None]
    return Concat(axis, fixed if len(read) < len(x) else ()), read


def _fixed(call: Call, given: Any) -> Array | None:
    """A weight without its batch of one; None for what comes from the input."""
    weight = call.graph.constant(given) if isinstance(given, fx.Node) else None
    return None if weight is None else layers.array(weight[0])


def _add(call: Call, x: Any, other: Any, alpha: float = 1) -> Found:
    return _combined(call, "add", x, other) if alpha == 1 else NOTHING


def _multiply(call: Call, x: Any, other: Any) -> Found:
    return _combined(call, "multiply", x, other)


def _subtract(call: Call, x: Any, other: Any, alpha: float = 1) -> Found:
    number = _constant(call, other)
    return NOTHING if number is None or alpha != 1 else _with_constant(call, "add", x, -number)


def _divide(call: Call, x: Any, other: Any) -> Found:
    number = _constant(call, other)
    if number is None or not np.all(number):
        return NOTHING
    return _with_constant(call, "multiply", x, 1 / number if isinstance(number, float) else np.reciprocal(number))


def _combined(call: Call, by: By, x: Any, other: Any) -> Found:
    for each, number in ((x, _constant(call, other)), (other, _constant(call, x))):
        if number is not None:
            return _with_constant(call, by, each, number)
    fits = np.broadcast_shapes(call.shape(x), call.shape(other)) == call.shape(call.node)
    return (Combine(by), (x, other)) if fits else NOTHING


def _with_constant(call: Call, by: By, x: Any, number: float | Array) -> Found:
    fits = np.broadcast_shapes(call.shape(x), np.shape(number)) == call.shape(call.node)
    return (Combine(by, number), (x,)) if fits else NOTHING


def _constant(call: Call, given: Any) -> float | Array | None:
    """A number, or a weight without its batch of one; None for what comes from the input."""
    if isinstance(given, int | float):
        return float(given)
    weight = call.graph.constant(given) if isinstance(given, fx.Node) else None
    if weight is None:
        return None
    if weight.ndim > len(call.shape(call.node)):
        weight = weight[0]
    return layers.array(weight) if weight.ndim else float(weight)


CALLS: dict[Any, Reader] = {
    **dict.fromkeys((torch.relu, F.relu, "relu"), _function("ReLU")),
    F.relu6: _function("ReLU6"),
    F.silu: _function("SiLU"),
    F.mish: _function("Mish"),
    F.selu: _function("SELU"),
    F.hardswish: _function("hard swish"),
    F.hardsigmoid: _function("hard sigmoid"),
    **dict.fromkeys((torch.sigmoid, F.sigmoid, "sigmoid"), _function("sigmoid")),
    **dict.fromkeys((torch.tanh, F.tanh, "tanh"), _function("tanh")),
    F.gelu: _gelu,
    F.leaky_relu: _leaky_relu,
    F.elu: _elu,
    **dict.fromkeys((torch.clamp, "clamp"), _clamp),
    **dict.fromkeys((torch.softmax, F.softmax, "softmax"), _softmax),
    F.conv2d: _conv,
    F.linear: _linear,
    F.layer_norm: _layer_norm,
    **dict.fromkeys((F.max_pool2d, torch.max_pool2d), _max_pool),
    F.avg_pool2d: _average_pool,
    F.adaptive_avg_pool2d: _adaptive("average"),
    F.adaptive_max_pool2d: _adaptive("max"),
    **dict.fromkeys((torch.mean, "mean"), _global("average")),
    **dict.fromkeys((torch.amax, "amax"), _global("max")),
    **dict.fromkeys((torch.cat, torch.concat), _concat),
    **dict.fromkeys((operator.add, torch.add, "add"), _add),
    **dict.fromkeys((operator.mul, torch.mul, torch.multiply, "mul"), _multiply),
    **dict.fromkeys((operator.sub, torch.sub, "sub"), _subtract),
    **dict.fromkeys((operator.truediv, torch.div, "div"), _divide),
}
"""By the function itself, or by a method's name."""
