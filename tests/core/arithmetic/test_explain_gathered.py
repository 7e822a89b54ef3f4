"""Sums, products, concatenations and moved numbers taken apart."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from made_traces import TraceMaker, agreed, one_stage, randn

from desktop_app.core.arithmetic.explanation import (
    Combined,
    Copied,
)
from desktop_app.core.arithmetic.operations import (
    Combine,
    Concat,
    Move,
)

seeds = st.integers(0, 999)


@given(st.sampled_from(["add", "multiply"]), seeds)
def test_maps_are_combined_with_broadcasting(by: str, seed: int) -> None:
    maps, gates, more = randn(4, 3, 5, seed=seed), randn(4, 1, 1, seed=seed + 1), randn(3, 5, seed=seed + 2)
    if by == "add":
        trace = one_stage(Combine("add", 0.5), maps + gates + more + 0.5, maps, gates, more)
    else:
        trace = one_stage(Combine("multiply", 0.5), maps * gates * more * 0.5, maps, gates, more)
    for each in agreed(trace, seed):
        channel, row, column = each.index
        assert isinstance(each.how, Combined) and each.how.by == by
        assert [operand[:2] for operand in each.how.operands] == [
            (0, each.index), (1, (channel, 0, 0)), (2, (row, column)), (None, ()),
        ]  # fmt: skip
        values = [value for _, _, value in each.how.operands]
        assert (sum(values) if by == "add" else np.prod(values)) == pytest.approx(each.computed)
        for position, place in ((0, each.index), (1, (channel, 0, 0)), (2, (row, column))):
            assert np.argwhere(each.reads[position]).tolist() == [list(place)]


def test_a_constant_may_have_a_number_for_every_channel() -> None:
    maps, scale = randn(4, 3, 5), randn(4, 1, 1, seed=1)
    for each in agreed(one_stage(Combine("multiply", scale.numpy()), maps * scale, maps)):
        assert isinstance(each.how, Combined)
        assert each.how.operands[1] == (None, (each.index[0], 0, 0), float(scale[each.index[0]]))


def test_a_source_may_be_read_twice() -> None:
    maker = TraceMaker(x := randn(3, 4, 4))
    maker.add(Combine("add"), x + x, 0, 0)
    for each in agreed(maker.trace()):
        assert isinstance(each.how, Combined) and [operand[0] for operand in each.how.operands] == [0, 0]
        assert each.computed == 2 * each.how.operands[0][2]
        assert each.reads[0].sum() == 1
    maker = TraceMaker(x)
    maker.add(Concat(0), torch.cat([x, x]), 0, 0)
    for each in agreed(maker.trace()):
        assert isinstance(each.how, Copied) and each.how.index == (each.index[0] % 3, *each.index[1:])
        assert np.argwhere(each.reads[0]).tolist() == [list(each.how.index)]


@given(st.integers(-3, 2), st.lists(st.integers(1, 3), min_size=1, max_size=4), seeds)
def test_a_concatenation_tells_which_source(axis: int, sides: list[int], seed: int) -> None:
    shapes = [tuple(side if at == axis % 3 else 2 for at in range(3)) for side in sides]
    parts = [randn(*shape, seed=seed + number) for number, shape in enumerate(shapes)]
    for each in agreed(one_stage(Concat(axis), torch.cat(parts, axis), *parts), seed):
        assert isinstance(each.how, Copied)
        assert float(parts[each.how.source][each.how.index]) == each.value
        assert sum(mask.sum() for mask in each.reads.values()) == 1
        assert each.reads[each.how.source][each.how.index]


@pytest.mark.parametrize(
    "change",
    [
        lambda x: x.flatten(),
        lambda x: x.permute(1, 2, 0),
        lambda x: x[1:3, :, ::2],
        lambda x: F.channel_shuffle(x[None], 2)[0],
        lambda x: F.pixel_shuffle(x[None], 2)[0],
        lambda x: x.repeat(2, 1, 1),
    ],
    ids=["flatten", "permute", "slice", "shuffle", "depth to space", "repeat"],
)
def test_a_moved_number_knows_where_it_stood(change) -> None:  # type: ignore[no-untyped-def]
    x = randn(4, 3, 5)
    index = change(torch.arange(x.numel()).reshape(x.shape)).numpy().astype(np.int32)
    for each in agreed(one_stage(Move(index), change(x), x)):
        assert isinstance(each.how, Copied) and each.how.source == 0
        assert float(x[each.how.index]) == each.value
        assert np.argwhere(each.reads[0]).tolist() == [list(each.how.index)]
