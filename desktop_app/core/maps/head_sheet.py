"""An attention stage as a person asks about it: what each head takes of each place of the picture."""

from __future__ import annotations

from collections.abc import Mapping

from desktop_app.core.arithmetic.heads import attentions, head_maps, weights_of
from desktop_app.core.forward.layout import stands_apart
from desktop_app.core.forward.spot import Spot, place_of
from desktop_app.core.forward.trace import Stage, Trace
from desktop_app.core.maps.mosaic import Mosaic, Scale
from desktop_app.core.maps.palette import Palette
from desktop_app.core.maps.sheet import Sheet, SheetMaker
from desktop_app.core.maps.tiles import magnitude, tiles


def heads_in(trace: Trace) -> Mapping[int, int]:
    """Heads of each stage whose attention can be shown over the picture, by position."""
    return {
        position: trace.operations[position].heads  # type: ignore[union-attr]
        for position in attentions(trace)
        if trace.stages[position].grid
    }


def token_of(stage: Stage, spot: Spot | None, spots_stage: Stage | None) -> int | None:
    """The token of an attention stage that a chosen number belongs to, if it is one of the same picture's."""
    if spot is None or spots_stage is None or stage.grid is None or spots_stage.grid != stage.grid:
        return None
    if stands_apart(spots_stage, spot.index):
        return 0
    _, row, column = place_of(spots_stage, spot)
    return stage.apart + row * stage.grid[1] + column


def drawn_now(
    trace: Trace,
    sheets: Mapping[int, Sheet],
    scale: Scale,
    palette: Palette,
    maker: SheetMaker | None = None,
    settled: bool = True,
) -> dict[int, Mosaic]:
    """Mosaics of stages of either kind, by position. maker: remembers their orders; else they are put in order anew.

    settled: see `SheetMaker`.
    """
    own = {place: sheet for place, sheet in sheets.items() if not sheet.heads}
    drawn = (maker or SheetMaker(trace.stages))(trace.outputs, own, scale, palette, settled)
    for place in set(sheets) & set(heads_in(trace)) - set(own):
        drawn[place] = head_mosaic(trace, place, sheets[place], palette)
    return drawn


def head_mosaic(trace: Trace, position: int, sheet: Sheet, palette: Palette) -> Mosaic:
    """One map a head, for the sheet's token; where there is none for the class token, or the mean of all tokens."""
    stage = trace.stages[position]
    assert stage.grid is not None
    weights = weights_of(trace, position)
    if sheet.token is None and not stage.apart:
        weights, token = weights.mean(axis=1, keepdims=True), 0
    else:
        token = sheet.token or 0
    maps = head_maps(weights, stage.grid, token)
    first = min(sheet.page, (len(maps) - 1) // sheet.count) * sheet.count
    channels = range(len(maps))[first : first + sheet.count]
    strongest = magnitude(maps)
    pixels = tiles(maps[first : first + sheet.count], sheet.columns, strongest, palette)
    return Mosaic(pixels, sheet.columns, stage.grid, strongest, range(len(maps)), channels, first, heads=maps)
