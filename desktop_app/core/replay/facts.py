"""What a sentence of a replay says about a stage besides its doing: shapes, weights, the strongest map, and where."""

from __future__ import annotations

from desktop_app.core.forward.trace import Array, Stage, Trace
from desktop_app.core.numerals import short
from desktop_app.core.replay.words import Words, some

PLACES = (
    ("at the upper left", "at the top", "at the upper right"),
    ("at the left", "in the middle", "at the right"),
    ("at the lower left", "at the bottom", "at the lower right"),
)


def shapes(trace: Trace, position: int) -> str:
    """From which shapes to which: "16×8×8 → 1,024"."""
    stage = trace.stages[position]
    sources = [shape_of(trace.stages[source]) for source in stage.sources]
    if not sources:
        return shape_of(stage)
    before = " + ".join(sources) if len(sources) <= 3 else f"{len(sources)} × ({sources[0]}, …)"
    return f"{before} → {shape_of(stage)}"


def weights(stage: Stage) -> Words | None:
    """How many the stage owns; None for none."""
    return some(stage.weights, "{count} weight", "{count} weights") if stage.weights else None


def shape_of(stage: Stage) -> str:
    return stage.shape_words if len(stage.shape) > 1 else f"{stage.shape[0]:,}"


def sides_of(stage: Stage) -> str:
    return f"{stage.maps[1]}×{stage.maps[2]}"


def reach(output: Array) -> Words:
    """From the smallest to the largest number."""
    return Words("from {low} to {high}", {"low": short(float(output.min())), "high": short(float(output.max()))})


def largest_map(output: Array) -> int:
    """The map in which the largest number is."""
    return int(output.reshape(len(output), -1).max(axis=1).argmax())


def where(map_: Array) -> Words | None:
    """Where its largest number is; None where no place can be named."""
    if map_.ndim != 2 or map_.size == 1:
        return None
    if map_.min() == map_.max():
        return Words("everywhere alike")
    row, column = divmod(int(map_.argmax()), map_.shape[1])
    return Words(PLACES[_third(row, map_.shape[0])][_third(column, map_.shape[1])])


def _third(place: int, side: int) -> int:
    """0, 1, 2 for the first, middle and last third of a side."""
    return int(3 * (2 * place + 1) // (2 * side))
