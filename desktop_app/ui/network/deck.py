"""Which columns stand side by side: a network's stages, where it is deep those of the blocks that are open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from desktop_app.core.forward.trace import Stage
from desktop_app.core.network.blocks import SHORT, Block, blocks_of
from desktop_app.core.network.connections import Connection, columns_of, connections_of

Span = tuple[int, int]


@dataclass(frozen=True)
class Band:
    """An open block: the columns first to last, both in it, belong together.

    depth: 0 for the outermost.  parent: the open block around it.
    """

    block: Block
    first: int
    last: int
    depth: int
    parent: Block | None


class Deck:
    """What is open and closed in one network, and which page of a stage's maps is shown."""

    def __init__(self, stages: Sequence[Stage]) -> None:
        """A network that is not deep has all its blocks open."""
        self.stages = tuple(stages)
        self.blocks = blocks_of(stages)
        self.deep = any(block.children for block in self.blocks)
        self.pages: dict[int, int] = {}
        self._openable = tuple(_openable(self.blocks))
        self._opened: set[Span] = set()
        if len(self.stages) <= SHORT:
            self._opened = {block.span for block in self._openable}
        self._arrange()

    def _arrange(self) -> None:
        self.columns = columns_of(self.blocks, self._opened)
        self.connections: tuple[Connection, ...] = connections_of(self.stages, self.columns) if self.deep else ()
        self.bands = tuple(self._bands(self.blocks, None, 0))
        self._column_of = [number for number, block in enumerate(self.columns) for _ in range(_count(block))]

    @property
    def shown(self) -> list[Stage]:
        """The stage that each column shows."""
        return [self.stages[block.output] for block in self.columns]

    @property
    def depth(self) -> int:
        """How many open blocks are at most around a column."""
        return max((band.depth + 1 for band in self.bands), default=0)

    @property
    def all_open(self) -> bool:
        return len(self._opened) == len(self._openable)

    @property
    def all_closed(self) -> bool:
        return not self._opened

    def column_of(self, position: int) -> int:
        """Number of the column that a stage is in."""
        return self._column_of[position]

    def is_shown(self, position: int) -> bool:
        """Whether a stage's own maps are to be seen."""
        return self.columns[self._column_of[position]].output == position

    def parent_of(self, column: int) -> Block | None:
        """The innermost open block around a column."""
        around = [band for band in self.bands if band.first <= column <= band.last]
        return max(around, key=lambda band: band.depth).block if around else None

    def open(self, block: Block) -> None:
        self._opened.add(block.span)
        self._arrange()

    def close(self, block: Block) -> None:
        """With all that are open inside."""
        self._opened = {span for span in self._opened if not (block.first <= span[0] and span[1] <= block.last)}
        self._arrange()

    def open_all(self) -> None:
        self._opened = {block.span for block in self._openable}
        self._arrange()

    def close_all(self) -> None:
        self._opened.clear()
        self._arrange()

    def reveal(self, position: int) -> bool:
        """Opens what a stage is hidden in; whether anything had to be opened."""
        hidden = not self.is_shown(position)
        while not self.is_shown(position):
            self._opened.add(self.columns[self._column_of[position]].span)
            self._arrange()
        return hidden

    def _bands(self, blocks: Iterable[Block], parent: Block | None, depth: int) -> Iterable[Band]:
        for block in blocks:
            if block.children and block.span in self._opened:
                inside = [n for n, column in enumerate(self.columns) if block.first <= column.first <= block.last]
                yield Band(block, inside[0], inside[-1], depth, parent)
                yield from self._bands(block.children, block, depth + 1)


def _count(block: Block) -> int:
    return block.last - block.first + 1


def _openable(blocks: Iterable[Block]) -> Iterable[Block]:
    for block in blocks:
        if block.children:
            yield block
            yield from _openable(block.children)
