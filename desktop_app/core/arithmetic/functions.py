"""Activation functions by their names, in float64, with their formulas in symbols."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from desktop_app.core.arithmetic.explanation import Numbers


class Function(NamedTuple):
    """compute: of numbers of any shape and the parameter (most have none and ignore it).

    formula: in symbols; x is the number, a the parameter, σ the sigmoid.
    """

    compute: Callable[[Numbers, float], Numbers]
    formula: str


_erf = np.vectorize(math.erf, otypes=[np.float64])


def sigmoid(x: Numbers) -> Numbers:
    with np.errstate(over="ignore"):  # e^1000 is infinite, and its share 0, as it should be
        return 1 / (1 + np.exp(-x))


def softplus(x: Numbers) -> Numbers:
    raised: Numbers = np.logaddexp(0, x)
    return raised


def _gelu_tanh(x: Numbers) -> Numbers:
    bent: Numbers = np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))
    return 0.5 * x * (1 + bent)


def _elu(x: Numbers, a: float) -> Numbers:
    return np.where(x > 0, x, a * np.expm1(np.minimum(x, 0)))


# Alpha and scale of Klambauer et al., "Self-Normalizing Neural Networks", 2017.
_SELU_ALPHA, _SELU_SCALE = 1.6732632423543772, 1.0507009873554805

FUNCTIONS: dict[str, Function] = {
    "ReLU": Function(lambda x, _: np.maximum(0, x), "max(0, x)"),
    "ReLU6": Function(lambda x, _: np.clip(x, 0, 6), "min(6, max(0, x))"),
    "leaky ReLU": Function(lambda x, a: np.where(x > 0, x, a * x), "max(0, x) + a · min(0, x)"),
    "ELU": Function(_elu, "max(0, x) + a · (exp(min(0, x)) − 1)"),
    "SELU": Function(
        lambda x, _: _SELU_SCALE * _elu(x, _SELU_ALPHA), "1.0507 · (max(0, x) + 1.6733 · (exp(min(0, x)) − 1))"
    ),
    "SiLU": Function(lambda x, _: x * sigmoid(x), "x · σ(x)"),
    "GELU": Function(lambda x, _: 0.5 * x * (1 + _erf(x / math.sqrt(2))), "x / 2 · (1 + erf(x / √2))"),
    "GELU (tanh)": Function(lambda x, _: _gelu_tanh(x), "x / 2 · (1 + tanh(√(2/π) · (x + 0.0447 · x³)))"),
    "Mish": Function(lambda x, _: x * np.tanh(softplus(x)), "x · tanh(ln(1 + exp(x)))"),
    "sigmoid": Function(lambda x, _: sigmoid(x), "1 / (1 + exp(−x))"),
    "hard sigmoid": Function(lambda x, _: np.clip(x / 6 + 0.5, 0, 1), "min(1, max(0, x / 6 + 1/2))"),
    "hard swish": Function(lambda x, _: x * np.clip(x / 6 + 0.5, 0, 1), "x · min(1, max(0, x / 6 + 1/2))"),
    "tanh": Function(lambda x, _: np.tanh(x), "tanh(x)"),
    "softplus": Function(lambda x, _: softplus(x), "ln(1 + exp(x))"),
}
"""As torch.nn computes them: hard swish and hard sigmoid of Howard et al., "Searching for MobileNetV3", 2019; GELU
with the error function, of Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016, and its tanh approximation."""
