"""At which stages Grad-CAM can look: those whose output is still a picture, however coarse."""

from __future__ import annotations

import math
from collections.abc import Sequence

from desktop_app.core.forward.trace import Stage

FLAT = 2.0
"""How much longer, against the input's own shape, maps may be: what is more is no picture (channels that come last)."""


def grid_of(stage: Stage, input_shape: tuple[int, ...]) -> tuple[int, int] | None:
    """(rows, columns) of the stage's maps, or of a transformer's tokens; None where it has no places left.

    A transformer's stage is (tokens, numbers); tokens before the grid's, as the class token, are left out.
    """
    ratio = input_shape[1] / input_shape[2]
    if len(stage.shape) == 3:
        rows, columns = stage.maps[1:]
    elif len(stage.shape) == 2:
        rows = round(math.sqrt(stage.shape[0] * ratio))
        columns = stage.shape[0] // rows if rows else 0
    else:
        return None
    if rows < 2 or columns < 2 or not 1 / FLAT <= rows / columns / ratio <= FLAT:
        return None
    return rows, columns


def lookouts(stages: Sequence[Stage]) -> tuple[int, ...]:
    """Positions of the stages to choose from, the deepest first.

    Of a transformer those that an attention reads: what the blocks make of the other tokens after the last one reaches
    no class. Without attention, tokens are no picture.
    """
    read = {source for stage in stages if stage.kind == "attention" for source in stage.sources}
    return tuple(
        position
        for position in reversed(range(1, len(stages) - 1))
        if grid_of(stages[position], stages[0].shape) and (len(stages[position].shape) == 3 or position in read)
    )
