"""The keys that walk from one chosen number to another: the same on the maps and on the Pixel page."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt

from desktop_app.core.forward.request import Frame
from desktop_app.core.forward.spot import Spot
from desktop_app.core.forward.trace import Stage
from desktop_app.core.forward.walk import neighbour, other_channel, other_stage
from desktop_app.core.maps.seen import Seen

ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


def walked(stages: Sequence[Stage], spot: Spot, key: Qt.Key, across: int) -> Spot | None:
    """Where a key leads, or None where it is not one of these keys. across: see `neighbour`."""
    if key in ARROWS:
        return neighbour(stages, spot, *ARROWS[key], across)
    match key:
        case Qt.Key.Key_PageDown | Qt.Key.Key_PageUp:
            return other_channel(stages, spot, 1 if key == Qt.Key.Key_PageDown else -1)
        case Qt.Key.Key_Tab | Qt.Key.Key_Backtab:
            return other_stage(stages, spot, 1 if key == Qt.Key.Key_Tab else -1)
        case _:
            return None


def across_of(frame: Frame, spot: Spot) -> int:
    """How many units of the spot's stage stand side by side on screen."""
    return Seen(frame, spot.position).across
