"""Frames around what a number is made from: what it reads in the stages before, and its receptive field."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from desktop_app.core.arithmetic.explain import explain
from desktop_app.core.arithmetic.explanation import Flags, Window
from desktop_app.core.arithmetic.operations import AdaptivePool, Pool
from desktop_app.core.arithmetic.reach import only, reads, receptive_field
from desktop_app.core.forward.layout import as_maps, stands_apart
from desktop_app.core.forward.spot import Spot, place_of
from desktop_app.core.forward.trace import Trace
from desktop_app.ui.network.marks import Ink, Mark

MOST_PIECES = 64
"""Frames on one map at most; where what is read has more holes than that, one frame goes around all of it."""

Box = tuple[int, int, int, int]


def marks_of(trace: Trace, spot: Spot, ink: Ink, fine: Callable[[int], bool]) -> list[Mark]:
    """The number itself, what it reads, the winner of a maximum in another ink, and its receptive field.

    fine: whether a stage's pixels are large enough on screen for a frame each.
    """
    stage = trace.stages[spot.position]
    number, row, column = place_of(stage, spot)
    pixel = (row, column, row + 1, column + 1)
    marks = [Mark(spot.position, number, (0, 0, *stage.maps[1:]) if stands_apart(stage, spot.index) else pixel, ink)]
    for source, flags in reads(trace, spot.position, only(trace, spot.position, spot.index)).items():
        marks += _around(trace, source, flags, ink, fine(source))
    marks += _winner(trace, spot)
    if 0 not in trace.stages[spot.position].sources and spot.position:
        field = receptive_field(trace, spot.position, spot.index)
        marks += _around(trace, 0, field[None], ink, fine(0))
    return marks


def picks(trace: Trace, spot: Spot) -> bool:
    """Whether it is one of several numbers, so that its marks depend on them."""
    if not 0 <= spot.position < len(trace.operations):
        return False
    operation = trace.operations[spot.position]
    return isinstance(operation, Pool | AdaptivePool) and operation.mode == "max"


def _winner(trace: Trace, spot: Spot) -> Iterator[Mark]:
    if picks(trace, spot):
        how = explain(trace, spot.position, spot.index).how
        if isinstance(how, Window) and how.winner is not None:
            row, column = int(how.rows[how.winner[0]]), int(how.columns[how.winner[1]])
            source = trace.stages[spot.position].sources[0]
            yield Mark(source, how.channel, (row, column, row + 1, column + 1), "ghost")


def _around(trace: Trace, position: int, flags: Flags, ink: Ink, fine: bool) -> Iterator[Mark]:
    """flags: of the stage's shape; of the input one channel is enough, since it is one picture."""
    stage = trace.stages[position]
    if not stage.is_maps:
        places = np.flatnonzero(flags)
        if places.size:
            for first, after in _runs(places):
                yield Mark(position, first, (0, 0, 1, 1), ink, until=after)
        return
    if stage.kind == "input":
        flags = np.logical_or.reduce(flags, axis=0, keepdims=True)
    flags = as_maps(stage, flags) if stage.grid else flags
    channels = np.flatnonzero(flags.any(axis=(1, 2)))
    if not channels.size:
        return
    alike = len(channels) == len(flags) and (flags.strides[0] == 0 or bool((flags == flags[0]).all()))
    for channel in (int(channels[0]),) if alike else channels.tolist():
        for box in _boxes(flags[channel], fine):
            yield Mark(position, None if alike else channel, box, ink)


def _boxes(flags: Flags, fine: bool) -> Iterator[Box]:
    """(H, W): one box, or one for each piece of a row where it has holes, as with dilation, and they can be seen."""
    rows, columns = np.flatnonzero(flags.any(axis=1)), np.flatnonzero(flags.any(axis=0))
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    whole = (top, left, bottom, right)
    if not fine or flags[top:bottom, left:right].all():
        yield whole
        return
    pieces = [
        (int(row), first, int(row) + 1, after) for row in rows for first, after in _runs(np.flatnonzero(flags[row]))
    ]
    yield from pieces if len(pieces) <= MOST_PIECES else [whole]


def _runs(places: np.ndarray[tuple[int], np.dtype[np.intp]]) -> list[tuple[int, int]]:
    """Sorted places as (first, one past the last) of what follows each other without a gap."""
    cuts = np.flatnonzero(np.diff(places) > 1)
    firsts, lasts = np.append(places[0], places[cuts + 1]), np.append(places[cuts], places[-1])
    runs = [(int(first), int(last) + 1) for first, last in zip(firsts, lasts, strict=True)]
    return runs if len(runs) <= MOST_PIECES else [(runs[0][0], runs[-1][1])]
