"""A function of one number: activation functions and normalisations."""

from __future__ import annotations

import re

import numpy as np

from desktop_app.core.arithmetic.explanation import Applied, Index
from desktop_app.core.arithmetic.functions import FUNCTIONS
from desktop_app.core.arithmetic.operations import Array, BatchNorm, LayerNorm, Pointwise
from desktop_app.core.arithmetic.worked import Worked

_NORMALISED = "(x − mean) / √(variance + ε)"


def pointwise(operation: Pointwise, source: Array, index: Index) -> Worked:
    compute, formula = FUNCTIONS[operation.function]
    x = float(source[index])
    constants = (("a", operation.parameter),) if "a ·" in formula else ()
    computed = float(compute(np.array(x), operation.parameter))
    # At the left end of a GELU the result is far smaller than the numbers that it was rounded with.
    return Worked(_applied(operation.function, x, formula, constants), computed, abs(computed) + abs(x) / 32)


def batch_norm(operation: BatchNorm, source: Array, index: Index) -> Worked:
    """source: (C, H, W) or (C,)."""
    channel = index[0]
    return _normalised(
        "batch norm",
        float(source[index]),
        float(operation.mean[channel]),
        float(operation.variance[channel]),
        operation.epsilon,
        (("scale", float(operation.scale[channel])), ("shift", float(operation.shift[channel]))),
    )


def layer_norm(operation: LayerNorm, source: Array, index: Index) -> Worked:
    axis = operation.axis % source.ndim
    row = np.moveaxis(source, axis, -1)[index[:axis] + index[axis + 1 :]].astype(np.float64)
    trained = tuple(
        (symbol, float(numbers[index[axis]]))
        for symbol, numbers in (("scale", operation.scale), ("shift", operation.shift))
        if numbers is not None
    )
    return _normalised(
        "layer norm", float(source[index]), float(row.mean()), float(row.var()), operation.epsilon, trained
    )


def _normalised(
    function: str, x: float, mean: float, variance: float, epsilon: float, trained: tuple[tuple[str, float], ...]
) -> Worked:
    """trained: scale and shift, those that there are."""
    formula = _NORMALISED
    spread = np.sqrt(np.float64(variance) + epsilon)
    computed, size = (x - mean) / spread, (abs(x) + abs(mean)) / spread
    for symbol, number in trained:
        if symbol == "scale":
            formula, computed, size = f"{formula} · scale", computed * number, size * abs(number)
        else:
            formula, computed, size = f"{formula} + shift", computed + number, size + abs(number)
    constants = (("mean", mean), ("variance", variance), ("ε", epsilon), *trained)
    return Worked(_applied(function, x, formula, constants), float(computed), float(size))


def _applied(function: str, x: float, formula: str, constants: tuple[tuple[str, float], ...]) -> Applied:
    return Applied(function, x, formula, _filled(formula, {"x": x, **dict(constants)}), constants)


def _filled(formula: str, numbers: dict[str, float]) -> str:
    """The formula with four digits of every number; a negative one in brackets unless it already stands in them."""

    def number(match: re.Match[str]) -> str:
        text = f"{numbers[match[0]]:.4g}".replace("-", "−").replace("inf", "∞").replace("nan", "NaN")
        before, after = formula[: match.start()].rstrip(), formula[match.end() :]
        alone = before.endswith(("(", ",")) and not after.startswith("³")
        return f"({text})" if text.startswith("−") and not alone and before else text

    return re.sub("|".join(rf"(?<![a-z]){symbol}(?![a-z])" for symbol in numbers), number, formula)
