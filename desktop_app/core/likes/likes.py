"""The nine places that excite every unit most, gathered while many inputs go through the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.forward.trace import Array

Pixels = NDArray[np.uint8]
Numbers = NDArray[np.int32]
Origin = Literal["drawings", "pictures"]

NINE = 9


@dataclass(frozen=True, eq=False)
class Best:
    """The nine best places of every unit of one stage, the strongest first, at most one in each picture.

    picture: (units, 9), which of `Likes.pictures`, −1 where there were fewer.  row, column: (units, 9), in the unit's
    map; 0 for units that have none.  value: (units, 9), the stage's own output there.
    """

    picture: Numbers
    row: Numbers
    column: Numbers
    value: Array


@dataclass(frozen=True, eq=False)
class Likes:
    """pictures: (P, C, H, W), inputs of the network as bytes (`pixels.as_input` undoes it).  stages: by their names.

    origin: what the inputs were, and seen: how many went through.
    """

    pictures: Pixels
    stages: Mapping[str, Best]
    origin: Origin
    seen: int


class Gathering:
    """Takes batch after batch and keeps only what is among the nine best somewhere.

    Of equally strong places the first one counts, of equal pictures the first that came.
    """

    def __init__(self, units: Mapping[str, int], picture_shape: tuple[int, int, int], origin: Origin) -> None:
        """units: how many each stage has, by the stages' names."""
        self._origin: Origin = origin
        self._shape = picture_shape
        self._seen = 0
        self._pictures: dict[int, Pixels] = {}
        self._stages = {name: _nothing(count) for name, count in units.items()}

    def add(self, pictures: Pixels, outputs: Mapping[str, Array]) -> None:
        """pictures: (N, C, H, W).  outputs: of every stage, (N, units, h, w) or (N, units)."""
        for name, output in outputs.items():
            self._stages[name] = _merged(self._stages[name], _strongest(output, self._seen))
        wanted = np.unique(np.concatenate([best.picture.ravel() for best in self._stages.values()]))
        kept = {number: self._pictures[number] for number in wanted[(wanted >= 0) & (wanted < self._seen)].tolist()}
        new = wanted[wanted >= self._seen].tolist()
        self._pictures = kept | {number: pictures[number - self._seen].copy() for number in new}
        self._seen += len(pictures)

    def likes(self) -> Likes:
        """As they stand now; pictures in the order in which they came."""
        numbers = np.array(sorted(self._pictures), np.int32)
        pictures = np.empty((len(numbers), *self._shape), np.uint8)
        for place, number in enumerate(numbers.tolist()):
            pictures[place] = self._pictures[number]
        stages = {
            name: Best(
                np.where(best.picture < 0, -1, np.searchsorted(numbers, best.picture)).astype(np.int32),
                best.row,
                best.column,
                best.value,
            )
            for name, best in self._stages.items()
        }
        return Likes(pictures, stages, self._origin, self._seen)


def _nothing(units: int) -> Best:
    empty = np.zeros((units, NINE), np.int32)
    return Best(empty - 1, empty, empty, np.full((units, NINE), -np.inf, np.float32))


def _strongest(output: Array, first: int) -> Best:
    """Every unit's strongest place in every picture, which are numbered from `first`: arrays (units, N)."""
    wide = output.shape[3] if output.ndim == 4 else 1
    flat = output.reshape(*output.shape[:2], -1)
    if not np.isfinite(flat).all():
        flat = np.where(np.isfinite(flat), flat, -np.inf)  # what is no number, or out of all bounds, excites nobody
    place = flat.argmax(axis=2)
    value = np.take_along_axis(flat, place[:, :, None], 2)[:, :, 0].T
    numbers = np.broadcast_to(first + np.arange(len(output), dtype=np.int32), value.shape)
    row, column = (part.T.astype(np.int32) for part in np.divmod(place, wide))
    return Best(np.where(value > -np.inf, numbers, -1).astype(np.int32), row, column, value.astype(np.float32))


def _merged(old: Best, new: Best) -> Best:
    value = np.concatenate([old.value, new.value], axis=1)
    order = np.argsort(-value, axis=1, kind="stable")[:, :NINE]

    def chosen(before: NDArray[np.int32], after: NDArray[np.int32]) -> NDArray[np.int32]:
        return np.take_along_axis(np.concatenate([before, after], axis=1), order, 1)

    return Best(
        chosen(old.picture, new.picture),
        chosen(old.row, new.row),
        chosen(old.column, new.column),
        np.take_along_axis(value, order, 1),
    )
