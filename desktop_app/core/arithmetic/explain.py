"""Any one number of a trace, worked out again by hand: what it was made from, and whether that gives the same."""

from __future__ import annotations

import math

import numpy as np

from desktop_app.core.arithmetic.applied import batch_norm, layer_norm, pointwise
from desktop_app.core.arithmetic.attention import attention
from desktop_app.core.arithmetic.explanation import Explanation, Index, Input, Untold
from desktop_app.core.arithmetic.gathered import combination, concatenation, move
from desktop_app.core.arithmetic.operations import (
    AdaptivePool,
    Attention,
    BatchNorm,
    Combine,
    Concat,
    Conv,
    Dense,
    Given,
    LayerNorm,
    Move,
    Pointwise,
    Pool,
    Softmax,
    Unknown,
)
from desktop_app.core.arithmetic.reach import only, reads
from desktop_app.core.arithmetic.rows import dense, softmax
from desktop_app.core.arithmetic.windows import adaptive_pool, convolution, pool
from desktop_app.core.arithmetic.worked import Worked
from desktop_app.core.forward.trace import Trace, only_reader

TOLERANCE = 1e-5
"""How far the network's number may be off, as a part of the sum of the absolute values of its terms.

Adding n numbers in float32 rounds by about √n · 2⁻²⁴ of that sum: 1e-5 for 28,000 terms, more than any of the usual
nets adds up. What is wrong (another weight, a pixel beside) is off by far more.
"""
SMALLEST = float(np.finfo(np.float32).tiny)
"""Below it float32 has fewer digits, or is rounded to 0."""


def explain(trace: Trace, position: int, index: Index) -> Explanation:
    """The number at `index` of the output of the stage at `position`.

    Raises IndexError where the trace has no such number.
    """
    mask = only(trace, position, index)
    value = float(trace.outputs[position][index])
    factor = trace.factors.of(position, index[trace.stages[position].channels])
    with np.errstate(all="ignore"):  # what is infinite or not a number is shown as such
        how, computed, size = _work_out(trace, position, index)
        match how:
            case Input():
                equal = True
            case Untold():
                equal = False
            case _:  # a silenced map is 0 even where it was not a number
                computed, size = (computed * factor, size * abs(factor)) if factor else (0.0, 0.0)
                equal = agree(computed, value, size)
    return Explanation(position, index, how, computed, value, equal, factor, reads(trace, position, mask))


def following(trace: Trace, position: int, index: Index) -> tuple[Explanation, ...]:
    """The same place in the stages after this one, as long as they only change each number alone: a batch norm, a
    factor or summand of its own, an activation function. Each of them is the only one that reads the one before it.

    Raises IndexError where the trace has no such number.
    """
    only(trace, position, index)
    chain = []
    while (after := _next(trace, position)) is not None:
        chain.append(explain(trace, after, index))
        position = after
    return tuple(chain)


def _next(trace: Trace, position: int) -> int | None:
    reader = only_reader(trace.stages, position)
    if reader is None:
        return None
    match trace.operations[reader]:
        case Pointwise() | BatchNorm() | Combine():
            stage = trace.stages[reader]
            alone = stage.sources == (position,) and stage.shape == trace.stages[position].shape
            return reader if alone else None
    return None


def agree(computed: float, value: float, size: float) -> bool:
    """Whether float32's rounding explains the difference. size: sum of the terms' absolute values."""
    if math.isnan(value) or math.isnan(computed):
        return math.isnan(value) and math.isnan(computed)
    if math.isinf(value) or not math.isfinite(size):
        return float(np.float32(computed)) == value
    return abs(computed - value) <= TOLERANCE * size + SMALLEST


def _work_out(trace: Trace, position: int, index: Index) -> Worked:
    positions = trace.stages[position].sources
    sources = [trace.outputs[source] for source in positions]
    match trace.operations[position]:
        case Conv() as operation:
            return convolution(operation, sources[0], index)
        case Dense() as operation:
            return dense(operation, sources[0], index)
        case Pool() as operation:
            return pool(operation, sources[0], index)
        case AdaptivePool() as operation:
            return adaptive_pool(operation, sources[0], index)
        case Pointwise() as operation:
            return pointwise(operation, sources[0], index)
        case BatchNorm() as operation:
            return batch_norm(operation, sources[0], index)
        case LayerNorm() as operation:
            return layer_norm(operation, sources[0], index)
        case Combine() as operation:
            return combination(operation, positions, sources, index)
        case Concat() as operation:
            return concatenation(operation, positions, sources, index)
        case Move() as operation:
            return move(operation, positions[0], sources[0], index)
        case Attention() as operation:
            return attention(operation, sources[0], index, trace.stages[:position])
        case Softmax() as operation:
            return softmax(operation, sources[0], index)
        case Given():
            return _given(trace, position, index)
        case Unknown():
            return Worked(Untold(), math.nan, 0.0)


def _given(trace: Trace, position: int, index: Index) -> Worked:
    number = float(trace.outputs[position][index])
    return Worked(Input(), number, abs(number))
