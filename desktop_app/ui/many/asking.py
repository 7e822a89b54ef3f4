"""Finds the pictures in folders and asks a model about each, beside the living window."""

from __future__ import annotations

import math
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.core.many.folder import pictures_in
from desktop_app.core.model.card import Fit, ModelCard
from desktop_app.core.source.colour import Colour
from desktop_app.ui.jobs import Job, Jobs

if TYPE_CHECKING:
    from desktop_app.learn.classify import Classifier, FileAnswer

    # Photos that were found, none when there are no more; or an answer. Jobs tell the window of the newest only, so
    # what must not be lost goes this way.
    Outcome = list[Path] | tuple[int, FileAnswer]

LISTED_EACH = 250
"""Files that are found between two words about it: a whole disk takes its time."""
START_MS = 60
"""From a question until it is asked: the window is painted first, which takes twice as long beside busy threads."""
PAINTED_MS, PATIENCE = 20, 0.5
"""After all photos have been listed until they are on screen; and how many seconds their answers wait for that."""
HAND_OVER_MS = 100
"""The window takes answers so often: all at once what came meanwhile, since each time costs more than an answer."""
USUAL_SWITCH, SWITCH = 0.005, 0.0005
"""Seconds after which a thread that answers leaves Python to the window: as Python does by itself, and while photos are
answered, since the window waits so long many times a frame."""
TAKEN_EACH = 16
"""Answers that the window takes at a time: more would hold up its painting."""


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked. asked: photos that wait for an answer, by their numbers; None to look for them first.

    background: of transparent pictures.  with_thumbnail: whether a photo's picture is still missing; it is asked in
    other threads.
    """

    card: ModelCard
    fit: Fit
    background: Colour
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
        self._question: Question | None = None
        self._outcomes: deque[Outcome] = deque()
        self._over: list[object] = []
        self._on_screen = Event()
        self._ready = _Ready()
        self._soon = QTimer(self, singleShot=True, interval=START_MS)
        self._soon.timeout.connect(self._begin)
        self._often = QTimer(self, interval=HAND_OVER_MS)
        self._often.timeout.connect(self._take)
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._take)

    @property
    def running(self) -> bool:
        return self._question is not None

    def start(self, question: Question) -> None:
        self.stop()
        self._question = question
        self._soon.start()

    def stop(self) -> None:
        """What has come so far stays; `ended` does not come."""
        self._question = None
        self._soon.stop()
        if self._job is not None:
            self._job.silence()
            self._on_screen.set()
            self._rest()
        self._outcomes = deque()

    def forget(self) -> None:
        """The model that answered last is not kept ready any more."""
        self._ready.forget()

    def _begin(self) -> None:
        assert self._question is not None  # else the timer would have been stopped
        outcomes: deque[Outcome] = deque()
        self._outcomes, self._over = outcomes, []
        on_screen = self._on_screen = Event()
        self._job = self._jobs.start("contact-sheet", partial(_work, self._question, self._ready, outcomes, on_screen))
        self._job.ended.connect(self._end)
        self._often.start()
        _take_turns()

    def _end(self, error: object) -> None:
        self._over = [error]
        self._take()

    def _rest(self) -> None:
        self._job = self._question = None
        self._often.stop()
        self._later.stop()
        _take_no_turns()

    def _take(self) -> None:
        """So much that painting is not held up; the rest when the window has had its turn."""
        _take_turns()
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
                QTimer.singleShot(PAINTED_MS, self._on_screen.set)
        if outcomes is not self._outcomes:  # whoever was told has begun anew
            return
        if outcomes:
            self._later.start()
        elif self._over and self._job is not None:
            self._rest()
            self.ended.emit(self._over[0])


class _Ready:
    """The model that answered last, so that it is not loaded anew for the next folder."""

    def __init__(self) -> None:
        self._kept: Classifier | None = None

    def classifier(self, card: ModelCard) -> Classifier:
        """In a job's thread. Raises BadFile."""
        from desktop_app.learn.classify import Classifier  # brings torch, which takes its time

        kept = self._kept
        if kept is None or kept.card is not card:  # the same name may be another model by now
            self._kept = None  # two large ones need not be there at the same time
            kept = self._kept = Classifier(card)
        return kept

    def forget(self) -> None:
        self._kept = None


def _take_turns() -> None:
    """Threads leave Python to each other sooner. While torch is imported they do so even more often."""
    if sys.getswitchinterval() > SWITCH:
        sys.setswitchinterval(SWITCH)


def _take_no_turns() -> None:
    if math.isclose(sys.getswitchinterval(), SWITCH, rel_tol=0.01):
        sys.setswitchinterval(USUAL_SWITCH)


def _work(question: Question, ready: _Ready, outcomes: deque[Outcome], on_screen: Event) -> Iterator[object]:
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
        on_screen.wait(PATIENCE)
    if not asked:
        return
    answers = ready.classifier(question.card).files(
        [path for _, path in asked],
        fit=question.fit,
        background=question.background,
        with_thumbnail=question.with_thumbnail,
    )
    told = 0.0
    for (number, _), answer in zip(asked, answers, strict=True):
        outcomes.append((number, answer))
        if time.monotonic() > told + HAND_OVER_MS / 1e3:  # often enough to be cancelled
            yield number
            told = time.monotonic()


def _found(brought: Sequence[Path]) -> Iterator[list[Path]]:
    files = (file for path in brought for file in pictures_in(path) if not (file == path and path.is_dir()))
    while lot := list(islice(files, LISTED_EACH)):
        yield lot
