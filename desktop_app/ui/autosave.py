"""Saves the session after every stroke, in a thread of its own; finds what a crash has left behind.

A running ConvLens holds a lock beside its file. A file whose lock is free, or held by a process that is gone, is left
over from a crash.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, QSysInfo, Signal

from desktop_app.core.errors import UserError
from desktop_app.core.session_file import SUFFIX, SavedSession, save_session
from desktop_app.core.worker import LatestWorker

Snapshot = Callable[[], SavedSession]
"""Puts the session together; called in the autosave's thread, so that reading a photo never holds up the window."""


class Autosave(QObject):
    """`keep` after every change, `finish` on a clean end."""

    problem = Signal(str)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._file = folder / f"{os.getpid()}-{time.time_ns()}{SUFFIX}"
        self._lock: QLockFile | None = None
        self._told = False
        self._replaced: set[Path] = set()
        self._worker: LatestWorker[Snapshot, None] = LatestWorker(
            "convlens-autosave", self._write, self._written, self._not_written
        )

    def left_behind(self) -> Path | None:
        """The newest session of a ConvLens that did not end cleanly."""
        files = sorted(self._folder.glob(f"*{SUFFIX}"), key=lambda file: file.stat().st_mtime, reverse=True)
        return next((file for file in files if file != self._file and not _in_use(file)), None)

    def keep(self, snapshot: Snapshot, instead_of: Path | None = None) -> None:
        """instead_of: a file that was left behind; it goes once this one is safe."""
        if instead_of:
            self._replaced.add(instead_of)
        self._worker.submit(snapshot)

    def finish(self, timeout: float = 5.0) -> bool:
        """Stops and removes the file: there is nothing to recover. False when a write did not end in time."""
        ended = self._worker.stop(timeout)
        with suppress(OSError):  # a folder that went away holds nothing to recover
            self._file.unlink(missing_ok=True)
        if self._lock:
            self._lock.unlock()
        return ended

    def _write(self, snapshot: Snapshot) -> None:
        if self._lock is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock = _lock(self._file)
            self._lock.tryLock(0)
        save_session(snapshot(), self._file)
        while self._replaced:
            file = self._replaced.pop()
            file.unlink(missing_ok=True)
            file.with_suffix(".lock").unlink(missing_ok=True)

    def _written(self, _snapshot: Snapshot, _nothing: None) -> None:
        self._told = False
        self._worker.ready()

    def _not_written(self, _snapshot: Snapshot, error: Exception) -> None:
        """Said once, not after every stroke."""
        if not self._told:
            self._told = True
            reason = str(error) if isinstance(error, UserError | OSError) else f"{type(error).__name__}: {error}"
            self.problem.emit(self.tr("Your work cannot be autosaved now. {reason}").format(reason=reason))


def _lock(file: Path) -> QLockFile:
    lock = QLockFile(str(file.with_suffix(".lock")))
    lock.setStaleLockTime(0)  # never by age: only when its process is gone
    return lock


def _in_use(file: Path) -> bool:
    lock = _lock(file)
    if lock.tryLock(0):
        lock.unlock()
        return False
    # In a container the app gets the same number at every start: a lock under our number is one that a crash left.
    number, machine, _name = lock.getLockInfo()
    return (number, machine) != (os.getpid(), QSysInfo.machineHostName())
