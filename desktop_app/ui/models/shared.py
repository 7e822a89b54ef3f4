"""Models that the school has put into folders for everybody: looked up in a thread, since a share may be slow."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop_app.core.model.card import Reads
from desktop_app.core.model.registry import Registry, find_models
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.session import Session


class SharedModels(QObject):
    """Brings them into the session once they are known; with them comes the one that was wanted from the start."""

    notice = Signal(str)

    def __init__(
        self, folders: Sequence[Path], wanted: Mapping[Reads, str], session: Session, jobs: Jobs, parent: QObject
    ) -> None:
        """wanted: names of the models to begin with, unless the person has chosen others meanwhile."""
        super().__init__(parent)
        self._folders, self._wanted, self._session, self._jobs = folders, wanted, session, jobs

    def look(self) -> None:
        if self._folders:
            job = self._jobs.start("shared-models", self._found)
            job.stepped.connect(self._take)

    def _found(self) -> Iterator[tuple[Registry, tuple[str, ...]]]:
        own = self._session.registry
        shipped, *others = own.folders
        missing = tuple(problem for folder in self._folders if (problem := _problem(folder)))
        found = find_models(shipped, *self._folders, *others).offering(own.offer)
        yield found.keeping(own), (*missing, *(one for one in found.problems if one not in own.problems))

    def _take(self, found: tuple[Registry, tuple[str, ...]]) -> None:
        registry, problems = found
        session = self._session
        session.set_registry(registry)
        names = {card.name for card in registry.cards}
        for reads, name in self._wanted.items():
            if name in names and not session.preferred(reads):
                if reads == session.kind:
                    session.set_model(registry.named(name))
                else:
                    session.prefer(reads, name)
        if problems:
            self.notice.emit(problems[0])


def _problem(folder: Path) -> str:
    try:
        os.scandir(folder).close()
    except OSError as error:
        return f"The school's models in {folder} cannot be read: {error.strerror or error}."
    return ""
