"""The photos' small pictures, packed: ten thousand take some 50 MB, and none is read twice."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap

MOST_BYTES = 128_000_000
"""Kept at most: of some 25,000 photos. Those that come later have answers, but no pictures."""


class Thumbnails:
    """One a path; it stays when another model is asked."""

    def __init__(self) -> None:
        self._packed: dict[Path, bytes] = {}
        self._bytes = 0

    def add(self, path: Path, packed: bytes) -> None:
        if self._bytes + len(packed) <= MOST_BYTES:
            self._bytes += len(packed) - len(self._packed.get(path, b""))
            self._packed[path] = packed

    def lacks(self, path: Path) -> bool:
        """Whether it is missing and there is room for it. May be asked in any thread."""
        return path not in self._packed and self._bytes < MOST_BYTES

    def clear(self) -> None:
        self._packed.clear()
        self._bytes = 0

    def picture(self, path: Path, room: QSize) -> QPixmap | None:
        """Unpacked to fit into the room, in device pixels; None when it is not there. Takes half a millisecond."""
        packed = self._packed.get(path)
        if packed is None:
            return None
        picture = QPixmap()
        picture.loadFromData(packed, "JPG")
        return picture.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
