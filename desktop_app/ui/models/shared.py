"""Models that the school has put into folders for everybody: looked up in a thread, since a share may be slow."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop_app.core.errors import UserError
from desktop_app.core.model.card import Reads
from desktop_app.core.model.registry import Registry, find_models
from desktop_app.ui.jobs import Job, Jobs
from desktop_app.ui.session import Session


class SharedModels(QObject):
    """Brings them into the session once they are known. What was wanted of them before is chosen then."""

    problem = Signal(str)
    notice = Signal(str)

    def __init__(self, folders: Sequence[Path], session: Session, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._folders, self._session, self._jobs = folders, session, jobs
        self._preferred: dict[Reads, str] = {}
        self._chosen = ""
        self._job: Job | None = None
        self._told: tuple[str, ...] = ()

    def look(self) -> None:
        """Reads the folders, if there are any."""
        if self._folders:
            self._job = self._jobs.start("shared-models", self._found)
            self._job.stepped.connect(self._take)
            self._job.ended.connect(self._end)

    def prefer(self, reads: Reads, name: str) -> None:
        """For this kind of source, unless the person has chosen another by the time that it is there."""
        self._preferred[reads] = name
        self._session.prefer(reads, name)

    def choose(self, name: str) -> None:
        """The session's model by its name; where there is none and there will be none, that is told."""
        if self._job is not None and not self._is_there(name):
            self._chosen = name
            return
        self._chosen = ""
        try:
            self._session.set_model(self._session.registry.named(name))
        except UserError as error:
            self.problem.emit(str(error))

    def _is_there(self, name: str) -> bool:
        return any(card.name == name for card in self._session.registry.cards)

    def _found(self) -> Iterator[Registry]:
        before = self._session.registry
        shipped, *others = before.folders
        unread = tuple(problem for folder in self._folders if (problem := _problem(folder)))
        found = find_models(shipped, *self._folders, *others).offering(before.offer).keeping(before)
        self._told = (*unread, *(problem for problem in found.problems if problem not in before.problems))
        yield found

    def _take(self, found: Registry) -> None:
        session = self._session
        session.set_registry(found)
        for reads, name in self._preferred.items():
            if self._is_there(name) and not session.preferred(reads):
                if reads == session.kind:
                    session.set_model(found.named(name))
                else:
                    session.prefer(reads, name)

    def _end(self, _error: Exception | None) -> None:
        self._job = None
        if self._told:
            self.notice.emit(self._told[0])
        if self._chosen:
            self.choose(self._chosen)


def _problem(folder: Path) -> str:
    try:
        os.scandir(folder).close()
    except OSError as error:
        return f"The school's models in {folder} cannot be read: {error.strerror or error}."
    return ""
