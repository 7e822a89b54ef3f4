"""A mouse cursor that shows how wide the brush is. The window system moves it, so it costs no painting."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QCursor, QPainter, QPen, QPixmap

_SMALLEST, _LARGEST = 6.0, 160.0
"""Pixels; some window systems show no cursor beyond."""


def brush_cursor(diameter: float, ratio: float) -> QCursor:
    """diameter: in widget pixels.  ratio: device pixels per widget pixel."""
    diameter = min(max(diameter, _SMALLEST), _LARGEST)
    side = math.ceil(diameter) + 5
    picture = QPixmap(round(side * ratio), round(side * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    centre = QPointF(side / 2, side / 2)
    for colour, width in ((Qt.GlobalColor.black, 3.0), (Qt.GlobalColor.white, 1.2)):
        painter.setPen(QPen(colour, width))
        painter.drawEllipse(centre, diameter / 2, diameter / 2)
    painter.setPen(QPen(Qt.GlobalColor.white, 2.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawPoint(centre)
    painter.end()
    return QCursor(picture, side // 2, side // 2)
