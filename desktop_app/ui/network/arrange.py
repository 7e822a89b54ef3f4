"""How wide every column is and how many maps stand side by side in it: plain arithmetic, no Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from desktop_app.core.trace import Stage

LARGEST_MAP = 180.0
SMALLEST_MAP = 9.0
LARGEST_CELL = 26.0
SMALLEST_CELL = 3.0
_STEPS = 80


@dataclass(frozen=True)
class Column:
    """Where one stage's mosaic goes, in pixels from the left. map_size: (width, height) of one map on screen."""

    left: float
    width: float
    columns: int
    rows: int
    map_size: tuple[float, float]

    @property
    def mosaic(self) -> tuple[float, float]:
        """(width, height) on screen."""
        return self.columns * self.map_size[0], self.rows * self.map_size[1]


def arrange(
    stages: Sequence[Stage], header_widths: Sequence[float], width: float, height: float, gap: float
) -> list[Column]:
    """Columns as large as fit into width × height; wider than that only where even the smallest maps do not fit.

    header_widths: the least that each column needs for its own heading.
    """
    best: list[Column] = []
    for step in range(_STEPS):
        best = _arranged(stages, header_widths, 1 - step / _STEPS, height, gap)
        if best[-1].left + best[-1].width <= width:
            return _spread(best, width)
    return best


def _arranged(
    stages: Sequence[Stage], header_widths: Sequence[float], size: float, height: float, gap: float
) -> list[Column]:
    columns = []
    left = 0.0
    for stage, header in zip(stages, header_widths, strict=True):
        side_by_side, rows, map_size = _grid(stage, size, height)
        width = max(side_by_side * map_size[0], header)
        columns.append(Column(left, width, side_by_side, rows, map_size))
        left += width + gap
    return columns


def _grid(stage: Stage, size: float, height: float) -> tuple[int, int, tuple[float, float]]:
    """(columns, rows, size of one map) of one stage when the largest maps have `size` (0..1) of the largest size."""
    count, rows_of_pixels, columns_of_pixels = stage.maps
    if not stage.is_maps:
        rows = min(count, max(1, int(height / SMALLEST_CELL)))
        side_by_side = -(-count // rows)
        rows = -(-count // side_by_side)
        tall = min(height / rows, LARGEST_CELL)
        return side_by_side, rows, (max(tall, 26.0 / side_by_side if side_by_side < 6 else tall), tall)
    longest = max(rows_of_pixels, columns_of_pixels)
    # Deeper maps have fewer pixels and need less room, but not in proportion: 32 → 1, 16 → 0.76, 8 → 0.57, 4 → 0.44.
    side = max(SMALLEST_MAP, LARGEST_MAP * size * min(1.0, (longest / 32) ** 0.4))
    tall, wide = side * rows_of_pixels / longest, side * columns_of_pixels / longest
    if tall > height:
        tall, wide = height, wide * height / tall
    side_by_side = -(-count // max(1, math.floor(height / tall)))
    return side_by_side, -(-count // side_by_side), (wide, tall)


def _spread(columns: list[Column], width: float) -> list[Column]:
    """Shares out the room that is left between the columns."""
    if len(columns) < 2:
        return columns
    spare = (width - columns[-1].left - columns[-1].width) / (len(columns) - 1)
    extra = min(spare, 40.0)
    return [
        Column(column.left + index * extra, column.width, column.columns, column.rows, column.map_size)
        for index, column in enumerate(columns)
    ]
