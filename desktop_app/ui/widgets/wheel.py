"""A mouse wheel that turns pages: one notch is one page, however finely a touchpad tells of its way."""

from __future__ import annotations

from PySide6.QtGui import QWheelEvent

NOTCH = 120
"""What Qt calls one notch of a wheel."""


class Wheel:
    """Adds up what is less than a notch."""

    def __init__(self) -> None:
        self._rolled = 0

    def notches(self, event: QWheelEvent) -> int:
        """How many are full now; positive is up or left, that is back."""
        self._rolled += event.angleDelta().y() or event.angleDelta().x()
        full = int(self._rolled / NOTCH)
        self._rolled -= full * NOTCH
        return full
