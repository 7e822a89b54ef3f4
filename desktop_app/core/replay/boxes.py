"""Where a stage reads while one of its numbers is worked out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from desktop_app.core.arithmetic.explanation import Places
from desktop_app.core.arithmetic.operations import AdaptivePool, Concat, Conv, Move, Pool
from desktop_app.core.arithmetic.windows import places
from desktop_app.core.forward.layout import place_at
from desktop_app.core.forward.trace import Stage, Trace
from desktop_app.core.replay.scene import Box

MOST_MAPS = 256
"""Of a stage with more maps than this none are framed: they are too small to be seen, and too many to be painted."""

Boxes = Callable[[int], tuple[Box, ...]]
"""From the number that is worked out, in the order in which the stage fills, to what is framed."""


def nothing(_number: int) -> tuple[Box, ...]:
    return ()


def windows(trace: Trace, position: int, operation: Conv | Pool | AdaptivePool) -> Boxes:
    """The window in all maps of the source, the pixel in all maps of the stage; of a max pool each map's winner."""
    (source,) = trace.stages[position].sources
    wide = trace.stages[position].shape[2]
    _, height, width = trace.stages[source].shape
    picks = not isinstance(operation, Conv) and operation.mode == "max" and trace.stages[source].shape[0] <= MOST_MAPS

    def boxes(number: int) -> tuple[Box, ...]:
        row, column = divmod(number, wide)
        rows, columns = _reach(operation, 0, row, height), _reach(operation, 1, column, width)
        if not len(rows) or not len(columns):  # it lies in the padding altogether
            return _everywhere(trace, position, (row, column, row + 1, column + 1))
        sides = (int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1)
        return (
            *_everywhere(trace, source, sides),
            *_everywhere(trace, position, (row, column, row + 1, column + 1)),
            *(_winners(trace, source, rows, columns) if picks else ()),
        )

    return boxes


def same_place(trace: Trace, position: int) -> Boxes:
    """The same pixel of all sources; the whole of a source that has another size."""
    stage = trace.stages[position]
    _, height, width = stage.maps

    def boxes(number: int) -> tuple[Box, ...]:
        row, column = divmod(number, width)
        pixel = (row, column, row + 1, column + 1)
        found = list(_everywhere(trace, position, pixel))
        for source in dict.fromkeys(stage.sources):
            same = trace.stages[source].maps[1:] == (height, width)
            found += _everywhere(trace, source, pixel if same else (0, 0, *trace.stages[source].maps[1:]))
        return tuple(found)

    return boxes


def same_unit(trace: Trace, position: int) -> Boxes:
    """One number after the other, and those that stand at the same place of sources with the same shape."""
    stage = trace.stages[position]
    alike = [source for source in dict.fromkeys(stage.sources) if trace.stages[source].shape == stage.shape]

    def boxes(number: int) -> tuple[Box, ...]:
        return tuple(_number(trace.stages[place], place, number) for place in (position, *alike))

    return boxes


def moved(trace: Trace, position: int, operation: Move) -> Boxes:
    """The number that is put down, and where it was taken from."""
    stage = trace.stages[position]
    (source,) = stage.sources
    taken = operation.index.reshape(-1)

    def boxes(number: int) -> tuple[Box, ...]:
        put = _number(stage, position, number)
        return (put,) if taken[number] < 0 else (_number(trace.stages[source], source, int(taken[number])), put)

    return boxes


def joined(trace: Trace, position: int, operation: Concat) -> Boxes:
    """The number that is put down, and where it stood in the source whose turn it is."""
    stage = trace.stages[position]
    given = iter(stage.sources)
    turns: list[int | None] = []
    lengths = []
    for part in operation.parts(len(stage.sources)):
        turns.append(next(given) if part is None else None)
        lengths.append((trace.stages[turns[-1] or 0] if part is None else part).shape[operation.axis])
    starts = np.concatenate(([0], np.cumsum(lengths)))

    def boxes(number: int) -> tuple[Box, ...]:
        index = [int(place) for place in np.unravel_index(number, stage.shape)]
        turn = int(np.searchsorted(starts, index[operation.axis], side="right")) - 1
        index[operation.axis] -= int(starts[turn])
        source = turns[turn]
        if source is None:
            return (_number(stage, position, number),)
        there = trace.stages[source]
        return (
            _number(there, source, int(np.ravel_multi_index(tuple(index), there.shape))),
            _number(stage, position, number),
        )

    return boxes


def whole_map(trace: Trace, position: int) -> Boxes:
    """Of a global pool: the map that is read, the largest number in it, and the number that it becomes."""
    stage = trace.stages[position]
    (source,) = stage.sources
    _, height, width = trace.stages[source].maps

    def boxes(number: int) -> tuple[Box, ...]:
        return (Box(source, number, (0, 0, height, width)), Box(position, number, (0, 0, 1, 1)))

    return boxes


def unit(trace: Trace, position: int, number: int) -> Box:
    """One number of a stage, by its place in reading order."""
    return _number(trace.stages[position], position, number)


def _reach(operation: Conv | Pool | AdaptivePool, axis: int, place: int, side: int) -> Places:
    """The source's rows (axis 0) or columns (axis 1) that output row or column `place` reads, without padding."""
    read = places(operation, axis, place, side)
    return read[(read >= 0) & (read < side)]


def _winners(
    trace: Trace,
    source: int,
    rows: Places,
    columns: Places,
) -> list[Box]:
    """The largest number of each map's window, the first in reading order."""
    patches = trace.outputs[source][:, rows[:, None], columns]
    found = patches.reshape(len(patches), -1).argmax(axis=1)
    boxes = []
    for channel, place in enumerate(found.tolist()):
        row, column = int(rows[place // len(columns)]), int(columns[place % len(columns)])
        boxes.append(Box(source, channel, (row, column, row + 1, column + 1), wins=True))
    return boxes


def _everywhere(trace: Trace, position: int, sides: tuple[int, int, int, int]) -> tuple[Box, ...]:
    return (Box(position, None, sides),) if trace.stages[position].maps[0] <= MOST_MAPS else ()


def _number(stage: Stage, position: int, number: int) -> Box:
    channel, row, column = place_at(stage, tuple(int(place) for place in np.unravel_index(number, stage.shape)))
    return Box(position, channel, (row, column, row + 1, column + 1))
