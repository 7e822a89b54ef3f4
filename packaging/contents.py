"""The list of everything in a bundle with its SHA-256, so that damage by a bad stick or disk is found.

It has the format of sha256sum:  cd /usr/lib/convlens && sha256sum --check --quiet contents.sha256
`convlens selfcheck` reads it too.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

NAME = "contents.sha256"


def write(folder: Path) -> Path:
    """Writes the list of all files below `folder` into it; links are followed by whoever reads them."""
    files = sorted(file for file in folder.rglob("*") if file.is_file() and not file.is_symlink() and file.name != NAME)
    lines = [f"{digest(file)}  {file.relative_to(folder).as_posix()}\n" for file in files]
    target = folder / NAME
    target.write_text("".join(lines), "utf-8", newline="\n")
    return target


def digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
