"""Which stages are pictures that do not look like it: tokens cut out of one, and maps with their channels last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from desktop_app.core.arithmetic.operations import Concat, Move, Operation, Unknown
from desktop_app.core.forward.layout import as_maps
from desktop_app.core.forward.trace import Stage

MAPS = 3
"""Axes of maps, with the channels."""


def laid_out(stage: Stage, operation: Operation, sources: Sequence[Stage]) -> Stage:
    """The stage with its grid, if what it reads is a picture and every place of it stays where it is.

    sources: its stages, laid out themselves.
    """
    pictures = [source for source in sources if source.is_maps]
    if not pictures or len(stage.shape) not in (MAPS - 1, MAPS):
        return stage
    source = pictures[0]
    if isinstance(operation, Move):
        return _moved(stage, operation, source)
    if source.grid is None or len(source.shape) != len(stage.shape):
        return stage
    like = replace(stage, grid=source.grid, channels=source.channels)
    if _places(like) == _places(source):
        return like
    if isinstance(operation, Concat) and len(stage.shape) < MAPS and source is sources[-1] and operation.axis == 0:
        return like if source.channels and source.shape[1:] == stage.shape[1:] and _last(operation) else stage
    if isinstance(operation, Unknown) and len(stage.shape) == MAPS and source.channels:
        rows, columns = stage.shape[:2]
        return replace(like, grid=(rows, columns))
    return stage


def _places(stage: Stage) -> tuple[int, ...]:
    return stage.shape[:-1] if stage.channels else stage.shape[1:]


def _last(concat: Concat) -> bool:
    """Whether the network's own numbers, if there are any, stand before all others."""
    return not concat.fixed or concat.fixed[-1] is None


def _moved(stage: Stage, move: Move, source: Stage) -> Stage:
    """Found by where every place of the picture went."""
    rows, columns = source.maps[1:]
    places = np.full(source.shape, -1, np.int32)
    as_maps(source, places)[:] = np.arange(rows * columns, dtype=np.int32).reshape(rows, columns)
    went = np.where(move.index < 0, np.int32(-1), places.reshape(-1)[move.index])
    if went.ndim == MAPS and went.shape[1:] == (rows, columns) and _in_order(went.reshape(len(went), -1), 0):
        return stage
    for axis in (-1, 0):
        channels_first = np.moveaxis(went, axis, 0).reshape(stage.shape[axis], -1)
        apart = channels_first.shape[1] - rows * columns
        if apart >= 0 and rows * columns > 1 and _in_order(channels_first, apart):
            return replace(stage, grid=(rows, columns), channels=axis)
    if source.channels and len(stage.shape) == MAPS:
        tall, wide, _ = stage.shape
        if tall < rows and rows * wide == columns * tall:  # several places have become one
            return replace(stage, grid=(tall, wide), channels=source.channels)
    return stage


def _in_order(places: np.ndarray[tuple[int, ...], np.dtype[np.int32]], apart: int) -> bool:
    """(channels, places): whether in every channel all places of the picture follow those that stand apart."""
    before, after = places[:, :apart], places[:, apart:]
    return bool((before < 0).all() and (after == np.arange(after.shape[1])).all())
