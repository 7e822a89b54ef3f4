"""Pictures inside an HTML file: PNG as base64, enlarged by the browser without smoothing."""

from __future__ import annotations

import base64
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from desktop_app.core.export.markup import Html, tag
from desktop_app.core.forward.layout import as_maps
from desktop_app.core.forward.trace import Array, Stage
from desktop_app.core.maps import palette
from desktop_app.core.maps.mosaic import thinning
from desktop_app.core.maps.tiles import magnitude, tiles
from desktop_app.core.numerals import short

PAPER = "#ffffff"
WIDTH = 720
"""CSS pixels that a row of maps may fill."""
SIDE = 72
"""Of one map, about, in CSS pixels; units are smaller."""
UNIT_SIDE = 14
FINEST = 24
"""Pixels of the picture that a map has at least, where there are gaps of one pixel between the maps."""
MOST_MAPS = 64
"""Of a stage; the hundreds of a deep network would make files that no browser likes to open."""


def unpacked(pixels: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """(H, W) of 0xffRRGGBB as (H, W, 3)."""
    return np.stack([pixels >> shift & 0xFF for shift in (16, 8, 0)], axis=-1).astype(np.uint8)


def picture(pixels: NDArray[np.uint8], words: str, width: int | None = None) -> Html:
    """(H, W) grey or (H, W, 3). words: what a person hears who cannot see it.  width: in CSS pixels."""
    return _embedded(Image.fromarray(pixels), words, width)


def _embedded(image: Image.Image, words: str, width: int | None) -> Html:
    stream = io.BytesIO()
    image.save(stream, "PNG", optimize=True)
    data = base64.b64encode(stream.getvalue()).decode()
    style = {} if width is None else {"style": f"width:{width}px"}
    return tag("img", src=f"data:image/png;base64,{data}", alt=words, **style)


def maps_picture(stage: Stage, output: Array) -> Html:
    """All maps of a stage, or the most active of hundreds, with the legend of their colours."""
    values, total = as_maps(stage, output), stage.maps[0]
    if stage.is_maps and total > MOST_MAPS:
        active = np.nan_to_num(np.abs(values).mean(axis=(1, 2)), nan=np.inf)
        values = values[np.sort(np.argsort(-active, kind="stable")[:MOST_MAPS])]
    step = thinning(*stage.maps[1:])
    values = values[:, ::step, ::step]
    count, tall, wide = values.shape
    strongest = 1.0 if stage.kind == "softmax" else magnitude(output)
    gap = int(stage.is_maps and max(tall, wide) > 1)
    scale = max(1, round((SIDE if stage.is_maps else UNIT_SIDE) / max(tall, wide)))
    columns = min(count, max(1, WIDTH // (scale * (wide + gap))))
    finer = -(-FINEST // max(tall, wide)) if gap else 1  # so that the gaps are thin
    values = values.repeat(finer, axis=1).repeat(finer, axis=2)
    image = _indexed(tiles(values, columns, strongest, palette.signed(False, 1.0, PAPER), gap))
    what = f"{count} maps of {tall}×{wide}" if stage.is_maps else f"{count} units"
    left_out = [tag("p", f"The {count} most active of {total:,} maps.", class_="muted")] if count < total else []
    return tag(
        "figure",
        _embedded(image, f"{stage.name}: {what}", image.width * scale // finer),
        tag("figcaption", *left_out, _legend(strongest)),
    )


def _indexed(pixels: NDArray[np.uint32]) -> Image.Image:
    """(H, W) of 0xffRRGGBB that a palette's table gave, with a byte a pixel: a third of the size and of the time."""
    colours = np.unique(palette.signed(False, 1.0, PAPER))
    image = Image.fromarray(np.searchsorted(colours, pixels).astype(np.uint8))
    image.putpalette(unpacked(colours[None]).tobytes())
    return image


def shade(value: float, strongest: float, table: palette.Palette) -> str:
    """CSS of a cell that holds a number: the colour behind it, and ink that can be read on it."""
    if not np.isfinite(value):
        entry = palette.NOT_A_NUMBER
    else:
        entry = palette.ZERO + round(palette.STEPS * min(max(value / max(strongest, 1e-12), -1), 1))
    colour = int(table[entry]) & 0xFFFFFF
    red, green, blue = colour >> 16, colour >> 8 & 0xFF, colour & 0xFF
    ink = "#000" if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else "#fff"
    return f"background:#{colour:06x};color:{ink}"


def _legend(strongest: float) -> Html:
    table = palette.signed(False, 1.0, PAPER)
    stops = ",".join(f"#{int(table[entry]) & 0xFFFFFF:06x}" for entry in range(palette.LOWEST, palette.HIGHEST + 1, 42))
    bar = tag("i", class_="bar", style=f"background:linear-gradient(to right,{stops})")
    return Html(f"−{short(strongest)} {bar} +{short(strongest)}")
