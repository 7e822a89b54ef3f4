"""Lessons: sessions that a teacher has prepared, as files in folders that everybody can read."""

from __future__ import annotations

from collections.abc import Iterable
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


def lessons_in(folders: Iterable[Path]) -> tuple[Lesson, ...]:
    """By name, folder after folder. Raises UserError where one cannot be read. Takes as long as a share does."""
    return tuple(lesson for folder in folders for lesson in _lessons(folder))


def _lessons(folder: Path) -> list[Lesson]:
    try:
        files = [file for file in folder.iterdir() if file.suffix.lower() == SUFFIX and not file.name.startswith(".")]
    except OSError as error:
        raise UserError(f"The folder {folder} cannot be read: {error.strerror or error}.") from error
    return [Lesson(file.stem, file) for file in sorted(files, key=lambda file: natural(file.stem))]
