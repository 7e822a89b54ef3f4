"""The colours of attribution: viridis, which is even to the eye, survives grey copies and colour blindness."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.forward.trace import Array
from desktop_app.core.maps.palette import packed_rgb

_VIRIDIS = (
    "440154", "48186a", "472d7b", "424086", "3b528b", "33638d", "2c728e", "26828e", "21918c",
    "1f9f88", "27ad81", "3dbc74", "5cc863", "81d34d", "aadc32", "d5e21a", "fde725",
)  # fmt: skip
"""Every sixteenth of its 256 colours (Stefan van der Walt and Nathaniel Smith, 2015, CC0)."""


@cache
def viridis() -> NDArray[np.uint32]:
    """256 colours 0xffRRGGBB from nothing to the most."""
    anchors = np.array([[int(colour[at : at + 2], 16) for at in (0, 2, 4)] for colour in _VIRIDIS], float)
    along, places = np.linspace(0, 1, 256), np.linspace(0, 1, len(anchors))
    table = np.stack([np.interp(along, places, channel) for channel in anchors.T], axis=1)
    packed = packed_rgb(np.rint(table).astype(np.uint8))
    packed.flags.writeable = False
    return packed


def coloured(values: Array, bottom: float, top: float) -> NDArray[np.uint32]:
    """(H, W) values as 0xffRRGGBB, the darkest colour at `bottom` and below, the brightest at `top`; see-through where
    NaN."""
    known = np.isfinite(values)
    share = (np.where(known, values, bottom) - bottom) / ((top - bottom) or 1)
    levels = np.rint(np.clip(share, 0, 1) * 255).astype(np.uint8)
    return np.where(known, viridis()[levels], np.uint32(0))
