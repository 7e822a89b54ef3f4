"""Mosaics of the stages that are on screen, of deep networks: a page of each stage's maps, the most active first.

Every stage is drawn for itself: unlike in `MosaicMaker` there are so many numbers that a few calls more do not count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from desktop_app.core.forward.layout import as_maps
from desktop_app.core.forward.trace import Array, Stage
from desktop_app.core.maps.mosaic import Mosaic, Scale, thinning
from desktop_app.core.maps.palette import Palette
from desktop_app.core.maps.tiles import magnitude, tiles

MOST_WHOLE = 1_000_000
"""Numbers in all stages of a network that is drawn whole, with every map of every stage."""
GOOD_ENOUGH = 0.85
"""The order of maps stays while those on the page have this share of what the most active ones have: they would dance
otherwise."""


@dataclass(frozen=True)
class Sheet:
    """How a stage is drawn. columns: maps side by side.  count: of the maps on a page.  page: from 0.

    active: the most active maps come first, else they come in the network's own order.
    heads: of an attention stage, which is shown by what they look at; 0 for a stage's own maps.  token: whose look that
    is; None for that of the class.
    """

    columns: int
    count: int
    page: int = 0
    active: bool = False
    heads: int = 0
    token: int | None = None


def drawn_whole(stages: Sequence[Stage]) -> bool:
    """Whether a network is small enough for all maps of all stages to be drawn for every frame."""
    return sum(int(np.prod(stage.shape)) for stage in stages) <= MOST_WHOLE


class SheetMaker:
    """Draws what is asked for of one network; remembers in which order each stage's maps are."""

    def __init__(self, stages: Sequence[Stage]) -> None:
        """stages: of a trace, the input first."""
        self._stages = stages
        self._orders: dict[int, tuple[int, ...]] = {}

    def __call__(
        self, outputs: Sequence[Array], sheets: Mapping[int, Sheet], scale: Scale, palette: Palette, settled: bool
    ) -> dict[int, Mosaic]:
        """outputs: of all stages.  sheets, and what is returned: by the stage's position.

        settled: the input rests, so that maps may change their places.
        """
        whole = magnitude(*outputs[1:]) if scale == "network" else None
        return {
            place: self._mosaic(place, outputs[place], sheet, scale, whole, palette, settled)
            for place, sheet in sheets.items()
        }

    def _mosaic(
        self,
        place: int,
        output: Array,
        sheet: Sheet,
        scale: Scale,
        whole: float | None,
        palette: Palette,
        settled: bool,
    ) -> Mosaic:
        stage = self._stages[place]
        maps = as_maps(stage, output)
        order = self._order(place, maps, sheet, settled)
        page = _page(sheet, len(maps))
        channels = order[page]
        step = thinning(*stage.maps[1:])
        start, stop = channels[0], channels[-1] + 1
        chosen: Array = maps[start:stop] if isinstance(channels, range) else maps[list(channels)]
        shown = np.ascontiguousarray(chosen[:, ::step, ::step])
        strongest = whole if whole is not None else strongest_of(stage, output)
        if scale == "channel" and stage.is_maps:
            each = np.array([magnitude(values) for values in chosen], np.float32).reshape(-1, 1, 1)
            pixels = tiles(np.divide(shown, np.maximum(each, 1e-12), dtype=np.float32), sheet.columns, 1.0, palette)
        else:
            pixels = tiles(shown, sheet.columns, strongest, palette)
        finite = bool(np.isfinite(shown.sum()))
        return Mosaic(pixels, sheet.columns, shown.shape[1:], strongest, order, channels, page.start, finite)

    def _order(self, place: int, maps: Array, sheet: Sheet, settled: bool) -> Sequence[int]:
        count = len(maps)
        if not sheet.active or sheet.count >= count:
            self._orders.pop(place, None)
            return range(count)
        known = self._orders.get(place)
        if known is not None and not settled:
            return known
        activity = np.nan_to_num(np.abs(maps).mean(axis=(1, 2)), nan=np.inf)
        if known is not None:
            page = _page(sheet, count)
            best = np.sort(activity)[::-1][page]
            with np.errstate(invalid="ignore"):  # where there are holes
                if activity[list(known[page])].sum() >= GOOD_ENOUGH * best.sum():
                    return known
        order = self._orders[place] = tuple(np.argsort(-activity, kind="stable").tolist())
        return order


def _page(sheet: Sheet, count: int) -> slice:
    """The last one where there are not as many."""
    first = min(sheet.page, (count - 1) // sheet.count) * sheet.count
    return slice(first, first + sheet.count)


def strongest_of(stage: Stage, output: Array) -> float:
    """The |value| that has the strongest colour, where every stage has a scale of its own: see `MosaicMaker`."""
    return 1.0 if stage.kind == "softmax" else magnitude(output)
