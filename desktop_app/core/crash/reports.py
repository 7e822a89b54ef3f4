"""The folder of reports: few are kept, and where the person's folder cannot be written they go to the spare one."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from desktop_app.core.errors import UserError
from desktop_app.core.files import write_atomically
from desktop_app.core.paths import is_private, make_private, spare_folder, user_data

FOLDER = "crash-reports"
MOST = 10
"""Reports that are kept; older ones go."""
_PATTERN, _UNEXPLAINED = "report-*.txt", "-unexplained.txt"
_writing = threading.Lock()
unkept: deque[str] = deque(maxlen=MOST)
"""Reports that are only in memory, until the end."""


def folders() -> Iterator[Path]:
    """Where to write, the first that can be. The spare one is made on the way. Nothing is raised."""
    yield user_data() / FOLDER
    try:
        spare = spare_folder()
        make_private(spare)
    except OSError:
        return
    yield spare / FOLDER


def places() -> Iterator[Path]:
    """Where to look."""
    yield user_data() / FOLDER
    try:
        spare = spare_folder()
    except OSError:
        return
    if is_private(spare):
        yield spare / FOLDER


def keep(text: str, explained: bool = True) -> Path | None:
    """Where the report is now; None where there was no room for it anywhere: then it is in `unkept`.

    Of ends that nobody can explain (a battery, say) only the last is kept: they shall not push out the others.
    """
    end = ".txt" if explained else _UNEXPLAINED
    with _writing:
        for folder in folders():
            now = time.time()
            file = folder / time.strftime(f"report-%Y-%m-%d-%H%M%S-{now % 1 * 1e6:06.0f}{end}", time.localtime(now))
            try:
                write_atomically(file, text.encode(errors="replace"))
            except UserError:
                continue
            unexplained = [old for old in kept() if old.name.endswith(_UNEXPLAINED)]
            for old in {*kept()[MOST:], *unexplained[1:]}:
                _remove(old)
            return file
        unkept.append(text)
    return None


def kept() -> list[Path]:
    """The newest first: the time is in their names."""
    files: list[Path] = []
    for place in places():
        try:
            files += place.glob(_PATTERN)
        except OSError:
            continue
    return sorted(files, key=lambda file: file.name, reverse=True)


def _remove(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError:
        return
