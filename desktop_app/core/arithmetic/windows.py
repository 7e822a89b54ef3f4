"""One output of a convolution or a pool: the window, where it lies, and what becomes of it."""

from __future__ import annotations

import math

import numpy as np

from desktop_app.core.arithmetic.explanation import Flags, Index, Numbers, Places, Weighted, Window
from desktop_app.core.arithmetic.operations import AdaptivePool, Array, Conv, Mode, Pool
from desktop_app.core.arithmetic.worked import Worked


def convolution(operation: Conv, source: Array, index: Index) -> Worked:
    """source: (C, H, W); index: (filter, row, column)."""
    filter_, row, column = index
    kernels = operation.weight[filter_].astype(np.float64)
    count = len(kernels)
    group = filter_ // (len(operation.weight) // operation.groups)
    channels = np.arange(group * count, (group + 1) * count)
    rows, columns = (places(operation, axis, at, source.shape[axis + 1]) for axis, at in enumerate((row, column)))
    patches, inside = _patches(source, channels, rows, columns)
    products = patches * kernels
    bias = None if operation.bias is None else float(operation.bias[filter_])
    sums = products.sum(axis=(1, 2))
    return Worked(
        Weighted(patches, kernels, products, channels, rows, columns, inside, sums, bias),
        float(sums.sum()) + (bias or 0.0),
        float(np.abs(products).sum()) + abs(bias or 0.0),
    )


def pool(operation: Pool, source: Array, index: Index) -> Worked:
    """source: (C, H, W); index: (channel, row, column)."""
    channel, row, column = index
    rows, columns = (places(operation, axis, at, source.shape[axis + 1]) for axis, at in enumerate((row, column)))
    counted = None
    if operation.counts_padding:
        # ceil_mode lets a window reach past the padding; what lies beyond it is not even counted.
        (down, right), (_, height, width) = operation.padding, source.shape
        counted = int((rows < height + down).sum() * (columns < width + right).sum())
    return _window(operation.mode, source, channel, rows, columns, operation.divisor or counted)


def adaptive_pool(operation: AdaptivePool, source: Array, index: Index) -> Worked:
    """source: (C, H, W); index: (channel, row, column), or (channel,) where a mean takes the two sides away."""
    channel, row, column = index if len(index) == 3 else (index[0], 0, 0)
    rows, columns = (places(operation, axis, at, source.shape[axis + 1]) for axis, at in enumerate((row, column)))
    return _window(operation.mode, source, channel, rows, columns, None)


def places(operation: Conv | Pool | AdaptivePool, axis: int, at: int, side: int) -> Places:
    """The source's rows (axis 0) or columns (axis 1) that output row or column `at` reads; some may be padding.

    side: how many the source has.
    """
    if isinstance(operation, AdaptivePool):
        count = operation.output[axis]
        return np.arange(at * side // count, -(-(at + 1) * side // count))
    if isinstance(operation, Conv):
        before, size = operation.padding[axis][0], operation.weight.shape[2 + axis]
    else:
        before, size = operation.padding[axis], operation.kernel[axis]
    return at * operation.stride[axis] - before + np.arange(size) * operation.dilation[axis]


def _window(mode: Mode, source: Array, channel: int, rows: Places, columns: Places, divisor: int | None) -> Worked:
    """divisor: None for as many as lie inside."""
    patches, inside = _patches(source, np.array([channel]), rows, columns)
    patch = patches[0]
    if mode == "max":
        winner = _winner(patch, inside)
        best = float(patch[winner]) if winner else -math.inf
        return Worked(Window(mode, patch, inside, rows, columns, channel, winner, None), best, abs(best))
    divisor = divisor or max(int(inside.sum()), 1)
    how = Window(mode, patch, inside, rows, columns, channel, None, divisor)
    return Worked(how, float(patch.sum()) / divisor, float(np.abs(patch).sum()) / abs(divisor))


def _winner(patch: Numbers, inside: Flags) -> tuple[int, int] | None:
    """As in torch: the first of the largest in reading order; but the last NaN, where there is one.

    None for a window that, through dilation, meets nothing but padding.
    """
    missing = np.flatnonzero(np.isnan(patch))
    there = np.flatnonzero(inside)
    if not len(there):
        return None
    place = int(missing[-1] if len(missing) else there[patch.ravel()[there].argmax()])
    row, column = divmod(place, patch.shape[1])
    return row, column


def _patches(source: Array, channels: Places, rows: Places, columns: Places) -> tuple[Numbers, Flags]:
    """The patch (n, kH, kW) of some channels, 0 where it hangs over the edge, and where (kH, kW) it does not."""
    height, width = source.shape[1:]
    inside = ((rows >= 0) & (rows < height))[:, None] & ((columns >= 0) & (columns < width))
    near = np.ix_(channels, rows.clip(0, height - 1), columns.clip(0, width - 1))
    return np.where(inside, source[near].astype(np.float64), 0.0), inside
