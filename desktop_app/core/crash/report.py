"""The text of a report: what happened and where, which versions, and what was done last. Nothing of what was drawn,
opened or written."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import suppress
from types import TracebackType

from desktop_app import __version__
from desktop_app.core.crash.scrub import dump_of, place_of, words_of

HEAD = """\
ConvLens crash report of {when}
It holds no names of files, no pictures and no drawings. Nobody has been sent it: pass it on if you like.
"""
DEEPEST = 40
"""Lines of one traceback; of a longer one the last."""
LIBRARIES = {"PySide6": "PySide6-Essentials", "torch": "torch", "numpy": "numpy", "PIL": "pillow"}
"""The module, and what its package is called."""


def of_exception(error: BaseException, versions: str, actions: Sequence[str], where: str) -> str:
    """where: which thread it was in."""
    return _whole(f"{_kind(error)} in {where}", "\n".join(_trace(error)), versions, actions)


def of_dump(dump: str, versions: str, actions: Sequence[str], when: float) -> str:
    """dump: of `faulthandler`, as it was written while the process died; nothing where it had no time for it.

    when: in seconds since 1970.
    """
    what, _, where = dump.partition("\n")
    if not dump:
        what, where = "It ended without a word: killed, switched off, or out of memory.", "(not known)"
    return _whole(what.strip(), dump_of(where).strip(), versions, actions, when)


def versions() -> str:
    """A line each. Torch is not imported for it."""
    lines = [
        f"ConvLens {__version__}{' (bundle)' if hasattr(sys, '_MEIPASS') else ''}",
        f"Python {platform.python_version()}",
        *(f"{package} {_version(module, package)}" for module, package in LIBRARIES.items()),
        _system(),
    ]
    return "\n".join(lines)


def _whole(what: str, where: str, versions: str, actions: Sequence[str], when: float | None = None) -> str:
    parts = (
        HEAD.format(when=time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(when))),
        f"What happened\n{what}\n",
        f"Where\n{where}\n",
        f"Versions\n{versions}\n",
        "Last actions (seconds since the start)\n" + ("\n".join(actions) or "(none)") + "\n",
    )
    return "\n".join(parts)


def _kind(error: BaseException) -> str:
    name = type(error).__qualname__
    words = words_of(error)
    return f"{name}: {words}" if words else name


def _trace(error: BaseException) -> Iterator[str]:
    """Innermost cause first, as Python prints it."""
    seen: set[int] = set()
    chain: list[BaseException] = []
    now: BaseException | None = error
    while now is not None and id(now) not in seen:
        seen.add(id(now))
        chain.append(now)
        now = now.__cause__ or (None if now.__suppress_context__ else now.__context__)
    for number, one in enumerate(reversed(chain)):
        if number:
            yield "which led to"
        yield from _frames(one.__traceback__)
        yield _kind(one)


def _frames(trace: TracebackType | None) -> Iterator[str]:
    for frame in traceback.extract_tb(trace)[-DEEPEST:]:
        place = place_of(frame.filename)
        yield f'  File "{place}", line {frame.lineno}, in {frame.name}'
        if frame.line and place.startswith("desktop_app/"):
            yield f"    {frame.line}"


def _version(module: str, package: str) -> str:
    try:
        return str(getattr(sys.modules.get(module), "__version__", None) or importlib.metadata.version(package))
    except importlib.metadata.PackageNotFoundError:  # a bundle may leave the descriptions out
        return "(not known)"


def _system() -> str:
    """Without `platform.uname`, which on Windows imports what speaks to the network."""
    if sys.platform == "win32":
        found = sys.getwindowsversion()
        words = f"Windows {found.major}.{found.minor}.{found.build} {os.environ.get('PROCESSOR_ARCHITECTURE', '')}"
    else:
        kernel = os.uname()
        words = f"{kernel.sysname} {kernel.release} {kernel.machine}"
    if sys.platform == "darwin":
        words += f", macOS {platform.mac_ver()[0]}"
    else:
        with suppress(OSError, KeyError):
            words += f", {platform.freedesktop_os_release()['PRETTY_NAME']}"
    return words
