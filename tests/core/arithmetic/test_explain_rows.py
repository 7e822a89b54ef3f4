"""Dense units, shares and attention taken apart: what reads whole rows."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from made_traces import TraceMaker, agreed, one_stage, randn
from torch import Tensor, nn

from desktop_app.core.arithmetic.explain import explain
from desktop_app.core.arithmetic.explanation import (
    Attended,
    Contributions,
    Share,
)
from desktop_app.core.arithmetic.operations import (
    Attention,
    Dense,
    Given,
    Softmax,
)

seeds = st.integers(0, 999)


@given(st.sampled_from([(7,), (4, 7), (2, 3, 7)]), st.booleans(), seeds)
def test_a_dense_units_contributions_come_largest_first(shape: tuple[int, ...], biased: bool, seed: int) -> None:
    x, weight, bias = randn(*shape, seed=seed), randn(5, 7, seed=seed + 1), randn(5, seed=seed + 2)
    wanted = F.linear(x, weight, bias if biased else None)
    operation = Dense(weight.numpy(), bias.numpy() if biased else None)
    for each in agreed(one_stage(operation, wanted, x), seed):
        how = each.how
        assert isinstance(how, Contributions)
        np.testing.assert_array_equal(how.products, how.inputs * how.weights)
        assert how.products.sum() + (how.bias or 0) == pytest.approx(each.computed)
        assert (np.diff(np.abs(how.products)[how.order]) <= 0).all() and sorted(how.order) == list(range(7))
        for place, at in enumerate(how.at):
            assert how.inputs[place] == float(x[tuple(at)]) and each.reads[0][tuple(at)]
        assert each.reads[0].sum() == 7


def test_what_is_not_a_number_comes_first_among_contributions() -> None:
    x = torch.tensor([1.0, torch.nan, 5.0])
    each = explain(one_stage(Dense(np.ones((1, 3), np.float32), None), x.sum()[None], x), 1, (0,))
    assert isinstance(each.how, Contributions) and each.how.order.tolist() == [1, 2, 0]
    assert each.equal and np.isnan(each.computed)


@given(st.sampled_from([(5,), (3, 5)]), st.sampled_from([0.5, 1.0, 3.0]), seeds)
def test_a_probability_is_its_powers_share(shape: tuple[int, ...], temperature: float, seed: int) -> None:
    x = randn(*shape, seed=seed) * 4
    for each in agreed(one_stage(Softmax(temperature), (x / temperature).softmax(-1), x), seed):
        how = each.how
        assert isinstance(how, Share) and how.temperature == temperature
        assert how.powers.max() == 1 and how.total == pytest.approx(how.powers.sum())
        assert how.powers[each.index[-1]] / how.total == each.computed
        np.testing.assert_array_equal(how.logits, x[each.index[:-1]])
        assert each.reads[0][each.index[:-1]].all() and each.reads[0].sum() == 5


def test_shares_too_small_for_float32_are_agreed_upon() -> None:
    x = torch.tensor([0.0, -95.0, -1000.0, -torch.inf])
    trace = one_stage(Softmax(), x.softmax(-1), x)
    assert all(explain(trace, 1, (place,)).equal for place in range(4))


def attention_case(count: int, size: int, heads: int, seed: int) -> tuple[Attention, nn.MultiheadAttention, Tensor]:
    torch.manual_seed(seed)
    layer = nn.MultiheadAttention(size, heads, batch_first=True).eval()
    nn.init.normal_(layer.in_proj_bias)
    nn.init.normal_(layer.out_proj.bias)
    weights = layer.in_proj_weight.detach().chunk(3)
    biases = layer.in_proj_bias.detach().chunk(3)
    out = layer.out_proj
    arrays = [part.numpy() for part in (*weights, *biases, out.weight.detach(), out.bias.detach())]
    return Attention(heads, *arrays), layer, randn(count, size, seed=seed)


@given(st.integers(1, 7), st.sampled_from([(6, 1), (6, 3), (8, 2)]), seeds)
def test_attention_is_torchs(count: int, case: tuple[int, int], seed: int) -> None:
    size, heads = case
    operation, layer, x = attention_case(count, size, heads, seed)
    with torch.inference_mode():
        wanted, weights = layer(x[None], x[None], x[None], average_attn_weights=False)
    for each in agreed(one_stage(operation, wanted[0], x), seed):
        how = each.how
        assert isinstance(how, Attended) and how.weights.shape == how.values.shape == (heads, count)
        np.testing.assert_allclose(how.weights, weights[0, :, each.index[0]], rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(how.heads, (how.weights * how.values).sum(axis=1))
        assert how.heads.sum() + how.bias == pytest.approx(each.computed)
        assert each.reads[0].all()


@pytest.mark.parametrize(
    ("count", "maps", "grid"),
    [
        (16, None, (4, 4, 0)),
        (17, None, (4, 4, 1)),
        (12, None, None),
        (2, None, None),
        (12, (3, 4), (3, 4, 0)),
        (13, (3, 4), (3, 4, 1)),
        (16, (2, 8), (2, 8, 0)),
        (17, (8, 9), (4, 4, 1)),
    ],
)
def test_tokens_are_laid_out_as_the_picture_they_came_from(
    count: int, maps: tuple[int, int] | None, grid: tuple[int, int, int] | None
) -> None:
    operation, layer, x = attention_case(count, 6, 2, 0)
    maker = TraceMaker(x)
    if maps:
        maker.add(Given(), randn(5, *maps))
    maker.add(operation, layer(x[None], x[None], x[None])[0][0], 0)
    how = explain(maker.trace(), len(maker.outputs) - 1, (0, 0)).how
    assert isinstance(how, Attended) and how.grid == grid
