"""File ▸ Add model: what a file is, is found out in a job; then it is copied, or a form asks what it does not say.

Several files are taken one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop_app.core.model.registry import Registry
from desktop_app.core.paths import own_models_folder
from desktop_app.ui.jobs import Job, Jobs
from desktop_app.ui.models.library import failure_words
from desktop_app.ui.models.progress_line import ProgressLine
from desktop_app.ui.session import Session
from desktop_app.ui.theme import Theme

if TYPE_CHECKING:
    from desktop_app.learn.models.add import Examined, OwnWeights
    from desktop_app.learn.models.progress import Progress
    from desktop_app.ui.models.own_fields import Draft, Known
    from desktop_app.ui.models.own_form import OwnForm

ENDINGS = (".pth", ".pt", ".safetensors")
"""Of files of weights."""


def is_model(path: Path) -> bool:
    """Whether what was dropped is a file of weights, or a model's folder."""
    return path.suffix.lower() in ENDINGS or (path.is_dir() and (path / "card.json").is_file())


@dataclass(frozen=True)
class Step:
    """share: how far it is, from 0 to 1, or None."""

    phase: str
    share: float | None


@dataclass(frozen=True, eq=False)
class Asked:
    """Weights of one's own: what the form begins with. holds: what is in the file, in words' parts."""

    found: OwnWeights
    architecture: str
    title: str
    known: Known


@dataclass(frozen=True, eq=False)
class Finished:
    """name: of the model in the registry.  already: nothing had to be added."""

    name: str
    already: bool
    registry: Registry


class Adding(QObject):
    """problem, notice: for the banner."""

    problem = Signal(str)
    notice = Signal(str)
    brought = Signal(object)  # QMimeData that was dropped on the form

    def __init__(self, session: Session, jobs: Jobs, theme: Theme, line: ProgressLine, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._jobs, self._theme, self._line, self._window = session, jobs, theme, line, window
        self._waiting: list[Path] = []
        self._path = Path()
        self._job: Job | None = None
        self._outcome: Asked | Finished | None = None
        self.form: OwnForm | None = None
        self._folder = ""
        line.cancelled.connect(self.cancel)

    def ask(self) -> None:
        """Files, chosen by the person."""
        kinds = self.tr("Weights (*.pth *.pt *.safetensors);;A model's card (card.json)")
        files, _ = QFileDialog.getOpenFileNames(self._window, self.tr("Add model"), self._folder, kinds)
        if files:
            self._folder = str(Path(files[0]).parent)
            self.add([path.parent if path.name == "card.json" else path for path in map(Path, files)])

    def add(self, paths: Sequence[Path]) -> None:
        """Files of weights, or models' folders."""
        self._waiting += paths
        if self.form is not None:
            self.form.raise_()
            self.form.activateWindow()
            self.notice.emit(self.tr("The form comes first; then what you have just brought."))
        self._next()

    def cancel(self) -> None:
        """What is under way is left, and so is what waits."""
        self._waiting.clear()
        if self._job is not None:
            self._job.cancel()

    def _next(self) -> None:
        if self._job is not None or self.form is not None or not self._waiting:
            return
        self._path = self._waiting.pop(0)
        self._start(partial(_examined_and_added, self._path, self._registry), self._examined)

    def _start(self, work: Callable[[], Iterator[object]], then: Callable[[Exception | None], None]) -> None:
        self._outcome = None
        self._line.show_progress(self.tr("Adding {name}").format(name=self._path.name), None)
        self._job = self._jobs.start("add-model", work)
        self._job.stepped.connect(self._step)
        self._job.ended.connect(then)

    def _step(self, step: Step | Asked | Finished) -> None:
        if isinstance(step, Step):
            words = {
                "checking": self.tr("Checking {name}: is it whole?"),
                "reading": self.tr("Reading {name}"),
                "writing": self.tr("Copying {name} into your models"),
            }[step.phase]
            self._line.show_progress(words.format(name=self._path.name), step.share)
        else:
            self._outcome = step

    def _examined(self, error: Exception | None) -> None:
        """The file is known: as torchvision's, and added, or as somebody's own."""
        outcome = self._end()
        if error is not None:
            self.problem.emit(failure_words(error, self.tr("{name} could not be added").format(name=self._path.name)))
        elif isinstance(outcome, Asked):
            self._open_form(outcome)
        elif outcome is not None:
            self._finish(outcome)
        self._next()

    def _open_form(self, asked: Asked) -> None:
        from desktop_app.ui.models.own_form import OwnForm
        from desktop_app.ui.models.trying import Trying

        words = self.tr("{file} fits {network}: {count:,} classes. What it does not say, please fill in.")
        holds = words.format(file=self._path.name, network=asked.architecture, count=asked.known.classes)
        taken = frozenset(card.title.casefold() for card in self._session.registry.cards)
        form = self.form = OwnForm(self._theme, self._jobs, holds, asked.title, asked.known, taken, self._window)
        form.wanted.connect(partial(self._write, asked))
        form.brought.connect(self.brought)
        form.finished.connect(self._form_closed)
        Trying(form, asked.found, asked.known, self._session, self._jobs)
        form.show()

    def _write(self, asked: Asked, draft: Draft) -> None:
        assert self.form is not None
        self.form.set_busy(True)
        self._start(partial(_own_added, asked.found, draft, self._registry), self._written)

    def _written(self, error: Exception | None) -> None:
        outcome, form = self._end(), self.form
        if form is None:  # closed meanwhile
            pass
        elif error is not None:
            form.show_failure(failure_words(error, self.tr("This model could not be added")))
        elif isinstance(outcome, Finished):
            form.accept()
            self._finish(outcome)
        else:
            form.set_busy(False)
        self._next()

    def _form_closed(self) -> None:
        form, self.form = self.form, None
        if form is not None:
            form.deleteLater()
        if self._job is not None:
            self._job.cancel()
        self._next()

    def _end(self) -> Asked | Finished | None:
        """The job has ended; nothing where it was cancelled."""
        cancelled, self._job = self._job is not None and self._job.cancelled, None
        self._line.hide()
        return None if cancelled else self._outcome

    def _finish(self, done: Finished) -> None:
        """The new model answers the photo that is shown, or the next one."""
        session = self._session
        session.set_registry(done.registry)
        card = done.registry.named(done.name)
        if session.kind == card.reads:
            session.set_model(card)
        else:
            session.prefer(card.reads, card.name)
        words = self.tr("{title} was there already") if done.already else self.tr("{title} was added")
        what = self.tr("{words}: {count:,} classes, {weights:,} weights.").format(
            words=words.format(title=card.title), count=len(card.classes), weights=card.weight_count
        )
        reads = {
            "photos": self.tr("It reads the photos that you open."),
            "drawings": self.tr("It reads what you draw."),
        }
        later = "" if session.kind == card.reads else f" {reads[card.reads]}"
        self.notice.emit(what + later)

    def _registry(self) -> Registry:
        return self._session.registry


# what the job does; learn is imported there


def _examined_and_added(path: Path, registry: Callable[[], Registry]) -> Iterator[object]:
    from desktop_app.learn.models.add import OwnWeights, examine
    from desktop_app.learn.models.progress import Progress

    for step in examine(path):
        if isinstance(step, Progress):
            yield _told(step)
        elif isinstance(step, OwnWeights):
            yield _asked(step)
        else:
            yield from _added(step, None, registry)


def _own_added(found: OwnWeights, draft: Draft, registry: Callable[[], Registry]) -> Iterator[object]:
    yield from _added(found, draft, registry)


def _added(found: Examined, draft: Draft | None, registry: Callable[[], Registry]) -> Iterator[object]:
    from desktop_app.learn.models.add import Added, OwnWeights, add

    own = None
    if draft is not None:
        assert isinstance(found, OwnWeights)
        own = replace(found.suggested, title=draft.title, classes=draft.classes, preprocessing=draft.preprocessing)
    for step in add(found, own_models_folder(), own):
        if isinstance(step, Added):
            yield Finished(step.name, step.already, registry().again())
        else:
            yield _told(step)


def _asked(found: OwnWeights) -> Asked:
    from desktop_app.learn.models.catalogue import imagenet_classes
    from desktop_app.learn.models.titles import title_of
    from desktop_app.ui.models import own_form, trying  # noqa: F401 - so that the window need not
    from desktop_app.ui.models.own_fields import Known

    fit, own = found.fit, found.suggested
    imagenet = imagenet_classes() if fit.classes == len(imagenet_classes()) else ()
    names = own.classes if found.from_card else imagenet
    known = Known(fit.classes, own.preprocessing, fit.side is not None, imagenet, names)
    return Asked(found, title_of(fit.architecture), own.title if found.from_card else found.file.stem, known)


def _told(progress: Progress) -> Step:
    return Step(progress.phase, progress.done / progress.total if progress.done and progress.total else None)
