"""A widget that paints itself and shows that the keyboard has come to it."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFocusEvent, QPainter
from PySide6.QtWidgets import QWidget

from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.frames import BY_KEYBOARD, paint_focus


class Ringed(QWidget):
    """Takes the focus by Tab and by a click; its own painting ends with `paint_ring`."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._has_ring = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def paint_ring(self, painter: QPainter, frame: QRect | None = None) -> None:
        """frame: what can be seen, where that is not all."""
        if self._has_ring:
            paint_focus(painter, self.rect() if frame is None else frame, self._theme)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._has_ring = event.reason() in BY_KEYBOARD
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._has_ring = False
        self.update()
