"""The one number that a person has chosen to look at; all pages follow it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from desktop_app.core.forward.spot import Spot


class Selection(QObject):
    """changed: after a choice, a move or a clearing."""

    changed = Signal(object)  # Spot or None
    pointed = Signal(object)  # Spot that a page points at without choosing it, or None

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._spot: Spot | None = None

    @property
    def spot(self) -> Spot | None:
        return self._spot

    def choose(self, spot: Spot | None) -> None:
        if spot != self._spot:
            self._spot = spot
            self.changed.emit(spot)
