"""The environment (.venv) that run.py and test.py work in: made when missing, renewed when the project has changed.

Standard library only, and readable by older Pythons as far as the line that says which one is needed.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import packages
import system_libraries
from trouble import Trouble, say

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv"
PYTHON = FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = FOLDER / "convlens-stamp.json"

OLDEST, NEWEST = (3, 11), (3, 14)
"""The Pythons that torch and PySide6 have builds for; `requires-python` in pyproject.toml says the same."""
SPACE_GB = 2.5


def prepare(extra: str = "") -> Path:
    """Make or renew the environment, with the optional dependencies called `extra`; the path of its Python.

    Does next to nothing when all is as it was. Raises Trouble.
    """
    before = _stamp()
    extras = sorted({*before.get("extras", []), *filter(None, [extra])})
    wanted = {
        "project": [hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()],
        "folder": [str(FOLDER)],
        "extras": extras,
    }
    runs = _runs()
    if runs and before == wanted:
        return PYTHON
    if not runs or before.get("folder", wanted["folder"]) != wanted["folder"]:  # environments cannot be moved
        _make()
    STAMP.unlink(missing_ok=True)
    packages.install(PYTHON, ROOT, extras, log=FOLDER / "convlens-install.log")
    STAMP.write_text(json.dumps(wanted), encoding="utf-8")
    return PYTHON


def with_fitting_python() -> None:
    """Return when this Python will do; otherwise start the same script again with one that will. Raises Trouble."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        other = shutil.which(f"python3.{minor}")
        if other and subprocess.run([other, "-c", ""], capture_output=True, check=False).returncode == 0:
            sys.exit(subprocess.call([other, *sys.argv]))
    raise Trouble(
        f"ConvLens needs Python 3.{OLDEST[1]} to 3.{NEWEST[1]}, and this is {platform.python_version()}.\n"
        "Install one of them (https://www.python.org/downloads) and run this again with it."
    )


def _stamp() -> dict[str, list[str]]:
    """What the environment was last made for; empty when that is not known, or not finished."""
    try:
        return dict(json.loads(STAMP.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _runs() -> bool:
    """Whether the environment is there and its Python works and is new enough (an upgraded system takes it away)."""
    code = f"import sys, pip; sys.exit(not {OLDEST} <= sys.version_info[:2] <= {NEWEST})"
    try:
        return subprocess.run([PYTHON, "-c", code], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _make() -> None:
    free = shutil.disk_usage(ROOT).free / 1e9
    if free < SPACE_GB:
        raise Trouble(f"ConvLens needs {SPACE_GB} GB of free disk space; there is {free:.1f} GB left in {ROOT}.")
    try:
        import ensurepip  # noqa: F401 (Debian and Ubuntu leave it out)
        import venv
    except ImportError:
        system_libraries.install([f"python3.{sys.version_info[1]}-venv"], "Python's venv module is missing")
        import venv
    say(f"Making an environment in {FOLDER}")
    # A link and not a copy of Python where that is possible, as `python -m venv` does it.
    venv.EnvBuilder(with_pip=False, clear=True, symlinks=os.name != "nt").create(FOLDER)
    done = subprocess.run([PYTHON, "-m", "ensurepip", "--default-pip"], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Trouble(f"pip could not be put into the new environment:\n{done.stderr.strip()}")
