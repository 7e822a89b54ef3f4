"""The map under the mouse, enlarged, with its numbers."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop_app.core.forward.live import Frame
from desktop_app.core.numerals import short
from desktop_app.ui.qimages import Picture
from desktop_app.ui.theme import Theme

SIDE = 168
"""Of the enlarged map, pixels at normal size."""


class Magnifier(QWidget):
    """Floats beside the map that is pointed at; moves on with every frame. The mouse goes through it."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._picture: Picture | None = None
        self._lines: list[str] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_map(self, frame: Frame, position: int, index: int) -> None:
        """index: of the map in its stage; the input is shown whole."""
        stage, mosaic = frame.trace.stages[position], frame.mosaics[position]
        tall, wide = mosaic.tile
        row, column = divmod(index, mosaic.columns)
        piece = mosaic.pixels[row * tall : (row + 1) * tall, column * wide : (column + 1) * wide]
        self._picture = Picture(piece)
        values = frame.trace.outputs[position]
        if position == 0:
            what, numbers = self.tr("input"), values
        elif stage.is_maps:
            what, numbers = self.tr("{stage}, map {n} of {count}"), values[index]
        else:
            what, numbers = self.tr("{stage}, unit {n} of {count}"), values.reshape(-1)[index : index + 1]
        self._lines = [what.format(stage=stage.name, n=index + 1, count=stage.maps[0])]
        if numbers.size == 1:
            self._lines.append(self.tr("value {value}").format(value=f"{float(numbers.flat[0]):.4f}"))
        else:
            self._lines.append("×".join(str(side) for side in numbers.shape))
            self._lines.append(_summary(numbers, self.tr("min {low} · mean {mean} · max {high}")))
        unit = self._theme.unit
        metrics = QFontMetricsF(self._theme.font("caption"))
        width = max([self._side(), *(metrics.horizontalAdvance(line) for line in self._lines)])
        self.resize(
            QSize(int(width + 4 * unit) + 1, int(self._side() + len(self._lines) * metrics.height() + 5 * unit))
        )
        self.update()

    def stand_beside(self, top_left: QPointF, bottom_right: QPointF) -> None:
        """Right of the map where there is room, else left of it; always inside the parent."""
        parent = self.parentWidget()
        assert parent is not None  # the constructor wants one
        room = parent.rect()
        gap = 2 * self._theme.unit
        x = bottom_right.x() + gap
        if x + self.width() > room.right():
            x = top_left.x() - gap - self.width()
        y = min(max(top_left.y() - self.height() / 3, 0), room.bottom() - self.height())
        self.move(int(max(x, 0)), int(y))
        self.show()
        self.raise_()

    def _side(self) -> int:
        return self._theme.px(SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours, unit = self._theme.colours, self._theme.unit
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.border, 1))
        painter.setBrush(colours.raised)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        side = self._side()
        if self._picture is not None:
            image = self._picture.image
            scale = side / max(image.width(), image.height())
            size = (image.width() * scale, image.height() * scale)
            painter.drawImage(
                QRectF((self.width() - size[0]) / 2, 2 * unit + (side - size[1]) / 2, size[0], size[1]), image
            )
        metrics = QFontMetricsF(self._theme.font("caption"))
        top = side + 3 * unit
        for number, line in enumerate(self._lines):
            painter.setFont(self._theme.font("caption"))
            painter.setPen(colours.text if number == 0 else colours.muted)
            box = QRectF(0, top + number * metrics.height(), self.width(), metrics.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, line)


def _summary(numbers: np.ndarray[tuple[int, ...], np.dtype[np.float32]], words: str) -> str:
    return words.format(
        low=short(float(numbers.min())), mean=short(float(numbers.mean())), high=short(float(numbers.max()))
    )
