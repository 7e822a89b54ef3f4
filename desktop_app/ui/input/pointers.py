"""Mouse, pen and finger as one hand: pen down, along, and up again, whatever the device and whatever interrupts it."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QHideEvent, QMouseEvent, QPointingDevice, QTabletEvent, QTouchEvent
from PySide6.QtWidgets import QWidget

from desktop_app.ui.input.gesture import Place

Hand = Literal["mouse", "tablet", "touch", "keyboard"]


class PointerSurface(QWidget):
    """Calls `pen_down`, `pen_move` and `pen_up`. While one hand has the pen, the others are not heard."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Qt would keep only the newest of the mouse moves that wait; a quick circle would become a polygon.
        QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_CompressHighFrequencyEvents, False)
        self.hand: Hand | None = None
        self._finger = -1
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setMouseTracking(True)  # to learn of a button that went up elsewhere

    def pen_down(self, hand: Hand, place: Place, pressure: float | None = None, erase: bool = False) -> None:
        """pressure: factor on the width, None where the device knows none.  erase: with the pen's other end."""
        raise NotImplementedError

    def pen_move(self, place: Place, pressure: float = 1.0) -> None:
        """place: fractions of the widget, beyond 0..1 off it."""
        raise NotImplementedError

    def pen_up(self) -> None:
        """Also called when nothing is being drawn."""
        raise NotImplementedError

    def _place(self, position: QPointF) -> Place:
        return position.x() / max(1, self.width()), position.y() / max(1, self.height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.hand in (None, "mouse", "keyboard"):
            self.pen_down("mouse", self._place(event.position()))
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.hand != "mouse":
            return
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.pen_move(self._place(event.position()))
        else:
            self.pen_up()  # the button went up where nobody told us

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.hand == "mouse":
            self.pen_up()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)  # two dots in a row

    def tabletEvent(self, event: QTabletEvent) -> None:
        # Accepting it keeps Qt from sending the same again as a mouse event.
        place, pressure = self._place(event.position()), _width_factor(event.pressure())
        kind = event.type()
        if kind == QEvent.Type.TabletPress and event.button() == Qt.MouseButton.LeftButton:
            rubber = event.pointerType() == QPointingDevice.PointerType.Eraser
            self.pen_down("tablet", place, pressure, erase=rubber)
        elif self.hand == "tablet" and kind == QEvent.Type.TabletMove:
            self.pen_move(place, pressure)
        elif self.hand == "tablet" and kind == QEvent.Type.TabletRelease:
            self.pen_up()
        else:
            event.ignore()
            return
        event.accept()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QTouchEvent):
            self._touch(event)
            return True
        if event.type() == QEvent.Type.WindowDeactivate:
            self.pen_up()
        return super().event(event)

    def _touch(self, event: QTouchEvent) -> None:
        """The first finger draws; others are ignored."""
        event.accept()
        kind = event.type()
        if kind == QEvent.Type.TouchBegin and self.hand in (None, "keyboard"):
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._finger = event.points()[0].id()
            self.pen_down("touch", self._place(event.points()[0].position()))
        elif self.hand == "touch":
            finger = next((point for point in event.points() if point.id() == self._finger), None)
            if finger is not None and finger.state() == finger.State.Updated:
                self.pen_move(self._place(finger.position()))
            lifted = finger is not None and finger.state() == finger.State.Released
            if lifted or kind in (QEvent.Type.TouchEnd, QEvent.Type.TouchCancel):
                self.pen_up()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.pen_up()
        super().focusOutEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self.pen_up()
        super().hideEvent(event)


def _width_factor(pressure: float) -> float:
    """Of a pen's pressure 0..1 on the width: half the force gives the normal width."""
    return 0.4 + 1.2 * pressure
