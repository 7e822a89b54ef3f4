"""Which columns are on screen when some blocks are open, and how one column reads the others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from desktop_app.core.forward.trace import Stage
from desktop_app.core.network.blocks import Block

Link = Literal["next", "skip", "branch", "concat"]
"""next: the column reads the one before it.  skip: what it adds or multiplies comes from farther back.
branch: it begins with what stands farther back.  concat: it is one of several that are put one after the other."""


@dataclass(frozen=True)
class Connection:
    """source, target: of columns, from the left, counted from 0. A pair has one connection at most."""

    source: int
    target: int
    kind: Link


def columns_of(blocks: Iterable[Block], opened: Collection[tuple[int, int]] = ()) -> tuple[Block, ...]:
    """What stands side by side. opened: spans of the blocks that show their children instead of themselves."""
    columns: list[Block] = []
    for block in blocks:
        columns += columns_of(block.children, opened) if block.children and block.span in opened else (block,)
    return tuple(columns)


def connections_of(stages: Sequence[Stage], columns: Sequence[Block]) -> tuple[Connection, ...]:
    """In the order of the columns that read. columns: as from `columns_of`, all of these stages."""
    column_of = [number for number, column in enumerate(columns) for _ in range(column.first, column.last + 1)]
    kinds: dict[tuple[int, int], set[Link]] = {}
    for reader, stage in enumerate(stages):
        for source in stage.sources:
            pair = column_of[source], column_of[reader]
            if pair[0] != pair[1]:
                kinds.setdefault(pair, set()).add(_link(stage, pair[1] - pair[0]))
    strongest: tuple[Link, ...] = ("next", "skip", "concat", "branch")
    pairs = sorted(kinds, key=lambda pair: (pair[1], pair[0]))
    return tuple(Connection(*pair, next(kind for kind in strongest if kind in kinds[pair])) for pair in pairs)


def _link(stage: Stage, distance: int) -> Link:
    joins = len(set(stage.sources)) > 1
    if joins and stage.kind == "concat":
        return "concat"
    if distance == 1:
        return "next"
    return "skip" if joins else "branch"
