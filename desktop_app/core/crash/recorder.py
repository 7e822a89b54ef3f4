"""What survives the process: a file that is open while ConvLens runs, and gone after a clean end.

It holds the versions and, line by line, the names of what was done last; when the process is killed by its own fault,
`faulthandler` adds the stacks of all threads. The next start makes a report of it.
"""

from __future__ import annotations

import faulthandler
import hashlib
import os
import platform
import re
import sys
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from desktop_app import __version__
from desktop_app.core.crash.reports import folders, places
from desktop_app.core.hold import hold, is_held

ACTIONS = 30
"""Names of actions that are remembered."""
LONGEST = 80
TRIES = 10
_FULL = 64 * 1024
"""Bytes after which the file begins anew with the last actions."""
_ACTION = re.compile(r"^ *\d+ ")
_DUMP = re.compile(r"^(Fatal Python error|Windows fatal exception): ", re.MULTILINE)


class Recorder:
    """Opened before anything that can crash; `close` on every clean end."""

    def __init__(self) -> None:
        self.actions: deque[str] = deque(maxlen=ACTIONS)
        self._began = time.monotonic()
        self._handle: int | None = None
        self._file: Path | None = None
        self._size = 0
        self._own_faults = False
        for folder in folders():
            if self._open(folder):
                break

    def add(self, action: str) -> None:
        """action: what it is called in the program; never what somebody typed, opened or drew."""
        line = f"{time.monotonic() - self._began:6.0f} {' '.join(action.split())[:LONGEST]}"
        self.actions.append(line)
        self._write(line + "\n")

    def close(self) -> None:
        if self._own_faults:
            faulthandler.disable()
        handle, self._handle = self._handle, None
        if handle is None or self._file is None:
            return
        os.close(handle)
        try:
            self._file.unlink(missing_ok=True)
            self._file.parent.rmdir()  # where there are no reports, either
        except OSError:
            return

    def _open(self, folder: Path) -> bool:
        file = folder / f"running-{_machine()}-{os.getpid()}-{time.time_ns()}.txt"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_APPEND, 0o600)
        except OSError:
            return False
        self._handle, self._file = handle, file
        if not self._write(f"ConvLens {__version__}\nPython {platform.python_version()}\n"):
            self.close()
            return False
        with suppress(OSError):  # where there are no locks it is never read: nobody can know that it is over
            for _ in range(TRIES):  # another ConvLens may be looking at this very moment whether it is held
                if hold(handle):
                    break
                time.sleep(0.001)
        if not faulthandler.is_enabled():  # whoever has switched it on wants it in the terminal
            faulthandler.enable(handle)
            self._own_faults = True
        return True

    def _write(self, text: str) -> bool:
        if self._handle is None:
            return False
        data = text.encode(errors="replace")
        try:
            if self._size > _FULL:
                os.ftruncate(self._handle, 0)
                self._size = 0
                data = ("\n".join((f"ConvLens {__version__}", *self.actions)) + "\n").encode(errors="replace")
            self._size += os.write(self._handle, data)
        except OSError:  # a full disk: what is in memory is still there for a report
            return False
        return True


@dataclass(frozen=True)
class Ended:
    """How an earlier ConvLens ended that did not end cleanly.

    dump: what `faulthandler` wrote; nothing where the process was killed.
    when: of its last sign of life, in seconds since 1970.  seconds: how long it had run by then.
    """

    file: Path
    version: str
    actions: tuple[str, ...]
    dump: str
    when: float
    seconds: float


def left_behind() -> list[Ended]:
    """Of this machine's processes that are gone. `forget` them once they are dealt with."""
    found = []
    for place in places():
        try:
            files = sorted(place.glob(f"running-{_machine()}-*.txt"))
        except OSError:
            continue
        found += [_read(file) for file in files if not is_held(file)]
    return found


def forget(ended: Ended) -> None:
    try:
        ended.file.unlink(missing_ok=True)
    except OSError:
        return


@cache
def _machine() -> str:
    """Whether a process of another machine is alive, whose home is the same share, cannot be seen from here."""
    if sys.platform == "win32":
        name = os.environ.get("COMPUTERNAME", "")
    else:
        name = os.uname().nodename
    return hashlib.sha256(name.encode(errors="replace")).hexdigest()[:8]


def _read(file: Path) -> Ended:
    try:
        text, when = file.read_text("utf-8", errors="replace"), file.stat().st_mtime
        began = int(file.stem.rsplit("-", 1)[1]) / 1e9
    except (OSError, ValueError):
        text, when, began = "", 0.0, 0.0
    dump = _DUMP.search(text)
    before = text[: dump.start()] if dump else text
    lines = before.splitlines()
    actions = tuple(line for line in lines if _ACTION.match(line))[-ACTIONS:]
    return Ended(
        file, lines[0] if lines else "", actions, text[dump.start() :] if dump else "", when, max(when - began, 0.0)
    )
