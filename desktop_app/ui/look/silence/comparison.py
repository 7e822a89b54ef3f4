"""What the answer would be with all filters, beside what it is: in words, and where the numbers come from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Signal

from desktop_app.core.drawing.strokes import Drawing
from desktop_app.core.filters.shares import two_shares
from desktop_app.core.forward.factors import Factors
from desktop_app.core.forward.forwards import Forwards
from desktop_app.core.forward.request import Frame
from desktop_app.core.forward.trace import Answer, Array, answer_of
from desktop_app.core.forward.verdict import percent
from desktop_app.ui.jobs import Job, Jobs
from desktop_app.ui.look.silence.grid import times


@dataclass(frozen=True, eq=False)
class _Whole:
    """What the network with all its filters answers to an input."""

    net_input: Array
    answer: Answer


class Comparison(QObject):
    """Remembers the last answer of the whole network; for another input it is asked once more when the pen rests."""

    found = Signal()  # what `words` says has changed, though the frame has not

    def __init__(self, jobs: Jobs, forwards: Forwards, called: Callable[[int, int], str], parent: QObject) -> None:
        """called: how a map (position, channel) is called."""
        super().__init__(parent)
        self._jobs, self._forwards, self._called = jobs, forwards, called
        self._whole: _Whole | None = None
        self._asking: Job | None = None

    def forget(self) -> None:
        """Another model answers."""
        self._whole = None
        if self._asking is not None:
            self._asking.silence()
            self._asking = None

    def words(self, frame: Frame) -> tuple[str, str]:
        """(what the answer is or became, why)."""
        trace, card = frame.trace, frame.request.card
        if isinstance(frame.request.source, Drawing) and not frame.request.source:
            return self.tr("Draw something"), self.tr("then switch a filter off.")
        best = trace.answer.best
        now = f"{card.classes[best]} {percent(float(trace.answer.probabilities[best]))}"
        if not trace.factors:
            self._whole = _Whole(trace.outputs[0], trace.answer)
            return now, self.tr("with all filters")
        cause = self._cause(trace.factors)
        whole = self._whole
        if whole is None or not np.array_equal(whole.net_input, trace.outputs[0]):
            self._ask(frame)
            return self.tr("now {answer}").format(answer=now), cause
        first = whole.answer.best
        before, after = two_shares(*(float(answer.probabilities[first]) for answer in (whole.answer, trace.answer)))
        if best != first:
            cause = f"{cause} · {self.tr('now {answer}').format(answer=now)}"
        return f"{card.classes[first]} {before} → {after}", cause

    def _cause(self, factors: Factors) -> str:
        silenced = all(factor == 0 for _, _, factor in factors.scaled)
        if len(factors.scaled) == 1:
            position, channel, factor = factors.scaled[0]
            name = self._called(position, channel)
            return self.tr("without {name}").format(name=name) if silenced else f"{name} {times(factor)}"
        words = self.tr("without {n} filters") if silenced else self.tr("with {n} filters scaled")
        return words.format(n=len(factors.scaled))

    def _ask(self, frame: Frame) -> None:
        """One pass more, beside the live answers; with a frame that has its steps: not at every point of a stroke."""
        if self._asking is not None or not frame.steps:
            return
        forwards, card, net_input = self._forwards, frame.request.card, frame.trace.outputs[0]

        def work() -> Iterator[object]:
            yield _Whole(net_input, answer_of(forwards(card)(net_input)[-1], card.temperature))

        self._asking = self._jobs.start("whole", work)
        self._asking.stepped.connect(self._take)
        self._asking.ended.connect(self._asked)

    def _take(self, whole: object) -> None:
        assert isinstance(whole, _Whole)
        self._whole = whole
        self.found.emit()

    def _asked(self) -> None:
        self._asking = None
