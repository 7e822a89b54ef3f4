"""From a trace to pictures: one mosaic of all maps a stage, coloured, ready to paint.

All stages go through the same seven numpy calls together, because a call costs more than the few thousand numbers
of one stage: values side by side → magnitude a group → scaled → quantised → gathered into place → coloured.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.forward.layout import as_maps
from desktop_app.core.forward.trace import Array, Stage
from desktop_app.core.maps.palette import NOT_A_NUMBER, PAPER, STEPS, ZERO, Palette, packed_grey, packed_rgb

Scale = Literal["channel", "layer", "network"]

LARGEST_TILE = 96
"""Maps with longer sides are thinned out to at most this many pixels a side: more cannot be seen in a mosaic."""


@dataclass(frozen=True, eq=False)
class Mosaic:
    """pixels: (rows * height, columns * width) of 0xffRRGGBB; tile: (height, width) of one map in it.

    magnitude: the |value| that has the strongest colour; with a scale per channel the largest of the stage.
    order: all maps of the stage, as they are paged through.  channels: the part of these that is drawn, tile by tile.
    first: how many of them are on the pages before.
    finite: whether all that was looked at are numbers.  heads: (heads, rows, columns) of an attention stage that is
    shown by what its heads look at; None where the maps are the stage's own.
    """

    pixels: NDArray[np.uint32]
    columns: int
    tile: tuple[int, int]
    magnitude: float
    order: Sequence[int]
    channels: Sequence[int]
    first: int = 0
    finite: bool = True
    heads: Array | None = None

    def tile_of(self, channel: int) -> int | None:
        """Which tile shows a map; None where it is on another page."""
        return self.channels.index(channel) if channel in self.channels else None

    def piece(self, tile: int) -> NDArray[np.uint32]:
        """The pixels of one tile."""
        tall, wide = self.tile
        row, column = divmod(tile, self.columns)
        return self.pixels[row * tall : (row + 1) * tall, column * wide : (column + 1) * wide]


class MosaicMaker:
    """Makes the mosaics of one net at given numbers of columns; remembers where every number goes."""

    def __init__(self, stages: Sequence[Stage], columns: Sequence[int], scale: Scale) -> None:
        """columns: how many maps side by side, a stage."""
        self._scale = scale
        self._columns = tuple(columns)
        self._orders = [range(stage.maps[0]) for stage in stages]
        sizes = [int(np.prod(stage.shape)) for stage in stages]
        starts = np.concatenate(([0], np.cumsum(sizes)))
        paper = int(starts[-1])  # one number past the last stands for "nothing here"
        self._tiles: list[tuple[int, int]] = []
        self._shapes: list[tuple[int, int]] = []
        places = []
        for stage, start, wide in zip(stages, starts[:-1], columns, strict=True):
            place, tile = _places(stage, int(start), wide, paper)
            self._tiles.append(tile)
            self._shapes.append(place.shape)
            places.append(place.reshape(-1))
        self._gather = np.concatenate(places)
        ends = list(accumulate(place.size for place in places))
        self._parts = [slice(end - place.size, end) for end, place in zip(ends, places, strict=True)]
        self._groups = starts[:-1] if scale != "channel" else np.concatenate(_channel_starts(stages, starts))
        self._lengths = np.diff(np.append(self._groups, paper))
        self._first_group = np.searchsorted(self._groups, starts[:-1])
        self._probabilities = [
            self._first_group[position] for position, stage in enumerate(stages) if stage.kind == "softmax"
        ]
        self._quantised = np.full(paper + 1, PAPER, np.uint8)

    def __call__(self, outputs: Sequence[Array], palette: Palette) -> tuple[Mosaic, ...]:
        """Mosaics of all outputs, each of its stage's shape. Values that are not finite get their own colour."""
        values = np.concatenate([output.reshape(-1) for output in outputs])
        magnitudes = np.maximum.reduceat(np.abs(values), self._groups)
        if not np.isfinite(magnitudes).all():
            return self._with_holes(values, palette)
        self._unify(magnitudes)
        self._quantised[:-1] = self._quantise(values, magnitudes)
        return self._coloured(magnitudes, palette, True)

    def _unify(self, magnitudes: Array) -> None:
        """Probabilities have a scale of their own that means the same in every net: up to 1."""
        if self._scale == "network":
            magnitudes[:] = magnitudes.max()
        else:
            magnitudes[self._probabilities] = 1

    def _quantise(self, values: Array, magnitudes: Array) -> Array:
        """Values as palette entries, still float: the assignment to uint8 cuts off the rest."""
        factor = np.repeat(np.float32(STEPS) / np.maximum(magnitudes, 1e-12), self._lengths)
        np.multiply(values, factor, out=values)
        values += np.float32(ZERO + 0.5)
        return values

    def _coloured(self, magnitudes: Array, palette: Palette, finite: bool) -> tuple[Mosaic, ...]:
        pixels = palette.take(self._quantised.take(self._gather))
        largest = np.maximum.reduceat(magnitudes, self._first_group)
        return tuple(
            Mosaic(pixels[part].reshape(shape), columns, tile, magnitude, order, order, finite=finite)
            for part, shape, columns, tile, magnitude, order in zip(
                self._parts, self._shapes, self._columns, self._tiles, largest.tolist(), self._orders, strict=True
            )
        )

    def _with_holes(self, values: Array, palette: Palette) -> tuple[Mosaic, ...]:
        """The slow way, for a net that gave NaN or infinity somewhere."""
        holes = ~np.isfinite(values)
        values = np.where(holes, np.float32(0), values)
        magnitudes = np.maximum.reduceat(np.abs(values), self._groups)
        self._unify(magnitudes)
        self._quantised[:-1] = np.where(holes, np.float32(NOT_A_NUMBER), self._quantise(values, magnitudes))
        return self._coloured(magnitudes, palette, False)


def squarish(stage: Stage) -> int:
    """Maps side by side where nobody has said how many."""
    return max(1, math.isqrt(stage.maps[0]))


def thinning(height: int, width: int) -> int:
    """Of maps this large, every how many rows and columns are shown."""
    return max(1, -(-max(height, width) // LARGEST_TILE))


def input_picture(net_input: Array, mean: Sequence[float], std: Sequence[float]) -> Mosaic:
    """The input (C, H, W) as a person knows it, normalisation undone: grey or true colour."""
    shape = (-1, 1, 1)
    levels = net_input * np.asarray(std, np.float32).reshape(shape) + np.asarray(mean, np.float32).reshape(shape)
    picture = (np.maximum(np.minimum(levels, 1), 0) * 255 + 0.5).astype(np.uint8)
    pixels = packed_grey(picture[0]) if len(picture) == 1 else packed_rgb(picture.transpose(1, 2, 0))
    return Mosaic(pixels, 1, picture.shape[1:], 1.0, range(1), range(1))


def _places(stage: Stage, start: int, columns: int, paper: int) -> tuple[NDArray[np.intp], tuple[int, int]]:
    """For every pixel of the stage's mosaic the number that it shows, and the tile's (height, width)."""
    count, height, width = stage.maps
    step = thinning(height, width)
    numbers = start + as_maps(stage, np.arange(np.prod(stage.shape)).reshape(stage.shape))[:, ::step, ::step]
    tile = (numbers.shape[1], numbers.shape[2])
    rows = -(-count // columns)
    padded = np.full((rows * columns, *tile), paper, dtype=np.intp)
    padded[:count] = numbers
    grid = padded.reshape(rows, columns, *tile).transpose(0, 2, 1, 3)
    return grid.reshape(rows * tile[0], columns * tile[1]), tile


def _channel_starts(stages: Sequence[Stage], starts: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """Where each map begins; the units of a dense stage share one scale, as do maps that are not kept in one piece."""
    sizes = [stage.maps if stage.is_maps and stage.grid is None else (1, 1, 1) for stage in stages]
    return [
        start + np.arange(count) * (tall * wide) for (count, tall, wide), start in zip(sizes, starts[:-1], strict=True)
    ]
