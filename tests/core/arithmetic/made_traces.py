"""Traces of a few stages, put together by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from torch import Tensor

from desktop_app.core.arithmetic.explain import explain
from desktop_app.core.arithmetic.explanation import Explanation
from desktop_app.core.arithmetic.operations import Given, Operation
from desktop_app.core.forward.factors import UNTOUCHED, Factors
from desktop_app.core.forward.trace import Array, Stage, Trace, answer_of


class TraceMaker:
    """Stages are added one after the other; what they give comes from torch, with or without a batch of one."""

    def __init__(self, given: Tensor | Array) -> None:
        self.operations: list[Operation] = []
        self.sources: list[tuple[int, ...]] = []
        self.outputs: list[Array] = []
        self.add(Given(), given)

    def add(self, operation: Operation, output: Tensor | Array, *sources: int) -> int:
        """Returns the new stage's position."""
        self.operations.append(operation)
        self.sources.append(sources)
        self.outputs.append(np.asarray(output.detach() if isinstance(output, Tensor) else output, np.float32))
        return len(self.outputs) - 1

    def trace(self, factors: Factors = UNTOUCHED) -> Trace:
        stages = tuple(
            Stage(f"{type(operation).__name__} {position}", "kind", output.shape, 0, sources)
            for position, (operation, output, sources) in enumerate(
                zip(self.operations, self.outputs, self.sources, strict=True)
            )
        )
        answer = answer_of(np.zeros(2, np.float32), 1.0)
        return Trace(stages, tuple(self.outputs), answer, tuple(self.operations), factors)


def one_stage(operation: Operation, output: Tensor | Array, *given: Tensor | Array) -> Trace:
    """A stage that reads all that is given, each of which is an input of its own."""
    maker = TraceMaker(given[0])
    positions = [0, *(maker.add(Given(), other) for other in given[1:])]
    maker.add(operation, output, *positions)
    return maker.trace()


def randn(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def some_indices(shape: tuple[int, ...], count: int, seed: int) -> list[tuple[int, ...]]:
    """The corners, where windows hang over, and some in between."""
    rng = np.random.default_rng(seed)
    first, last = tuple(0 for _ in shape), tuple(side - 1 for side in shape)
    return [first, last, *(tuple(int(rng.integers(side)) for side in shape) for _ in range(count))]


def agreed(trace: Trace, seed: int = 0) -> list[Explanation]:
    """Some numbers of the last stage, each with the tick, and each with a cross where the network gives 1 % more."""
    last = len(trace.stages) - 1
    wrong = dataclasses.replace(trace, outputs=(*trace.outputs[:-1], trace.outputs[-1] * np.float32(1.01)))
    found = [explain(trace, last, index) for index in some_indices(trace.stages[last].shape, 3, seed)]
    for each in found:
        assert each.equal, each
        assert each.value == float(trace.outputs[last][each.index])
        assert each.computed == pytest.approx(each.value, rel=1e-3, abs=1e-5)
        if abs(each.value) > 0.1:
            assert not explain(wrong, last, each.index).equal
        assert {source: mask.shape for source, mask in each.reads.items()} == {
            source: trace.stages[source].shape for source in trace.stages[last].sources
        }
    return found
