"""How wide every column is and how many maps stand side by side in it: plain arithmetic, no Qt."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

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
PAGED, LEAST_PAGED, SCROLLED = 84.0, 27.0, 38.0
"""Width of a map in a page of maps: the largest, the smallest with which all columns must fit side by side, and that
where they do not."""
PAGE_WIDE = 2
"""Maps of a page side by side."""
_STEPS = 60


@dataclass(frozen=True)
class Column:
    """Where one stage's mosaic goes, in pixels from the left. map_size: (width, height) of one map on screen.

    count: of the maps that are shown at once.
    """

    left: float
    width: float
    columns: int
    rows: int
    map_size: tuple[float, float]
    count: int

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
    tiles = [_tiles(stage) for stage in stages]
    for step in range(_STEPS + 1):
        side = LARGEST_MAP * ratio**step
        widths = [max(_width(one, side, height), header) for one, header in zip(tiles, header_widths, strict=True)]
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
        columns.append(_column(stage, _count(stage), left, wide, height, stage.is_maps))
        left += wide + gap
    return columns


def fits(columns: Sequence[Column], width: float) -> bool:
    """Whether they all stand within so much room."""
    return columns[-1].left + columns[-1].width <= width


def arrange_pages(
    stages: Sequence[Stage], header_widths: Sequence[float], width: float, height: float, gap: float, scale: float
) -> list[Column]:
    """Pages of maps that are large enough to be read, where all maps of all stages would not be.

    scale: of everything on screen, 1 at normal size.
    """
    height = max(height, LEAST_PAGED * scale)
    ratio = (LEAST_PAGED / PAGED) ** (1 / _STEPS)
    room = width - gap * (len(stages) - 1)
    needs = [_page_needs(stage, header) for stage, header in zip(stages, header_widths, strict=True)]

    def widths_of(side: float) -> list[float]:
        return [max(maps * side, least) for maps, least in needs]

    step = bisect_left(range(_STEPS + 1), -room, key=lambda step: -sum(widths_of(PAGED * scale * ratio**step)))
    widths = widths_of(PAGED * scale * ratio**step if step <= _STEPS else SCROLLED * scale)
    spare = width - sum(widths) - gap * (len(stages) - 1)
    gap += min(max(spare, 0) / max(len(stages) - 1, 1), 3 * gap)
    columns = []
    left = 0.0
    for stage, wide in zip(stages, widths, strict=True):
        columns.append(_page(stage, left, wide, height))
        left += wide + gap
    return columns


def is_paged(stage: Stage) -> bool:
    """Whether its maps are pictures of which some may be left for another page; single numbers are all shown."""
    return stage.is_maps and stage.kind != "input" and stage.maps[1:] != (1, 1)


def _page(stage: Stage, left: float, width: float, height: float) -> Column:
    """As many maps as there is room for; all of them, and larger, where they are less than that."""
    if not is_paged(stage):
        return _column(stage, _count(stage), left, width, height, stage.kind == "input")
    count, tall, across = stage.maps
    side = min(width / PAGE_WIDE, height * across / tall)
    rows = max(1, math.floor(height / (side * tall / across) + 1e-9))
    if count <= PAGE_WIDE * rows:
        return _column(stage, count, left, width, height, True)
    return Column(left, width, PAGE_WIDE, rows, (side, side * tall / across), PAGE_WIDE * rows)


def _page_needs(stage: Stage, header: float) -> tuple[float, float]:
    """How many maps wide its page is, and the least it takes, in pixels."""
    if stage.kind == "input" or (is_paged(stage) and stage.maps[0] == 1):
        return 1.5, header
    return (PAGE_WIDE, header) if is_paged(stage) else (0.0, max(STRIP, header))


def _column(stage: Stage, count: int, left: float, width: float, height: float, pictures: bool) -> Column:
    """pictures: else each map is a single number, and they are a strip."""
    side_by_side, map_size = _grid(stage, count, width, height) if pictures else _units(count, width, height)
    return Column(left, width, side_by_side, -(-count // side_by_side), map_size, count)


def _count(stage: Stage) -> int:
    """Pictures in the mosaic; the input is one, in true colour."""
    return 1 if stage.kind == "input" else stage.maps[0]


class _Tiles(NamedTuple):
    """A stage's maps. share: of a map's width in that of a map of 32×32.  shape: height to width.  number: of them."""

    share: float
    shape: float
    number: int


def _tiles(stage: Stage) -> _Tiles | None:
    """None for a stage that is no picture.

    Deeper maps have fewer pixels and need less room, but not in proportion: 16 → 0.76, 8 → 0.57, 4 → 0.44.
    """
    if not stage.is_maps:
        return None
    _, tall, wide = stage.maps
    return _Tiles(min(1.0, math.pow(max(tall, wide) / 32, 0.4)), tall / wide, _count(stage))


def _width(tiles: _Tiles | None, side: float, height: float) -> float:
    """What a stage needs when a map of 32×32 is to be `side` wide."""
    if tiles is None:
        return STRIP
    wide = side * tiles.share
    return wide * -(-tiles.number // max(1, math.floor(height / (wide * tiles.shape))))


def _units(count: int, width: float, height: float) -> tuple[int, tuple[float, float]]:
    """The number of columns of single numbers, and the (width, height) of one."""
    columns = 1 if count <= height / 3 else math.ceil(math.sqrt(count * width / height))
    rows = -(-count // columns)
    return columns, (width / columns if columns > 1 else STRIP, min(height / rows, STRIP))


def _grid(stage: Stage, count: int, width: float, height: float) -> tuple[int, tuple[float, float]]:
    """The number of columns that makes so many maps largest in width × height, and a map's (width, height) then."""
    shape = stage.maps[1] / stage.maps[2]
    wides = {columns: min(width / columns, height / -(-count // columns) / shape) for columns in range(1, count + 1)}
    best = max(wides, key=lambda columns: wides[columns] * (1 if count % columns == 0 else FULL_ROWS))
    return best, (wides[best], wides[best] * shape)
