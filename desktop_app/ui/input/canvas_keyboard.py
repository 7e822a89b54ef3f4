"""Drawing with the keyboard: where its pen is, and where the arrow keys take it. No events, no painting."""

from __future__ import annotations

from PySide6.QtCore import Qt

STEP = 0.02
"""Of the canvas a key press (and its repetitions) moves the pen by."""
FINE_STEP = 0.005

_DIRECTIONS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class KeyboardPen:
    """A cross-hair that appears with the first arrow key. Two arrows held together go diagonally."""

    def __init__(self) -> None:
        self.place = (0.5, 0.5)
        self.visible = False
        self._held: set[int] = set()

    def press(self, key: int, fine: bool) -> bool:
        """True when the key is one of the arrows; the pen has then moved."""
        if key not in _DIRECTIONS:
            return False
        self.visible = True
        self._held.add(key)
        step = FINE_STEP if fine else STEP
        x, y = self.place
        for held in self._held:
            dx, dy = _DIRECTIONS[Qt.Key(held)]
            x, y = x + step * dx, y + step * dy
        self.place = min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)
        return True

    def release(self, key: int) -> None:
        self._held.discard(key)

    def forget(self) -> None:
        """The keyboard goes elsewhere: no key is held, and the cross-hair is not shown."""
        self._held.clear()
        self.visible = False
