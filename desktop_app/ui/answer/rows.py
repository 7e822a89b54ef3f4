"""Which classes have a bar: all of a few, the most probable of many, or those of a list and the others together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from desktop_app.core.forward.class_list import ClassList, with_rest
from desktop_app.core.forward.trace import Answer

MOST_ROWS = 12
"""With more classes than this only the most probable are shown, best first; up to it, classes keep their places."""
FEWEST_ROWS = 8
"""Of these so many are left where there is little height."""

Known = Literal["nothing", "logits", "all"]
"""What of an answer is there already while it is replayed."""


@dataclass(frozen=True, eq=False)
class Shown:
    """rows: the classes that have one.  first: the class that is named as the answer, or nothing.

    known: which numbers are written.  others: the class that stands for all that are not listed, the last, or nothing.
    """

    classes: tuple[str, ...]
    answer: Answer
    ghost: Answer | None
    rows: tuple[int, ...]
    first: int | None
    known: Known = "all"
    others: int | None = None


@dataclass(frozen=True, eq=False)
class Rows:
    """An answer before it is known how many rows there is room for.

    order: the answer whose most probable classes have rows.  word: what the classes are called that are not listed.
    """

    classes: tuple[str, ...]
    answer: Answer | None
    ghost: Answer | None
    order: Answer | None
    listed: tuple[int, ...] = ()
    word: str = ""
    named: bool = False
    known: Known = "all"

    def shown(self, room: int) -> Shown:
        """room: for so many rows; of few classes all have one. Of many none has before there is an answer: the first
        of the list have nothing to say."""
        among = self.listed or tuple(range(len(self.classes)))
        rows = among
        if len(among) + bool(self.listed) > MOST_ROWS:
            most = min(max(room, FEWEST_ROWS), MOST_ROWS) - bool(self.listed)
            rows = _most_probable(among, self.order, most) if self.order else ()
        if self.answer is None:
            zeros = np.zeros(len(self.classes), np.float32)
            shown = Shown(self.classes, Answer(zeros, zeros, 0.0), None, rows, None, "nothing")
        else:
            first = self.answer.best if self.named else None
            shown = Shown(self.classes, self.answer, self.ghost, rows, first, self.known)
        return self._with_others(shown) if self.listed and rows else shown

    def _with_others(self, shown: Shown) -> Shown:
        others = len(self.classes)
        return replace(
            shown,
            classes=(*shown.classes, self.word),
            answer=with_rest(shown.answer, self.listed),
            ghost=shown.ghost and with_rest(shown.ghost, self.listed),
            rows=(*shown.rows, others),
            first=shown.first if shown.first is None or shown.first in self.listed else others,
            others=others,
        )


def count(listed: ClassList, classes: tuple[str, ...]) -> int:
    """Of the rows, if there were room for all."""
    return len(listed.listed(classes)) + 1 if listed.listed(classes) else len(classes)


def _most_probable(among: tuple[int, ...], order: Answer, most: int) -> tuple[int, ...]:
    best = np.argsort(-order.probabilities[list(among)], kind="stable")[:most]
    return tuple(among[int(place)] for place in best)
