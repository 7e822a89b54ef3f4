"""A lock on an open file that the system lets go of by itself when the process ends, however it ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_AT = 1 << 30
"""Windows locks bytes, and nobody else can then read them: one that no file of ours has."""


def hold(handle: int) -> bool:
    """False when another process holds the file. Raises OSError where the file system knows no locks."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(handle, _AT, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def is_held(file: Path) -> bool:
    """True also where that cannot be found out."""
    try:
        handle = os.open(file, os.O_RDWR)
    except OSError:
        return True
    try:
        return not hold(handle)
    except OSError:
        return True
    finally:
        os.close(handle)
