"""The arithmetic of one number of a trace, taken apart so that it can be shown. Made by `explain`.

All numbers are float64, worked out here and not by the framework; `Explanation.equal` says whether both agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Index = tuple[int, ...]
"""Of one number in a stage's output: (channel, row, column), (token, feature) or (unit,)."""
Numbers = NDArray[np.float64]
Places = NDArray[np.intp]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Weighted:
    """One output of a convolution: patch × kernel for every channel that the filter reads.

    patches, kernels, products: (n, kH, kW); padding counts as 0 in a patch.  channels: (n,) of the source.
    rows (kH,), columns (kW,): where the patch lies in the source; those outside of it are padding.
    inside: (kH, kW), false for padding.  sums: (n,), of the products of each channel.
    """

    patches: Numbers
    kernels: Numbers
    products: Numbers
    channels: Places
    rows: Places
    columns: Places
    inside: Flags
    sums: Numbers
    bias: float | None


@dataclass(frozen=True, eq=False)
class Contributions:
    """One dense unit: inputs × weights = products, each (n,); order: the largest contributions |product| first.

    at: (n, dimensions of the source), the index of each input in it.
    """

    inputs: Numbers
    weights: Numbers
    products: Numbers
    order: Places
    at: Places
    bias: float | None


@dataclass(frozen=True, eq=False)
class Window:
    """One output of a pool. patch, inside: (kH, kW).  rows (kH,), columns (kW,), channel: where it lies in the source.

    patch: 0 for padding.  winner: (row, column) in the patch of the number that a maximum picks, the first in reading
    order as in torch; None of an average, and where all is padding.
    divisor: by what the sum is divided for an average.
    """

    mode: Literal["max", "average"]
    patch: Numbers
    inside: Flags
    rows: Places
    columns: Places
    channel: int
    winner: tuple[int, int] | None
    divisor: int | None


@dataclass(frozen=True, eq=False)
class Applied:
    """A function of one number. formula: in symbols, as "max(0, x)"; filled: with the numbers.

    constants: the symbols besides x, in the order of the formula, as ("mean", 0.12).
    """

    function: str
    x: float
    formula: str
    filled: str
    constants: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, eq=False)
class Combined:
    """Numbers added or multiplied. operands: (source's position, index in it, value), a constant with position None."""

    by: Literal["add", "multiply"]
    operands: tuple[tuple[int | None, Index, float], ...]


@dataclass(frozen=True, eq=False)
class Copied:
    """The same number, standing elsewhere: of a flatten, a concatenation, a permutation."""

    source: int
    index: Index


@dataclass(frozen=True, eq=False)
class Attended:
    """One feature of one token after attention.

    weights: (heads, L), the row of this token, each head's adding up to 1.  values: (heads, L), by what each head's
    weight of a token is multiplied, through the output projection down to this one feature; heads: (heads,), their
    sums, which with the bias add up to the feature.  grid: (rows, columns) of the patches where the tokens are a
    picture, and how many tokens stand before them (a class token); None where they are none.
    """

    weights: Numbers
    values: Numbers
    heads: Numbers
    bias: float
    grid: tuple[int, int, int] | None


@dataclass(frozen=True, eq=False)
class Share:
    """One probability: power / total, powers = e^(logit / temperature), here divided by the largest of them."""

    logits: Numbers
    powers: Numbers
    total: float
    temperature: float


@dataclass(frozen=True)
class Input:
    """A number that was given, and no stage computed."""


@dataclass(frozen=True)
class Untold:
    """What this stage computes is not taken apart."""


How = Weighted | Contributions | Window | Applied | Combined | Copied | Attended | Share | Input | Untold


@dataclass(frozen=True, eq=False)
class Explanation:
    """One number of a trace.

    position: of the stage in the trace.  computed: what the arithmetic here gives (NaN for Untold), after the factor.
    value: the network's own number.  equal: whether they agree to float32's tolerance; two NaN do.
    factor: by which the person scales this map, 1 when not at all (see core/forward/factors.py).
    reads: a source's position → which of its numbers this one reads, booleans of the source's shape (read-only: they
    may be views).
    """

    position: int
    index: Index
    how: How
    computed: float
    value: float
    equal: bool
    factor: float
    reads: dict[int, Flags]
