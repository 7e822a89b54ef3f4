"""The form's numbers, tried on the present photo: in a job, once the keys have rested."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject

from desktop_app.core.forward.request import Photo
from desktop_app.core.maps.mosaic import input_picture
from desktop_app.core.model.card import Preprocessing
from desktop_app.ui.jobs import Job, Jobs
from desktop_app.ui.models.library import failure_words
from desktop_app.ui.models.own_fields import Known
from desktop_app.ui.models.own_form import OwnForm
from desktop_app.ui.models.preview import BEST, Tried
from desktop_app.ui.session import Session

if TYPE_CHECKING:
    from desktop_app.learn.models.add import OwnWeights
    from desktop_app.learn.models.trial import Trial


MANY, BLIND = 20, 0.8
"""Of so many classes a trained net is sure of a few, whatever it is shown: an entropy of more than this share of the
greatest is a sign that it reads noise."""


class Trying(QObject):
    """Lives with its form."""

    def __init__(self, form: OwnForm, found: OwnWeights, known: Known, session: Session, jobs: Jobs) -> None:
        super().__init__(form)
        self._form, self._known, self._session, self._jobs = form, known, session, jobs
        self._trial = cache(partial(_trial, found))
        self._job: Job | None = None
        form.edited.connect(self._try)
        session.photo_opened.connect(self._try)
        form.finished.connect(self._stop)
        self._try()

    def _try(self) -> None:
        self._stop()
        photo, spec = self._session.photo, self._form.fields.preprocessing()
        if photo is None:
            self._form.preview.show_note(
                self.tr("Drop a photo here or open one in the window, and you see what the net says.")
            )
        elif spec is None:
            self._form.preview.show_note(self.tr("Some numbers cannot be read."))
        else:
            self._form.preview.begin()
            names = self._form.fields.classes.names()
            labels = names if len(names) == self._known.classes else ()
            self._job = self._jobs.start(
                "try-model", partial(_tried, self._trial, photo, self._session.background, spec, labels)
            )
            self._job.stepped.connect(self._form.preview.show_tried)
            self._job.ended.connect(self._tell)

    def _tell(self, error: Exception | None) -> None:
        if error is not None:
            self._form.preview.show_note(failure_words(error, self.tr("This could not be tried")))

    def _stop(self) -> None:
        if self._job is not None:
            self._job.silence()
            self._job = None


def _trial(found: OwnWeights) -> Trial:
    from desktop_app.learn.models.trial import Trial

    return Trial(found.state, found.fit)


def _tried(
    trial: Callable[[], Trial],
    photo: Photo,
    background: tuple[int, int, int],
    spec: Preprocessing,
    labels: tuple[str, ...],
) -> Iterator[Tried]:
    source = photo.read(background, 2 * max(spec.height, spec.width, spec.resize or 0))
    given, chances = trial()(source, spec)
    best = chances.argsort()[::-1][:BEST]
    names = [labels[row] if labels else f"class {row + 1}" for row in best]
    yield Tried(
        input_picture(given, spec.mean, spec.std).pixels,
        float(given.min()),
        float(given.max()),
        tuple(zip(names, map(float, chances[best]), strict=True)),
        len(chances) > MANY and -float((chances * np.log2(chances + 1e-30)).sum()) > BLIND * math.log2(len(chances)),
    )
