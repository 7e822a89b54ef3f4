"""A unit's nine places as they are shown: the inputs, and what of them the unit saw there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from desktop_app.core.arithmetic.explanation import Index
from desktop_app.core.arithmetic.reach import receptive_field
from desktop_app.core.forward.trace import Trace
from desktop_app.core.likes.likes import Likes, Pixels


@dataclass(frozen=True)
class Box:
    """Rows and columns of the input, the last ones not included."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left


@dataclass(frozen=True, eq=False)
class Patch:
    """picture: the whole input (C, H, W).  box: the receptive field in it.  index: the place, and value: what the unit
    gives there."""

    picture: Pixels
    box: Box
    index: Index
    value: float

    @property
    def cut(self) -> Pixels:
        """(C, h, w)."""
        box = self.box
        return self.picture[:, box.top : box.bottom, box.left : box.right]

    def offset(self, size: tuple[int, int]) -> tuple[int, int]:
        """(down, right): where the cut stands in a field of this (height, width), if the input's edge cuts it."""
        _, tall, wide = self.picture.shape
        return (
            _offset(self.box.top, self.box.bottom, tall, size[0]),
            _offset(self.box.left, self.box.right, wide, size[1]),
        )


class Fields:
    """Receptive fields of one network's numbers; they are geometry only, so any of its traces will do."""

    def __init__(self, trace: Trace) -> None:
        self.stages = trace.stages
        self._trace = trace
        self._boxes: dict[tuple[int, Index], Box] = {}

    def box(self, position: int, index: Index) -> Box:
        """The smallest box around the receptive field of a number."""
        key = (position, index)
        if key not in self._boxes:
            field = receptive_field(self._trace, position, index)
            rows, columns = (np.flatnonzero(field.any(axis=axis)) for axis in (1, 0))
            tall, wide = field.shape
            if len(rows):
                self._boxes[key] = Box(int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1)
            else:  # a number that depends on nothing is shown with everything
                self._boxes[key] = Box(0, 0, tall, wide)
        return self._boxes[key]


def patches_of(likes: Likes, fields: Fields, position: int, unit: int) -> tuple[Patch, ...]:
    """The nine of one unit, the strongest first; fewer if there were fewer inputs."""
    stage = fields.stages[position]
    best = likes.stages[stage.name]
    found = []
    for which in np.flatnonzero(best.picture[unit] >= 0):
        index = (unit, int(best.row[unit, which]), int(best.column[unit, which]))[: len(stage.shape)]
        picture = likes.pictures[best.picture[unit, which]]
        found.append(Patch(picture, fields.box(position, index), index, float(best.value[unit, which])))
    return tuple(found)


def size_of(patches: Sequence[Patch]) -> tuple[int, int]:
    """(height, width) that all of them fit into: the receptive field that no edge cuts, if one of them has it."""
    return max(patch.box.height for patch in patches), max(patch.box.width for patch in patches)


def _offset(start: int, end: int, length: int, size: int) -> int:
    missing = size - (end - start)
    return missing if start == 0 and end < length else 0
