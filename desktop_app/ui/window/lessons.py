"""File ▸ Lessons: the sessions in the school's folders, looked up and opened in threads, since a share may be slow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from desktop_app.core.errors import UserError
from desktop_app.core.session_file import SavedSession, open_session
from desktop_app.ui.jobs import Job, Jobs

if TYPE_CHECKING:
    from desktop_app.core.lessons import Lesson


@dataclass(frozen=True)
class Found:
    """problems: why folders cannot be listed."""

    lessons: tuple[Lesson, ...] = ()
    problems: tuple[str, ...] = ()


class Lessons(QObject):
    """The menu is there while there are lessons, or while it has to say why there are none."""

    problem = Signal(str)
    opened = Signal(object)  # SavedSession: a copy, its file stays as it is

    def __init__(self, folders: Sequence[Path], jobs: Jobs, menu: QMenu) -> None:
        super().__init__(menu)
        self._folders, self._jobs, self._menu = folders, jobs, menu
        self._shown = Found()
        self._looking: Job | None = None
        self._opening: Job | None = None
        menu.menuAction().setVisible(False)
        self.look()

    def look(self) -> None:
        """What is in the folders now? Asked again each time that the menu above is opened."""
        if self._folders and self._looking is None:
            self._looking = self._jobs.start("lessons", partial(_found, self._folders))
            self._looking.stepped.connect(self._show)
            self._looking.ended.connect(self._looked)

    def open(self, lesson: Lesson) -> None:
        if self._opening is not None:  # the newest choice counts
            self._opening.cancel()
        self._opening = self._jobs.start("lesson", partial(_opened, lesson.file))
        self._opening.stepped.connect(self.opened)
        self._opening.ended.connect(self._tell)

    def _looked(self, _error: Exception | None) -> None:
        self._looking = None

    def _show(self, found: Found) -> None:
        """An open menu is not touched while nothing has changed."""
        if found == self._shown:
            return
        self._shown = found
        self._menu.clear()
        for lesson in found.lessons:
            action = QAction(lesson.name.replace("&", "&&"), self._menu)
            action.triggered.connect(partial(self.open, lesson))
            self._menu.addAction(action)
        for problem in found.problems:
            self._menu.addAction(problem.replace("&", "&&")).setEnabled(False)
        self._menu.menuAction().setVisible(bool(self._menu.actions()))

    def _tell(self, error: Exception | None) -> None:
        if error is not None:
            self.problem.emit(str(error))


def _found(folders: Sequence[Path]) -> Iterator[Found]:
    from desktop_app.core.lessons import lessons_in  # most windows have no lessons, and open sooner without

    lessons: list[Lesson] = []
    problems: list[str] = []
    for folder in folders:
        try:
            lessons += lessons_in(folder)
        except UserError as error:
            problems.append(str(error))
    yield Found(tuple(lessons), tuple(problems))


def _opened(file: Path) -> Iterator[SavedSession]:
    if not file.exists():
        raise UserError(f"The lesson {file.stem} is not in {file.parent} any more. Ask whoever looks after it.")
    yield open_session(file)
