"""Takes out of a report what could name a person, or a file or folder of theirs."""

from __future__ import annotations

import getpass
import os
import re
import sys
import sysconfig
from contextlib import suppress
from functools import cache
from pathlib import Path, PurePath

from desktop_app.core.errors import UserError

LONGEST = 300
"""Characters of an error's own words that are kept."""
HIDDEN, SOMEWHERE = "…", "<elsewhere>"

_CODE_ERRORS = (AttributeError, ImportError, NameError, TypeError)
"""What these put between quotes are words of the code."""
_QUOTED = re.compile(r"""(?<!\w)(['"])(.*?)\1(?!\w)|[“„«‘](.*?)[”“»’]""", re.DOTALL)
_PATH = re.compile(r"\S*[\\/]\S*")
_FILE = re.compile(r"[^\s'\"(]+\.[A-Za-z]\w{0,9}\b")
_SYSTEM = ("/usr/", "/lib", "/System/", "/Library/", "<frozen", "<string>")
_IN_QUOTES = re.compile(r'File "([^"]*)"')


def place_of(file: str) -> str:
    """A module's file, from the package or the library on: where that lies is nobody's business."""
    path = PurePath(file)
    if not path.is_absolute() and not file.startswith("<"):  # so a bundle has them
        return path.as_posix()
    for root in _roots():
        if path.is_relative_to(root):
            return path.relative_to(root).as_posix()
    if "site-packages" in path.parts:
        return PurePath(*path.parts[path.parts.index("site-packages") + 1 :]).as_posix()
    return file if file.startswith(_SYSTEM) else SOMEWHERE


def words_of(error: BaseException) -> str:
    """What an error says, without names of files, quoted words and the person's own names."""
    if isinstance(error, UserError):
        return "(its text was for the person, and may name files)"
    if isinstance(error, OSError):
        return error.strerror if isinstance(error.strerror, str) else HIDDEN
    text = _QUOTED.sub(lambda found: _kept_quote(found, error), without_names(str(error)))
    text = _PATH.sub("<path>", text)
    text = _FILE.sub(lambda found: found[0] if found[0].split(".")[0] in sys.modules else "<file>", text)
    return text[:LONGEST]


def without_names(text: str) -> str:
    """The person's home folder and the name of their account are left out."""
    for name in _names():
        text = re.sub(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", "<user>", text, flags=re.IGNORECASE)
    return text


def dump_of(text: str) -> str:
    """What `faulthandler` has written, with every file as `place_of` says it."""
    return _IN_QUOTES.sub(lambda found: f'File "{place_of(found[1])}"', text)


def _kept_quote(found: re.Match[str], error: BaseException) -> str:
    inside = found[2] if found[2] is not None else found[3]
    of_code = isinstance(error, _CODE_ERRORS) and re.fullmatch(r"[\w.]+(\(\))?", inside)
    return found[0] if of_code else f"'{HIDDEN}'"


@cache
def _roots() -> tuple[PurePath, ...]:
    """Where modules lie, the innermost first."""
    places = {str(Path(__file__).resolve().parents[3]), sys.prefix, sys.base_prefix, getattr(sys, "_MEIPASS", "")}
    places |= {sysconfig.get_path(name) or "" for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    return tuple(PurePath(place) for place in sorted(places, key=len, reverse=True) if place)


@cache
def _names() -> tuple[str, ...]:
    found = {str(Path(os.path.expanduser("~"))), Path(os.path.expanduser("~")).name}  # noqa: PTH111 - never raises
    with suppress(OSError, KeyError, ImportError):  # an account without a name
        found.add(getpass.getuser())
    return tuple(name for name in sorted(found, key=len, reverse=True) if len(name) > 2)
