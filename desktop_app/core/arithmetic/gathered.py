"""Numbers of several stages brought together, or only moved."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from desktop_app.core.arithmetic.explanation import Combined, Copied, Index
from desktop_app.core.arithmetic.operations import Array, Combine, Concat, Move
from desktop_app.core.arithmetic.worked import Worked


def combination(operation: Combine, positions: Sequence[int], sources: Sequence[Array], index: Index) -> Worked:
    """positions: of the sources, in the same order."""
    operands: list[tuple[int | None, Index, float]] = []
    for position, source in zip(positions, sources, strict=True):
        place = broadcast(index, source.shape)
        operands.append((position, place, float(source[place])))
    if operation.constant is not None:
        constant = np.asarray(operation.constant)
        place = broadcast(index, constant.shape)
        operands.append((None, place, float(constant[place])))
    values = np.array([value for _, _, value in operands])
    if operation.by == "add":
        computed, size = values.sum(), np.abs(values).sum()
    else:
        computed = values.prod()
        size = abs(computed)
    return Worked(Combined(operation.by, tuple(operands)), float(computed), float(size))


def broadcast(index: Index, shape: tuple[int, ...]) -> Index:
    """Where numpy's broadcasting finds the operand of an output's number: sides of 1 are read over and over."""
    last = index[len(index) - len(shape) :]
    return tuple(0 if side == 1 else place for place, side in zip(last, shape, strict=True))


def concatenation(operation: Concat, positions: Sequence[int], sources: Sequence[Array], index: Index) -> Worked:
    """positions: of the sources, in the same order."""
    axis = operation.axis % len(index)
    place = index[axis]
    given = zip(positions, sources, strict=True)
    for fixed in operation.parts(len(sources)):
        position, part = next(given) if fixed is None else (None, fixed)
        if place < part.shape[axis]:
            there = (*index[:axis], place, *index[axis + 1 :])
            return _fixed(float(part[there])) if position is None else _copy(position, part, there)
        place -= part.shape[axis]
    raise IndexError(f"number {index} lies behind the end of all {len(sources)} sources")


def move(operation: Move, position: int, source: Array, index: Index) -> Worked:
    flat = int(operation.index[index])
    if flat < 0:
        return _fixed(0.0)
    place = np.unravel_index(flat, source.shape)
    return _copy(position, source, tuple(int(side) for side in place))


def _fixed(number: float) -> Worked:
    """A number that the network holds, and reads nowhere."""
    return Worked(Combined("add", ((None, (), number),)), number, abs(number))


def _copy(position: int, source: Array, index: Index) -> Worked:
    number = float(source[index])
    return Worked(Copied(position, index), number, abs(number))
