"""Below the columns: frames around those of an open block, and lines between those that do not stand side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsObject, QStyleOptionGraphicsItem, QWidget

from desktop_app.core.network.blocks import Block
from desktop_app.ui.network.arrange import Column
from desktop_app.ui.network.deck import Band, Deck
from desktop_app.ui.network.heading import short_title
from desktop_app.ui.network.rails import Rail, broken, rails_of
from desktop_app.ui.style_sheet import RADIUS
from desktop_app.ui.theme import Theme

LANE, FOOT, JOIN = 8, 15, 5
"""Height between two lines above each other, of the room below the lowest, and half the size of the sign where a line
ends, pixels at normal size."""
SIGNS = ("add", "multiply", "concat")
"""Kinds of stages that join what they read; all other lines end in an arrow."""


@dataclass(frozen=True)
class Zones:
    """Heights from above: a row for each depth of open blocks, the lines, and then the columns down to the bottom."""

    band: float
    bands: int
    lines: float
    bottom: float

    @property
    def top(self) -> float:
        """Where the columns begin."""
        return self.bands * self.band + self.lines


class Wires(QGraphicsObject):
    """Stands still while frames come: only its hairlines are painted with them."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._deck: Deck | None = None
        self._rails: list[Rail] = []
        self._joins: dict[tuple[tuple[int, ...], int], str] = {}
        self._broken: list[int] = []
        self._placed: Sequence[Column] = ()
        self._zones = Zones(0, 0, 0, 0)
        self._gap = 6.0
        self._bounds = QRectF()
        self._pointed: int | None = None
        self._lit: Block | None = None
        self._from = 0.0
        self.setZValue(-1)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def show_deck(self, deck: Deck) -> None:
        self._deck = deck
        self._rails = rails_of(deck.connections)
        self._broken = broken(deck.connections, len(deck.columns)) if self._rails else []
        self._joins = {
            (rail.sources, column): _join(deck, rail, column) for rail in self._rails for column in rail.targets
        }
        self._lit = self._pointed = None
        self.setVisible(bool(deck.bands or self._rails))  # else it would cost every frame a little

    def zones(self, bottom: float) -> Zones:
        """How much room it needs above the columns. bottom: of the columns."""
        depth = self._deck.depth if self._deck else 0
        px, caption = self._theme.px, QFontMetricsF(self._theme.font("caption"))
        lanes = max((rail.lane + 1 for rail in self._rails), default=0)
        lines = px(FOOT) + lanes * px(LANE) if lanes else 0.0
        return Zones(caption.height() + self._theme.unit, depth, lines, bottom)

    def place(self, placed: Sequence[Column], zones: Zones, left: float) -> None:
        """left: where the first column begins."""
        self.prepareGeometryChange()
        self._placed, self._zones = placed, zones
        self._gap = min(
            (after.left - before.left - before.width for before, after in pairwise(placed)),
            default=6.0,
        )
        self.setPos(left, 0)
        right = placed[-1].left + placed[-1].width
        self._bounds = QRectF(-self._gap, 0, right + 2 * self._gap, zones.bottom)
        self.update()

    def scroll_to(self, left: float) -> None:
        """left: of what is to be seen, in the scene; names of blocks stay in sight."""
        self._from = left - self.pos().x()
        if self._deck is not None and self._deck.bands:
            self.update(QRectF(self._bounds.left(), 0, self._bounds.width(), self._zones.bands * self._zones.band))

    def point(self, column: int | None) -> None:
        """Shows which lines begin or end at a column."""
        if column != self._pointed:
            touched = any(
                rail.touches(each) for rail in self._rails for each in (column, self._pointed) if each is not None
            )
            self._pointed = column
            if touched:
                self._update_top()

    def light(self, block: Block | None) -> None:
        """Whether the mouse is on the name of an open block, which a click would close."""
        if block != self._lit:
            self._lit = block
            self._update_top()

    def _update_top(self) -> None:
        self.update(QRectF(self._bounds.left(), 0, self._bounds.width(), self._zones.top))

    def band_at(self, scene: QPointF) -> Block | None:
        """The open block whose name is at a point of the scene."""
        where = self.mapFromScene(scene)
        for band in self._deck.bands if self._deck else ():
            if self._name_rect(band).contains(where):
                return band.block
        return None

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        exposed: QRectF = option.exposedRect
        if self._deck is None or not self._placed:
            return
        painter.save()
        self._paint_breaks(painter, exposed)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for band in self._deck.bands:
            self._paint_band(painter, band, exposed)
        if exposed.top() < self._zones.top:
            for rail in sorted(self._rails, key=self._is_lit):
                self._paint_rail(painter, rail, exposed)
        painter.restore()

    # frames around what belongs together

    def _band_rect(self, band: Band) -> QRectF:
        first, last = self._placed[band.first], self._placed[band.last]
        inset = (self._gap / 2 - 1) * (1 - 0.5 * band.depth / max(self._zones.bands, 1))
        top = band.depth * self._zones.band + 0.5
        left, right = first.left - inset, last.left + last.width + inset
        return QRectF(left, top, right - left, self._zones.bottom - top - 1 - 2 * band.depth)

    def _name_rect(self, band: Band) -> QRectF:
        rect = self._band_rect(band)
        rect.setHeight(self._zones.band - 1)
        return rect

    def _paint_band(self, painter: QPainter, band: Band, exposed: QRectF) -> None:
        rect = self._band_rect(band)
        if not rect.adjusted(-2, -2, 2, 2).intersects(exposed):
            return
        colours, theme = self._theme.colours, self._theme
        painter.setPen(QPen(colours.border, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect, theme.px(RADIUS), theme.px(RADIUS))
        if exposed.top() > self._zones.top:
            return
        name = self._name_rect(band)
        lit = band.block is self._lit
        painter.setBrush(colours.accent_soft if lit else colours.panel)
        painter.drawRoundedRect(name, theme.px(RADIUS), theme.px(RADIUS))
        painter.setFont(theme.font("caption"))
        painter.setPen(colours.accent if lit else colours.text)
        metrics = QFontMetricsF(theme.font("caption"))
        words = f"▾ {short_title(band.block, band.parent)}"
        count = self.tr("{n} stages").format(n=band.block.last - band.block.first + 1)
        longer = f"{words} · {count}"
        inside = name.adjusted(max(self._from - name.left(), 0), 0, 0, 0)
        room = inside.width() - 2 * theme.unit
        shown = longer if metrics.horizontalAdvance(longer) <= room else words
        box = inside.adjusted(theme.unit, 0, -theme.unit, 0)
        painter.drawText(
            box, Qt.AlignmentFlag.AlignVCenter, metrics.elidedText(shown, Qt.TextElideMode.ElideRight, room)
        )

    # what reads what

    def _paint_breaks(self, painter: QPainter, exposed: QRectF) -> None:
        """A dotted line where a column does not read the one before it."""
        painter.setPen(QPen(self._theme.colours.disabled, 1, Qt.PenStyle.DotLine))
        for column in self._broken:
            before, after = self._placed[column - 1], self._placed[column]
            x = round((before.left + before.width + after.left) / 2) + 0.5
            if exposed.left() <= x <= exposed.right():
                painter.drawLine(QLineF(x, self._zones.top, x, self._zones.bottom - 4))

    def _middle(self, column: int) -> float:
        place = self._placed[column]
        return place.left + place.width / 2

    def _is_lit(self, rail: Rail) -> bool:
        return self._pointed is not None and rail.touches(self._pointed)

    def _paint_rail(self, painter: QPainter, rail: Rail, exposed: QRectF) -> None:
        px, colours = self._theme.px, self._theme.colours
        shift = px(3)  # a line leaves a column right of its middle, and comes in left of it
        starts = [self._middle(column) + shift for column in rail.sources]
        ends = [self._middle(column) - shift for column in rail.targets]
        if ends[-1] < exposed.left() - px(JOIN) or starts[0] > exposed.right() + px(JOIN):
            return
        lit = self._is_lit(rail)
        foot, height = self._zones.top - 1, self._zones.top - px(FOOT) - rail.lane * px(LANE)
        painter.setPen(QPen(colours.accent if lit else colours.muted, 1.8 if lit else 1.1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        path = QPainterPath(QPointF(starts[0], foot))
        bend = min(px(5), (ends[-1] - starts[0]) / 2)
        path.lineTo(starts[0], height + bend)
        path.quadTo(starts[0], height, starts[0] + bend, height)
        path.lineTo(ends[-1] - bend, height)
        path.quadTo(ends[-1], height, ends[-1], height + bend)
        path.lineTo(ends[-1], foot - px(2))
        for x in starts[1:]:
            path.moveTo(x, foot)
            path.lineTo(x, height)
        for x in ends[:-1]:
            path.moveTo(x, height)
            path.lineTo(x, foot - px(2))
        painter.drawPath(path)
        painter.setBrush(painter.pen().color())
        for x in starts[1:]:
            painter.drawEllipse(QPointF(x, height), px(1.5), px(1.5))
        for x, column in zip(ends, rail.targets, strict=True):
            self._paint_end(painter, x, foot, self._joins.get((rail.sources, column), ""))

    def _paint_end(self, painter: QPainter, x: float, foot: float, kind: str) -> None:
        """An arrow; or how what comes in is joined with what comes from the column before."""
        px, half = self._theme.px, self._theme.px(3)
        if kind not in SIGNS:
            painter.drawPolygon(
                [QPointF(x - half, foot - px(5)), QPointF(x + half, foot - px(5)), QPointF(x, foot + 1)]
            )
            return
        middle = QPointF(x, foot - px(JOIN) + 1)
        painter.setBrush(self._theme.colours.window)
        painter.drawEllipse(middle, px(JOIN), px(JOIN))
        arm = px(JOIN) * 0.55
        lines = {
            "add": ((-arm, 0, arm, 0), (0, -arm, 0, arm)),
            "multiply": ((-arm, -arm, arm, arm), (-arm, arm, arm, -arm)),
            "concat": ((-arm, -arm, arm, -arm), (-arm, 0, arm, 0), (-arm, arm, arm, arm)),
        }
        painter.drawLines([QLineF(*line).translated(middle) for line in lines[kind]])


def _join(deck: Deck, rail: Rail, target: int) -> str:
    """Kind of the stage in the target column that reads the others."""
    block = deck.columns[target]
    for stage in deck.stages[block.first : block.last + 1]:
        if any(deck.column_of(source) in rail.sources for source in stage.sources) and len(stage.sources) > 1:
            return stage.kind
    return ""
