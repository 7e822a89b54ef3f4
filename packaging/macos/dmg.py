"""The disk image for macOS: the app, and a link to where it is dragged to."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


def build(app: Path, version: str, out: Path, work: Path) -> Path:
    """app: the .app that PyInstaller made.

    It carries no signature of a developer that Apple knows, only the one that every program on Apple's processors
    needs; docs/installers.md says how it is opened the first time.
    """
    folder = work / "dmg"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copytree(app, folder / app.name, symlinks=True)
    shutil.copytree(app.parent / "convlens" / "licences", folder / "Licences")
    (folder / "Applications").symlink_to("/Applications")
    subprocess.run(["codesign", "--force", "--deep", "--sign", "-", folder / app.name], check=True)
    target = out / f"convlens-{version}-macos.dmg"
    command = [
        "hdiutil",
        "create",
        "-volname",
        "ConvLens",
        "-srcfolder",
        str(folder),
        "-format",
        "ULMO",
        "-ov",
        str(target),
    ]
    subprocess.run(command, check=True)
    shutil.rmtree(folder)
    return target
