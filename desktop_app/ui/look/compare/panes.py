"""A, B and B − A side by side: inputs, answers and the same stage's maps, painted as one.

One widget and no labels: all of it changes with every frame.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.core.maps import palette
from desktop_app.core.numerals import short
from desktop_app.ui.look.compare.pane import Laid, Pane, Place, lay_out
from desktop_app.ui.qimages import Picture
from desktop_app.ui.theme import Role, Theme
from desktop_app.ui.widgets.frames import paint_focus

INPUT_SIDE = 32
"""Of the small picture of an input, pixels at normal size."""
SMALLEST_TEXT = {"caption": 0.85, "strong": 0.75}
"""What is too wide shrinks to this much of its size; if that does not help it is cut short."""
SMALLEST_MARK = 5
"""Pixels; a frame around a number that is smaller could not be seen."""


class Panes(QWidget):
    """place_pointed: the (map, row, column) under the mouse, or None; place_chosen: that was clicked.
    enlarged: whether one map is shown alone."""

    place_pointed = Signal(object)
    place_chosen = Signal(object)
    enlarged = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._panes: Sequence[Pane] = ()
        self._laid: list[Laid | None] = []
        self._chosen: Place | None = None
        self._pointed: Place | None = None
        self._only: int | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Maps of A, of B and their difference"))
        theme.changed.connect(self._lay_out)

    def show_panes(self, panes: Sequence[Pane]) -> None:
        self._panes = panes
        self._lay_out()

    def choose(self, place: Place | None) -> None:
        """Marks one number in all of them; its map is the one that `enlarge` shows."""
        self._chosen = place
        if self._only is not None and place is not None:
            self._only = place[0]
            self._lay_out()
        self.update()

    def enlarge(self, on: bool) -> None:
        """Shows one map alone (the chosen one, else the first), or all."""
        if on != (self._only is not None):
            self._only = (self._chosen or (0, 0, 0))[0] if on else None
            self._point(None)
            self._lay_out()
            self.enlarged.emit(on)

    @property
    def only(self) -> int | None:
        """The map that is shown alone."""
        return self._only

    @property
    def laid(self) -> Sequence[Laid | None]:
        """Where the maps of the three are."""
        return self._laid

    def readout(self, number: int) -> str:
        """What stands under a pane: the pointed number, else the chosen one, else nothing."""
        place, values = self._pointed or self._chosen, self._panes[number].values
        if place is None or values is None or not _inside(place, values.shape):
            return ""
        value = _exact(float(values[place]), signed=number == 2)
        index, row, column = place
        if values.shape[1:] == (1, 1):
            return self.tr("unit {n} = {value}").format(n=index + 1, value=value)
        words = self.tr("map {n} ({row}, {column}) = {value}")
        return words.format(n=index + 1, row=row + 1, column=column + 1, value=value)

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(560), self._theme.px(220))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(315), self._theme.px(120))

    # layout

    def _rooms(self) -> list[QRectF]:
        """Of the three panes, side by side."""
        edge, gap = 1.0 * self._theme.unit, 4.0 * self._theme.unit  # the edge is for the focus ring
        width = (self.width() - 2 * edge - 2 * gap) / 3
        return [QRectF(edge + number * (width + gap), edge, width, self.height() - 2 * edge) for number in range(3)]

    @property
    def _head(self) -> float:
        return self._theme.px(INPUT_SIDE) + self._theme.unit

    @property
    def _foot(self) -> float:
        return QFontMetricsF(self._theme.font("caption")).height() + self._theme.unit

    def _lay_out(self) -> None:
        table = self._table()
        self._laid = [
            lay_out(pane, room.adjusted(0, self._head, 0, -self._foot), self._only, table)
            for pane, room in zip(self._panes, self._rooms(), strict=False)
        ]
        self.update()

    def _table(self) -> palette.Palette:
        return palette.signed(self._theme.dark, 1.0, self._theme.colours.panel.name())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._theme.colours.panel)
        for number, (pane, room) in enumerate(zip(self._panes, self._rooms(), strict=False)):
            self._paint_head(painter, pane, room)
            laid = self._laid[number]
            if laid is None:
                self._paint_note(painter, pane.note, room)
                continue
            painter.drawImage(laid.where, laid.picture.image)
            self._paint_gaps(painter, laid)
            self._paint_marks(painter, laid)
            self._paint_foot(painter, number, pane, room)
        if self.hasFocus():
            paint_focus(painter, self.rect(), self._theme)

    def _paint_head(self, painter: QPainter, pane: Pane, room: QRectF) -> None:
        side, left = self._theme.px(INPUT_SIDE), room.left()
        if pane.input is not None:
            painter.drawImage(QRectF(left, room.top(), side, side), pane.input.image)
            left += side + 2 * self._theme.unit
        lines = QRectF(left, room.top(), room.right() - left, side / 2)
        colours = self._theme.colours
        self._write(painter, lines, pane.title, "caption", colours.muted)
        strong = colours.accent if pane.strong else colours.text
        self._write(painter, lines.translated(0, side / 2), pane.words, "strong" if pane.strong else "caption", strong)

    def _write(self, painter: QPainter, where: QRectF, words: str, role: Role, ink: QColor) -> None:
        font = self._theme.font(role)
        wanted = QFontMetricsF(font).horizontalAdvance(words)
        if wanted > where.width():
            font.setPixelSize(
                max(int(font.pixelSize() * where.width() / wanted), int(font.pixelSize() * SMALLEST_TEXT[role]))
            )
        painter.setFont(font)
        painter.setPen(ink)
        painter.drawText(where, Qt.AlignmentFlag.AlignVCenter, _shortened(words, QFontMetricsF(font), where.width()))

    def _paint_note(self, painter: QPainter, note: str, room: QRectF) -> None:
        if not note:
            return
        painter.setFont(self._theme.font("body"))
        painter.setPen(self._theme.colours.muted)
        where = room.adjusted(0, self._head, 0, 0)
        painter.drawText(where, Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap, note)

    def _paint_gaps(self, painter: QPainter, laid: Laid) -> None:
        """Hairlines of paper between the maps, where the maps are large enough."""
        cell = laid.cell(0)
        if laid.only is not None or cell is None or min(cell.width(), cell.height()) < 6:
            return
        thick, paper, where = (2 if min(cell.width(), cell.height()) > 20 else 1), self._theme.colours.panel, laid.where
        for column in range(1, laid.columns):
            x = round(where.left() + column * cell.width() - thick / 2)
            painter.fillRect(QRectF(x, where.top(), thick, where.height()), paper)
        for row in range(1, -(-laid.count // laid.columns)):
            y = round(where.top() + row * cell.height() - thick / 2)
            painter.fillRect(QRectF(where.left(), y, where.width(), thick), paper)

    def _paint_marks(self, painter: QPainter, laid: Laid) -> None:
        """The chosen number, and the pointed one with its map."""
        for place, ink in ((self._chosen, self._theme.colours.text), (self._pointed, self._theme.colours.accent)):
            cell = laid.cell(place[0]) if place else None
            if place is None or cell is None:
                continue
            painter.setPen(QPen(ink, 1.5))
            if laid.only is None:
                painter.drawRect(cell.adjusted(0.5, 0.5, -0.5, -0.5))
            pixel = laid.pixel(place)
            if pixel is not None and laid.sides != (1, 1):
                lack = max(SMALLEST_MARK - min(pixel.width(), pixel.height()), 0) / 2
                painter.drawRect(pixel.adjusted(-lack, -lack, lack, lack))

    def _paint_foot(self, painter: QPainter, number: int, pane: Pane, room: QRectF) -> None:
        """The number that is looked at, else what the colours mean."""
        unit, foot = self._theme.unit, self._foot
        where = QRectF(room.left(), room.bottom() - foot + unit, room.width(), foot - unit)
        words = self.readout(number)
        if words:
            self._write(painter, where, words, "caption", self._theme.colours.text)
            return
        metrics, high = QFontMetricsF(self._theme.font("caption")), short(pane.strongest)
        low = f"−{high}"
        self._write(painter, where, low, "caption", self._theme.colours.muted)
        left = where.left() + metrics.horizontalAdvance(low) + unit
        bar = QRectF(
            left,
            where.center().y() - self._theme.px(3),
            min(self._theme.px(56), 0.35 * room.width()),
            self._theme.px(6),
        )
        self._strip = Picture(self._table()[None, palette.LOWEST : palette.HIGHEST + 1])
        painter.drawImage(bar, self._strip.image)
        where.setLeft(bar.right() + unit)
        self._write(painter, where, f"+{high}", "caption", self._theme.colours.muted)

    # mouse and keyboard

    def place_at(self, point: QPointF) -> Place | None:
        for laid in self._laid:
            place = laid.place_at(point) if laid else None
            if place is not None:
                return place
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self.place_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and place is not None:
            self.place_chosen.emit(place)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.place_at(event.position()) is not None:
            self.enlarge(self._only is None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        laid = next((laid for laid in self._laid if laid), None)
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if laid is not None and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            rows = laid.columns if laid.only is None else 1
            step = rows if event.key() == Qt.Key.Key_Down else -rows
        if event.key() == Qt.Key.Key_Escape and self._only is not None:
            self.enlarge(False)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.enlarge(self._only is None)
        elif step and laid is not None:
            self._step(step)
        else:
            super().keyPressEvent(event)

    def _step(self, step: int) -> None:
        """To another map, at the same row and column."""
        counts = [len(pane.values) for pane in self._panes if pane.values is not None]
        index, row, column = self._chosen or (0 if step > 0 else 1, 0, 0)
        index = index + step if self._chosen else 0
        self.place_chosen.emit((min(max(index, 0), max(counts) - 1), row, column))

    def _point(self, place: Place | None) -> None:
        if place != self._pointed:
            self._pointed = place
            self.setAccessibleDescription(
                " · ".join(f"{pane.title}: {self.readout(number)}" for number, pane in enumerate(self._panes))
                if place
                else ""
            )
            self.place_pointed.emit(place)
            self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()


def _inside(place: Place, shape: tuple[int, ...]) -> bool:
    return all(0 <= at < side for at, side in zip(place, shape, strict=True))


def _exact(value: float, signed: bool) -> str:
    """Four decimals; signed: with a plus too."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return short(value)
    return (f"{value:+.4f}" if signed and value else f"{value:.4f}").replace("-", "−")


def _shortened(words: str, metrics: QFontMetricsF, width: float) -> str:
    """Where there is too little room a class's name is cut short, and never its probability."""
    if not words.endswith("%") or metrics.horizontalAdvance(words) <= width:
        return metrics.elidedText(words, Qt.TextElideMode.ElideMiddle, width)
    name, *number = words.rsplit(" ", 2)
    share = " " + " ".join(number)
    return metrics.elidedText(name, Qt.TextElideMode.ElideRight, width - metrics.horizontalAdvance(share)) + share
