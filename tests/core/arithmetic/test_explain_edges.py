"""What is given, unknown, scaled or not there; and the chain that a number is followed along."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import strategies as st
from made_traces import TraceMaker, one_stage, randn

from desktop_app.core.arithmetic.explain import explain, following
from desktop_app.core.arithmetic.explanation import (
    Input,
    Untold,
)
from desktop_app.core.arithmetic.operations import (
    BatchNorm,
    Combine,
    Conv,
    Operation,
    Pointwise,
    Unknown,
)
from desktop_app.core.forward.factors import Factors

seeds = st.integers(0, 999)


def test_what_is_given_and_what_is_unknown() -> None:
    x = randn(3, 4, 4)
    x[0, 0, 0] = torch.nan
    trace = one_stage(Unknown(), x.sum(dim=0), x)
    each = explain(trace, 0, (0, 0, 0))
    assert each.how == Input() and each.equal and np.isnan(each.value) and each.reads == {}
    each = explain(trace, 1, (1, 2))
    assert each.how == Untold() and not each.equal and np.isnan(each.computed) and each.reads[0].all()
    assert not explain(trace, 1, (0, 0)).equal  # not even where both are not a number


@pytest.mark.parametrize("factor", [0.0, 0.25, -2.0])
def test_a_scaled_map_is_agreed_upon(factor: float) -> None:
    x, weight = randn(2, 5, 5), randn(3, 2, 3, 3, seed=1)
    x[0, 0, 0] = torch.nan
    wanted = F.conv2d(x, weight)
    wanted[1] = wanted[1] * factor if factor else 0
    trace = dataclasses.replace(
        one_stage(Conv(weight.numpy(), None), wanted, x), factors=Factors().having(1, 1, factor)
    )
    for index in np.ndindex(3, 3, 3):
        each = explain(trace, 1, index)
        assert each.equal and each.factor == (factor if index[0] == 1 else 1)
        np.testing.assert_allclose(each.computed, each.value, rtol=1e-4, atol=1e-5)
        if factor == 0 and index[0] == 1:
            assert each.computed == 0


@pytest.mark.parametrize(
    ("position", "index", "message"),
    [
        (2, (0, 0, 0), "no stage 2"),
        (-1, (0, 0, 0), "no stage -1"),
        (1, (0, 0), "its shape is 3×4×4"),
        (1, (3, 0, 0), "its shape is 3×4×4"),
        (1, (0, -1, 0), "its shape is 3×4×4"),
    ],
)
def test_a_number_that_is_not_there_is_an_error(position: int, index: tuple[int, ...], message: str) -> None:
    trace = one_stage(Pointwise("ReLU"), randn(3, 4, 4).relu(), randn(3, 4, 4))
    for ask in (explain, following):
        with pytest.raises(IndexError, match=message):
            ask(trace, position, index)


def chain() -> TraceMaker:
    """conv → batch norm → + 1 → ReLU, and an addition that reads the ReLU beside the input."""
    maker = TraceMaker(x := randn(2, 4, 4))
    weight = randn(2, 2, 1, 1, seed=1)
    maker.add(Conv(weight.numpy(), None), x := F.conv2d(x, weight), 0)
    ones = np.ones(2, np.float32)
    maker.add(BatchNorm(0 * ones, ones, 2 * ones, ones, 0.0), x := x * 2 + 1, 1)
    maker.add(Combine("add", 1.0), x := x + 1, 2)
    maker.add(Pointwise("ReLU"), x := x.relu(), 3)
    maker.add(Combine("add"), x + torch.as_tensor(maker.outputs[0]), 4, 0)
    return maker


def test_a_number_is_followed_to_the_end_of_its_chain() -> None:
    trace = chain().trace()
    found = following(trace, 1, (1, 2, 3))
    assert [each.position for each in found] == [2, 3, 4]
    assert all(each.equal and each.index == (1, 2, 3) for each in found)
    assert [each.position for each in following(trace, 3, (0, 0, 0))] == [4]
    assert following(trace, 4, (0, 0, 0)) == ()  # the addition has another source
    assert following(trace, 0, (0, 0, 0)) == ()  # a convolution reads more than this pixel


def test_no_chain_goes_past_a_stage_that_another_reads_too() -> None:
    maker = chain()
    maker.add(Pointwise("tanh"), torch.as_tensor(maker.outputs[2]).tanh(), 2)
    assert [each.position for each in following(maker.trace(), 1, (0, 0, 0))] == [2]


@pytest.mark.parametrize("operation", [Combine("add"), Combine("multiply")])
def test_a_number_added_to_itself_is_no_chain(operation: Operation) -> None:
    maker = TraceMaker(x := randn(2, 4, 4))
    maker.add(operation, x, 0, 0)
    assert following(maker.trace(), 0, (0, 0, 0)) == ()
