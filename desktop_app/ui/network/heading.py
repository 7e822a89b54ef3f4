"""What stands over a column: of a stage, or of a block that is closed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QCoreApplication

from desktop_app.core.forward.trace import Stage
from desktop_app.core.network.blocks import Block
from desktop_app.core.network.stage_names import WRAPPERS


@dataclass(frozen=True)
class Heading:
    """title, kind: its first two lines.  stage: the one whose maps are shown.  weights: of all that it stands for.

    opens: whether it is a block, which a click opens.  tip: all of it, for reading at leisure.  heads: whether the
    stage is shown by what its heads look at.
    """

    title: str
    kind: str
    stage: Stage
    weights: int
    opens: bool
    tip: str
    heads: bool = False

    def lines(self, compact: bool) -> list[str]:
        """Name, kind, shape and weights; short lines, since columns are narrow.

        compact: only name and shape.
        """
        count = f"{self.stage.maps[0]:,}"
        if self.stage.is_maps:
            _, tall, wide = self.stage.maps
            word = "heads" if self.heads else "maps" if self.stage.maps[0] != 1 else "map"
            shape = [f"{count} {word}", f"{tall}×{wide}"]
        else:
            shape = [count, "units"]
        if compact:
            return [self.title, *shape]
        return [
            self.title,
            self.kind,
            *shape,
            f"{self.weights:,}" if self.weights else "",
            "weights" if self.weights else "",
        ]


def of_stage(stage: Stage, parent: Block | None = None) -> Heading:
    """parent: the open block around it, under whose name it stands."""
    within = parent.path if parent else stage.block if stage.block in WRAPPERS else ""
    inside = within and stage.name.startswith((f"{within}.", f"{within}_"))
    name = stage.name[len(within) + 1 :] if inside else stage.name
    weights = f" · {stage.weights:,} weights" if stage.weights else ""
    name_in_code = f" · {stage.module}" if stage.module else ""
    tip = f"{stage.name}{name_in_code} · {stage.kind} · output {stage.shape_words}{weights}"
    number = name[len(stage.kind) + 1 :] if name.startswith(f"{stage.kind} ") else ""
    says_it = name == stage.kind or number.isdecimal()  # as conv 1 does
    return Heading(name, "" if says_it else stage.kind, stage, stage.weights, False, tip)


def of_block(block: Block, stages: Sequence[Stage], parent: Block | None) -> Heading:
    """stages: of the whole network."""
    if not block.children:
        return of_stage(stages[block.output], parent)
    inside = stages[block.first : block.last + 1]
    weights = sum(stage.weights for stage in inside)
    kind = _tr("{n} stages").format(n=len(inside))
    shown = stages[block.output]
    tip = _tr(
        "{title} · {n} stages, from {first} to {last} · output {shape} · {weights} weights · click to open"
    ).format(
        title=block.title,
        n=len(inside),
        first=inside[0].name,
        last=inside[-1].name,
        shape=shown.shape_words,
        weights=f"{weights:,}",
    )
    return Heading(f"▸ {_shorter(short_title(block, parent))}", kind, shown, weights, True, tip)


def in_place(blocks: Sequence[Block], stages: Sequence[Stage], position: int) -> str:
    """A stage's name with those of the blocks that it stands in, as the columns have them: layer 4 · block 3 · relu."""
    parent: Block | None = None
    block = _around(blocks, position)
    while block.children:
        parent, block = block, _around(block.children, position)
    name = of_stage(stages[position], parent).title
    return re.sub(r" of \d+", "", f"{parent.title} · {name}") if parent else name


def _around(blocks: Sequence[Block], position: int) -> Block:
    return next(block for block in blocks if block.first <= position <= block.last)


def by_head(heading: Heading, heads: int) -> Heading:
    """Of an attention stage that is shown by what so many heads look at, where its places make up a picture."""
    stage = heading.stage
    if stage.grid is None:
        return heading
    return replace(heading, stage=replace(stage, shape=(heads, *stage.grid), grid=None, channels=0), heads=True)


def short_title(block: Block, parent: Block | None) -> str:
    """Without what the open block around it says, and without how many there are."""
    title = block.title.removeprefix(f"{parent.title} · ") if parent else block.title
    return re.sub(r" of \d+$", "", title)


def _shorter(title: str) -> str:
    """As "layer 3" of "encoder layer 3": columns are narrow, and their tip says the whole."""
    return re.sub(r".* (?=\w+ [\d.]+$)", "", title)


def _tr(words: str) -> str:
    return QCoreApplication.translate("Heading", words)
