"""Open ConvLens, making its environment first where needed:  python3 scripts/run.py [PICTURE | COMMAND ...]"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import environment
import system_libraries
from trouble import run, say

PICTURE = Path("convlens-demo.png")


def main(arguments: list[str]) -> int:
    environment.with_fitting_python()
    python = environment.prepare()
    platform = system_libraries.window_platform()
    system_libraries.ensure(python, platform or "offscreen")
    app = [str(python), "-m", "desktop_app"]
    if platform or not _opens_a_window(arguments):
        return subprocess.call([*app, *arguments])
    say(f"There is no display here. A window off the screen draws a circle; its picture goes to {PICTURE.resolve()}")
    return subprocess.call([*app, "demo", str(PICTURE)], env={**os.environ, "QT_QPA_PLATFORM": "offscreen"})


def _opens_a_window(arguments: list[str]) -> bool:
    """Whether these are no arguments, or a picture and its model, and not one of the app's commands."""
    return not arguments or arguments[0].startswith("--model") or Path(arguments[0]).is_file()


if __name__ == "__main__":
    run(main)
