"""The least that could show the same: three bare widgets that paint the same pictures, with the same worker.

No docks, no headings, no legends, no pyqtgraph: what the app's own window is measured against.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop_app.core.drawing.pen_down import PenDown
from desktop_app.core.drawing.strokes import Drawing
from desktop_app.core.forward.forwards import Forwards
from desktop_app.core.forward.live import Live
from desktop_app.core.forward.request import Frame, MapView, Request
from desktop_app.core.forward.trace import card_stages, with_ends
from desktop_app.core.model.card import ModelCard
from desktop_app.core.worker import LatestWorker
from desktop_app.ui.network.arrange import arrange
from desktop_app.ui.qimages import Picture

CANVAS = QRect(12, 100, 246, 246)
MAPS = QRect(285, 160, 820, 640)
BARS = QRect(1130, 130, 240, 260)
HEADING = 42.0
"""Width of a column at least, as the app's headings need it, pixels."""
PEN = 0.055


class PlainWindow(QWidget):
    """Canvas, maps and bars."""

    frame_painted = Signal(object)  # Frame
    _delivered = Signal(object)

    def __init__(self, card: ModelCard, forwards: Forwards) -> None:
        super().__init__()
        self.canvas = PlainCanvas(self)
        self.canvas.setGeometry(CANVAS)
        self._maps = _Maps(card, self)
        self._bars = _Bars(card, self)
        self._card = card
        self._drawing = Drawing()
        self._serial = 0
        self._frame: Frame | None = None
        self._delivered.connect(self._show)
        self.canvas.edited.connect(self._submit)
        self._maps.painted.connect(self._check_painted)
        self._bars.painted.connect(self._check_painted)
        self._worker: LatestWorker[Request, Frame] = LatestWorker(
            "plain-worker", Live(forwards), self._hand_over, lambda request, error: None
        )

    def stop(self) -> None:
        self._worker.stop(5)
        self.close()

    def _submit(self, drawing: Drawing) -> None:
        self._serial += 1
        self._worker.submit(Request(self._serial, time.perf_counter(), self._card, drawing, self._maps.view))

    def _hand_over(self, _request: Request, frame: Frame) -> None:
        self._delivered.emit(frame)

    def _show(self, frame: Frame) -> None:
        self._frame = frame
        self._maps.show_frame(frame)
        self._bars.show_frame(frame)

    def _check_painted(self) -> None:
        if self._frame and not (self._maps.waiting or self._bars.waiting):
            frame, self._frame = self._frame, None
            self._worker.ready()
            self.frame_painted.emit(frame)


class PlainCanvas(QWidget):
    """White lines on black, with Qt's own brush."""

    edited = Signal(object)  # Drawing

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._image = QImage(CANVAS.size(), QImage.Format.Format_RGB32)
        self._drawing = Drawing()
        self._down = PenDown(PEN)
        self._last = QPointF()
        self.clear()

    def clear(self) -> None:
        self._image.fill(Qt.GlobalColor.black)
        self._drawing = Drawing()
        self.update()
        self.edited.emit(self._drawing)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._down, self._last = PenDown(PEN), event.position()
        self.mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drawing = self._drawing.plus(self._down.stroke())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not event.buttons() & Qt.MouseButton.LeftButton:
            return
        place, width = event.position(), PEN * self.width()
        painter = QPainter(self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(Qt.GlobalColor.white, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(self._last, place)
        painter.end()
        reach = width / 2 + 1
        changed = QRectF(self._last, place).normalized().adjusted(-reach, -reach, reach, reach)
        self.update(changed.toAlignedRect())
        self._last = place
        self._down.add(place.x() / self.width(), place.y() / self.height())
        self.edited.emit(self._drawing.plus(self._down.stroke()))

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).drawImage(event.rect(), self._image, event.rect())


class _Panel(QWidget):
    """Paints the newest frame in one go, and says so."""

    painted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.waiting = False
        self._frame: Frame | None = None

    def show_frame(self, frame: Frame) -> None:
        self._frame, self.waiting = frame, True
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor("#f5f7fa"))
        if self._frame:
            self._paint(painter, self._frame)
        painter.end()
        if self.waiting:
            self.waiting = False
            self.painted.emit()

    def _paint(self, painter: QPainter, frame: Frame) -> None:
        raise NotImplementedError


class _Maps(_Panel):
    """All mosaics, as large as the app shows them."""

    def __init__(self, card: ModelCard, parent: QWidget) -> None:
        super().__init__(parent)
        self.setGeometry(MAPS)
        stages = with_ends(card_stages(card), card.preprocessing.shape)
        self._columns = arrange(stages, [HEADING] * len(stages), MAPS.width(), MAPS.height(), 6)
        self.view = MapView(columns=tuple(column.columns for column in self._columns[1:]))

    def _paint(self, painter: QPainter, frame: Frame) -> None:
        self._pictures = [Picture(mosaic.pixels) for mosaic in frame.mosaics if mosaic]
        for picture, column in zip(self._pictures, self._columns, strict=True):
            painter.drawImage(QRectF(column.left, 0, *column.mosaic), picture.image)


class _Bars(_Panel):
    """A name, a bar and a number a class."""

    def __init__(self, card: ModelCard, parent: QWidget) -> None:
        super().__init__(parent)
        self.setGeometry(BARS)
        self._classes = card.classes

    def _paint(self, painter: QPainter, frame: Frame) -> None:
        tall = self.height() / len(self._classes)
        painter.setPen(QColor("black"))
        for row, (label, share) in enumerate(
            zip(self._classes, frame.trace.answer.probabilities.tolist(), strict=True)
        ):
            line = QRectF(0, row * tall, self.width(), tall)
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, label)
            painter.fillRect(QRectF(70, row * tall + 5, 120 * share, tall - 10), QColor("#2060d0"))
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, f"{share:.0%}")
