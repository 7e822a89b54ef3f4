"""Finds the pictures in folders and asks a model about each, beside the living window."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.core.many.folder import pictures_in
from desktop_app.core.model.card import Fit, ModelCard
from desktop_app.ui.jobs import Job, Jobs

if TYPE_CHECKING:
    from desktop_app.learn.classify import FileAnswer

    # Photos that were found, none when there are no more; or an answer. Jobs tell the window of the newest only, so
    # what must not be lost goes this way.
    Outcome = list[Path] | tuple[int, FileAnswer]

LISTED_EACH = 250
"""Files that are found between two words about it: a whole disk takes its time."""
TAKEN_EACH = 32
"""Answers that the window takes at a time: more would hold up its painting."""


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked. asked: photos that wait for an answer, by their numbers; None to look for them first.

    with_thumbnail: whether a photo's picture is still missing; it is asked in other threads.
    """

    card: ModelCard
    fit: Fit
    brought: Sequence[Path]
    asked: Sequence[tuple[int, Path]] | None
    with_thumbnail: Callable[[Path], bool]


class Asking(QObject):
    """One question at a time; a new one ends the one before, of which nothing comes any more."""

    found = Signal(object)  # list of Paths: more photos, in the order of their numbers
    listed = Signal()  # all have been found
    answered = Signal(object)  # list of (number, FileAnswer)
    ended = Signal(object)  # the exception that stopped it, or None

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._job: Job | None = None
        self._outcomes: deque[Outcome] = deque()
        self._over: list[object] = []
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._take)

    @property
    def running(self) -> bool:
        return self._job is not None

    def start(self, question: Question) -> None:
        self.stop()
        outcomes: deque[Outcome] = deque()
        self._outcomes, self._over = outcomes, []
        self._job = self._jobs.start("contact-sheet", partial(_work, question, outcomes))
        self._job.stepped.connect(self._take)
        self._job.ended.connect(self._end)

    def stop(self) -> None:
        """What has come so far stays; `ended` does not come."""
        if self._job is not None:
            self._job.silence()
            self._job = None
        self._later.stop()
        self._outcomes = deque()

    def _end(self, error: object) -> None:
        self._over = [error]
        self._take()

    def _take(self, _step: object = None) -> None:
        """So much that painting is not held up; the rest when the window has had its turn."""
        outcomes = self._outcomes
        answers: list[tuple[int, FileAnswer]] = []
        while outcomes and len(answers) < TAKEN_EACH:
            outcome = outcomes[0]
            if not isinstance(outcome, tuple):
                break
            answers.append(outcome)
            outcomes.popleft()
        if answers:
            self.answered.emit(answers)
        elif outcomes:
            paths = outcomes.popleft()
            if paths:
                self.found.emit(paths)
            else:
                self.listed.emit()
        if outcomes is not self._outcomes:  # whoever was told has begun anew
            return
        if outcomes:
            self._later.start()
        elif self._over and self._job is not None:
            self._job = None
            self.ended.emit(self._over[0])


def _work(question: Question, outcomes: deque[Outcome]) -> Iterator[object]:
    asked = question.asked
    if asked is None:
        paths: list[Path] = []
        for lot in _found(question.brought):
            paths += lot
            outcomes.append(lot)
            yield len(paths)
        outcomes.append([])
        yield len(paths)
        asked = list(enumerate(paths))
    if not asked:
        return
    from desktop_app.learn.classify import Classifier  # brings torch, which takes its time

    classifier = Classifier(question.card)
    answers = classifier.files([path for _, path in asked], fit=question.fit, with_thumbnail=question.with_thumbnail)
    for (number, _), answer in zip(asked, answers, strict=True):
        outcomes.append((number, answer))
        yield number


def _found(brought: Sequence[Path]) -> Iterator[list[Path]]:
    files = (file for path in brought for file in pictures_in(path) if not (file == path and path.is_dir()))
    while lot := list(islice(files, LISTED_EACH)):
        yield lot
