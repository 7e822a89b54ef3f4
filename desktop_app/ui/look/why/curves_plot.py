"""Deletion and insertion: the map's own curve against the mean of the same map laid elsewhere."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF, Qt
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.core.attribution.faithfulness import SHARES, Curves, Floats
from desktop_app.ui.theme import Theme

USUAL, SMALLEST = 90, 44
"""Heights in pixels at normal size."""


class CurvesPlot(QWidget):
    """Two small plots side by side, probability upwards, share of the picture to the right."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._curves: Curves | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what it shows is said in the sentence below
        self.setToolTip(
            self.tr(
                "Left: pixels that the map marks are taken away, the most important first. A good map's curve falls "
                "early.\nRight: they are given back to a picture out of focus. A good map's curve rises early.\n"
                "Dashed: the same with the map laid elsewhere."
            )
        )
        theme.changed.connect(self._dress)
        self._dress()

    def show_curves(self, curves: Curves | None) -> None:
        self._curves = curves
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(220), self._theme.px(USUAL))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(150), self._theme.px(SMALLEST))

    def paintEvent(self, event: QPaintEvent) -> None:
        curves = self._curves
        if curves is None:
            return
        painter = QPainter(self)
        metrics = QFontMetricsF(self._theme.font("caption"))
        axis, gap = metrics.horizontalAdvance("100 %") + self._theme.unit, 3 * self._theme.unit
        wide = (self.width() - axis - gap) / 2
        top = self._texts.height
        high = self.height() - top - self._texts.height
        painter.setPen(self._theme.colours.muted)
        self._texts.draw(painter, "100 %", axis - self._theme.unit, top - self._texts.height / 3, 1)
        self._texts.draw(painter, "0", axis - self._theme.unit, top + high - self._texts.height * 2 / 3, 1)
        for number, (words, own) in enumerate(
            ((self.tr("taken away"), curves.deletion), (self.tr("given back"), curves.insertion))
        ):
            room = QRectF(axis + number * (wide + gap), top, wide, high)
            painter.setPen(self._theme.colours.muted)
            self._texts.draw(painter, metrics.elidedText(words, Qt.TextElideMode.ElideRight, wide), room.left(), 0, 0)
            self._texts.draw(painter, "0", room.left(), room.bottom(), 0)
            self._texts.draw(painter, "100 %", room.right(), room.bottom(), 1)
            self._draw(painter, room, own, curves.elsewhere[number])
            if number:
                self._name_dashes(painter, room.right(), metrics.horizontalAdvance(words) + room.left())

    def _name_dashes(self, painter: QPainter, right: float, free: float) -> None:
        """Above the second plot, where there is room behind its name.  free: from where on."""
        words = self.tr("elsewhere")
        dash = 5 * self._theme.unit
        left = right - self._texts.width(words) - dash - self._theme.unit
        if left > free + self._theme.unit:
            painter.setPen(QPen(self._theme.colours.muted, 1.5, Qt.PenStyle.DashLine))
            level = round(self._texts.height / 2)
            painter.drawLine(QPointF(left, level), QPointF(left + dash, level))
            self._texts.draw(painter, words, right, 0, 1)

    def _draw(self, painter: QPainter, room: QRectF, own: Floats, elsewhere: Floats) -> None:
        colours = self._theme.colours
        painter.save()
        painter.setPen(QPen(colours.track, 1))
        painter.drawRect(room)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        done = elsewhere[np.isfinite(elsewhere).all(axis=1)]
        if len(done):
            painter.setPen(QPen(colours.muted, 1.5, Qt.PenStyle.DashLine))
            painter.drawPolyline(_line(room, done.mean(axis=0)))
        painter.setPen(QPen(colours.accent, 2))
        painter.drawPolyline(_line(room, own))
        painter.restore()

    def _dress(self) -> None:
        self._texts = self._theme.texts("caption")
        self.updateGeometry()
        self.update()


def _line(room: QRectF, curve: Floats) -> QPolygonF:
    return QPolygonF(
        [
            QPointF(room.left() + share * room.width(), room.bottom() - value * room.height())
            for share, value in zip(SHARES.tolist(), curve.tolist(), strict=True)
            if math.isfinite(value)
        ]
    )
