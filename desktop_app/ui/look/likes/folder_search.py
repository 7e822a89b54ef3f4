"""A search through a folder of pictures, one at a time; what it found is kept a model as long as the window lives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal

from desktop_app.core.model.card import ModelCard
from desktop_app.ui.jobs import Job, Jobs

if TYPE_CHECKING:
    from desktop_app.learn.search_likes import Searched


@dataclass
class FolderLikes:
    """What a folder has given for one model. problem: why it gave nothing, or no more."""

    folder: Path
    searched: Searched | None = None
    running: bool = True
    problem: str = ""


class FolderSearch(QObject):
    """changed: more was found, or it ended."""

    changed = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._job: Job | None = None
        self._running: FolderLikes | None = None
        self._found: dict[ModelCard, FolderLikes] = {}

    def of(self, card: ModelCard) -> FolderLikes | None:
        return self._found.get(card)

    def start(self, card: ModelCard, folder: Path) -> None:
        """Instead of what was found for this model before; a search that still runs ends with what it has."""
        self.cancel()

        def work() -> Iterator[object]:
            from desktop_app.learn.search_likes import search_pictures  # brings torch, which takes its time

            return search_pictures(card, folder)

        self._running = self._found[card] = FolderLikes(folder)
        self._job = self._jobs.start("likes-search", work)
        self._job.stepped.connect(self._step)
        self._job.ended.connect(self._end)
        self.changed.emit()

    def cancel(self) -> None:
        """What was found so far stays."""
        if self._job is not None:
            self._job.silence()
            self._finish()

    def _step(self, searched: object) -> None:
        if self._running is not None:
            self._running.searched = cast("Searched", searched)
            self.changed.emit()

    def _end(self, error: object) -> None:
        if error is not None and self._running is not None:
            self._running.problem = str(error)
        self._finish()

    def _finish(self) -> None:
        if self._running is not None:
            self._running.running = False
        self._job = self._running = None
        self.changed.emit()
