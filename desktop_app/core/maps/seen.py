"""A stage of a frame as the network panel would show it, also where its column is closed or on another page."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.forward.layout import as_maps
from desktop_app.core.forward.request import Frame
from desktop_app.core.maps.mosaic import squarish, thinning
from desktop_app.core.maps.palette import signed
from desktop_app.core.maps.sheet import strongest_of
from desktop_app.core.maps.tiles import magnitude, tiles


class Seen:
    """Works out nothing before it is asked for."""

    def __init__(self, frame: Frame, position: int) -> None:
        self._frame, self._position = frame, position
        self._stage = frame.trace.stages[position]
        mosaic = frame.mosaics[position]
        self._mosaic = None if mosaic is not None and mosaic.heads is not None else mosaic

    @cached_property
    def magnitude(self) -> float:
        """The |value| that has the strongest colour; with a scale per channel the largest of the stage."""
        mosaic = self._mosaic
        if mosaic is None and self._frame.request.view.scale == "network":
            mosaic = next((drawn for drawn in self._frame.mosaics[1:] if drawn), None)
        return mosaic.magnitude if mosaic else strongest_of(self._stage, self._frame.trace.outputs[self._position])

    @property
    def across(self) -> int:
        """How many maps, or units, stand side by side."""
        return self._mosaic.columns if self._mosaic else squarish(self._stage)

    @property
    def tile(self) -> tuple[int, int]:
        """(height, width) of one map's picture."""
        step = thinning(*self._stage.maps[1:])
        return -(-self._stage.maps[1] // step), -(-self._stage.maps[2] // step)

    def piece(self, channel: int) -> NDArray[np.uint32]:
        """One map's picture, of 0xffRRGGBB."""
        tile = self._mosaic.tile_of(channel) if self._mosaic else None
        if self._mosaic is not None and tile is not None:
            return self._mosaic.piece(tile)
        view, step = self._frame.request.view, thinning(*self._stage.maps[1:])
        values = as_maps(self._stage, self._frame.trace.outputs[self._position])[channel : channel + 1]
        strongest = magnitude(values) if view.scale == "channel" and self._stage.is_maps else self.magnitude
        return tiles(values[:, ::step, ::step], 1, strongest, signed(view.dark, view.contrast, view.paper))
