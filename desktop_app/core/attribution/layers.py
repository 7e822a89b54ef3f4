"""At which stages Grad-CAM can look: those whose output is still a picture, however coarse."""

from __future__ import annotations

from collections.abc import Sequence

from desktop_app.core.forward.trace import Stage

FLAT = 2.0
"""How much longer, against the input's own shape, maps may be: what is more is no picture."""
MAPS = 3
"""Axes of maps, with the channels; tokens have two."""


def _is_picture(stage: Stage, input_shape: tuple[int, ...]) -> bool:
    _, rows, columns = stage.maps
    ratio = input_shape[1] / input_shape[2]
    return stage.is_maps and rows > 1 and columns > 1 and 1 / FLAT <= rows / columns / ratio <= FLAT


def lookouts(stages: Sequence[Stage]) -> tuple[int, ...]:
    """Positions of the stages to choose from, the deepest first.

    Of tokens those that an attention reads: what the blocks make of the others after the last one reaches no class.
    """
    read = {source for stage in stages if stage.kind == "attention" for source in stage.sources}
    return tuple(
        position
        for position in reversed(range(1, len(stages) - 1))
        if _is_picture(stages[position], stages[0].shape) and (len(stages[position].shape) == MAPS or position in read)
    )


def usual_lookout(stages: Sequence[Stage]) -> int | None:
    """Of these the one that Grad-CAM's paper looks at: the deepest, but before a pooling that ends the pictures, behind
    which slopes are averaged over so few places that at times nothing is left."""
    found = lookouts(stages)
    return next((position for position in found if "pool" not in stages[position].kind), next(iter(found), None))
