"""Which numbers a number depends on: one stage back, or all the way to the input.

Told by what the operations read, never by the values: a product with 0 reads both factors, a maximum its whole window.
Masks have the shape of a stage's output. Where all channels are alike they are views that hold one of them
(`np.broadcast_to`), so that a deep net costs milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arithmetic.explanation import Flags, Index
from desktop_app.core.arithmetic.operations import (
    AdaptivePool,
    Attention,
    BatchNorm,
    Combine,
    Concat,
    Conv,
    Dense,
    Given,
    LayerNorm,
    Move,
    Operation,
    Pair,
    Pointwise,
    Pool,
    Softmax,
    Unknown,
)
from desktop_app.core.forward.layout import as_maps
from desktop_app.core.forward.trace import Stage, Trace

Shape = tuple[int, ...]
Reaches = NDArray[np.float32]
"""(out, in): 1 where a row of the output reads one of the source. Numbers and not flags, for a fast product."""


def receptive_field(trace: Trace, position: int, index: Index) -> Flags:
    """(H, W): the pixels of the input that this number depends on, whatever their channel.

    Raises IndexError where the trace has no such number.
    """
    masks = {position: only(trace, position, index)}
    for stage in range(position, 0, -1):
        if stage in masks:
            for source, read in reads(trace, stage, masks.pop(stage)).items():
                masks[source] = _union(masks[source], read) if source in masks else read
    shape = trace.stages[0].shape
    field: Flags = np.logical_or.reduce(masks.get(0, np.zeros(shape, np.bool_)))
    return field


def only(trace: Trace, position: int, index: Index) -> Flags:
    """The mask of one number. Raises IndexError where the trace has no such number."""
    if not 0 <= position < len(trace.stages):
        raise IndexError(f"there is no stage {position}: this trace has {len(trace.stages)}")
    stage = trace.stages[position]
    if len(index) != len(stage.shape) or not all(0 <= at < side for at, side in zip(index, stage.shape, strict=True)):
        raise IndexError(f"there is no number {index} in stage {stage.name!r}: its shape is {stage.shape_words}")
    mask = np.zeros(stage.shape, np.bool_)
    mask[index] = True
    return mask


def reads(trace: Trace, position: int, mask: Flags) -> dict[int, Flags]:
    """What a stage's numbers (mask: of its shape) read: source's position → mask of its shape, perhaps a view."""
    sources = trace.stages[position].sources
    if len(sources) == 1:
        alike = _rearranged(trace.stages[position], trace.stages[sources[0]], trace.operations[position], mask)
        if alike is not None:
            return {sources[0]: alike}
    found: dict[int, Flags] = {}
    shapes = [trace.stages[source].shape for source in sources]
    for source, read in zip(sources, _read(trace.operations[position], mask, shapes), strict=True):
        found[source] = _union(found[source], read) if source in found else read
    return found


def _rearranged(stage: Stage, source: Stage, operation: Operation, mask: Flags) -> Flags | None:
    """Of a permutation that only puts the channels on another axis, if they are alike: no number need be looked for."""
    whole = (stage.grid is not None or source.grid is not None) and stage.maps == source.maps
    if not (isinstance(operation, Move) and whole) or stage.apart or source.apart:
        return None
    maps = as_maps(stage, mask)
    if not (maps.strides[0] == 0 or np.array_equal(maps, np.broadcast_to(maps[:1], maps.shape))):
        return None
    every = np.broadcast_to(maps[0], maps.shape)
    return (np.moveaxis(every, 0, -1) if source.channels else every).reshape(source.shape)


def _read(operation: Operation, mask: Flags, shapes: Sequence[Shape]) -> Sequence[Flags]:
    match operation:
        case Conv():
            return [_conv(operation, mask, shapes[0])]
        case Pool():
            rows, columns = (
                _window_reaches(
                    mask.shape[axis + 1],
                    shapes[0][axis + 1],
                    operation.kernel[axis],
                    operation.stride[axis],
                    operation.padding[axis],
                    operation.dilation[axis],
                )
                for axis in (0, 1)
            )
            return [np.broadcast_to(_spread(_held(mask), rows, columns), shapes[0])]
        case AdaptivePool(output=output):
            maps = mask.reshape(-1, *output)  # a mean may have taken the sides of 1 away
            rows, columns = (_share_reaches(output[axis], shapes[0][axis + 1]) for axis in (0, 1))
            return [np.broadcast_to(_spread(_held(maps), rows, columns), shapes[0])]
        case Dense() | Softmax():
            return [np.broadcast_to(mask.any(axis=-1, keepdims=True), shapes[0])]
        case LayerNorm(axis=axis):
            return [np.broadcast_to(mask.any(axis=axis, keepdims=True), shapes[0])]
        case Pointwise() | BatchNorm():
            return [mask]
        case Combine():
            return [_unbroadcast(mask, shape) for shape in shapes]
        case Concat(axis=axis):
            given, fixed = iter(shapes), operation.parts(len(shapes))
            ends = np.cumsum([(next(given) if part is None else part.shape)[axis] for part in fixed])
            masks = np.split(mask, ends[:-1], axis)
            return [each for each, part in zip(masks, fixed, strict=True) if part is None]
        case Move(index=index):
            read = np.zeros(int(np.prod(shapes[0])), np.bool_)
            places = index[mask]
            read[places[places >= 0]] = True
            return [_one_channel(read.reshape(shapes[0]))]
        case Attention() | Unknown():
            return [np.broadcast_to(mask.any(), shape) for shape in shapes]
        case Given():
            return []


def _conv(operation: Conv, mask: Flags, shape: Shape) -> Flags:
    padding: Pair = (operation.padding[0][0], operation.padding[1][0])
    rows, columns = (
        _window_reaches(
            mask.shape[axis + 1],
            shape[axis + 1],
            operation.weight.shape[axis + 2],
            operation.stride[axis],
            padding[axis],
            operation.dilation[axis],
        )
        for axis in (0, 1)
    )
    held = _held(mask)
    if len(held) > 1:  # the filters of a group read the same channels
        held = np.logical_or.reduce(held.reshape(operation.groups, -1, *held.shape[1:]), axis=1)
    spread = _spread(held, rows, columns)[:, None]
    if len(spread) == 1:
        return np.broadcast_to(spread[0], shape)
    return np.broadcast_to(spread, (len(spread), shape[0] // len(spread), *shape[1:])).reshape(shape)


def _unbroadcast(mask: Flags, shape: Shape) -> Flags:
    """What numpy's broadcasting reads of an operand of this shape for the numbers of a mask."""
    mask = np.logical_or.reduce(mask, axis=tuple(range(mask.ndim - len(shape))))
    stretched = tuple(axis for axis, side in enumerate(shape) if side == 1)
    return np.logical_or.reduce(mask, axis=stretched, keepdims=True)


def _held(mask: Flags) -> Flags:
    """(C, …), or (1, …) where the mask says itself that all channels are alike."""
    return mask[:1] if mask.strides[0] == 0 else mask


def _union(one: Flags, other: Flags) -> Flags:
    both = _held(one) | _held(other)
    return np.broadcast_to(both, one.shape) if len(both) < len(one) else _one_channel(both)


def _one_channel(mask: Flags) -> Flags:
    """The same as a view that holds one channel, if all are alike: most are, once a convolution has been passed."""
    alike = mask.ndim == 3 and np.array_equal(mask, np.broadcast_to(mask[:1], mask.shape))
    return np.broadcast_to(mask[:1], mask.shape) if alike else mask


def _spread(mask: Flags, rows: Reaches, columns: Reaches) -> Flags:
    """(n, h, w) → (n, H, W): all that is read by any of the flagged outputs."""
    spread = np.zeros((len(mask), rows.shape[1], columns.shape[1]), np.bool_)
    alive = np.flatnonzero(mask.any(axis=(1, 2)))
    spread[alive] = rows.T @ mask[alive].astype(np.float32) @ columns > 0
    return spread


@lru_cache(maxsize=64)
def _window_reaches(out: int, side: int, kernel: int, stride: int, padding: int, dilation: int) -> Reaches:
    """Of a window that moves along a side; padding: before its first number."""
    places = np.arange(out)[:, None] * stride - padding + np.arange(kernel) * dilation
    inside = (places >= 0) & (places < side)
    reaches = np.zeros((out, side), np.float32)
    reaches[np.nonzero(inside)[0], places[inside]] = 1
    return reaches


@lru_cache(maxsize=64)
def _share_reaches(out: int, side: int) -> Reaches:
    """Of an adaptive pool."""
    first, places = np.arange(out)[:, None], np.arange(side)
    return ((places >= first * side // out) & (places < -(-(first + 1) * side // out))).astype(np.float32)
