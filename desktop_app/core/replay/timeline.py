"""When a replay shows what: a span of seconds a stage, one after the other."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass

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
    Pointwise,
    Pool,
    Softmax,
    Unknown,
)
from desktop_app.core.forward.trace import Trace

SECONDS: dict[type[Operation], float] = {
    Given: 1.0,
    Conv: 2.0,
    Dense: 2.0,
    Pool: 1.4,
    AdaptivePool: 1.2,
    Pointwise: 0.9,
    BatchNorm: 0.9,
    LayerNorm: 0.9,
    Combine: 1.0,
    Concat: 1.0,
    Move: 1.4,
    Attention: 1.6,
    Softmax: 3.2,
    Unknown: 1.0,
}
"""Of a stage, at speed 1."""
LOGITS_SECONDS = 3.2
"""The last stage before the softmax: the scores that decide."""
MOST_SECONDS = 60.0
"""However many stages there are; the decisive last two keep their time, the others share what is left."""
MOVING = 0.72
"""Share of a stage's time in which something moves; in the rest its result can be looked at."""


@dataclass(frozen=True)
class Segment:
    """start, seconds: of the stage at this position.  moving: in its first so many seconds something moves."""

    position: int
    start: float
    seconds: float
    moving: float


@dataclass(frozen=True)
class Moment:
    """progress: of the stage at this position, from 0 (nothing yet) to 1 (all its numbers)."""

    position: int
    progress: float


class Timeline:
    """One segment a stage. The last one has no rest: the replay's end is its result.

    Stages that are not on screen, as those inside of a closed block, take no time: they are done when the next begins.
    """

    def __init__(self, trace: Trace, drawn: Collection[int] | None = None) -> None:
        """drawn: positions of the stages on screen; None for all. The last two also have numbers, and always count."""
        lasting = _seconds(trace.operations, range(len(trace.stages)) if drawn is None else drawn)
        segments, start = [], 0.0
        for position, seconds in enumerate(lasting):
            moving = seconds if position == len(lasting) - 1 else seconds * MOVING
            segments.append(Segment(position, start, seconds, moving))
            start += seconds
        self.segments = tuple(segments)
        self.total = start
        self._starts = [segment.start for segment in segments]

    def moment(self, seconds: float) -> Moment:
        """What is under way so many seconds after the start; before it and after the end as at these."""
        segment = self.segments[max(bisect_right(self._starts, seconds) - 1, 0)]
        done = (seconds - segment.start) / segment.moving
        complete = seconds >= segment.start + segment.moving - _SAME
        return Moment(segment.position, 1.0 if complete else max(done, 0.0))

    def start(self, position: int) -> float:
        """When a stage begins."""
        return self._starts[position]

    def end(self, position: int) -> float:
        """When a stage has all its numbers."""
        segment = self.segments[position]
        return self.total if segment is self.segments[-1] else segment.start + segment.moving

    def before(self, seconds: float) -> float:
        """The last end of a stage before this time, or the start."""
        return max((end for end in self._ends() if end < seconds - _SAME), default=0.0)

    def after(self, seconds: float) -> float:
        """The next end of a stage after this time, or the end."""
        return min((end for end in self._ends() if end > seconds + _SAME), default=self.total)

    def _ends(self) -> list[float]:
        return [self.end(segment.position) for segment in self.segments if segment.seconds]


_SAME = 1e-6
"""Seconds; sums of spans are the same where only rounding sets them apart."""


def _seconds(operations: Sequence[Operation], drawn: Collection[int]) -> list[float]:
    last_two = range(len(operations) - 2, len(operations))
    lasting = [
        SECONDS[type(operation)] if position in drawn or position in last_two else 0.0
        for position, operation in enumerate(operations)
    ]
    if len(lasting) >= 2:
        lasting[-2] = max(lasting[-2], LOGITS_SECONDS)
    early, last = sum(lasting[:-2]), sum(lasting[-2:])
    share = min(1.0, (MOST_SECONDS - last) / early) if early else 1.0
    return [seconds * share for seconds in lasting[:-2]] + lasting[-2:]
