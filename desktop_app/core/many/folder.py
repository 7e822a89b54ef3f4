"""Which files of a folder are pictures."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

PICTURES = (
    ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".webp", ".gif", ".bmp", ".dib", ".tif", ".tiff", ".avif",
    ".jp2", ".j2k", ".ico", ".cur", ".icns", ".ppm", ".pgm", ".pbm", ".pnm", ".psd", ".qoi", ".pcx", ".sgi", ".fli",
    ".flc", ".heic", ".heif", ".svg",
)  # fmt: skip
"""What counts as a picture in a folder. The last three cannot be read, but a person would miss them."""


def pictures_in(path: Path) -> Iterator[Path]:
    """The file itself, or all pictures in the folder and those below it, by name; nothing hidden.

    A folder without any is given back itself: who reads it then says so.
    """
    if not path.is_dir():
        yield path
        return
    found = False
    for folder, below, names in os.walk(path):
        below[:] = sorted(name for name in below if not name.startswith("."))
        for name in sorted(names):
            if name.lower().endswith(PICTURES) and not name.startswith("."):
                found = True
                yield Path(folder, name)
    if not found:
        yield path
