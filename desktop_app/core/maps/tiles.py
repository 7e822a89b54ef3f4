"""One stage's maps as one picture, at a magnitude that the caller chooses: for pictures that share a scale."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.forward.trace import Array
from desktop_app.core.maps.palette import HIGHEST, LOWEST, NOT_A_NUMBER, PAPER, STEPS, ZERO, Palette


def magnitude(*values: NDArray[np.floating]) -> float:
    """The largest |value| that is a number, of all together; 0 where there is none."""
    largest = 0.0
    for some in values:
        low, high = float(some.min(initial=0)), float(some.max(initial=0))
        if not (np.isfinite(low) and np.isfinite(high)):
            finite = some[np.isfinite(some)]
            low, high = float(finite.min(initial=0)), float(finite.max(initial=0))
        largest = max(largest, -low, high)
    return largest


def tiles(values: Array, columns: int, strongest: float, palette: Palette, gap: int = 0) -> NDArray[np.uint32]:
    """Maps (n, H, W) side by side as 0xffRRGGBB; |value| = strongest has the strongest colour, as has what is above.

    gap: pixels of paper between two maps. What is not finite gets its own colour.
    """
    count, tall, wide = values.shape
    rows = -(-count // columns)
    with np.errstate(invalid="ignore", over="ignore"):
        entries = values * np.float32(STEPS / max(strongest, 1e-12)) + np.float32(ZERO + 0.5)
        np.clip(entries, LOWEST, HIGHEST, out=entries)
    entries[~np.isfinite(values)] = NOT_A_NUMBER
    grid = np.full((rows * columns, tall + gap, wide + gap), PAPER, np.uint8)
    grid[:count, :tall, :wide] = entries
    picture = grid.reshape(rows, columns, tall + gap, wide + gap).transpose(0, 2, 1, 3)
    whole = picture.reshape(rows * (tall + gap), columns * (wide + gap))
    return palette.take(whole[: rows * (tall + gap) - gap, : columns * (wide + gap) - gap])
