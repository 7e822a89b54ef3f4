"""A function of one number: its graph with the number on it, and the formula filled with it."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from desktop_app.core.arithmetic.explanation import Applied
from desktop_app.core.arithmetic.functions import FUNCTIONS
from desktop_app.core.forward.spot import Spot
from desktop_app.core.numerals import exact, short
from desktop_app.ui.look.pixel.board import Board, result
from desktop_app.ui.look.pixel.pencil import Pencil, Piece
from desktop_app.ui.look.pixel.told import Told, place_name, tr

WIDEST = 340
"""Of the graph, pixels at normal size."""
LEAST_REACH = 2.0
"""The graph shows x from minus this to plus this at least."""
POINTS = 121


class AppliedBoard(Board):
    def __init__(self, told: Told, how: Applied) -> None:
        super().__init__(told)
        self._how = how
        self._source = Spot(told.source, told.explanation.index)

    def reads(self) -> str:
        return tr("reads one number, {place}").format(
            place=place_name(self.told.stages[self._source.position], self._source.index)
        )

    def sum_up(self) -> list[Piece]:
        explanation = self.told.explanation
        before = explanation.computed / explanation.factor if explanation.factor else self._unscaled()
        return [Piece(f"{self.told.stage.kind}:"), Piece(f"{self._how.filled} =", ink="text"), result(before)]

    def _unscaled(self) -> float:
        """What the function gives, where the person's factor of 0 leaves nothing of it."""
        known = FUNCTIONS.get(self._how.function)
        return float(known.compute(np.asarray(self._how.x), self._parameter)) if known else 0.0

    @property
    def _parameter(self) -> float:
        return dict(self._how.constants).get("a", 0.0)

    def paint(self, pencil: Pencil, room: QRectF, first: int) -> float:
        how, theme = self._how, pencil.theme
        left, area = room.left(), None
        if how.function in FUNCTIONS and math.isfinite(how.x):
            wide = min(room.height() * 1.9, room.width() * 0.5, theme.px(WIDEST))
            area = QRectF(left, room.top(), wide, min(room.height(), wide * 0.75))
            self._paint_graph(pencil, area)
            left += wide + 6 * theme.unit
        top = room.top()
        tall = pencil.height("body") + theme.px(4)
        origin = place_name(self.told.stages[self._source.position], self._source.index)
        end = pencil.text("x = ", left, top, "body", "muted")
        end = pencil.text(exact(how.x), end, top, "strong", "accent")
        pencil.text(f"  {origin}", end, top, "caption", "muted")
        pencil.target(QRectF(left, top, room.right() - left, tall), origin, self._source)
        top += tall
        pencil.text(f"f(x) = {how.formula}", left, top)
        top += tall
        for name, value in how.constants:
            if top + tall > room.bottom() + 1:
                break
            end = pencil.text(f"{name} = ", left, top, "body", "muted")
            end = pencil.text(exact(value), end, top)
            pencil.text(f"  {_meaning(name, how.function)}", end, top, "caption", "muted")
            top += tall
        if not how.constants and top + tall <= room.bottom():
            pencil.text(_in_words(how), left, top, "caption", "muted")
            top += tall
        return max(top, area.bottom() if area else top) + 2 * theme.unit

    def _paint_graph(self, pencil: Pencil, area: QRectF) -> None:
        """The curve around zero, wide enough to show the point."""
        how, painter, colours = self._how, pencil.painter, pencil.theme.colours
        compute = FUNCTIONS[how.function].compute
        reach = max(LEAST_REACH, abs(how.x) * 1.25)
        xs = np.linspace(-reach, reach, POINTS)
        ys = compute(xs, self._parameter)
        y = float(compute(np.asarray(how.x), self._parameter))
        low, high = min(float(ys.min()), 0.0), max(float(ys.max()), 0.0)
        pad = 0.08 * max(high - low, 1e-12)
        low, high = low - pad, high + pad

        def at(x: float, value: float) -> QPointF:
            right = area.left() + (x + reach) / (2 * reach) * area.width()
            return QPointF(right, area.bottom() - (value - low) / (high - low) * area.height())

        painter.fillRect(area, colours.window)
        painter.setPen(QPen(colours.border, 1))
        painter.drawLine(at(-reach, 0), at(reach, 0))
        painter.drawLine(at(0, low), at(0, high))
        painter.save()
        painter.setClipRect(area)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.muted, 2))
        painter.drawPolyline(QPolygonF([at(x, value) for x, value in zip(xs.tolist(), ys.tolist(), strict=True)]))
        spot = at(how.x, y)
        painter.setPen(QPen(colours.accent, 1, Qt.PenStyle.DashLine))
        painter.drawLine(at(how.x, 0), spot)
        painter.drawLine(at(0, y), spot)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.accent)
        size = pencil.theme.px(5)
        painter.drawEllipse(spot, size, size)
        painter.restore()
        unit = pencil.theme.unit
        caption = pencil.height("caption")
        pencil.text(f"−{short(reach)}", area.left() + unit, at(0, 0).y() - caption, "caption", "muted")
        pencil.text(short(reach), area.right() - unit, at(0, 0).y() - caption, "caption", "muted", 1)
        pencil.text(tr("f(x) upwards, x to the right"), area.left() + unit, area.top() + unit, "caption", "muted")


def _meaning(name: str, function: str) -> str:
    if name in ("mean", "variance"):
        return tr("of this map, in training") if function == "batch norm" else tr("of the numbers beside this one")
    return {
        "scale": tr("learned"),
        "shift": tr("learned"),
        "a": tr("slope on the left"),
        "ε": tr("keeps the divisor above 0"),
    }.get(name, "")


def _in_words(how: Applied) -> str:
    if how.function == "ReLU":
        return tr("Negative: becomes 0.") if how.x < 0 else tr("Not negative: goes on as it is.")
    return ""
