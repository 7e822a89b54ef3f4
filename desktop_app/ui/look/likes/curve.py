"""How the activation grew, step by step, against what the best input gave."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF, Qt
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.ui.theme import Theme

USUAL, SMALLEST = 44, 18
"""Heights in pixels at normal size."""


class Curve(QWidget):
    """values: (how far along, activation).  The dashed line is the best input's."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._values: list[tuple[float, float]] = []
        self._best: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.updateGeometry)

    @property
    def values(self) -> list[tuple[float, float]]:
        return self._values

    def clear(self) -> None:
        self._values, self._best = [], None
        self.update()

    def add(self, along: float, value: float, best: float | None) -> None:
        """along: from 0, the start, to 1."""
        self._values.append((along, value))
        self._best = best
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(2 * USUAL), self._theme.px(USUAL))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(USUAL), self._theme.px(SMALLEST))

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._values:
            return
        painter = QPainter(self)
        colours = self._theme.colours
        among = [value for _, value in self._values]
        among += [] if self._best is None else [self._best]
        low, high = min(0.0, *among), max(0.0, *among)
        scale = (self.height() - 5) / ((high - low) or 1)

        def y(value: float) -> float:
            return self.height() - 3 - (value - low) * scale

        painter.setPen(QPen(colours.track, 1))
        painter.drawLine(QPointF(0, y(0)), QPointF(self.width(), y(0)))
        if self._best is not None:
            painter.setPen(QPen(colours.muted, 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(0, y(self._best)), QPointF(self.width(), y(self._best)))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.accent, 2))
        wide = self.width() - 2
        painter.drawPolyline(QPolygonF([QPointF(1 + along * wide, y(value)) for along, value in self._values]))
