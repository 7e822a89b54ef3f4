"""How wide every column is and how many maps stand side by side in it: plain arithmetic, no Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from desktop_app.core.forward.trace import Stage

LARGEST_MAP = 200.0
SMALLEST_MAP = 20.0
"""Of a map of 32×32 on screen, pixels. Where even the smallest do not fit, the panel scrolls sideways."""
STRIP = 26.0
"""Width of a strip of dense units, and the largest height of one."""
FULL_ROWS = 0.88
"""Maps may be this much smaller if the last row is full then."""
MOST_WIDE = 0.3
"""Share of the width that one stage may take where not all of them fit: 2,000 maps are a texture at any rate."""
_STEPS = 60


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
    """Maps as large as fit into width × height, and what is left of the width shared out between the columns.

    header_widths: the least that each column needs for its own heading.
    """
    height = max(height, SMALLEST_MAP)
    ratio = (SMALLEST_MAP / LARGEST_MAP) ** (1 / _STEPS)
    widths: list[float] = []
    for step in range(_STEPS + 1):
        side = LARGEST_MAP * ratio**step
        widths = [max(_width(stage, side, height), header) for stage, header in zip(stages, header_widths, strict=True)]
        if sum(widths) + gap * (len(stages) - 1) <= width:
            break
    else:
        most = MOST_WIDE * width
        widths = [max(min(wide, most), header) for wide, header in zip(widths, header_widths, strict=True)]
    spare = width - sum(widths) - gap * (len(stages) - 1)
    gap += min(max(spare, 0) / max(len(stages) - 1, 1), 3 * gap)
    columns = []
    left = 0.0
    for stage, wide in zip(stages, widths, strict=True):
        side_by_side, map_size = _grid(stage, wide, height)
        columns.append(Column(left, wide, side_by_side, -(-_count(stage) // side_by_side), map_size))
        left += wide + gap
    return columns


def _count(stage: Stage) -> int:
    """Pictures in the mosaic; the input is one, in true colour."""
    return 1 if stage.kind == "input" else stage.maps[0]


def _width(stage: Stage, side: float, height: float) -> float:
    """What a stage needs when a map of 32×32 is to be `side` wide.

    Deeper maps have fewer pixels and need less room, but not in proportion: 16 → 0.76, 8 → 0.57, 4 → 0.44.
    """
    if not stage.is_maps:
        return STRIP
    wide = side * min(1.0, math.pow(max(stage.maps[1:]) / 32, 0.4))
    tall = wide * stage.maps[1] / stage.maps[2]
    return wide * -(-_count(stage) // max(1, math.floor(height / tall)))


def _grid(stage: Stage, width: float, height: float) -> tuple[int, tuple[float, float]]:
    """The number of columns that makes the maps largest in width × height, and the (width, height) of a map then."""
    count = _count(stage)
    if not stage.is_maps:
        columns = 1 if count <= height / 3 else math.ceil(math.sqrt(count * width / height))
        rows = -(-count // columns)
        return columns, (width / columns if columns > 1 else STRIP, min(height / rows, STRIP))
    shape = stage.maps[1] / stage.maps[2]
    wides = {columns: min(width / columns, height / -(-count // columns) / shape) for columns in range(1, count + 1)}
    best = max(wides, key=lambda columns: wides[columns] * (1 if count % columns == 0 else FULL_ROWS))
    return best, (wides[best], wides[best] * shape)
