"""The probabilities of a drawing's moments: worked out in a thread of its own while the pen rests, and remembered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Signal

from desktop_app.core.drawing.strokes import Drawing
from desktop_app.core.forward.factors import UNTOUCHED, Factors
from desktop_app.core.forward.forwards import Forwards
from desktop_app.core.forward.request import Request
from desktop_app.core.forward.trace import Array, answer_of
from desktop_app.core.model.card import ModelCard
from desktop_app.core.source.preprocess import prepare_drawing
from desktop_app.ui.jobs import Job, Jobs


class MomentAnswers(QObject):
    """changed: some more are known. An empty drawing has no answer."""

    changed = Signal()

    def __init__(self, forwards: Forwards, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._forwards, self._jobs = forwards, jobs
        self._card: ModelCard | None = None
        self._centred = True
        self._factors: Factors = UNTOUCHED
        self._known: WeakKeyDictionary[Drawing, Array] = WeakKeyDictionary()
        self._job: Job | None = None

    def __contains__(self, drawing: Drawing) -> bool:
        return drawing in self._known

    def __getitem__(self, drawing: Drawing) -> Array:
        """(classes,) probabilities. Raises KeyError where they are not known yet."""
        return self._known[drawing]

    def ask_as(self, request: Request) -> None:
        """From now on answers are as this request's; those of another model, or of other choices, are forgotten."""
        asked = request.card, request.centred, request.factors
        if asked != (self._card, self._centred, self._factors):
            self.forget()
            self._card, self._centred, self._factors = asked

    def forget(self) -> None:
        self.pause()
        self._card = None
        self._known.clear()

    def keep(self, drawing: Drawing, probabilities: Array) -> None:
        """What somebody else has worked out already."""
        self._known[drawing] = probabilities

    def work_out(self, drawings: Iterable[Drawing]) -> None:
        """Those that are not known yet, in this order, in place of what was asked for before."""
        self.pause()
        missing = [drawing for drawing in drawings if drawing and drawing not in self._known]
        if not missing or self._card is None:
            return
        card, centred, factors = self._card, self._centred, self._factors

        def work() -> Iterator[object]:
            forward = self._forwards(card)
            found: dict[Drawing, Array] = {}
            for drawing in missing:
                net_input = prepare_drawing(drawing, card.preprocessing, centred=centred).input
                logits = forward(net_input, factors)[-1]
                found[drawing] = answer_of(logits, card.temperature).probabilities
                yield dict(found)

        self._job = self._jobs.start("history", work)
        self._job.stepped.connect(self._learn)

    def pause(self) -> None:
        """Nothing more is worked out until it is asked for again."""
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _learn(self, found: dict[Drawing, Array]) -> None:
        self._known.update(found)
        self.changed.emit()
