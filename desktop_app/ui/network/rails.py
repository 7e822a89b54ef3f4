"""Connections between columns that do not stand side by side, gathered into as few lines as tell the truth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from desktop_app.core.network.connections import Connection

MOST_LANES = 6
"""Above each other; what comes after these shares the uppermost."""


@dataclass(frozen=True)
class Rail:
    """A line above the columns: it rises at its sources and comes down at its targets.

    Every target is read by all sources to its left.  sources, targets: of columns, from the left.  lane: from 0, the
    lowest.
    """

    sources: tuple[int, ...]
    targets: tuple[int, ...]
    lane: int = 0

    @property
    def left(self) -> int:
        return self.sources[0]

    @property
    def right(self) -> int:
        return self.targets[-1]

    def touches(self, column: int) -> bool:
        return column in self.sources or column in self.targets


def rails_of(connections: Iterable[Connection]) -> list[Rail]:
    """The shortest in the lowest lanes."""
    joined: dict[int, set[int]] = {}
    own: dict[tuple[str, int], set[int]] = {}
    for link in connections:
        if link.kind == "concat":
            joined.setdefault(link.target, set()).add(link.source)
        elif link.kind != "next":
            own.setdefault((link.kind, link.source), set()).add(link.target)
    rails = [Rail((source,), tuple(sorted(targets))) for (_, source), targets in own.items()]
    rails += _bundles(joined)
    return _in_lanes(rails)


def broken(connections: Iterable[Connection], count: int) -> list[int]:
    """Of so many columns those that do not read the one before them."""
    reads = {link.target for link in connections if link.source == link.target - 1}
    return [column for column in range(1, count) if column not in reads]


def _bundles(joined: dict[int, set[int]]) -> list[Rail]:
    """Concatenations of which each goes on with what the one before it reads, as in a DenseNet, are one line."""
    rails: list[Rail] = []
    sources: set[int] = set()
    targets: list[int] = []
    for target in sorted(joined):
        grows = (
            sources <= joined[target] and all(source >= targets[-1] for source in joined[target] - sources)
            if targets
            else True
        )
        if not grows:
            rails.append(Rail(tuple(sorted(sources)), tuple(targets)))
            targets = []
        sources = set(joined[target])
        targets.append(target)
    if targets:
        rails.append(Rail(tuple(sorted(sources)), tuple(targets)))
    return [rail for rail in rails if rail.right - rail.left > 1]


def _in_lanes(rails: Sequence[Rail]) -> list[Rail]:
    placed: list[Rail] = []
    for rail in sorted(rails, key=lambda rail: (rail.right - rail.left, rail.left)):
        taken = {other.lane for other in placed if other.left < rail.right and rail.left < other.right}
        lane = next((lane for lane in range(MOST_LANES) if lane not in taken), MOST_LANES - 1)
        placed.append(Rail(rail.sources, rail.targets, lane))
    return placed
