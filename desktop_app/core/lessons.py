"""Lessons: sessions that a teacher has prepared, as files in folders that everybody can read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from desktop_app.core.errors import UserError
from desktop_app.core.many.sheet import natural
from desktop_app.core.session_file import SUFFIX


@dataclass(frozen=True)
class Lesson:
    """name: as the menu shows it."""

    name: str
    file: Path


def lessons_in(folder: Path) -> tuple[Lesson, ...]:
    """By name. Raises UserError where the folder cannot be read. Takes as long as a share does."""
    try:
        files = [file for file in folder.iterdir() if file.suffix.lower() == SUFFIX and not file.name.startswith(".")]
    except OSError as error:
        raise UserError(f"The folder {folder} cannot be read: {error.strerror or error}.") from error
    return tuple(Lesson(file.stem, file) for file in sorted(files, key=lambda file: natural(file.stem)))
