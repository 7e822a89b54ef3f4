"""One ConvLens for each person and screen: a second one hands over what it was asked to open, and ends.

They meet in a folder that only this person can write to. The first one holds a lock there; a second one puts its wish
there as a file and waits until that is gone. Whoever can take the file away has it: the first to grant the wish, or
the second to withdraw it because nobody came. No sockets: docs/decisions/0018.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from desktop_app.core.hold import hold
from desktop_app.core.paths import make_private, meeting_folder

OPEN_SECONDS, STARTING_SECONDS = 3.0, 20.0
"""How long a second one waits for a first whose window is open, or that is still starting; then it opens by itself."""
LOOK_SECONDS, TRIES = 0.02, 10
FORGOTTEN = 60.0
"""Seconds after which a wish is nobody's any more: whoever had it was killed while waiting."""
_LOCK, _OPEN, _WISH = "lock", "open", ".wish"
_LARGEST = 64 * 1024


@dataclass(frozen=True)
class Wish:
    """What ConvLens was started with. With neither file nor model: to come to the front.

    activation: what the desktop gave the start so that a window may come to the front.
    """

    file: str = ""
    model: str = ""
    activation: str = ""


class Instance:
    """This process among those of the same person. Where there is no place to meet, each is alone."""

    def __init__(self) -> None:
        self._lock: int | None = None
        self._folder: Path | None = None
        with suppress(OSError):
            self._folder = meeting_folder()

    @property
    def folder(self) -> Path | None:
        """Where wishes come; None for whoever is not the first."""
        return self._folder if self._lock is not None else None

    def claim(self) -> bool:
        """Whether this is the first, and from now on holds that place."""
        for _ in range(TRIES):
            try:
                return self._try_to_claim()
            except FileNotFoundError:  # one that has just ended cleared it away
                continue
            except OSError:  # no lock can be had there, so nobody has one
                self._folder = None
                return False
        return False

    def _try_to_claim(self) -> bool:
        if self._folder is None:
            return False
        make_private(self._folder)
        file = self._folder / _LOCK
        handle = os.open(file, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            if not hold(handle):
                return False
            if os.fstat(handle).st_ino != file.stat().st_ino:
                raise FileNotFoundError(file)
            (self._folder / _OPEN).unlink(missing_ok=True)  # of one that was killed
            self._lock, handle = handle, -1
            return True
        finally:
            if handle >= 0:
                os.close(handle)

    def hand_over(self, wish: Wish, pause: Callable[[float], None] = time.sleep) -> bool:
        """Whether another ConvLens has taken the wish. Afterwards this one is the first, if there is no other."""
        if self.claim() or self._folder is None:
            return False
        file = self._folder / f"{time.time_ns()}-{secrets.token_hex(4)}{_WISH}"
        try:
            beside = file.with_suffix(".new")
            beside.write_text(json.dumps(asdict(wish)))
            beside.replace(file)
        except OSError:  # no room, or the first has just ended
            self.claim()
            return False
        _let_others_come_to_the_front()
        began = time.monotonic()
        while time.monotonic() - began < (OPEN_SECONDS if (self._folder / _OPEN).exists() else STARTING_SECONDS):
            if not file.exists():
                return True
            if self.claim():  # the first has just ended
                break
            pause(LOOK_SECONDS)
        return not (_took(file) or file.exists())

    def open(self) -> None:
        """From now on wishes are taken at once."""
        if self.folder:
            with suppress(OSError):
                (self.folder / _OPEN).touch()

    def take(self) -> list[Wish]:
        """What others have asked for since, the oldest first."""
        if self.folder is None:
            return []
        found = []
        for file in sorted(self.folder.glob(f"*{_WISH}")):
            try:
                age = time.time() - file.stat().st_mtime
                data = file.read_bytes()[:_LARGEST]
            except OSError:
                continue
            if _took(file) and age < FORGOTTEN:
                found += _read(data)
        return found

    def close(self) -> None:
        """Whoever is started from now on is the first. Nothing stays behind."""
        folder, lock = self.folder, self._lock
        if folder is None or lock is None:
            return
        self._lock = None
        for name in (_OPEN, _LOCK):
            with suppress(OSError):  # Windows removes no file that is open
                (folder / name).unlink(missing_ok=True)
        os.close(lock)
        with suppress(OSError):  # somebody else meets there
            if sys.platform == "win32":
                (folder / _LOCK).unlink(missing_ok=True)
            folder.rmdir()
            folder.parent.rmdir()


def _took(file: Path) -> bool:
    """Takes the wish away; False when somebody else has, or on Windows still reads it."""
    for _ in range(TRIES):
        try:
            file.unlink()
        except FileNotFoundError:
            return False
        except OSError:
            time.sleep(LOOK_SECONDS)
        else:
            return True
    return False


def _read(data: bytes) -> list[Wish]:
    """One wish, or none where it is not one."""
    try:
        found = json.loads(data)
        return [Wish(str(found["file"]), str(found["model"]), str(found["activation"]))]
    except (ValueError, KeyError, TypeError):
        return []


def _let_others_come_to_the_front() -> None:
    """Windows lets only the program that a person has just started show its window before others, or whom it allows."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.AllowSetForegroundWindow(-1)
