"""Finds the filters that matter most, as a job, and says in the panel how far it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from PySide6.QtCore import QObject

from desktop_app.core.filters.absence import Ranking, places_of, rank_absences
from desktop_app.core.filters.bank import Bank
from desktop_app.core.forward.forwards import Forwards
from desktop_app.core.forward.request import Frame
from desktop_app.core.forward.verdict import percent
from desktop_app.ui.jobs import Job, Jobs
from desktop_app.ui.look.silence.ranking import RankingPanel


class Finder(QObject):
    """One ranking at a time; it stays on screen, marked as old, when the input changes."""

    def __init__(self, panel: RankingPanel, jobs: Jobs, forwards: Forwards) -> None:
        super().__init__(panel)
        self._panel, self._jobs, self._forwards = panel, jobs, forwards
        self._frame: Frame | None = None
        self._asked_for: Frame | None = None
        self._ranking: Ranking | None = None
        self._job: Job | None = None
        panel.cancelled.connect(self.cancel)

    @property
    def working(self) -> bool:
        return self._job is not None

    @property
    def ranking(self) -> Ranking | None:
        return self._ranking

    def forget(self) -> None:
        """Another model answers."""
        if self._job is not None:
            self._job.silence()
        self._job = self._frame = self._ranking = None
        self._panel.show_working(False)
        self._panel.show_ranking(None, (), ())
        self._panel.show_note("")

    def show_frame(self, frame: Frame) -> None:
        self._frame = frame
        self._note_age()

    def find(self, banks: Sequence[Bank]) -> None:
        """Tries each filter of these on the present input."""
        frame = self._frame
        if frame is None or self._job is not None:
            return
        forwards, card, net_input = self._forwards, frame.request.card, frame.trace.outputs[0]
        places = places_of(banks)

        def work() -> Iterator[object]:
            return rank_absences(forwards(card), net_input, card.temperature, places)

        self._asked_for = frame
        self._panel.show_working(True)
        self._job = self._jobs.start("absences", work)
        self._job.stepped.connect(self._take)
        self._job.ended.connect(self._ended)

    def cancel(self) -> None:
        """What has been found by then stays."""
        if self._job is not None:
            self._job.cancel()

    def _take(self, ranking: object) -> None:
        assert isinstance(ranking, Ranking) and self._asked_for is not None
        self._ranking = ranking
        frame = self._asked_for
        self._panel.show_ranking(ranking, frame.request.card.classes, frame.trace.stages)
        self._note_age()

    def _ended(self, error: object) -> None:
        self._job = None
        self._panel.show_working(False)
        if error is not None:
            self._panel.show_note(self.tr("This could not be worked out: {text}").format(text=str(error)[:80]))

    def _note_age(self) -> None:
        """Whether the ranking is of the input that is on screen."""
        ranking, frame = self._ranking, self._frame
        if ranking is None or frame is None:
            return
        words = self.tr("{label} {number} would become, without:")
        if not np.array_equal(ranking.net_input, frame.trace.outputs[0]):
            words = self.tr("Older input: {label} {number} became, without:")
        best = ranking.whole.best
        number = percent(float(ranking.whole.probabilities[best]))
        self._panel.show_note(words.format(label=frame.request.card.classes[best], number=number))
