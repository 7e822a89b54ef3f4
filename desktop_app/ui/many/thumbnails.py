"""The photos' small pictures, packed: ten thousand take some 50 MB, and none is read twice."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap


class Thumbnails:
    """One a path; it stays when another model is asked."""

    def __init__(self) -> None:
        self._packed: dict[Path, bytes] = {}

    def add(self, path: Path, packed: bytes) -> None:
        self._packed[path] = packed

    def lacks(self, path: Path) -> bool:
        """May be asked in any thread."""
        return path not in self._packed

    def clear(self) -> None:
        self._packed.clear()

    def picture(self, path: Path, room: QSize) -> QPixmap | None:
        """Unpacked to fit into the room, in device pixels; None when it is not there. Takes half a millisecond."""
        packed = self._packed.get(path)
        if packed is None:
            return None
        picture = QPixmap()
        picture.loadFromData(packed, "JPG")
        return picture.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
