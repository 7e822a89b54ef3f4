"""A list of classes that an answer is about: the others are put together, so that percentages still add up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from desktop_app.core.forward.trace import Answer, Array


@dataclass(frozen=True)
class ClassList:
    """names: the classes that are listed; none: all are."""

    names: tuple[str, ...] = ()

    def listed(self, classes: tuple[str, ...]) -> tuple[int, ...]:
        """Which of a model's classes. None where it has no others, and none where it has none of the list: a list
        that is not about this model changes nothing."""
        return _listed(self.names, classes) if self.names else ()


def rest(values: Array, kept: Sequence[int]) -> Array:
    """(..., classes) probabilities -> (...) of all classes but these together."""
    found: Array = np.delete(values, list(kept), axis=-1).sum(axis=-1)
    return found


def with_rest(answer: Answer, kept: Sequence[int]) -> Answer:
    """One class more at the end: all but these together. It has no logit: NaN."""
    together = rest(answer.probabilities, kept)
    return Answer(np.append(answer.logits, np.nan), np.append(answer.probabilities, together), answer.entropy)


@lru_cache(maxsize=8)
def _listed(names: tuple[str, ...], classes: tuple[str, ...]) -> tuple[int, ...]:
    wanted = {name.casefold() for name in names}
    found = tuple(index for index, name in enumerate(classes) if name.casefold() in wanted)
    return found if len(found) < len(classes) else ()
