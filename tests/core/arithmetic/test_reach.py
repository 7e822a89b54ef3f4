"""The receptive field is the support of the gradient, and one step back is what `Explanation.reads` says."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from made_traces import TraceMaker, one_stage, randn, some_indices
from torch import Tensor

from desktop_app.core.arithmetic.explain import explain
from desktop_app.core.arithmetic.operations import (
    AdaptivePool,
    Attention,
    BatchNorm,
    Combine,
    Concat,
    Conv,
    Dense,
    LayerNorm,
    Move,
    Pointwise,
    Pool,
    Softmax,
    Unknown,
)
from desktop_app.core.arithmetic.reach import receptive_field

pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))


class Net:
    """A network put together at random, of positive numbers only: no path to the input can vanish by chance.

    Sums stand for maxima, since of a maximum the gradient knows the winner alone.
    """

    def __init__(self, draw: st.DrawFn, shape: tuple[int, int, int]) -> None:
        self.draw = draw
        self.input = torch.rand(shape, dtype=torch.float64).add(0.5).requires_grad_()
        self.maker = TraceMaker(self.input)
        self.values: list[Tensor] = [self.input]

    def add(self, operation: object, value: Tensor, *sources: int) -> int:
        self.values.append(value)
        return self.maker.add(operation, value, *sources)  # type: ignore[arg-type]

    def conv(self, source: int, same_size: bool = False) -> int:
        x = self.values[source]
        groups = self.draw(st.sampled_from([side for side in (1, 2, 3, len(x)) if len(x) % side == 0]))
        outs = len(x) if same_size else groups * self.draw(st.integers(1, 2))
        dilation = self.draw(pairs)
        if same_size:
            kernel, stride = (3, self.draw(st.sampled_from([1, 3]))), (1, 1)
            vertical, horizontal = (step * (side - 1) // 2 for step, side in zip(dilation, kernel, strict=True))
            padding = ((vertical, vertical), (horizontal, horizontal))
        else:
            kernel, stride = self.draw(pairs), self.draw(pairs)
            padding = self.draw(st.tuples(*[st.tuples(st.integers(0, 3), st.integers(0, 3))] * 2))
        if any(
            side + sum(padding[axis]) <= dilation[axis] * (kernel[axis] - 1) for axis, side in enumerate(x.shape[1:])
        ):
            return source
        weight = torch.rand(outs, len(x) // groups, *kernel, dtype=torch.float64) + 0.1
        (top, bottom), (left, right) = padding
        value = F.conv2d(F.pad(x, (left, right, top, bottom)), weight, None, stride, 0, dilation, groups)
        bias = np.ones(outs, np.float32)
        return self.add(Conv(weight.float().numpy(), bias, stride, padding, dilation, groups), value + 1, source)

    def pool(self, source: int) -> int:
        """Windows with holes, and such as reach past the padding."""
        x = self.values[source]
        kernel, stride, dilation = self.draw(pairs), self.draw(pairs), self.draw(pairs)
        padding = tuple(self.draw(st.integers(0, side // 2)) for side in kernel)
        ceil, more = self.draw(st.booleans()), [0, 0]
        for axis, side in enumerate(x.shape[1:]):
            room = side + 2 * padding[axis] - dilation[axis] * (kernel[axis] - 1) - 1
            if room < 0:
                return source
            steps = math.ceil(room / stride[axis]) if ceil else room // stride[axis]
            if steps * stride[axis] >= side + padding[axis]:  # torch leaves out a window that starts past the padding
                steps -= 1
            more[axis] = max(steps * stride[axis] - room, 0)
        wide = F.pad(x, (padding[1], padding[1] + more[1], padding[0], padding[0] + more[0]))
        ones = torch.ones(len(x), 1, *kernel, dtype=torch.float64)
        value = F.conv2d(wide, ones, None, stride, 0, dilation, groups=len(x))
        theirs = F.max_pool2d(x.detach(), kernel, stride, padding, dilation, ceil_mode=ceil)
        assert theirs.shape == value.shape
        return self.add(Pool("max", kernel, stride, (padding[0], padding[1]), dilation), value + 1, source)

    def adaptive(self, source: int) -> int:
        output = self.draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
        return self.add(AdaptivePool("max", output), F.adaptive_avg_pool2d(self.values[source], output), source)

    def norm(self, source: int) -> int:
        x = self.values[source]
        ones = np.ones(len(x), np.float32)
        bent = self.add(BatchNorm(0 * ones, ones, ones, 0 * ones, 0.0), x * 1, source)
        return self.add(Pointwise("softplus"), F.softplus(self.values[bent]), bent)

    def residual(self, source: int) -> int:
        inner = self.norm(self.conv(source, same_size=True))
        return self.add(Combine("add"), self.values[inner] + self.values[source], inner, source)

    def concat(self, source: int) -> int:
        branch = self.conv(source, same_size=True)
        return self.add(Concat(0), torch.cat([self.values[branch], self.values[source]]), branch, source)

    def gate(self, source: int) -> int:
        """Each channel times a number that comes from the whole of it, as in squeeze-and-excitation."""
        x = self.values[source]
        mean = self.add(AdaptivePool("average", (1, 1)), F.adaptive_avg_pool2d(x, 1), source)
        weight = torch.rand(len(x), len(x), 1, 1, dtype=torch.float64) + 0.1
        squeezed = self.add(Conv(weight.float().numpy(), None), F.conv2d(self.values[mean], weight), mean)
        return self.add(Combine("multiply"), x * self.values[squeezed], source, squeezed)

    def channel_norm(self, source: int) -> int:
        # Its own mean would make gradients of both signs; what is read are all channels of a pixel.
        x = self.values[source]
        return self.add(LayerNorm(0, None, None, 1e-5), x + x.sum(dim=0, keepdim=True), source)

    def shuffle(self, source: int) -> int:
        """Parts of the maps, mirrored: some numbers are read twice, and some by nobody."""
        x = self.values[source]
        numbers = torch.arange(x.numel()).reshape(x.shape)

        def moved(maps: Tensor) -> Tensor:
            return torch.cat([maps[:, ::2], maps.flip(2)[:, 1:]], dim=1)

        return self.add(Move(moved(numbers).numpy().astype(np.int32)), moved(x), source)


@st.composite
def nets(draw: st.DrawFn) -> Net:
    net = Net(draw, (draw(st.integers(1, 3)), draw(st.integers(4, 12)), draw(st.integers(4, 12))))
    parts = [net.conv, net.conv, net.pool, net.residual, net.concat, net.norm, net.shuffle, net.channel_norm]
    rare = [net.gate, net.adaptive]
    last = 0
    for _ in range(draw(st.integers(1, 5))):
        last = draw(st.sampled_from(parts * 2 + rare))(last)
    return net


@given(nets(), st.integers(0, 99))
@settings(max_examples=80)
def test_the_receptive_field_is_the_support_of_the_gradient(net: Net, seed: int) -> None:
    trace = net.maker.trace()
    last = len(net.values) - 1
    for index in some_indices(tuple(net.values[last].shape), 2, seed):
        (gradient,) = torch.autograd.grad(net.values[last][index], net.input, retain_graph=True)
        np.testing.assert_array_equal(receptive_field(trace, last, index), (gradient != 0).any(dim=0).numpy())


@given(nets(), st.integers(0, 99))
@settings(max_examples=40)
def test_one_step_back_is_the_gradient_of_the_stage_alone(net: Net, seed: int) -> None:
    trace = net.maker.trace()
    for position in range(1, len(net.values)):
        sources = sorted(set(trace.stages[position].sources))
        index = some_indices(tuple(net.values[position].shape), 1, seed)[-1]
        found = explain(trace, position, index).reads
        assert sorted(found) == sources
        for source in sources:
            # The way over another source counts too: cut it by asking for the stage's own inputs alone.
            if any(_leads_to(trace.stages, other, source) for other in sources if other != source):
                continue
            (gradient,) = torch.autograd.grad(net.values[position][index], net.values[source], retain_graph=True)
            np.testing.assert_array_equal(found[source], (gradient != 0).numpy())


def _leads_to(stages, start: int, goal: int) -> bool:  # type: ignore[no-untyped-def]
    return any(source == goal or _leads_to(stages, source, goal) for source in stages[start].sources)


def test_dilation_leaves_holes() -> None:
    x, weight = randn(1, 5, 5), randn(1, 1, 2, 2)
    trace = one_stage(Conv(weight.numpy(), None, dilation=(2, 3)), F.conv2d(x, weight, dilation=(2, 3)), x)
    assert np.argwhere(receptive_field(trace, 1, (0, 1, 0))).tolist() == [[1, 0], [1, 3], [3, 0], [3, 3]]


def test_a_pixel_of_the_input_is_its_own_field() -> None:
    trace = one_stage(Pointwise("ReLU"), randn(2, 3, 4), randn(2, 3, 4))
    for position in (0, 1):
        assert np.argwhere(receptive_field(trace, position, (1, 2, 3))).tolist() == [[2, 3]]


def rows_behind(operation: object, output: Tensor, x: Tensor) -> TraceMaker:
    """Two rows of pixels as tokens: what a token depends on shows in the rows of the input."""
    maker = TraceMaker(x[None])
    maker.add(Move(np.arange(x.numel(), dtype=np.int32).reshape(x.shape)), x, 0)
    maker.add(operation, output, 1)  # type: ignore[arg-type]
    return maker


@pytest.mark.parametrize(
    "operation", [Dense(np.ones((4, 4), np.float32), None), Softmax(), LayerNorm(-1, None, None, 1)]
)
def test_a_token_alone_reads_its_own_row(operation: object) -> None:
    trace = rows_behind(operation, randn(3, 4), randn(3, 4)).trace()
    assert receptive_field(trace, 2, (1, 0)).all(axis=1).tolist() == [False, True, False]
    assert receptive_field(trace, 2, (1, 0)).sum() == 4


def test_attention_and_the_unknown_read_everything() -> None:
    square, row = np.ones((4, 4), np.float32), np.ones(4, np.float32)
    for operation in (Unknown(), Attention(2, square, square, square, row, row, row, square, row)):
        assert receptive_field(rows_behind(operation, randn(3, 4), randn(3, 4)).trace(), 2, (1, 0)).all()


def test_a_flattened_global_pool_reads_its_map() -> None:
    x = randn(3, 4, 4)
    trace = one_stage(AdaptivePool("average", (1, 1)), x.mean(dim=(1, 2)), x)
    reads = explain(trace, 1, (2,)).reads[0]
    assert reads[2].all() and not reads[:2].any()


@pytest.mark.parametrize("index", [(0, 0), (0, 0, 9), (0, 0, -1)])
def test_a_number_that_is_not_there_has_no_field(index: tuple[int, ...]) -> None:
    trace = one_stage(Pointwise("ReLU"), randn(2, 3, 4), randn(2, 3, 4))
    with pytest.raises(IndexError, match="there is no number"):
        receptive_field(trace, 1, index)
    with pytest.raises(IndexError, match="there is no stage 7"):
        receptive_field(trace, 7, index)
