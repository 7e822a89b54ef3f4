"""Where files are: what is shipped (models, resources) and what belongs to the person (settings, autosave)."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
from functools import cache
from pathlib import Path

import platformdirs


@cache
def _shipped() -> Path:
    """The folder that holds `models` and `resources`: in a bundle, an installed wheel, or the source tree."""
    package = Path(__file__).resolve().parents[1]
    frozen = getattr(sys, "_MEIPASS", None)
    places = [Path(frozen)] if frozen else [package / "_bundled", package.parent]
    for place in places:
        if (place / "models").is_dir():
            return place
    raise FileNotFoundError(f"ConvLens is not installed completely: no folder 'models' in {places[0]}")


def models_folder() -> Path:
    return _shipped() / "models"


def resource(*parts: str) -> Path:
    return _shipped().joinpath("resources", *parts)


def user_data() -> Path:
    """The person's own folder; `CONVLENS_HOME` moves it (tests, a classroom share). Made when something is saved."""
    home = os.environ.get("CONVLENS_HOME")
    return Path(home).absolute() if home else Path(platformdirs.user_data_dir("ConvLens", appauthor=False))


def own_models_folder() -> Path:
    """Models that the person added; there is none before the first."""
    return user_data() / "models"


def spare_folder() -> Path:
    """For what cannot be kept in `user_data`: lost when the computer is restarted, maybe. `make_private` makes it.

    Raises OSError where there is no folder for temporary files.
    """
    return _of_this_person(Path(tempfile.gettempdir())) / _key()


def meeting_folder() -> Path:
    """Where a second ConvLens of the same person, on the same machine and screen, finds the first.

    Never on a share: one's data may be seen from other machines. `make_private` makes it. Raises OSError.
    """
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    parent = Path(runtime) if os.access(runtime, os.W_OK) else Path(tempfile.gettempdir())
    screen = (os.environ.get(name, "") for name in ("DISPLAY", "WAYLAND_DISPLAY", "SESSIONNAME"))
    return _of_this_person(parent) / _key(*screen)


def make_private(folder: Path) -> None:
    """Makes a `spare_folder` or `meeting_folder`. Raises OSError, also where another person has made it."""
    folder.parent.mkdir(mode=0o700, exist_ok=True)
    if not is_private(folder):
        raise PermissionError(f"{folder.parent} is not only one's own")
    folder.mkdir(mode=0o700, exist_ok=True)


def is_private(folder: Path) -> bool:
    """Whether it lies where only this person can have put something."""
    try:
        found = folder.parent.lstat()
    except OSError:
        return False
    if sys.platform != "win32" and (found.st_uid != os.getuid() or found.st_mode & 0o077):
        return False
    return stat.S_ISDIR(found.st_mode)


def _of_this_person(parent: Path) -> Path:
    if sys.platform == "win32":
        who = os.environ.get("USERNAME", "")
    else:
        who = str(os.getuid())
    return parent / f"convlens-{who}"


def _key(*more: str) -> str:
    """Another one for another folder of data."""
    return hashlib.sha256("\0".join((str(user_data()), *more)).encode(errors="surrogateescape")).hexdigest()[:16]
