"""Qt's application, which on macOS is also told which files a person double-clicks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication


class Application(QApplication):
    """file_opened: a Path. Those that come before somebody listens are in `waiting`."""

    file_opened = Signal(object)

    def __init__(self, arguments: Sequence[str]) -> None:
        super().__init__(list(arguments))
        self.setApplicationName("ConvLens")
        self.setApplicationDisplayName("ConvLens")
        self._waiting: list[Path] | None = []

    def listen(self) -> list[Path]:
        """From now on files are told by the signal; these came before."""
        waiting, self._waiting = self._waiting or [], None
        return waiting

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QFileOpenEvent) and event.file():
            file = Path(event.file())
            if self._waiting is None:
                self.file_opened.emit(file)
            else:
                self._waiting.append(file)
            return True
        return super().event(event)
