"""What a replay is made from: a trace and the mosaics that the live view makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.forward.layout import as_maps
from desktop_app.core.forward.request import MapView
from desktop_app.core.forward.trace import Array, Trace
from desktop_app.core.maps.mosaic import Mosaic, thinning
from desktop_app.core.maps.palette import PAPER, signed
from desktop_app.core.maps.tiles import magnitude, tiles

Pixels = NDArray[np.uint32]
"""(height, width) of 0xffRRGGBB, as large as the stage's mosaic."""


@dataclass(frozen=True)
class Box:
    """Pixels that are pointed out.

    position: of the stage.  channel: of one map, or None for all.  sides: (top, left, bottom, right) in pixels of a
    map, the last two outside; a unit of what is no picture is a map of 1×1.  wins: it is the number that a pool keeps.
    """

    position: int
    channel: int | None
    sides: tuple[int, int, int, int]
    wins: bool = False


@dataclass(frozen=True, eq=False)
class Shown:
    """A stage at one moment.

    pixels: None for its mosaic as it is.  numbers: what its units are worth by now, where it works with such.
    """

    pixels: Pixels | None
    boxes: tuple[Box, ...] = ()
    numbers: Array | None = None


class Scene:
    """Lays and colours numbers exactly as the live view does, at the scale of the finished stage."""

    def __init__(self, trace: Trace, mosaics: Sequence[Mosaic | None], view: MapView, cover: int) -> None:
        """mosaics: None for stages that are not on screen.  cover: colour 0xffRRGGBB of what is not computed yet."""
        self.trace, self._mosaics = trace, tuple(mosaics)
        self._palette = signed(view.dark, view.contrast, view.paper)
        self.paper = int(self._palette[PAPER])
        self._cover = cover
        self._each_map = view.scale == "channel"
        self._covered: dict[int, Pixels] = {}
        self._strongest: dict[int, Array] = {}

    def drawn(self, position: int) -> bool:
        """Whether the stage is on screen; all else here is about such stages."""
        return self._mosaics[position] is not None

    def mosaic(self, position: int) -> Mosaic:
        mosaic = self._mosaics[position]
        assert mosaic is not None
        return mosaic

    def covered(self, position: int) -> Pixels:
        """The stage before its turn: where its maps will be."""
        if position not in self._covered:
            self._covered[position] = self._new_cover(position)
        return self._covered[position]

    def _new_cover(self, position: int) -> Pixels:
        mosaic = self.mosaic(position)
        if position == 0:
            return np.full(mosaic.pixels.shape, self._cover, np.uint32)
        return self.laid(position, np.full((len(mosaic.channels), *mosaic.tile), self._cover, np.uint32), self.paper)

    def thinned(self, position: int, values: NDArray[Any]) -> NDArray[Any]:
        """Those of the stage's numbers (of its shape) that its mosaic shows, as maps (n, height, width)."""
        return self.shown(position, as_maps(self.trace.stages[position], values))

    def shown(self, position: int, maps: NDArray[Any]) -> NDArray[Any]:
        """The same of maps (count, height, width)."""
        step = thinning(*maps.shape[1:])
        return self._paged(position, maps[:, ::step, ::step])

    def _paged(self, position: int, maps: NDArray[Any]) -> NDArray[Any]:
        """Those that are on the mosaic's page, in its order."""
        channels = self.mosaic(position).channels
        return maps if channels == range(len(maps)) else maps[list(channels)]

    def laid(self, position: int, maps: NDArray[Any], rest: int) -> NDArray[Any]:
        """Thinned maps side by side, as in the mosaic. rest: what stands where no map is."""
        columns = self.mosaic(position).columns
        count, tall, wide = maps.shape
        rows = -(-count // columns)
        grid = np.full((rows * columns, tall, wide), rest, maps.dtype)
        grid[:count] = maps
        return grid.reshape(rows, columns, tall, wide).transpose(0, 2, 1, 3).reshape(rows * tall, columns * wide)

    def coloured(self, position: int, maps: Array) -> Pixels:
        """Thinned numbers (n, height, width) in the colours that they would have in the finished mosaic."""
        mosaic = self.mosaic(position)
        if not (self._each_map and self.trace.stages[position].is_maps):
            return tiles(maps, mosaic.columns, mosaic.magnitude, self._palette)
        if position not in self._strongest:
            finished = as_maps(self.trace.stages[position], self.trace.outputs[position])
            largest = [magnitude(values) for values in finished]
            strongest = np.maximum(np.array(largest, np.float32), 1e-12).reshape(-1, 1, 1)
            self._strongest[position] = self._paged(position, strongest)
        return tiles(maps / self._strongest[position], mosaic.columns, 1.0, self._palette)
