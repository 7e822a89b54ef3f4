"""The drawing canvas. Every point of mouse, pen, finger or keyboard is kept; only pixels that changed are painted.

What a person sees is what the network reads: white ink on black, in both themes.
"""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.core.drawing.history import History
from desktop_app.core.drawing.strokes import Drawing
from desktop_app.ui.input.canvas_keyboard import KeyboardPen
from desktop_app.ui.input.cursor import brush_cursor
from desktop_app.ui.input.gesture import BrushGesture, EraserGesture, Gesture, Place
from desktop_app.ui.input.ink_layer import Box, InkLayer
from desktop_app.ui.input.pointers import Hand, PointerSurface
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.frames import BY_KEYBOARD, paint_corners, paint_focus

Tool = Literal["brush", "eraser"]

FIRST_PEN = 0.055
"""Width of the brush until it is changed, as a fraction of the canvas."""
PAUSE_MS = 4
"""Points that come faster than this are kept, and dealt with together: most mice send 125 a second, some 1,000."""
ERASER_RATIO = 2.0
"""The eraser's width in widths of the pen."""
_NOTHING: Box = (1, 1, 0, 0)
_ALL: Box = (0, 0, 1, 1)


class Canvas(PointerSurface):
    """A square to draw on. Coordinates of drawings are 0..1 on it, y downwards."""

    edited = Signal(object)  # Drawing, with the stroke that is being drawn; on every change
    history_changed = Signal()  # after each gesture, undo, redo, clear or replacement

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.history = History()
        self.tool: Tool = "brush"
        self.pen = FIRST_PEN
        self._theme = theme
        self._ink = InkLayer(1)
        self._torn: Box = _NOTHING
        self._moment: Drawing | None = None
        self._gesture: Gesture | None = None
        self._waiting: list[tuple[Place, float]] = []
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setTimerType(Qt.TimerType.PreciseTimer)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._draw_waiting)
        self._keys = KeyboardPen()
        self._shows_focus = False
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Drawing canvas"))
        self.setAccessibleDescription(
            self.tr(
                "Draw here with mouse, pen or finger. With the keyboard: arrow keys move the pen, Shift makes small "
                "steps, Space puts the pen down and lifts it, Escape lifts it, Delete clears the canvas."
            )
        )
        theme.changed.connect(self.update)

    # what others call

    def drawing(self) -> Drawing:
        """With the stroke that is being drawn."""
        self._draw_waiting()
        return self.history.now if self._gesture is None else self._gesture.drawing

    def set_drawing(self, drawing: Drawing) -> None:
        """Replaces the drawing; undo brings the old one back."""
        self.pen_up()
        self.history.push(drawing)
        self._show_history()

    def show_moment(self, drawing: Drawing | None) -> None:
        """Shows an earlier drawing in place of the present one, which stays what it is; None goes back to it. A stroke
        that is being drawn stays in sight."""
        if drawing is not self._moment and (drawing is None or self._gesture is None):
            self._moment = drawing
            self._tear(_ALL)
            self.update()

    def clear(self) -> None:
        self.pen_up()
        if self.history.now:
            self.set_drawing(Drawing())

    def undo(self) -> None:
        self.pen_up()
        if self.history.can_undo:
            self.history.undo()
            self._show_history()

    def redo(self) -> None:
        self.pen_up()
        if self.history.can_redo:
            self.history.redo()
            self._show_history()

    def go_to(self, step: int) -> None:
        """Undoes or redoes to a step of the history. Raises IndexError when there is no such step."""
        self.pen_up()
        self.history.go_to(step)
        self._show_history()

    def set_tool(self, tool: Tool) -> None:
        self.pen_up()
        self.tool = tool
        self._set_cursor()

    def set_pen(self, pen: float) -> None:
        """Width as a fraction of the canvas; a stroke that is being drawn keeps its own."""
        self.pen = pen
        self._set_cursor()

    def pen_up(self) -> None:
        """Ends the gesture, if there is one; whatever was drawn stays."""
        self._draw_waiting()
        if self._gesture is None:
            return
        drawing = self._gesture.drawing
        self._gesture = self.hand = None
        if drawing.strokes != self.history.now.strokes:
            self.history.push(drawing)
            self.history_changed.emit()
        self.update()

    # the gesture, whichever hand makes it

    def pen_down(self, hand: Hand, place: Place, pressure: float | None = None, erase: bool = False) -> None:
        self.pen_up()
        self.show_moment(None)
        self.hand = hand
        if hand != "keyboard":
            self._keys.forget()
        now = self.history.now
        if erase or self.tool == "eraser":
            self._gesture = EraserGesture(now, ERASER_RATIO * self.pen / 2)
        else:
            self._redraw_torn()
            self._gesture = BrushGesture(now, self._ink, self.pen, pressure is not None)
        if not now:
            self.update()  # the hint goes
        self.pen_move(place, 1.0 if pressure is None else pressure)

    def pen_move(self, place: Place, pressure: float = 1.0) -> None:
        """Drawn at once, unless another point has just been drawn: then with those that follow, a few ms later."""
        self._waiting.append((place, pressure))
        if not self._pause.isActive():
            self._draw_waiting()

    def _draw_waiting(self) -> None:
        gesture, waiting = self._gesture, self._waiting
        if not waiting:
            return
        self._waiting = []
        self._pause.start()
        boxes = [box for place, pressure in waiting if gesture and (box := gesture.move(place, pressure))]
        if gesture is None or not boxes:
            return
        for box in boxes:
            if gesture.redraws:
                self._tear(box)
            self.update(self._widget_rect(box))
        self.edited.emit(gesture.drawing)

    # keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if plain and self.hand in (None, "keyboard"):
            if self._keys.press(key, fine=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)):
                if self.hand == "keyboard":
                    self.pen_move(self._keys.place)
                self.update()
                return
            if key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if not event.isAutoRepeat():
                    self._toggle_keyboard_pen()
                return
            if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
                self.clear()
                return
        if key == Qt.Key.Key_Escape and (self._gesture is not None or self._keys.visible):
            if self.hand == "keyboard":
                self._toggle_keyboard_pen()
            self.pen_up()
            self._keys.forget()
            self.update()
            return
        super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not event.isAutoRepeat():
            self._keys.release(event.key())
        super().keyReleaseEvent(event)

    def _toggle_keyboard_pen(self) -> None:
        self._keys.visible = True
        if self.hand == "keyboard":
            self.pen_up()
            self._announce(self.tr("Pen up"))
        else:
            self.pen_down("keyboard", self._keys.place)
            self._announce(self.tr("Pen down"))
        self.update()

    def _announce(self, text: str) -> None:
        """To a screen reader."""
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    # what interrupts a gesture

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._shows_focus = event.reason() in BY_KEYBOARD
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._shows_focus = False
        self._keys.forget()
        super().focusOutEvent(event)
        self.update()

    # the picture

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(246), self._theme.px(246))

    def minimumSizeHint(self) -> QSize:
        return QSize(110, 110)  # not more at projector size: on a low screen the words around it need the height

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_ink()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._fit_ink()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._redraw_torn()
        painter = QPainter(self)
        rect = event.rect()
        pixel = self.width() / self._ink.side
        painter.scale(pixel, pixel)
        painter.drawImage(0, 0, self._ink.image)  # clipped to what is to be painted
        painter.resetTransform()
        shown = self.history.now if self._moment is None else self._moment
        if self._gesture is None and not shown and not self._keys.visible:
            painter.setFont(self._theme.font("body"))
            painter.setPen(self._theme.colours.ink_muted)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.tr("Draw a shape here"))
        if self._keys.visible:
            self._paint_cross_hair(painter)
        paint_corners(painter, self.rect(), rect, self._theme)
        if self._shows_focus:
            paint_focus(painter, self.rect(), self._theme)

    def _paint_cross_hair(self, painter: QPainter) -> None:
        x, y = self._keys.place[0] * self.width(), self._keys.place[1] * self.height()
        arm = self._theme.px(14)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for colour, width in ((self._theme.colours.ink_background, 4.0), (self._theme.colours.accent, 2.0)):
            painter.setPen(QPen(colour, width))
            painter.drawLine(QPointF(x - arm, y), QPointF(x + arm, y))
            painter.drawLine(QPointF(x, y - arm), QPointF(x, y + arm))
            if self.hand != "keyboard":  # a ring while the pen is up
                painter.drawEllipse(QPointF(x, y), arm / 2, arm / 2)

    def _show_history(self) -> None:
        self._moment = None
        self._tear(_ALL)
        self.update()
        self.edited.emit(self.history.now)
        self.history_changed.emit()

    def _tear(self, box: Box) -> None:
        """Marks ink that is to be drawn again before the next painting."""
        left, top, right, bottom = self._torn
        self._torn = min(left, box[0]), min(top, box[1]), max(right, box[2]), max(bottom, box[3])

    def _redraw_torn(self) -> None:
        if self._torn != _NOTHING:
            drawing = self.drawing() if self._moment is None else self._moment
            self._ink.redraw(drawing, self._torn)
            self._torn = _NOTHING

    def _fit_ink(self) -> None:
        self.pen_up()
        side = max(1, round(self.width() * self.devicePixelRatioF()))
        if side != self._ink.side:
            self._ink = InkLayer(side)
            self._tear(_ALL)
            self._set_cursor()
            self.update()

    def _widget_rect(self, box: Box) -> QRect:
        side = self.width()
        return QRectF(box[0] * side, box[1] * side, (box[2] - box[0]) * side, (box[3] - box[1]) * side).toAlignedRect()

    def _set_cursor(self) -> None:
        width = self.pen * (ERASER_RATIO if self.tool == "eraser" else 1)
        self.setCursor(brush_cursor(width * self.width(), self.devicePixelRatioF()))
