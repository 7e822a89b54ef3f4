"""The canvas's ink in device pixels. New ink is added in a few pixels' time, old ink is drawn again from its vectors.

A pixel's brightness is `radius + 1/2 - distance` to the pen's way, clipped to 0..1, and ink over ink takes the brighter
of the two, as core/drawing/raster.py does for the network. Ever new lines of QPainter would make edges jagged.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPen

from desktop_app.core.drawing.strokes import Drawing, Stroke

Box = tuple[float, float, float, float]
"""(left, top, right, bottom) as fractions of the canvas."""

_THINNEST = 1.2
"""Pixels; as in core/drawing/raster.py."""
_NEAREST = 0.1
"""Points nearer than this fraction of the pen's width are left out when a constant line is drawn again."""


class InkLayer:
    """A square grey picture of a drawing, white on black."""

    def __init__(self, side: int) -> None:
        """side: in device pixels."""
        self.side = side
        self.image = QImage(QSize(side, side), QImage.Format.Format_Grayscale8)
        self.image.fill(0)
        rows = np.frombuffer(self.image.bits(), np.uint8).reshape(side, self.image.bytesPerLine())
        self._pixels = rows[:, :side]
        self._centres = np.arange(side, dtype=np.float32) + np.float32(0.5)

    def line(self, start: tuple[float, float], end: tuple[float, float], from_width: float, to_width: float) -> Box:
        """Adds a straight piece of ink with round ends and answers where it went.

        start, end, widths: fractions of the canvas.
        """
        side = self.side
        radius, last = max(from_width * side, _THINNEST) / 2, max(to_width * side, _THINNEST) / 2
        x, y, to_x, to_y = start[0] * side, start[1] * side, end[0] * side, end[1] * side
        reach = max(radius, last) + 1
        left, right = max(0, int(min(x, to_x) - reach)), min(side, int(max(x, to_x) + reach) + 1)
        top, bottom = max(0, int(min(y, to_y) - reach)), min(side, int(max(y, to_y) + reach) + 1)
        if left < right and top < bottom:
            pixels = self._pixels[top:bottom, left:right]
            across = self._centres[left:right] - np.float32(x)
            down = self._centres[top:bottom, None] - np.float32(y)
            dx, dy = np.float32(to_x - x), np.float32(to_y - y)
            share = np.clip((across * dx + down * dy) / max(dx * dx + dy * dy, np.float32(1e-9)), 0, 1)
            light = np.float32(radius + 0.5) - np.hypot(across - share * dx, down - share * dy)
            if last != radius:
                light += share * np.float32(last - radius)
            np.maximum(pixels, (np.clip(light, 0, 1) * np.float32(255)).astype(np.uint8), out=pixels)
        return left / side, top / side, right / side, bottom / side

    def redraw(self, drawing: Drawing, box: Box = (0, 0, 1, 1)) -> None:
        """Draws everything again from its vectors within the box."""
        rect = self.rect(box)
        painter = QPainter(self.image)
        painter.setClipRect(rect)
        painter.fillRect(rect, Qt.GlobalColor.black)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        uneven: list[Stroke] = []
        for stroke in drawing.strokes:
            if stroke.pressure is not None or len(stroke.points) == 1:
                uneven.append(stroke)
                continue
            width = max(stroke.pen * self.side, _THINNEST)
            pen = QPen(Qt.GlobalColor.white, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            points = _thinned(stroke.points * np.float32(self.side), max(1.0, _NEAREST * width))
            for run in _runs(points, rect, width / 2 + 1):
                painter.drawPolyline([QPointF(x, y) for x, y in run.tolist()])
        painter.end()
        for stroke in uneven:
            self._redraw_uneven(stroke, rect)

    def rect(self, box: Box) -> QRect:
        """The box in device pixels, rounded outwards."""
        left, top = int(box[0] * self.side) - 1, int(box[1] * self.side) - 1
        right, bottom = int(box[2] * self.side) + 2, int(box[3] * self.side) + 2
        return QRect(left, top, right - left, bottom - top).intersected(self.image.rect())

    def _redraw_uneven(self, stroke: Stroke, rect: QRect) -> None:
        """A stroke whose width varies, or a dot."""
        points = stroke.points
        widths = (
            np.full(len(points), stroke.pen, np.float32) if stroke.pressure is None else stroke.pen * stroke.pressure
        )
        nodes = [(x, y, width) for (x, y), width in zip(points.tolist(), widths.tolist(), strict=True)]
        margin = float(widths.max()) * self.side / 2 + 1
        low = (np.array([rect.left(), rect.top()]) - margin) / self.side
        high = (np.array([rect.right(), rect.bottom()]) + margin) / self.side
        for (x, y, width), (to_x, to_y, to_width) in zip(nodes, [*nodes[1:], nodes[-1]], strict=True):
            if min(x, to_x) < high[0] and max(x, to_x) > low[0] and min(y, to_y) < high[1] and max(y, to_y) > low[1]:
                self.line((x, y), (to_x, to_y), width, to_width)


def _thinned(points: NDArray[np.float32], spacing: float) -> NDArray[np.float32]:
    """About one point every `spacing` pixels, with both ends."""
    steps = np.hypot(*np.diff(points, axis=0).T)
    tick = np.floor(np.cumsum(steps) / spacing)
    keep = np.ones(len(points), bool)
    keep[1:-1] = tick[:-1] != np.concatenate([[0.0], tick[:-2]])
    return points[keep]


def _runs(points: NDArray[np.float32], rect: QRect, margin: float) -> Iterator[NDArray[np.float32]]:
    """The stretches of a line whose segments come near the rectangle."""
    low = np.array([rect.left() - margin, rect.top() - margin])
    high = np.array([rect.right() + margin, rect.bottom() + margin])
    first, second = points[:-1], points[1:]
    near = ((np.minimum(first, second) <= high) & (np.maximum(first, second) >= low)).all(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], near, [False]]).astype(np.int8)))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        yield points[start : end + 1]
