"""What a stage computes, with its weights as numpy: enough to work out any one of its numbers by hand.

An operation reads the outputs of its stage's sources, in their order. Its arrays are shared with the network and never
changed. Shapes are without the batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Pair = tuple[int, int]
"""(vertical, horizontal)."""
Mode = Literal["max", "average"]


@dataclass(frozen=True, eq=False)
class Conv:
    """weight: (out, in / groups, kH, kW); bias: (out,).  padding: ((top, bottom), (left, right)), filled with zeros."""

    weight: Array
    bias: Array | None
    stride: Pair = (1, 1)
    padding: tuple[Pair, Pair] = ((0, 0), (0, 0))
    dilation: Pair = (1, 1)
    groups: int = 1


@dataclass(frozen=True, eq=False)
class Dense:
    """weight: (out, in); bias: (out,). Works along the last axis: of (in,), or of tokens (L, in)."""

    weight: Array
    bias: Array | None


@dataclass(frozen=True, eq=False)
class Pool:
    """Windows of one size. counts_padding: whether an average divides by the padding's pixels too; a window that
    ceil_mode lets reach past the padding never counts what lies beyond it.  divisor: by what an average divides
    instead."""

    mode: Mode
    kernel: Pair
    stride: Pair
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)
    counts_padding: bool = True
    divisor: int | None = None


@dataclass(frozen=True, eq=False)
class AdaptivePool:
    """Output row i reads source rows floor(i·H/h) to ceil((i+1)·H/h), columns likewise; (1, 1) is a global pool."""

    mode: Mode
    output: Pair


@dataclass(frozen=True, eq=False)
class Pointwise:
    """A function of each number alone: an activation function by its name in `functions.FUNCTIONS`.

    parameter: of those that have one (the slope of a leaky ReLU).
    """

    function: str
    parameter: float = 0.0


@dataclass(frozen=True, eq=False)
class BatchNorm:
    """(x − mean) / √(variance + epsilon) · scale + shift, each (C,): fixed numbers, since the network only answers."""

    mean: Array
    variance: Array
    scale: Array
    shift: Array
    epsilon: float


@dataclass(frozen=True, eq=False)
class LayerNorm:
    """As BatchNorm, but mean and variance are those of the input itself over its last axis, or over channels.

    axis: −1 for tokens (L, N) and rows (N,), 0 for maps (C, H, W) that are normalised over their channels.
    scale, shift: (N,) or None.
    """

    axis: int
    scale: Array | None
    shift: Array | None
    epsilon: float


@dataclass(frozen=True, eq=False)
class Combine:
    """Adds or multiplies its sources number by number, with numpy's broadcasting; and the constant, if any."""

    by: Literal["add", "multiply"]
    constant: float | Array | None = None


@dataclass(frozen=True, eq=False)
class Concat:
    """Its sources one after the other along an axis.

    fixed: where numbers of the network's own stand between them, as a class token before the others: these, and None
    where it is the next source's turn; () where there are none.
    """

    axis: int
    fixed: tuple[Array | None, ...] = ()

    def parts(self, sources: int) -> tuple[Array | None, ...]:
        """`fixed`, or None for each of so many sources."""
        return self.fixed or (None,) * sources


@dataclass(frozen=True, eq=False)
class Move:
    """Only moves numbers of its one source: flatten, permute, slice, channel shuffle, zeros around it.

    index: of the stage's own shape; which number of the flattened source stands there, −1 for a zero of its own.
    """

    index: NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Attention:
    """Multi-head self-attention over tokens (L, E) (Vaswani et al., "Attention Is All You Need", 2017).

    query, key, value: (E, E) with biases (E,); out likewise. Rows of a projection belong to heads, E / heads each.
    """

    heads: int
    query: Array
    key: Array
    value: Array
    query_bias: Array
    key_bias: Array
    value_bias: Array
    out: Array
    out_bias: Array


@dataclass(frozen=True)
class Softmax:
    """Of the logits divided by the temperature; along the last axis."""

    temperature: float = 1.0


@dataclass(frozen=True)
class Given:
    """The input itself."""


@dataclass(frozen=True)
class Unknown:
    """Nobody has taught ConvLens to take this one apart; its numbers are shown without their arithmetic."""


Operation = (
    Conv
    | Dense
    | Pool
    | AdaptivePool
    | Pointwise
    | BatchNorm
    | LayerNorm
    | Combine
    | Concat
    | Move
    | Attention
    | Softmax
    | Given
    | Unknown
)
