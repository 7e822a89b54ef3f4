"""While you drew: every class's probability over the strokes, and the way back to any moment of them."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QShowEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.core.drawing.history import History
from desktop_app.core.drawing.moments import Moment, Moments
from desktop_app.core.drawing.strokes import Drawing
from desktop_app.core.forward.class_list import ClassList, rest
from desktop_app.core.forward.forwards import Forwards
from desktop_app.core.forward.request import Frame, Source
from desktop_app.core.forward.verdict import percent
from desktop_app.core.model.card import ModelCard
from desktop_app.ui.answer.history_lines import Floats, Lines, lines_of, place_names, runs
from desktop_app.ui.answer.moment_answers import MomentAnswers
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.frames import BY_KEYBOARD, paint_focus

REST_MS = 120
"""How long the pen rests before the moments are worked out: the next stroke must not wait for those of the last."""
GROW_MS = 40
"""Between two pictures of a chart that is being worked out."""
LEAST, USUAL, TALLEST = 72, 124, 200
"""Heights at normal size, pixels."""


class HistoryChart(QWidget):
    """Hovering, dragging and the arrow keys choose a moment; leaving the chart goes back to now."""

    moment_chosen = Signal(object)  # Drawing as it was then, or None for now
    step_chosen = Signal(int)  # of the history: a person goes back there

    def __init__(
        self, theme: Theme, history: History, forwards: Forwards, jobs: Jobs, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._history = theme, history
        self._remembered = Moments()
        self._answers = MomentAnswers(forwards, jobs, self)
        self._classes: tuple[str, ...] = ()
        self._listed = ClassList()
        self._moments: tuple[Moment, ...] = ()
        self._lines: Lines | None = None
        self._names: tuple[str, ...] = ()  # of the lines
        self._picture: QPixmap | None = None
        self._at: int | None = None
        self._told: Drawing | None = None
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._work_out)
        self._growing = QTimer(self, singleShot=True, interval=GROW_MS)
        self._growing.timeout.connect(self._redraw)
        self._answers.changed.connect(self._redraw_soon)
        self._shows_focus = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("While you drew: probabilities over the strokes"))
        self.setAccessibleDescription(
            self.tr("Left and Right show an earlier moment, Enter goes back to it, Escape returns to now.")
        )
        theme.changed.connect(self._dress)
        self._dress()

    # what the window tells

    def list_only(self, classes: ClassList) -> None:
        """Lines for these; the others of a model have one together."""
        self._listed = classes

    def show_model(self, card: ModelCard) -> None:
        """Another model answers from now on."""
        self._classes = card.classes
        self._answers.forget()
        self._redraw()

    def await_source(self, source: Source | None) -> None:
        """What is answered from now on: only a drawing grows."""
        if self.isHidden() == isinstance(source, Drawing):
            self.setVisible(isinstance(source, Drawing))

    def show_frame(self, frame: Frame) -> None:
        """The newest frame. Of a drawing that is at rest, or looked back at while a filter is switched, the moments are
        worked out once it has rested a little."""
        source = frame.request.source
        if not isinstance(source, Drawing):
            return
        self._answers.ask_as(frame.request)
        if frame.request.earlier:
            self._keep(source, frame)
        elif _same(source, self._history.now):
            self._keep(self._history.now, frame)
        else:
            return
        self._rest.start()

    def leave(self) -> None:
        """The drawing goes on: back to now, and nothing is worked out until the pen rests again."""
        self._answers.pause()
        self._return()

    def go_on(self) -> None:
        """The pen is up, and the history goes on. The last frame may have come before: who rests the pen before it is
        lifted gets no other."""
        self._rest.start()

    # what a person does

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self._index_at(event.position().x()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._point(self._index_at(event.position().x()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._point(self._index_at(event.position().x()))
        self._go_back()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._return()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._shows_focus = event.reason() in BY_KEYBOARD
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._shows_focus = False
        self.update()
        if not self.underMouse():
            self._return()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.leave()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._rest.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, last = event.key(), len(self._moments) - 1
        at = last if self._at is None else self._at
        moves = {Qt.Key.Key_Left: at - 1, Qt.Key.Key_Right: at + 1, Qt.Key.Key_Home: 0, Qt.Key.Key_End: last}
        if key in moves and last >= 0:
            self._point(min(max(moves[Qt.Key(key)], 0), last))
            self._announce()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._at is not None:
            self._go_back()
        elif key == Qt.Key.Key_Escape and self._at is not None:
            self._return()
        else:
            super().keyPressEvent(event)

    def _point(self, index: int | None) -> None:
        self._catch_up()
        if index is None or not any(moment.drawing for moment in self._moments):
            return
        index = min(index, len(self._moments) - 1)
        if index != self._at:
            self._at = index
            now = index == len(self._moments) - 1
            self._tell(None if now else self._moments[index].drawing)
            self.update()

    def _return(self) -> None:
        """Back to now."""
        if self._at is not None:
            self._at = None
            self._tell(None)
            self.update()

    def _go_back(self) -> None:
        if self._at is not None:
            self.step_chosen.emit(self._moments[self._at].step)
            self.leave()

    def _tell(self, drawing: Drawing | None) -> None:
        if drawing is not self._told:
            self._told = drawing
            self.moment_chosen.emit(drawing)

    def _announce(self) -> None:
        """To a screen reader."""
        if self._at is not None:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self._readout(self._at)))

    # the moments

    def _catch_up(self) -> None:
        """With the history, which may have gone on since the last look at it."""
        if not self._moments or self._moments[-1].drawing is not self._history.now:
            self._moments = self._remembered.of(self._history)
            self._redraw()

    def _keep(self, drawing: Drawing, frame: Frame) -> None:
        """A frame has worked out a moment already."""
        if drawing and drawing not in self._answers:
            self._answers.keep(drawing, frame.trace.answer.probabilities)
            self._redraw()

    def _work_out(self) -> None:
        if self.isVisible():
            self._catch_up()
            self._answers.work_out(moment.drawing for moment in reversed(self._moments))

    def _redraw_soon(self) -> None:
        if not self._growing.isActive():
            self._growing.start()

    def _redraw(self) -> None:
        self._lines = self._picture = None
        self.update()

    def _known(self) -> Lines:
        if self._lines is None:
            values = np.full((len(self._moments), len(self._classes)), np.nan)
            for row, moment in enumerate(self._moments):
                if moment.drawing in self._answers:
                    values[row] = self._answers[moment.drawing]
            listed = self._listed.listed(self._classes)
            self._names = self._classes
            if listed:
                self._names = (*(self._classes[index] for index in listed), self.tr("other classes"))
                values = np.column_stack([values[:, listed], rest(values, listed)])
            self._lines = lines_of(values)
        return self._lines

    # the picture

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(200), self._theme.px(USUAL))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(160), self._theme.px(LEAST))

    def _dress(self) -> None:
        self.setMaximumHeight(self._theme.px(TALLEST))
        self.updateGeometry()
        self._redraw()

    def _caption_height(self) -> float:
        return QFontMetricsF(self._theme.font("caption")).height()

    def _plot(self) -> QRectF:
        """Where the lines are."""
        metrics, unit = QFontMetricsF(self._theme.font("caption")), self._theme.unit
        left = metrics.horizontalAdvance(_FULL) + unit
        top = self._head().bottom() + 2 * unit
        bottom = self.height() - metrics.height() - 2 * unit
        return QRectF(QPointF(left, top), QPointF(self.width() - 2 * unit, max(bottom, top + 1)))

    def _head(self) -> QRectF:
        """Where the heading is, with a gap above it."""
        unit = self._theme.unit
        return QRectF(0, 2 * unit, self.width(), QFontMetricsF(self._theme.font("heading")).height())

    def _columns(self) -> Floats:
        """x of every moment."""
        return self._columns_in(self._plot())

    def _columns_in(self, plot: QRectF) -> Floats:
        count = len(self._moments)
        if count < 2:
            return np.full(count, plot.right())
        return np.linspace(plot.left(), plot.right(), count)

    def _places(self, index: int, plot: QRectF) -> Floats:
        """(moments, 2) of a class's line; NaN where it is not known."""
        heights = plot.bottom() - self._known().values[:, index] * plot.height()
        return np.stack([self._columns_in(plot), heights], axis=1)

    def _index_at(self, x: float) -> int | None:
        self._catch_up()
        columns = self._columns()
        return int(np.abs(columns - x).argmin()) if len(columns) else None

    def _inks(self) -> tuple[QColor, ...]:
        colours = self._theme.colours
        return colours.accent, colours.second, colours.third, colours.fourth

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        if self._picture is None or self._picture.size() != self.size() * ratio:
            self._picture = self._new_picture(ratio)
        painter.drawPixmap(0, 0, self._picture)
        if any(moment.drawing for moment in self._moments):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_axis_words(painter)
            if self._at is not None:
                self._paint_moment(painter, self._at)
        if self._shows_focus:
            paint_focus(painter, self.rect(), self._theme)

    def _new_picture(self, ratio: float) -> QPixmap:
        theme, colours, plot = self._theme, self._theme.colours, self._plot()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(colours.panel)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("heading"))
        painter.setPen(colours.muted)
        painter.drawText(self._head(), 0, self.tr("WHILE YOU DREW"))
        painter.setFont(theme.font("caption"))
        if not any(moment.drawing for moment in self._moments):
            words = self.tr("Draw, and see here how the answer grows.")
            below = QRectF(0, plot.top() - theme.unit, self.width(), self.height() - plot.top())
            painter.drawText(below, Qt.TextFlag.TextWordWrap, words)
        else:
            self._paint_frame(painter, plot)
            self._paint_lines(painter, plot)
        painter.end()
        return picture

    def _paint_frame(self, painter: QPainter, plot: QRectF) -> None:
        """The ends and the middle of the probabilities, and a tick where a stroke ended."""
        colours, tall = self._theme.colours, self._caption_height()
        for share, words in ((1.0, _FULL), (0.5, ""), (0.0, "0 %")):
            y = round(plot.bottom() - share * plot.height()) + 0.5
            painter.setPen(QPen(colours.border, 1))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(colours.muted)
            box = QRectF(0, y - tall / 2, plot.left() - self._theme.unit, tall)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)
        painter.setPen(QPen(colours.muted, 1))
        for x, moment in zip(self._columns(), self._moments, strict=True):
            if moment.ends:
                painter.drawLine(QPointF(x, plot.bottom() + 1), QPointF(x, plot.bottom() + self._theme.unit))

    def _paint_lines(self, painter: QPainter, plot: QRectF) -> None:
        lines, colours = self._known(), self._theme.colours
        drawn = np.array([bool(moment.drawing) for moment in self._moments])
        for index in lines.others:
            self._paint_line(painter, self._places(index, plot), drawn, QPen(colours.disabled, self._theme.px(10) / 10))
        standing = [self._places(index, plot) for index in lines.leaders]
        styled = list(zip(standing, self._inks(), _DASHES, strict=False))
        for place, (points, ink, dashes) in reversed(list(enumerate(styled))):
            pen = QPen(ink, self._theme.px(24 if place == 0 else 18) / 10)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap if dashes else Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            if dashes:
                pen.setDashPattern(dashes)
            self._paint_line(painter, points, drawn, pen)
        self._write_names(painter, plot, lines, standing)

    def _paint_line(self, painter: QPainter, points: Floats, drawn: np.ndarray, pen: QPen) -> None:
        painter.setPen(pen)
        for run in runs(points, drawn):
            if len(run) == 1:  # one stroke of one point: a dot
                painter.setBrush(pen.color())
                painter.drawEllipse(QPointF(*run[0]), pen.widthF() / 2, pen.widthF() / 2)
                painter.setBrush(Qt.BrushStyle.NoBrush)
            else:
                painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in run]))

    def _write_names(self, painter: QPainter, plot: QRectF, lines: Lines, standing: list[Floats]) -> None:
        font = self._theme.font("caption")
        metrics = QFontMetricsF(font)
        names = [
            metrics.elidedText(self._names[index], Qt.TextElideMode.ElideRight, plot.width() / 2)
            for index in lines.leaders
        ]
        sizes = [QSizeF(metrics.horizontalAdvance(name) + 2, metrics.height() - 2) for name in names]
        room = plot.adjusted(0, -self._theme.unit, 0, 0)
        boxes = place_names(standing, sizes, room, self._theme.px(3))
        painter.setFont(font)
        paper = QColor(self._theme.colours.panel)
        paper.setAlpha(190)
        for name, box, ink in zip(names, boxes, self._inks(), strict=False):
            if box is not None:
                painter.fillRect(box, paper)
                painter.setPen(ink)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)

    def _paint_axis_words(self, painter: QPainter) -> None:
        plot = self._plot()
        box = QRectF(0, plot.bottom() + self._theme.unit, self.width(), self._caption_height() + self._theme.unit)
        painter.setFont(self._theme.font("caption"))
        if self._at is not None:
            painter.setPen(self._theme.colours.text)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._readout(self._at))
            painter.setPen(self._theme.colours.muted)
            painter.drawText(self._head(), Qt.AlignmentFlag.AlignRight, self.tr("double-click: go back"))
            return
        box.setLeft(plot.left())
        box.setRight(plot.right())
        painter.setPen(self._theme.colours.muted)
        first = self.tr("start") if self._moments[0].step == 0 else self.tr("earlier")
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, first)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self.tr("now"))

    def _paint_moment(self, painter: QPainter, at: int) -> None:
        plot, colours = self._plot(), self._theme.colours
        x = float(self._columns()[at])
        painter.setPen(QPen(colours.text, 1))
        painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
        if not self._moments[at].drawing:
            return
        for index, ink in zip(self._known().leaders, self._inks(), strict=False):
            place = self._places(index, plot)[at]
            if np.isfinite(place).all():
                painter.setPen(QPen(colours.panel, 1))
                painter.setBrush(ink)
                painter.drawEllipse(QPointF(*place), self._theme.px(3), self._theme.px(3))

    def _readout(self, at: int) -> str:
        """The moment in words."""
        drawing = self._moments[at].drawing
        if not drawing:
            return self.tr("empty canvas")
        values = self._known().values[at]
        stroke = self.tr("stroke {number}").format(number=len(drawing.strokes))
        if not np.isfinite(values).all():
            return stroke
        best = int(values.argmax())
        return f"{stroke}: {self._names[best]} {percent(float(values[best]))}"


_FULL = "100 %"
_DASHES: tuple[list[float], ...] = ([], [4, 1.5], [1.5, 1.5], [5, 1.5, 1, 1.5])
"""Of the lines that stand out: who cannot tell their colours can tell these."""


def _same(one: Drawing, other: Drawing) -> bool:
    """Whether they are the same ink: the stroke that was drawn last is another object once the pen is up."""
    return one is other or (
        len(one.strokes) == len(other.strokes)
        and all(a is b or np.array_equal(a.points, b.points) for a, b in zip(one.strokes, other.strokes, strict=True))
    )
