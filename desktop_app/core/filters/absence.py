"""Which filters matter for one input: the answer once more without each of them.

The oldest way to ask a network what its parts are for (ablation); see Zeiler and Fergus, "Visualizing and
Understanding Convolutional Networks", 2014, who did it with parts of the input.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from desktop_app.core.filters.bank import Bank
from desktop_app.core.forward.factors import Factors
from desktop_app.core.forward.forwards import Forward
from desktop_app.core.forward.trace import Answer, Array, answer_of


@dataclass(frozen=True)
class Absence:
    """position, channel: of the silenced map.  probability: of the whole network's answer, without that map.

    change: by how much that probability grew.  best: the class that is then the most probable.
    """

    position: int
    channel: int
    probability: float
    change: float
    best: int


@dataclass(frozen=True, eq=False)
class Ranking:
    """What is known after `done` of `total` maps. net_input: what it holds for.  whole: the answer with all maps.

    absences: those that change the answer's probability most first.
    """

    net_input: Array
    whole: Answer
    done: int
    total: int
    absences: tuple[Absence, ...]


def places_of(banks: Sequence[Bank]) -> list[tuple[int, int]]:
    """(position, channel) of all maps of these."""
    return [(bank.place, channel) for bank in banks for channel in range(len(bank))]


def rank_absences(
    forward: Forward, net_input: Array, temperature: float, places: Sequence[tuple[int, int]]
) -> Iterator[Ranking]:
    """One forward pass with all maps, and one without each of these; yields after every one."""
    whole = answer_of(forward(net_input)[-1], temperature)
    before = float(whole.probabilities[whole.best])
    found: list[Absence] = []
    yield Ranking(net_input, whole, 0, len(places), ())
    for done, (position, channel) in enumerate(places, start=1):
        answer = answer_of(forward(net_input, Factors(((position, channel, 0.0),)))[-1], temperature)
        after = float(answer.probabilities[whole.best])
        found.append(Absence(position, channel, after, after - before, answer.best))
        found.sort(key=_least_change_last)
        yield Ranking(net_input, whole, done, len(places), tuple(found))


def _least_change_last(absence: Absence) -> tuple[float, int, int]:
    """NaN, where a network falls apart, counts as the greatest change."""
    size = abs(absence.change) if absence.change == absence.change else float("inf")
    return -size, absence.position, absence.channel
