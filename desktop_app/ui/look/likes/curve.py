"""The activation: the number of now, and how it grew against what the best input gave."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF, Qt
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.core.numerals import tiny
from desktop_app.ui.theme import Theme

USUAL, SMALLEST = 70, 50
"""Heights in pixels at normal size."""


class Curve(QWidget):
    """values: (how far along, activation).  The dashed line is the best input's."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._values: list[tuple[float, float]] = []
        self._best: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Activation"))
        theme.changed.connect(self._dress)
        self._dress()

    @property
    def values(self) -> list[tuple[float, float]]:
        return self._values

    def clear(self) -> None:
        self._values = []
        self.update()

    def add(self, along: float, value: float) -> None:
        """along: from 0, the start, to 1."""
        self._values.append((along, value))
        self.update()

    def set_best(self, best: float | None) -> None:
        self._best = best
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(2 * USUAL), self._theme.px(USUAL))

    def minimumSizeHint(self) -> QSize:
        return QSize(math.ceil(self._caption.width(self._best_words("−88.8"))), self._theme.px(SMALLEST))

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._values:
            return
        painter = QPainter(self)
        colours = self._theme.colours
        painter.setPen(colours.accent)
        self._number.draw(painter, tiny(self._values[-1][1]), 0, 0, 0)
        top = self._number.height
        if self._best is not None:
            painter.setPen(colours.muted)
            self._caption.draw(painter, self._best_words(tiny(self._best)), 0, top, 0)
            top += self._caption.height
        self._draw(painter, top + self._theme.unit)

    def _best_words(self, best: str) -> str:
        return self.tr("best input: {best}").format(best=best)

    def _draw(self, painter: QPainter, top: float) -> None:
        """The curve from there to the bottom; zero has a line of its own."""
        values = [(along, value) for along, value in self._values if math.isfinite(value)]
        among = [value for _, value in values]
        among += [] if self._best is None else [self._best]
        low, high = min([0.0, *among]), max([0.0, *among])
        scale = (self.height() - 3 - top) / ((high - low) or 1)

        def level(value: float) -> float:
            return self.height() - 2 - (value - low) * scale

        colours, right = self._theme.colours, self.width()
        painter.setPen(QPen(colours.track, 1))
        painter.drawLine(QPointF(0, level(0)), QPointF(right, level(0)))
        if self._best is not None:
            painter.setPen(QPen(colours.muted, 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(0, level(self._best)), QPointF(right, level(self._best)))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.accent, 2))
        painter.drawPolyline(QPolygonF([QPointF(1 + along * (right - 2), level(value)) for along, value in values]))

    def _dress(self) -> None:
        self._number, self._caption = (self._theme.texts(role) for role in ("title", "caption"))
        self.updateGeometry()
        self.update()
