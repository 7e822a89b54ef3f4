"""From a network's stages to its blocks, which open into smaller ones and at last into single stages.

Blocks follow the modules that the network was written as, because these are its names in books and papers. Where a
long row of stages is written without modules, as in VGG, a block goes up to the next pooling.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, takewhile

from desktop_app.core.forward.trace import Stage, only_reader
from desktop_app.core.network.block_names import numbered, words

SHORT = 24
"""So many stages can be looked at side by side; only what has more is opened in two steps."""
LARGE = 4
"""Stages of a block that is kept even in a short one, if that has little else inside: of two blocks of a ResNet."""
LONG_ROW = 12
"""Stages in a row without modules from which on they are cut at the poolings."""
PATCHES = 3
"""Stages that make tokens out of a picture, at least: its patches' numbers, in their order, with their places."""


@dataclass(frozen=True)
class Block:
    """Stages in a row: the positions first to last, both in it.

    children: what it opens into, which covers the same stages in order; () for a single stage.  output: the stage
    that later ones read, and whose maps stand for the block.  path: dotted, of its module or stage; "patches" for what
    comes before a transformer's blocks.
    """

    title: str
    path: str
    first: int
    last: int
    output: int
    children: tuple[Block, ...] = ()

    @property
    def span(self) -> tuple[int, int]:
        """Unlike any other block's of the same network."""
        return self.first, self.last


@dataclass
class _Node:
    """A block in the making. path: () for the whole network."""

    path: tuple[str, ...]
    first: int
    last: int
    children: list[_Node] = field(default_factory=list)
    numbered: bool = False
    """It has no name of its own, only a place among its neighbours."""

    @property
    def count(self) -> int:
        return self.last - self.first + 1


def blocks_of(stages: Sequence[Stage]) -> tuple[Block, ...]:
    """The outermost blocks: together all stages, from the input to the softmax. A short plain network's are its stages.

    stages: of a trace, the input first.
    """
    paths = _paths(stages)
    whole = _Node((), 0, len(stages) - 1)
    _divide(whole, paths)
    _simplify(whole)
    _cut_at_poolings(whole, stages)
    _group_patches(whole, stages)
    outputs = _last_readers(stages)
    return _finished(whole.children, stages, outputs, "")


def _paths(stages: Sequence[Stage]) -> list[tuple[str, ...]]:
    """Of every stage the modules that it is part of, the outermost first.

    A ReLU right behind a block's sum is the block's end, as in papers, also where it is written behind the block.
    """
    paths = [tuple(stage.block.split(".")) if stage.block else () for stage in stages]
    for place, stage in enumerate(stages[1:], start=1):
        inside = paths[place - 1]
        ends = stage.kind == "ReLU" and stages[place - 1].kind == "add" and stage.sources == (place - 1,)
        if ends and inside[:-1] == paths[place] != inside and only_reader(stages, place - 1) == place:
            paths[place] = inside
    return paths


def _divide(node: _Node, paths: Sequence[tuple[str, ...]]) -> None:
    """Gives it a child for every module right inside, or single stage."""
    depth = len(node.path)
    for path, group in groupby(
        range(node.first, node.last + 1), key=lambda place: paths[place][: depth + 1] if paths[place][depth:] else place
    ):
        inside = list(group)
        if isinstance(path, int) or len(inside) == 1:
            node.children += [_Node((), place, place) for place in inside]
        else:
            child = _Node(path, inside[0], inside[-1], numbered=path[-1].isdecimal())
            _divide(child, paths)
            node.children.append(child)


def _simplify(node: _Node) -> None:
    """Leaves out the steps that a person gains nothing from."""
    for child in node.children:
        _simplify(child)
    node.children = [_only(child) for child in node.children]
    while (most := _holds_most(node)) is not None:
        place = node.children.index(most)
        node.children[place : place + 1] = most.children
    inner = [child for child in node.children if child.children]
    sizes = [child.count for child in inner]
    apart = len(inner) > 1 and min(sizes) >= LARGE and 4 * sum(sizes) >= 3 * node.count
    if node.count <= SHORT and not apart:
        node.children = [_Node((), place, place) for place in range(node.first, node.last + 1)]
        if node.count == 1:
            node.children = []


def _only(node: _Node) -> _Node:
    """A block that holds nothing but another one is that one, under its own name."""
    while len(node.children) == 1:
        node = replace(node, children=node.children[0].children)
    return node


def _holds_most(node: _Node) -> _Node | None:
    """The child that is two thirds of it and so tells nobody anything: `features`, `encoder`, `layers`.

    Not the largest of several that have blocks inside, as the third of a deep ResNet's four layers.
    """
    inner = [child for child in node.children if any(each.children for each in child.children)]
    for child in node.children:
        others = [each for each in inner if each is not child]
        if child.children and 3 * child.count > 2 * node.count and len(others) < 2:
            return child
    return None


def _cut_at_poolings(node: _Node, stages: Sequence[Stage]) -> None:
    """Only in what is too long to be looked at whole."""
    for child in node.children:
        _cut_at_poolings(child, stages)
    if node.count <= SHORT:
        return
    children: list[_Node] = []
    for single, group in groupby(node.children, key=lambda child: not child.children and child.first > 0):
        row = list(group)
        children += _pooled(row, stages) if single and len(row) >= LONG_ROW else row
    node.children = children


def _pooled(row: Sequence[_Node], stages: Sequence[Stage]) -> list[_Node]:
    parts: list[list[_Node]] = [[]]
    for child in row:
        parts[-1].append(child)
        if stages[child.first].kind.endswith("pool"):
            parts.append([])
    if len(parts) == 1:
        return list(row)
    return [
        part[0] if len(part) == 1 else _Node((), part[0].first, part[-1].last, part, numbered=True)
        for part in parts
        if part
    ]


def _group_patches(whole: _Node, stages: Sequence[Stage]) -> None:
    """What makes tokens out of the picture, before a transformer's first block, is a block too, as in papers."""
    row = list(takewhile(lambda child: not child.children, whole.children[1:]))
    if not PATCHES <= len(row) < len(whole.children) - 1:
        return
    first, last = stages[row[0].first], stages[row[-1].last]
    if len(first.shape) == 3 and len(last.shape) == 2 and last.grid is not None:
        whole.children[1 : 1 + len(row)] = [_Node(("patches",), row[0].first, row[-1].last, row)]


def _last_readers(stages: Sequence[Stage]) -> list[int]:
    """For every stage the last one that reads it, itself where none does."""
    last = list(range(len(stages)))
    for reader, stage in enumerate(stages):
        for source in stage.sources:
            last[source] = max(last[source], reader)
    return last


def _finished(
    nodes: Sequence[_Node], stages: Sequence[Stage], readers: Sequence[int], parent: str
) -> tuple[Block, ...]:
    """parent: words for the block that these are in, "" at the top."""
    blocks = []
    names = [node.path[-1] for node in nodes if node.children and not node.numbered]
    count, number = sum(node.numbered for node in nodes if node.children), 0
    for node in nodes:
        if not node.children:
            stage = stages[node.first]
            blocks.append(Block(stage.name, stage.name, node.first, node.last, node.first))
            continue
        number += node.numbered
        short = f"block {number}" if node.numbered else words(node.path[-1], names)
        title = numbered(parent, number, count) if node.numbered else short
        read = [place for place in range(node.first, node.last + 1) if readers[place] > node.last]
        path = ".".join(node.path) or stages[node.first].block
        inside = _finished(node.children, stages, readers, short)
        blocks.append(Block(title, path, node.first, node.last, max(read, default=node.last), inside))
    return tuple(blocks)
