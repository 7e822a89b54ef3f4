"""A square that takes what room there is, and asks for no more height than it is wide."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget


class Square(QWidget):
    """Its one child is kept square, in the middle of the width and at the top."""

    def __init__(self, child: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._child = child
        child.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(child.minimumSizeHint())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        side = min(self.width(), self.height())
        self._child.setGeometry((self.width() - side) // 2, 0, side, side)
        self.setMaximumHeight(max(self.width(), self.minimumHeight()))
