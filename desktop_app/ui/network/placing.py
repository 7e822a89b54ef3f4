"""Where the columns stand in the room that there is: whole mosaics side by side, or pages of maps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF

from desktop_app.core.maps.sheet import drawn_whole
from desktop_app.ui.network.arrange import Column, arrange, arrange_pages, fits, is_paged
from desktop_app.ui.network.deck import Deck
from desktop_app.ui.network.heading import Heading
from desktop_app.ui.network.stage_item import BAR
from desktop_app.ui.theme import Theme

COMPACT_BELOW = 320
"""Height below which headings leave out what is not needed, pixels at normal size."""
WIDEST_HEADING = 84
"""Of a deep network's column, whose name is cut where it is longer, pixels at normal size."""
GAP, TIGHT = 6, 4
"""Between columns, pixels: usually, and where they fit side by side only so."""
FEW = 64
"""Maps of a stage that are all shown even where the columns do not fit side by side then."""


@dataclass(frozen=True)
class Placed:
    """Scene coordinates, which are pixels.

    whole: whether all maps of all stages are shown.  corner: where the columns begin.  header, legend: heights of what
    stands above and below the mosaics.  compact: see `Heading.lines`.  width: of everything, with its margins.
    """

    columns: Sequence[Column] = ()
    whole: bool = True
    corner: QPointF = field(default_factory=QPointF)
    header: float = 0.0
    legend: float = 0.0
    compact: bool = False
    width: float = 0.0

    @property
    def lefts(self) -> list[float]:
        return [column.left + self.corner.x() for column in self.columns]

    @property
    def changing(self) -> QRectF:
        """What a new frame paints anew: all maps and what stands below them."""
        bottom = max((column.mosaic[1] for column in self.columns), default=0.0)
        return QRectF(0, self.corner.y() + self.header - 1, self.width, bottom + self.legend + 2)


class Placing:
    """Remembers how wide words are, which takes longer to find out than all the rest."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._text_widths: dict[str, float] = {}

    def dress(self) -> None:
        """Type may have another size now."""
        self._text_widths = {}

    def place(self, deck: Deck, headings: Sequence[Heading], room: float, height: float, top: float) -> Placed:
        """room, height: of what is on screen.  top: where the columns begin, below frames and lines."""
        if not headings:
            return Placed()
        theme, unit = self._theme, self._theme.unit
        caption = QFontMetricsF(theme.font("caption"))
        strong = QFontMetricsF(theme.font("strong"))
        compact = height < theme.px(COMPACT_BELOW)
        header = strong.height() + (2 if compact else 5) * caption.height() + unit
        legend = caption.height() + theme.px(BAR) + unit + 2
        widths = [self._width(heading, compact, strong, caption) for heading in headings]
        wide, tall = max(room - 2 * unit, 1), height - top - header - legend
        shown = [heading.stage for heading in headings]
        columns: list[Column] = []
        whole = not deck.deep and drawn_whole(deck.stages)
        if whole:
            few = all(stage.maps[0] <= FEW for stage in shown if is_paged(stage))
            columns = arrange(shown, widths, wide, tall, GAP)
            whole = few or fits(columns, wide + 1)
        if not whole:
            legend += caption.height()
            widths = [min(width, theme.px(WIDEST_HEADING)) for width in widths]
            columns = arrange_pages(shown, widths, wide, tall - caption.height(), GAP, theme.factor)
            if not fits(columns, wide + 1):
                tight = arrange_pages(shown, widths, wide, tall - caption.height(), TIGHT, theme.factor)
                columns = tight if fits(tight, wide + 1) else columns
        needed = columns[-1].left + columns[-1].width + 2 * unit
        return Placed(columns, whole, QPointF(unit, top), header, legend, compact, needed)

    def _width(self, heading: Heading, compact: bool, strong: QFontMetricsF, caption: QFontMetricsF) -> float:
        """Of its longest line."""
        widest = 0.0
        for number, line in enumerate(heading.lines(compact)):
            key = f"{number == 0}{line}"
            if key not in self._text_widths:
                self._text_widths[key] = (caption if number else strong).horizontalAdvance(line)
            widest = max(widest, self._text_widths[key])
        return widest
