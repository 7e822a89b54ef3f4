"""The installer for Windows, by NSIS, which also runs on Linux (package nsis)."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pictures

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
USUAL = Path("C:/Program Files (x86)/NSIS/makensis.exe")


def build(bundle: Path, version: str, out: Path, work: Path) -> Path:
    """bundle: the folder that PyInstaller made. Raises FileNotFoundError without NSIS."""
    program = shutil.which("makensis") or (str(USUAL) if USUAL.exists() else None)
    if program is None:
        raise FileNotFoundError("NSIS is missing: install it from nsis.sourceforge.io, or the package nsis on Debian")
    target = (out / f"convlens-{version}-windows-x64.exe").resolve()
    values = {
        "VERSION": version,
        "BUNDLE": bundle.resolve(),
        "OUT": target,
        "ICON": pictures.ico(work).resolve(),
        "LICENCE": ROOT / "LICENSE",
    }
    definitions = [f"-D{name}={value}" for name, value in values.items()]
    subprocess.run([program, "-V2", "-WX", *definitions, HERE / "convlens.nsi"], check=True)
    return target
