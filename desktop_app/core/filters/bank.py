"""All filters of one stage, laid out so that convolutions and dense stages can be shown the same way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arithmetic.operations import (
    AdaptivePool,
    BatchNorm,
    Combine,
    Conv,
    Dense,
    Move,
    Operation,
    Pointwise,
    Pool,
    Softmax,
)
from desktop_app.core.forward.trace import Array, Stage, only_reader
from desktop_app.core.maps.tiles import magnitude

MAP_BY_MAP = (Pool, AdaptivePool, Pointwise, BatchNorm, Combine, Softmax)
"""What makes each map out of the same one of its source (and a softmax each share out of the same logit)."""


@dataclass(frozen=True, eq=False)
class Bank:
    """The filters of a convolution, or the units of a dense stage, which are filters of 1×1 where it works at every
    place of a picture.

    position: of the stage.  weights: (filters, kernels, kH, kW); of a dense stage that reads flattened maps the kernels
    are as large as these maps, else 1×1.  bias: (filters,).  first: (filters,), the map of the source that a filter's
    first kernel reads; the others read those after it.  colour: it reads the three colours of the input.
    place: of the stage whose maps are scaled when a filter is: the batch norm right behind a convolution, since both
    together are the filter (a batch norm would make something of a silenced map), else the stage itself.
    heard: of the stage at whose output the activity is measured: behind the batch norm and the activation function.
    """

    position: int
    kind: Literal["filters", "units"]
    weights: Array
    bias: Array | None
    first: NDArray[np.intp]
    colour: bool
    place: int
    heard: int

    def __len__(self) -> int:
        return len(self.weights)

    @property
    def kernels(self) -> int:
        """Of one filter."""
        return int(self.weights.shape[1])

    @cached_property
    def strongest(self) -> float:
        """The largest |weight| of the stage."""
        return magnitude(self.weights)

    @cached_property
    def norms(self) -> NDArray[np.float64]:
        """(filters,): √ of the sum of the squared weights, without the bias."""
        rows = self.weights.reshape(len(self), -1)
        norms: NDArray[np.float64] = np.sqrt(np.einsum("ij,ij->i", rows, rows, dtype=np.float64))
        return norms


def banks_of(stages: Sequence[Stage], operations: Sequence[Operation]) -> tuple[Bank, ...]:
    """Of every stage that has filters or units, in the order of the stages."""
    banks = (_bank(stages, operations, position) for position in range(len(stages)))
    return tuple(bank for bank in banks if bank is not None)


def bank_at(
    banks: Sequence[Bank], stages: Sequence[Stage], operations: Sequence[Operation], position: int
) -> Bank | None:
    """That whose filters make the maps of a stage: its own, or of the stage before that it only changes map by map."""
    while True:
        found = next((bank for bank in banks if bank.position == position), None)
        if found is not None or position == 0:
            return found
        stage = stages[position]
        same_maps = len(stage.sources) == 1 and stages[stage.sources[0]].maps[0] == stage.maps[0]
        if not same_maps or not isinstance(operations[position], MAP_BY_MAP):
            return None
        position = stage.sources[0]


def _bank(stages: Sequence[Stage], operations: Sequence[Operation], position: int) -> Bank | None:
    stage, operation = stages[position], operations[position]
    if isinstance(operation, Conv) and stage.is_maps:
        place = _reader_or_self(stages, operations, position, BatchNorm)
        heard = _reader_or_self(stages, operations, place, Pointwise)
        count, kernels = operation.weight.shape[:2]
        first = np.arange(count) // (count // operation.groups) * kernels
        colour = stage.sources == (0,) and kernels == 3 and stages[0].shape[0] == 3
        return Bank(position, "filters", operation.weight, operation.bias, first, colour, place, heard)
    if isinstance(operation, Dense) and (len(stage.shape) == 1 or stage.grid is not None):
        heard = _reader_or_self(stages, operations, position, Pointwise)
        kernels = (-1, 1, 1) if stage.grid is not None else _kernels(stages, operations, stage)
        weights = operation.weight.reshape(len(operation.weight), *kernels)
        first = np.zeros(len(weights), np.intp)
        return Bank(position, "units", weights, operation.bias, first, False, position, heard)
    return None


def _reader_or_self(
    stages: Sequence[Stage], operations: Sequence[Operation], position: int, kind: type[Operation]
) -> int:
    """The stage that alone reads this one, if it is of this kind; else this one."""
    reader = only_reader(stages, position)
    return reader if reader is not None and isinstance(operations[reader], kind) else position


def _kernels(stages: Sequence[Stage], operations: Sequence[Operation], stage: Stage) -> tuple[int, int, int]:
    """(kernels, kH, kW) of a unit: the shape of the maps, where a stage in front of it has flattened some."""
    source = stage.sources[0]
    move = operations[source]
    if isinstance(move, Move) and len(stages[source].sources) == 1:
        maps = stages[stages[source].sources[0]]
        if maps.is_maps and np.array_equal(move.index, np.arange(np.prod(maps.shape))):
            return maps.maps
    return int(np.prod(stages[source].shape)), 1, 1
