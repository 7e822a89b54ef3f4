"""A mouse that moves by itself: real events that take the way of a person's, through Qt's window system."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

Place = tuple[float, float]
"""Fractions of the widget's width and height."""


class Mouse:
    """Presses, moves and releases on a widget of a window that is shown."""

    def __init__(self, widget: QWidget) -> None:
        """Raises ValueError when the widget's window is not shown yet."""
        window = widget.window().windowHandle()
        if window is None:
            raise ValueError("a mouse needs a window that is shown")
        self._widget = widget
        self._window: QWindow = window

    def press(self, place: Place) -> None:
        QTest.mouseMove(self._window, self._point(place))
        QTest.mousePress(self._window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, self._point(place))

    def move(self, place: Place) -> None:
        QTest.mouseMove(self._window, self._point(place))

    def release(self, place: Place) -> None:
        QTest.mouseRelease(self._window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, self._point(place))

    def _point(self, place: Place) -> QPoint:
        """In the window's pixels."""
        widget = self._widget
        inside = QPoint(round(place[0] * widget.width()), round(place[1] * widget.height()))
        return widget.mapTo(widget.window(), inside)
