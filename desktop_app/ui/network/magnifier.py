"""The map under the mouse, enlarged, with its numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop_app.core.forward.layout import as_maps
from desktop_app.core.forward.request import Frame
from desktop_app.core.forward.spot import Spot, place_of
from desktop_app.core.forward.trace import Array, Stage
from desktop_app.core.maps.seen import Seen
from desktop_app.core.numerals import exact, short
from desktop_app.ui.qimages import Picture
from desktop_app.ui.theme import Theme

SIDE = 168
"""Of the enlarged map, pixels at normal size."""
SHARE = 0.36
"""Of the panel's height that the enlarged map takes at most."""
FARNESS = 8.0
"""How many hidden pixels are as bad as one pixel farther from the map."""


class Magnifier(QWidget):
    """Floats beside the map that is pointed at; moves on with every frame. The mouse goes through it."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._picture: Picture | None = None
        self._lines: list[str] = []
        self._shown: tuple[int, int] | None = None
        self._spot: tuple[Spot, Stage] | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # else all that lies below is painted with it
        self.hide()

    def show_map(self, frame: Frame, position: int, index: int, spot: Spot | None) -> None:
        """index: of the map in its stage; the input is shown whole.  spot: a number of it that is pointed at."""
        stage, mosaic = frame.trace.stages[position], frame.mosaics[position]
        self._spot = (spot, stage) if spot is not None and spot.position == position and stage.is_maps else None
        output = frame.trace.outputs[position]
        if position == 0:
            what, numbers, picture = self.tr("input"), output, frame.picture.pixels
        elif mosaic is not None and mosaic.heads is not None and index < len(mosaic.heads):
            what, numbers = self.tr("{stage}, head {n} of {count}"), mosaic.heads[index]
            picture = mosaic.piece(mosaic.tile_of(index) or 0)
        elif stage.is_maps:
            what, numbers = self.tr("{stage}, map {n} of {count}"), as_maps(stage, output)[index]
            picture = Seen(frame, position).piece(index)
        else:
            what, numbers = self.tr("{stage}, unit {n} of {count}"), output.reshape(-1)[index : index + 1]
            picture = Seen(frame, position).piece(index)
        self._picture = Picture(picture)
        count = len(mosaic.heads) if mosaic is not None and mosaic.heads is not None else stage.maps[0]
        self._lines = [what.format(stage=stage.name, n=index + 1, count=count)]
        if numbers.size == 1:
            value = float(numbers.flat[0])
            number = f"{value:.4f}".replace("-", "−") if math.isfinite(value) else exact(value)
            self._lines.append(self.tr("value {value}").format(value=number))
        else:
            self._lines.append("×".join(str(side) for side in numbers.shape))
            self._lines += self._summary(numbers)
            if self._spot is not None and spot is not None:
                place = self.tr("pixel ({row}, {column}): {value}")
                _, row, column = place_of(stage, spot)
                number = exact(float(numbers[(spot.index[0], row, column) if position == 0 else (row, column)]))
                self._lines.append(place.format(row=row + 1, column=column + 1, value=number))
        unit = self._theme.unit
        metrics = QFontMetricsF(self._theme.font("caption"))
        width = max([self._side(), *(metrics.horizontalAdvance(line) for line in self._lines)]) + 4 * unit + 1
        if self._shown == (position, index):
            width = max(width, self.width())  # a number with one digit less shall not make it tremble
        self._shown = (position, index)
        self.resize(int(width), int(self._side() + len(self._lines) * metrics.height() + 5 * unit))
        self.update()

    def _summary(self, numbers: Array) -> list[str]:
        """Smallest, mean and largest of what are numbers; and how many are none, with their colour."""
        lines = []
        finite = numbers[np.isfinite(numbers)]
        for count, words in (
            (np.isnan(numbers).sum(), self.tr("{n} of {count} are not a number (NaN): pink")),
            (np.isinf(numbers).sum(), self.tr("{n} of {count} are infinite (∞): pink")),
        ):
            if count:
                lines.append(words.format(n=f"{count:,}", count=f"{numbers.size:,}"))
        if finite.size:
            low, mean, high = (short(float(value)) for value in (finite.min(), finite.mean(), finite.max()))
            lines.append(self.tr("min {low} · mean {mean} · max {high}").format(low=low, mean=mean, high=high))
        return lines

    def stand_beside(self, target: QRectF, avoid: Sequence[tuple[QRectF, float]]) -> None:
        """Near the map where it hides least; always inside the parent. avoid: what matters how much, in its weight."""
        parent = self.parentWidget()
        assert parent is not None  # the constructor wants one
        room = QSizeF(parent.width() - self.width(), parent.height() - self.height())
        gap = 2 * self._theme.unit
        beside = (target.right() + gap, target.left() - gap - self.width())
        level = target.top() - self.height() / 3
        places = [QPointF(x, y) for x in (*beside, 0.0, room.width()) for y in (level, 0.0, room.height())]
        inside = [QPointF(_within(at.x(), room.width()), _within(at.y(), room.height())) for at in places]
        area = QSizeF(self.size())

        def cost(place: QPointF) -> float:
            here = QRectF(place, area)
            hidden = sum(weight * _area(here.intersected(rect)) for rect, weight in avoid)
            return hidden + FARNESS * (here.center() - target.center()).manhattanLength()

        self.move(min(inside, key=cost).toPoint())
        self.show()
        self.raise_()

    def _side(self) -> float:
        """Smaller where the panel is low."""
        parent = self.parentWidget()
        return min(self._theme.px(SIDE), parent.height() * SHARE if parent else SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours, unit = self._theme.colours, self._theme.unit
        painter.fillRect(self.rect(), colours.window)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.border, 1))
        painter.setBrush(colours.raised)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        side = self._side()
        if self._picture is not None:
            image = self._picture.image
            scale = side / max(image.width(), image.height())
            size = (image.width() * scale, image.height() * scale)
            where = QRectF((self.width() - size[0]) / 2, 2 * unit + (side - size[1]) / 2, size[0], size[1])
            painter.drawImage(where, image)
            if self._spot is not None:
                self._paint_spot(painter, where, *self._spot)
        metrics = QFontMetricsF(self._theme.font("caption"))
        top = side + 3 * unit
        for number, line in enumerate(self._lines):
            painter.setFont(self._theme.font("caption"))
            painter.setPen(colours.text if number == 0 else colours.muted)
            box = QRectF(0, top + number * metrics.height(), self.width(), metrics.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, line)

    def _paint_spot(self, painter: QPainter, where: QRectF, spot: Spot, stage: Stage) -> None:
        _, tall, wide = stage.maps
        _, row, column = place_of(stage, spot)
        across, down = where.width() / wide, where.height() / tall
        box = QRectF(where.left() + column * across, where.top() + row * down, max(across, 3), max(down, 3))
        for colour, thick in ((self._theme.colours.window, 3), (self._theme.colours.text, 1.5)):
            painter.setPen(QPen(colour, thick))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box)


def _area(rect: QRectF) -> float:
    return rect.width() * rect.height() if rect.isValid() else 0.0


def _within(place: float, room: float) -> float:
    return max(min(place, room), 0.0)
