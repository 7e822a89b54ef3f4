"""The photos' small pictures: packed for all of them, ready to paint for those that were looked at last."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap

READY = 300
"""Pictures that are kept ready to paint, some 30 MB; of the others only their packed bytes, 5 kB each."""
UNPACKED_EACH = 10
"""Pictures that are unpacked in one go; each takes half a millisecond of the window's time."""


class Thumbnails:
    """One a path; it stays when another model is asked."""

    def __init__(self) -> None:
        self._packed: dict[Path, bytes] = {}
        self._ready: OrderedDict[Path, QPixmap] = OrderedDict()
        self._form: tuple[int, int, float] = (0, 0, 0.0)
        self._budget = 0
        self.behind = False

    def add(self, path: Path, packed: bytes) -> None:
        self._packed[path] = packed

    def lacks(self, path: Path) -> bool:
        """May be asked in any thread."""
        return path not in self._packed

    def clear(self) -> None:
        self._packed.clear()
        self._ready.clear()

    def begin(self) -> None:
        """What is on screen is about to be painted: so many may be unpacked. `behind` then says if there are more."""
        self._budget, self.behind = UNPACKED_EACH, False

    def picture(self, path: Path, room: QSize, ratio: float) -> QPixmap | None:
        """Fits into the room. None when it is not there, or not yet.  ratio: device pixels per pixel."""
        form = (room.width(), room.height(), ratio)
        if form != self._form:
            self._form = form
            self._ready.clear()
        known = self._ready.get(path)
        if known is not None:
            self._ready.move_to_end(path)
            return known
        if path not in self._packed:
            return None
        if not self._budget:
            self.behind = True
            return None
        self._budget -= 1
        picture = self._unpacked(self._packed[path], room * ratio)
        picture.setDevicePixelRatio(ratio)
        self._ready[path] = picture
        if len(self._ready) > READY:
            self._ready.popitem(last=False)
        return picture

    @staticmethod
    def _unpacked(packed: bytes, room: QSize) -> QPixmap:
        picture = QPixmap()
        picture.loadFromData(packed, "JPG")
        return picture.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
