"""A history as moments: every step of it, and the drawings in between while a stroke grew.

The pen's latest strokes are cut finely. The older a step, the less room it is given: far back it is one moment, and
farther still it is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from desktop_app.core.drawing.history import History
from desktop_app.core.drawing.strokes import Drawing, Stroke

MOST = 80
"""Moments of one history, at most."""
OLDER = 32
"""Of these, how many are kept back for the steps before the last ones."""
PARTS = (8, 4, 2, 1)
"""Into how many pieces a stroke is cut, as far as there is room. Halves: coarse cuts are among the fine ones."""

_Cut = tuple[int, int]
"""(strokes that are whole, points of the next one)."""


@dataclass(frozen=True, eq=False)
class Moment:
    """drawing: as it was then.  step: of the history, to which it belongs.  ends: whether a stroke, or whatever else
    the step was, is finished here."""

    drawing: Drawing
    step: int
    ends: bool = True


class Moments:
    """Remembers the partial drawings, so that one and the same moment is one and the same Drawing."""

    def __init__(self) -> None:
        self._partial: WeakKeyDictionary[Drawing, dict[_Cut, Drawing]] = WeakKeyDictionary()

    def of(self, history: History) -> tuple[Moment, ...]:
        """From the oldest that is kept to now, MOST at most; the last one is `history.now` itself."""
        steps = history.steps
        room, backwards = MOST, list[Moment]()
        for step in range(len(steps) - 1, -1, -1):
            if not room:
                break
            spare = room - min(step, OLDER)
            moments = self._step(steps[step - 1], steps[step], step, spare) if step else [Moment(steps[0], 0)]
            backwards += reversed(moments)
            room -= len(moments)
        return tuple(reversed(backwards))

    def _step(self, before: Drawing, after: Drawing, step: int, room: int) -> list[Moment]:
        """Of one step: several where it only added strokes and so many have room, else the drawing after it."""
        added = _added(before, after)
        for parts in PARTS:
            cuts = [(at, count) for at in added for count in _counts(after.strokes[at], parts)]
            if 1 < len(cuts) <= room:
                return [
                    Moment(self._cut(after, cut), step, ends=cut[1] == len(after.strokes[cut[0]].points))
                    for cut in cuts
                ]
        return [Moment(after, step)]

    def _cut(self, drawing: Drawing, cut: _Cut) -> Drawing:
        whole, count = cut
        stroke = drawing.strokes[whole]
        if whole + 1 == len(drawing.strokes) and count == len(stroke.points):
            return drawing
        known = self._partial.setdefault(drawing, {})
        if cut not in known:
            known[cut] = Drawing((*drawing.strokes[:whole], _beginning(stroke, count)))
        return known[cut]


def _added(before: Drawing, after: Drawing) -> range:
    """Which strokes are new, if nothing else has changed."""
    old = len(before.strokes)
    if all(a is b for a, b in zip(before.strokes, after.strokes, strict=False)):
        return range(old, len(after.strokes))
    return range(0)


def _counts(stroke: Stroke, parts: int) -> list[int]:
    """How many points a stroke had when it was cut; the last is all of them."""
    points = len(stroke.points)
    return sorted({-(-points * part // parts) for part in range(1, parts + 1)})


def _beginning(stroke: Stroke, count: int) -> Stroke:
    """The first points of a stroke, which are shared with it."""
    if count == len(stroke.points):
        return stroke
    pressure = None if stroke.pressure is None else stroke.pressure[:count]
    return Stroke(stroke.points[:count], stroke.pen, pressure)
