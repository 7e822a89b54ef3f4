"""Saves the session after every stroke, in a thread of its own; finds what a crash has left behind.

A running ConvLens holds a lock beside its file. A file whose lock is free, or held by a process that is gone, is left
over from a crash.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, QSysInfo, Signal

from desktop_app.core.errors import UserError
from desktop_app.core.paths import is_private, make_private, spare_folder
from desktop_app.core.session_file import SUFFIX, SavedSession, save_session
from desktop_app.core.worker import LatestWorker

FOLDER = "autosave"
QUIET = 60.0
"""Seconds in which a disk that is full again is not told again."""
Snapshot = Callable[[], SavedSession]
"""Puts the session together; called in the autosave's thread, so that reading a photo never holds up the window."""


class Autosave(QObject):
    """`keep` after every change, `finish` on a clean end. What cannot be written goes to the spare folder."""

    problem = Signal(str)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._name = f"{os.getpid()}-{time.time_ns()}{SUFFIX}"
        self._locks: dict[Path, QLockFile] = {}
        self._kept: set[Path] = set()
        self._failed = False
        self._told = -QUIET
        self._replaced: set[Path] = set()
        self._worker: LatestWorker[Snapshot, None] = LatestWorker(
            "convlens-autosave", self._write, self._written, self._not_written
        )

    def left_behind(self) -> Path | None:
        """The newest session of a ConvLens that did not end cleanly."""
        files = [file for place in self._places() for file in _sessions(place) if file.name != self._name]
        return next((file for file in sorted(files, key=_age) if not _in_use(file)), None)

    def keep(self, snapshot: Snapshot, instead_of: Path | None = None) -> None:
        """instead_of: a file that was left behind; it goes once this one is safe."""
        if instead_of:
            self._replaced.add(instead_of)
        self._worker.submit(snapshot)

    def finish(self, timeout: float = 5.0) -> bool:
        """Stops and removes the file: there is nothing to recover. False when a write did not end in time."""
        ended = self._worker.stop(timeout)
        self._forget(self._kept)
        for lock in self._locks.values():
            lock.unlock()
        return ended

    def _places(self) -> list[Path]:
        """Where sessions may lie."""
        try:
            spare = spare_folder()
        except OSError:
            return [self._folder]
        return [self._folder, spare / FOLDER] if is_private(spare) else [self._folder]

    def _write(self, snapshot: Snapshot) -> None:
        saved = snapshot()
        try:
            file = self._save(saved, self._folder)
        except (OSError, UserError) as error:
            spare = spare_folder()
            make_private(spare)
            file = self._save(saved, spare / FOLDER)
            self._tell_spare(error, file.parent)
        else:
            self._failed = False
        self._forget(self._kept - {file})
        self._kept = {file}
        while self._replaced:
            left = self._replaced.pop()
            for other in {left, *(place / left.name for place in self._places())}:
                self._forget({other, other.with_suffix(".lock")})

    def _save(self, saved: SavedSession, folder: Path) -> Path:
        file = folder / self._name
        folder.mkdir(parents=True, exist_ok=True)
        if folder not in self._locks:
            self._locks[folder] = _lock(file)
            self._locks[folder].tryLock(0)
        save_session(saved, file)
        return file

    def _forget(self, files: Iterable[Path]) -> None:
        for file in files:
            with suppress(OSError):  # a folder that went away holds nothing to recover
                file.unlink(missing_ok=True)

    def _written(self, _snapshot: Snapshot, _nothing: None) -> None:
        self._worker.ready()

    def _not_written(self, _snapshot: Snapshot, error: Exception) -> None:
        reason = str(error) if isinstance(error, UserError | OSError) else f"{type(error).__name__}: {error}"
        self._tell(self.tr("Your work cannot be autosaved now. {reason}").format(reason=reason))

    def _tell_spare(self, error: OSError | UserError, spare: Path) -> None:
        cause = error if isinstance(error, OSError) else error.__cause__
        reason = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(error)
        words = self.tr(
            "ConvLens cannot write to {folder} ({reason}). Your work is autosaved in {spare} meanwhile; settings are "
            "not remembered, and models cannot be added."
        )
        self._tell(words.format(folder=self._folder.parent, reason=reason, spare=spare))

    def _tell(self, words: str) -> None:
        """Said once, not after every stroke; and again when it had worked in between, but not all the time."""
        now = time.monotonic()
        if not self._failed and now - self._told >= QUIET:
            self._told = now
            self.problem.emit(words)
        self._failed = True


def _sessions(folder: Path) -> list[Path]:
    try:
        return list(folder.glob(f"*{SUFFIX}"))
    except OSError:
        return []


def _age(file: Path) -> float:
    try:
        return -file.stat().st_mtime
    except OSError:  # gone meanwhile, with the ConvLens that it belonged to
        return 0.0


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
