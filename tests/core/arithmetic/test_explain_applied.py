"""Activation functions and normalisations taken apart."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from made_traces import agreed, one_stage, randn

from desktop_app.core.arithmetic.explain import explain
from desktop_app.core.arithmetic.explanation import (
    Applied,
)
from desktop_app.core.arithmetic.operations import (
    BatchNorm,
    LayerNorm,
    Pointwise,
)

seeds = st.integers(0, 999)


FUNCTIONS = {
    "ReLU": F.relu,
    "ReLU6": F.relu6,
    "leaky ReLU": lambda x: F.leaky_relu(x, 0.1),
    "ELU": lambda x: F.elu(x, 0.1),
    "SELU": F.selu,
    "SiLU": F.silu,
    "GELU": F.gelu,
    "GELU (tanh)": lambda x: F.gelu(x, approximate="tanh"),
    "Mish": F.mish,
    "sigmoid": torch.sigmoid,
    "hard sigmoid": F.hardsigmoid,
    "hard swish": F.hardswish,
    "tanh": torch.tanh,
    "softplus": F.softplus,
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_torchs(name: str) -> None:
    special = torch.tensor([torch.nan, torch.inf, -torch.inf, 0.0, -0.0, 3.0, -3.0, 6.0, 100.0, -100.0, 1e30, -1e30])
    if name == "GELU":
        special = special[special != torch.inf]  # of which torch's vectorised erf makes NaN
    x = torch.cat([special, torch.linspace(-12, 12, 200), randn(100)])
    trace = one_stage(Pointwise(name, 0.1), FUNCTIONS[name](x), x)
    for place in range(len(x)):
        each = explain(trace, 1, (place,))
        assert each.equal, each
        assert each.computed == pytest.approx(each.value, rel=1e-5, abs=1e-6, nan_ok=True)
        assert isinstance(each.how, Applied) and each.how.function == name
        assert np.flatnonzero(each.reads[0]).tolist() == [place]


@pytest.mark.parametrize(
    ("name", "x", "formula", "filled"),
    [
        ("ReLU", -0.25, "max(0, x)", "max(0, −0.25)"),
        ("SiLU", -0.25, "x · σ(x)", "−0.25 · σ(−0.25)"),
        ("sigmoid", -2, "1 / (1 + exp(−x))", "1 / (1 + exp(−(−2)))"),
        ("leaky ReLU", 3, "max(0, x) + a · min(0, x)", "max(0, 3) + 0.1 · min(0, 3)"),
        ("GELU (tanh)", -1, None, "−1 / 2 · (1 + tanh(√(2/π) · (−1 + 0.0447 · (−1)³)))"),
        ("ReLU", np.nan, "max(0, x)", "max(0, NaN)"),
        ("ReLU", -np.inf, "max(0, x)", "max(0, −∞)"),
    ],
)
def test_a_formula_is_filled_with_the_numbers(name: str, x: float, formula: str | None, filled: str) -> None:
    number = torch.tensor([x], dtype=torch.float32)
    how = explain(one_stage(Pointwise(name, 0.1), FUNCTIONS[name](number), number), 1, (0,)).how
    assert isinstance(how, Applied)
    assert how.filled == filled
    assert formula in (None, how.formula)
    assert how.constants == ((("a", 0.1),) if name == "leaky ReLU" else ())


@given(st.sampled_from([(4, 3, 5), (4,)]), seeds)
def test_batch_norm_shows_its_fixed_numbers(shape: tuple[int, ...], seed: int) -> None:
    x, mean, scale, shift = (randn(*sides, seed=seed + n) for n, sides in enumerate((shape, (4,), (4,), (4,))))
    variance = randn(4, seed=seed + 9).square()
    wanted = F.batch_norm(x[None], mean, variance, scale, shift, eps=1e-3)[0]
    operation = BatchNorm(mean.numpy(), variance.numpy(), scale.numpy(), shift.numpy(), 1e-3)
    for each in agreed(one_stage(operation, wanted, x), seed):
        assert isinstance(each.how, Applied)
        assert each.how.formula == "(x − mean) / √(variance + ε) · scale + shift"
        assert evaluated(each.how) == pytest.approx(each.computed)
        assert each.how.x == float(x[each.index]) and each.reads[0].sum() == 1 and each.reads[0][each.index]


@given(st.sampled_from([((6,), -1), ((5, 6), -1), ((6, 2, 3), 0), ((2, 3, 6), -1)]), st.booleans(), seeds)
def test_layer_norm_takes_mean_and_variance_of_the_input(
    case: tuple[tuple[int, ...], int], trained: bool, seed: int
) -> None:
    shape, axis = case
    x, scale, shift = randn(*shape, seed=seed), randn(6, seed=seed + 1), randn(6, seed=seed + 2)
    ends = (scale, shift) if trained else (None, None)
    wanted = F.layer_norm(x.movedim(axis, -1), (6,), *ends, 1e-5).movedim(-1, axis)
    numbers = [None if end is None else end.numpy() for end in ends]
    for each in agreed(one_stage(LayerNorm(axis, numbers[0], numbers[1], 1e-5), wanted, x), seed):
        assert isinstance(each.how, Applied)
        assert evaluated(each.how) == pytest.approx(each.computed)
        assert each.how.formula.endswith("scale + shift") == trained
        row = tuple(slice(None) if at == axis % len(shape) else place for at, place in enumerate(each.index))
        assert each.reads[0][row].all() and each.reads[0].sum() == 6


def evaluated(how: Applied) -> float:
    """The formula of a normalisation, with the constants that are told."""
    told = dict(how.constants)
    plain = (how.x - told["mean"]) / np.sqrt(told["variance"] + told["ε"])
    return float(plain * told.get("scale", 1) + told.get("shift", 0))
