"""What the network sees: every step from the source to the input as a small picture; the one pointed at is enlarged."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.core.source.preprocess import Step
from desktop_app.ui.theme import Theme

_LARGEST = 56
_ARROW = 11
_ENLARGED = 192
"""Pixels at normal size: of a step's picture, the gap for an arrow, the enlarged picture."""

_NARROWEST = 68
"""Width of letters that must fit under a small picture, in percent."""


class Strip(QWidget):
    """One widget for all steps: it is repainted with every frame."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        """parent: over which the enlarged picture may float."""
        super().__init__(parent)
        self._theme = theme
        self._steps: tuple[Step, ...] = ()
        self._hovered = -1
        self._lens = _Lens(theme, parent)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("What the network sees"))
        theme.changed.connect(self.updateGeometry)

    def show_steps(self, steps: tuple[Step, ...]) -> None:
        words, before = ([(step.name, step.caption) for step in some] for some in (steps, self._steps))
        self._steps = steps
        if words == before:  # as with nearly every frame: the pictures alone are painted again
            for number in range(len(steps)):
                self.update(self.place(number))
        else:
            self.setAccessibleDescription(", ".join(f"{name}: {caption}" for name, caption in words))
            self.update()
        if self._lens.isVisible():
            self._enlarge(self._hovered)

    def place(self, number: int) -> QRect:
        """Of a step's picture."""
        side, gap = self._side_and_gap()
        return QRect(round(number * (side + gap)), 0, side, side)

    def sizeHint(self) -> QSize:
        line = QFontMetricsF(self._theme.font("caption")).height()
        return QSize(self._theme.px(246), int(self._theme.px(_LARGEST) + 2 * line + self._theme.unit) + 1)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(140), self.sizeHint().height())

    def _side_and_gap(self) -> tuple[int, float]:
        count = max(4, len(self._steps))
        arrow = self._theme.px(_ARROW)
        side = min(self._theme.px(_LARGEST), (self.width() - (count - 1) * arrow) // count)
        gap = (self.width() - count * side) / (count - 1)
        return side, min(gap, 3 * arrow)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        side, gap = self._side_and_gap()
        for number, step in enumerate(self._steps):
            place = QRectF(self.place(number))
            image = _image(step)
            scale = side / max(image.width(), image.height())
            size = QPointF(image.width() * scale, image.height() * scale)
            painter.drawImage(
                QRectF(place.center().x() - size.x() / 2, place.center().y() - size.y() / 2, size.x(), size.y()), image
            )
            if number == self._hovered:
                painter.setPen(QPen(self._theme.colours.accent, 2))
                painter.drawRect(place.adjusted(1, 1, -1, -1))
            between = QRectF(place.left() - gap, 0, gap, side)
            if number and event.region().intersects(between.toRect().adjusted(1, 0, -1, 0)):
                _arrow(painter, between.center(), self._theme)
        if event.rect().bottom() > side + 1:
            self._write_words(painter)

    def _write_words(self, painter: QPainter) -> None:
        side, gap = self._side_and_gap()
        font = self._theme.font("caption")
        line = QFontMetricsF(font).height()
        sizes = _sizes(self._steps)
        for number, step in enumerate(self._steps):
            place = self.place(number)
            top = side + self._theme.unit
            under = QRectF(place.left(), top, side, line)
            room = under.adjusted(2 - gap / 2, 0, gap / 2 - 2, 0) & QRectF(0, top, self.width(), line)
            _write(painter, under, room, step.name, font, self._theme.colours.text)
            if number and not sizes[number - 1]:
                room.setLeft(room.left() - side / 2)
            under.translate(0, line)
            room.translate(0, line)
            _write(painter, under, room, sizes[number], font, self._theme.colours.muted)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        hit = next((n for n in range(len(self._steps)) if self.place(n).contains(at)), -1)
        if hit != self._hovered:
            self._hovered = hit
            self._enlarge(hit)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = -1
        self._lens.hide()
        self.update()

    def _enlarge(self, number: int) -> None:
        if 0 <= number < len(self._steps):
            parent = self._lens.parentWidget()
            assert parent is not None
            self._lens.show_step(self._steps[number], self.mapTo(parent, self.place(number).center()).x())
            self._lens.move(self._lens.x(), self.mapTo(parent, self.rect().topLeft()).y() - self._lens.height() - 4)
        else:
            self._lens.hide()


class _Lens(QWidget):
    """A step enlarged, pixel by pixel, with its name and shape. The mouse goes through it."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._step: Step | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_step(self, step: Step, centre: int) -> None:
        """centre: of the step's picture, in the parent's x."""
        parent = self.parentWidget()
        assert parent is not None
        self._step = step
        unit, line = self._theme.unit, QFontMetricsF(self._theme.font("caption")).height()
        side = self._theme.px(_ENLARGED)
        self.resize(side + 4 * unit, int(side + 5 * unit + 2 * line))
        self.move(max(0, min(centre - self.width() // 2, parent.width() - self.width() - 2 * unit)), self.y())
        self.update()
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._step is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours, unit, side = self._theme.colours, self._theme.unit, self._theme.px(_ENLARGED)
        painter.setPen(QPen(colours.border, 1))
        painter.setBrush(colours.raised)
        radius = self._theme.px(6)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        image = _image(self._step)
        scale = side / max(image.width(), image.height())
        wide, high = image.width() * scale, image.height() * scale
        painter.drawImage(QRectF(2 * unit + (side - wide) / 2, 2 * unit + (side - high) / 2, wide, high), image)
        line = QFontMetricsF(self._theme.font("caption")).height()
        for number, (words, colour) in enumerate(
            ((self._step.name, colours.text), (self._step.caption, colours.muted))
        ):
            painter.setFont(self._theme.font("caption"))
            painter.setPen(colour)
            row = QRectF(0, side + 3 * unit + number * line, self.width(), line)
            painter.drawText(row, Qt.AlignmentFlag.AlignCenter, words)


def _sizes(steps: tuple[Step, ...]) -> list[str]:
    """What stands below the steps' names: a size, where the next step has another. Words have no room there, the
    enlarged picture has them."""
    sizes = [step.caption.split(",")[0] if step.caption[:1].isdigit() else "" for step in steps]
    return [size if sizes[number + 1 : number + 2] != [size] else "" for number, size in enumerate(sizes)]


def _image(step: Step) -> QImage:
    """Shares the step's pixels: only as long-lived as the step."""
    pixels = step.picture if step.picture.flags.c_contiguous else np.ascontiguousarray(step.picture)
    grey = pixels.ndim == 2
    form = QImage.Format.Format_Grayscale8 if grey else QImage.Format.Format_RGB888
    image = QImage(pixels.data, pixels.shape[1], pixels.shape[0], pixels.strides[0], form)
    return image if pixels is step.picture else image.copy()


def _write(painter: QPainter, under: QRectF, room: QRectF, words: str, font: QFont, colour: QColor) -> None:
    """Centred under the picture where it fits, else in all the room, there narrower, and cut short if need be."""
    shown = QFont(font)
    wanted = QFontMetricsF(shown).horizontalAdvance(words)
    if wanted > room.width():
        shown.setStretch(max(_NARROWEST, int(98 * room.width() / wanted)))
    painter.setFont(shown)
    painter.setPen(colour)
    fitting = QFontMetricsF(shown).elidedText(words, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(
        under if wanted <= under.width() else room, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, fitting
    )


def _arrow(painter: QPainter, centre: QPointF, theme: Theme) -> None:
    length, head = theme.px(7) / 2, theme.px(5) / 2
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colours.muted, 1.2))
    tip = centre + QPointF(length, 0)
    painter.drawLine(centre - QPointF(length, 0), tip)
    painter.drawPolyline([tip + QPointF(-head, -head), tip, tip + QPointF(-head, head)])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
