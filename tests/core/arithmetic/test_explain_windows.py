"""Convolutions and pools taken apart give torch's numbers, whatever their windows."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import assume, given
from hypothesis import strategies as st
from made_traces import agreed, one_stage, randn, some_indices
from torch import Tensor

from desktop_app.core.arithmetic.explain import explain
from desktop_app.core.arithmetic.explanation import Explanation, Index, Weighted, Window
from desktop_app.core.arithmetic.operations import AdaptivePool, Conv, Pool
from desktop_app.core.forward.trace import Trace

pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))


@st.composite
def convolutions(draw: st.DrawFn) -> tuple[Tensor, Conv, Tensor]:
    """Maps, a convolution, and what torch makes of them."""
    groups = draw(st.integers(1, 3))
    ins, outs = groups * draw(st.integers(1, 3)), groups * draw(st.integers(1, 3))
    kernel, stride, dilation = draw(pairs), draw(pairs), draw(pairs)
    padding = draw(st.tuples(*[st.tuples(st.integers(0, 4), st.integers(0, 4))] * 2))
    height, width = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    for axis, side in enumerate((height, width)):
        assume(side + sum(padding[axis]) > dilation[axis] * (kernel[axis] - 1))
    seed = draw(st.integers(0, 999))
    x = randn(ins, height, width, seed=seed)
    weight = randn(outs, ins // groups, *kernel, seed=seed + 1)
    bias = randn(outs, seed=seed + 2) if draw(st.booleans()) else None
    (top, bottom), (left, right) = padding
    padded = F.pad(x[None], (left, right, top, bottom))
    wanted = F.conv2d(padded, weight, bias, stride, 0, dilation, groups)[0]
    numbers = None if bias is None else bias.numpy()
    return x, Conv(weight.numpy(), numbers, stride, padding, dilation, groups), wanted


@given(convolutions())
def test_a_convolution_is_patch_times_kernel(case: tuple[Tensor, Conv, Tensor]) -> None:
    x, operation, wanted = case
    for each in agreed(one_stage(operation, wanted, x)):
        how = each.how
        assert isinstance(how, Weighted)
        np.testing.assert_array_equal(how.products, how.patches * how.kernels)
        np.testing.assert_allclose(how.sums, how.products.sum(axis=(1, 2)))
        np.testing.assert_allclose(how.sums.sum() + (how.bias or 0), each.computed)
        assert (how.bias is None) == (operation.bias is None)
        np.testing.assert_array_equal(how.kernels, operation.weight[each.index[0]])
        assert not how.patches[:, ~how.inside].any()
        for at in np.argwhere(how.inside):
            row, column = how.rows[at[0]], how.columns[at[1]]
            np.testing.assert_array_equal(how.patches[:, at[0], at[1]], x.numpy()[how.channels, row, column])
        rows, columns = (np.unique(places) for places in (how.rows, how.columns))
        wanted_mask = np.zeros(x.shape, np.bool_)
        wanted_mask[
            np.ix_(
                how.channels,
                rows[(rows >= 0) & (rows < x.shape[1])],
                columns[(columns >= 0) & (columns < x.shape[2])],
            )
        ] = True
        np.testing.assert_array_equal(each.reads[0], wanted_mask)


@st.composite
def pools(draw: st.DrawFn, mode: str) -> tuple[Tensor, Pool, bool]:
    """Maps, a pool, and whether its last windows may reach past the padding."""
    kernel, stride = draw(pairs), draw(pairs)
    padding = tuple(draw(st.integers(0, side // 2)) for side in kernel)
    dilation = draw(pairs) if mode == "max" else (1, 1)
    height, width = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    for axis, side in enumerate((height, width)):
        assume(side + 2 * padding[axis] > dilation[axis] * (kernel[axis] - 1))
    counts, divisor = draw(st.booleans()), draw(st.sampled_from([None, None, 3]))
    if mode == "max":
        pool = Pool("max", kernel, stride, (padding[0], padding[1]), dilation)
    else:
        pool = Pool("average", kernel, stride, (padding[0], padding[1]), (1, 1), counts, divisor)
    # Few different numbers, so that windows often have several winners.
    x = randn(2, height, width, seed=draw(st.integers(0, 999))).mul(draw(st.sampled_from([1, 100]))).round()
    return x, pool, draw(st.booleans())


@given(pools("max"), st.booleans(), st.integers(0, 99))
def test_a_max_pool_has_torchs_winner(case: tuple[Tensor, Pool, bool], missing: bool, seed: int) -> None:
    x, pool, ceil = case
    if missing:
        x[torch.rand(x.shape, generator=torch.Generator().manual_seed(seed)) < 0.2] = torch.nan
    wanted, places = F.max_pool2d(
        x, pool.kernel, pool.stride, pool.padding, pool.dilation, ceil_mode=ceil, return_indices=True
    )
    trace = one_stage(pool, wanted, x)
    for index in some_indices(tuple(wanted.shape), 4, seed):
        each = explain(trace, 1, index)
        how = each.how
        assert each.equal
        np.testing.assert_equal(each.computed, each.value)
        assert isinstance(how, Window) and how.divisor is None and how.channel == index[0]
        if how.winner is None:
            assert not how.inside.any() and each.value == -np.inf
            continue
        row, column = how.rows[how.winner[0]], how.columns[how.winner[1]]
        assert row * x.shape[2] + column == places[index]
        np.testing.assert_equal(how.patch[how.winner], each.value)
        assert each.reads[0].sum() == how.inside.sum() and each.reads[0][index[0], row, column]


@given(pools("average"))
def test_an_average_pool_divides_as_torch_does(case: tuple[Tensor, Pool, bool]) -> None:
    x, pool, ceil = case
    wanted = F.avg_pool2d(
        x, pool.kernel, pool.stride, pool.padding, ceil, pool.counts_padding, divisor_override=pool.divisor
    )
    for each in agreed(one_stage(pool, wanted, x)):
        how = each.how
        assert isinstance(how, Window) and how.winner is None and how.divisor
        assert each.computed == pytest.approx(how.patch.sum() / how.divisor)
        assert each.reads[0].sum() == how.inside.sum()
        if pool.divisor:
            assert how.divisor == pool.divisor


@given(
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
    st.tuples(st.integers(1, 4), st.integers(1, 4)),
    st.sampled_from(["max", "average"]),
    st.integers(0, 99),
)
def test_an_adaptive_pool_has_windows_of_several_sizes(
    sides: tuple[int, int], output: tuple[int, int], mode: str, seed: int
) -> None:
    x = randn(3, *sides, seed=seed)
    if mode == "max":
        operation = AdaptivePool("max", output)
        wanted, places = F.adaptive_max_pool2d(x, output, return_indices=True)
    else:
        operation, places = AdaptivePool("average", output), None
        wanted = F.adaptive_avg_pool2d(x, output)
    for each in agreed(one_stage(operation, wanted, x), seed=seed):
        how = each.how
        assert isinstance(how, Window) and how.inside.all() and each.reads[0].sum() == how.patch.size
        if places is None:
            assert how.divisor == how.patch.size
        else:
            assert how.winner is not None
            assert how.rows[how.winner[0]] * sides[1] + how.columns[how.winner[1]] == places[each.index]


def test_a_mean_over_both_sides_is_a_global_pool() -> None:
    x = randn(3, 4, 5)
    for each in agreed(one_stage(AdaptivePool("average", (1, 1)), x.mean(dim=(1, 2)), x)):
        assert isinstance(each.how, Window) and each.how.divisor == 20
        assert each.reads[0][each.index[0]].all() and each.reads[0].sum() == 20


def test_the_first_of_equals_wins_and_padding_never() -> None:
    x = torch.full((1, 3, 3), -2.0)
    trace = one_stage(Pool("max", (3, 3), (1, 1), (1, 1)), F.max_pool2d(x, 3, 1, 1), x)
    assert winner(trace, (0, 0, 0)) == (1, 1)  # the padding's 0 would be larger
    assert winner(trace, (0, 1, 1)) == (0, 0)


def test_the_last_of_several_nan_wins() -> None:
    x = torch.tensor([[[1, torch.nan, 9], [torch.nan, 9, 4], [2, 1, 0]]])
    trace = one_stage(Pool("max", (3, 3), (1, 1)), F.max_pool2d(x, 3, 1), x)
    assert winner(trace, (0, 0, 0)) == (1, 0)


def winner(trace: Trace, index: Index) -> tuple[int, int] | None:
    how = explain(trace, 1, index).how
    assert isinstance(how, Window)
    return how.winner


@given(convolutions(), st.sampled_from([0.99, 1.01]))
def test_a_wrong_number_gets_a_cross(case: tuple[Tensor, Conv, Tensor], wrong: float) -> None:
    x, operation, wanted = case
    index = (0, 0, 0)
    trace = one_stage(operation, wanted, x)
    terms = trace_terms(trace, index)
    assume(abs(float(wanted[index])) > 0.01 * terms)
    outputs = (trace.outputs[0], trace.outputs[1] * np.float32(wrong))
    assert not explain(dataclasses.replace(trace, outputs=outputs), 1, index).equal


def trace_terms(trace: Trace, index: Index) -> float:
    how = explain(trace, 1, index).how
    assert isinstance(how, Weighted)
    return float(np.abs(how.products).sum()) + abs(how.bias or 0)


def test_a_nan_under_the_window_is_agreed_upon_and_one_beside_it_does_nothing() -> None:
    x = randn(2, 5, 5)
    x[0, 2, 2] = torch.nan
    weight = randn(1, 2, 3, 3, seed=1)
    wanted = F.conv2d(x, weight)
    trace = one_stage(Conv(weight.numpy(), None), wanted, x)
    for each in explained_all(trace):
        assert each.equal and np.isnan(each.computed)
    moved = one_stage(
        Conv(weight.numpy(), None, stride=(2, 2), padding=((1, 1), (1, 1))), F.conv2d(x, weight, None, 2, 1), x
    )
    told = {each.index[1:]: np.isnan(each.computed) for each in explained_all(moved)}
    assert told == {(row, column): row == column == 1 for row in range(3) for column in range(3)}


def explained_all(trace: Trace) -> list[Explanation]:
    return [explain(trace, 1, tuple(int(at) for at in index)) for index in np.ndindex(trace.stages[1].shape)]


@pytest.mark.parametrize("sign", [1, -1])
def test_infinities_are_agreed_upon(sign: int) -> None:
    x = torch.full((1, 1, 1), sign * torch.inf)
    weight = torch.ones(1, 1, 1, 1)
    each = explain(one_stage(Conv(weight.numpy(), None), F.conv2d(x, weight), x), 1, (0, 0, 0))
    assert each.equal and each.computed == sign * np.inf
    huge = torch.full((1, 1, 1), sign * 3e38)  # more than float32 can hold
    each = explain(one_stage(Conv(weight.numpy() * 2, None), F.conv2d(huge, weight * 2), huge), 1, (0, 0, 0))
    assert each.value == sign * np.inf and each.equal
