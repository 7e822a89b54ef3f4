"""Two traces side by side: what differs, and what can be compared at all. A comes first, differences are B − A."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from desktop_app.core.forward.trace import Answer, Array, Stage, Trace


@dataclass(frozen=True)
class Delta:
    """One class's probability in A and in B, 0 to 1."""

    label: str
    a: float
    b: float

    @property
    def change(self) -> float:
        return self.b - self.a


def difference(a: Array, b: Array) -> Array:
    """B − A, number by number, of one shape; NaN where either is."""
    with np.errstate(invalid="ignore"):  # infinity less infinity
        return b - a


def differences(a: Trace, b: Trace) -> tuple[Array, ...]:
    """B − A of every stage's output. Raises ValueError when the stages are not the same."""
    if [stage.shape for stage in a.stages] != [stage.shape for stage in b.stages]:
        raise ValueError("the two traces are of different stages; compare them one by one")
    return tuple(difference(one, other) for one, other in zip(a.outputs, b.outputs, strict=True))


def deltas(a: Answer, a_classes: Sequence[str], b: Answer, b_classes: Sequence[str]) -> tuple[Delta, ...]:
    """Of the classes that both know, in A's order."""
    places = {label: place for place, label in enumerate(b_classes)}
    return tuple(
        Delta(label, float(a.probabilities[place]), float(b.probabilities[places[label]]))
        for place, label in enumerate(a_classes)
        if label in places
    )


def partner(stages: Sequence[Stage], position: int, others: Sequence[Stage]) -> int:
    """The stage of another model that is most like this one.

    Of the same shape if there is one, and of those the same name, then the same kind, then as deep in the network.
    """
    mine = stages[position]
    depth = position / max(len(stages) - 1, 1)

    def unlike(other: int) -> tuple[bool, bool, bool, bool, float]:
        stage = others[other]
        ends = (position == 0) != (other == 0)
        far = abs(other / max(len(others) - 1, 1) - depth)
        return ends, stage.shape != mine.shape, stage.name != mine.name, stage.kind != mine.kind, far

    return min(range(len(others)), key=unlike)
