"""Where the school's file is looked for: first where only an administrator may write."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import platformdirs

from desktop_app.core.site import Site, read_site

NAME = "site.toml"
VARIABLE = "CONVLENS_SITE"


def site_places() -> tuple[Path, ...]:
    """The machine's, the one beside the program, and the one that the variable names. Whoever may set variables must
    not get past the file of the machine: so it comes last."""
    beside, tried = _beside_the_program(), os.environ.get(VARIABLE)
    return (_machines_folder() / NAME, *([beside / NAME] if beside else []), *([Path(tried)] if tried else []))


def find_site() -> Site:
    """The first that there is; nothing is set where there is none. Never raises."""
    for file in site_places():
        if _is_there(file):
            return read_site(file)
    tried = os.environ.get(VARIABLE)
    return read_site(Path(tried)) if tried else Site()  # whoever named one wants to hear that it is missing


def _is_there(file: Path) -> bool:
    """Also where it may not be read: that is told when it is tried."""
    try:
        file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def _machines_folder() -> Path:
    if sys.platform == "win32":
        return Path(platformdirs.site_data_dir("ConvLens", appauthor=False))  # %PROGRAMDATA%\ConvLens
    if sys.platform == "darwin":
        return Path("/Library/Application Support/ConvLens")
    return Path("/etc/convlens")


def _beside_the_program() -> Path | None:
    """Of an installed bundle. An AppImage says where it lies; of a macOS app it is the folder that the app lies in."""
    if not getattr(sys, "frozen", False):
        return None
    if image := os.environ.get("APPIMAGE"):
        return Path(image).parent
    folder = Path(sys.executable).resolve().parent
    app = next((parent for parent in folder.parents if parent.suffix == ".app"), None)
    return app.parent if app else folder
