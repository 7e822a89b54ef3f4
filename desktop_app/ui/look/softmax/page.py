"""From logits to probabilities."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.core.arithmetic.operations import Softmax
from desktop_app.core.forward.request import Frame
from desktop_app.core.forward.softmax_steps import softmax_steps
from desktop_app.core.forward.trace import Trace, answer_of
from desktop_app.core.model.card import ModelCard
from desktop_app.ui.look.page import Page
from desktop_app.ui.look.selection import Selection
from desktop_app.ui.look.softmax.entropy import Entropy, EntropyScale
from desktop_app.ui.look.softmax.experiment import Experiment
from desktop_app.ui.look.softmax.formula import FormulaTable
from desktop_app.ui.look.softmax.words import why
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.text import Text


class SoftmaxPage(Page):
    """The formula with its numbers; below it what another temperature would do, and how sure the answer is."""

    class_pointed = Signal(object)  # the class's index under the mouse, or None

    def __init__(self, theme: Theme, selection: Selection, parent: QWidget | None = None) -> None:
        super().__init__(theme, selection, parent)
        self._frame: Frame | None = None
        self.table = FormulaTable(theme)
        self.table.class_pointed.connect(self.class_pointed)
        self.experiment = Experiment(theme)
        self.experiment.changed.connect(self._try)
        self.scale = EntropyScale(theme)
        self.reason = Text(theme, "", "caption", "text")
        self.reason.setWordWrap(True)
        self.reason.setAlignment(Qt.AlignmentFlag.AlignTop)
        sureness = QVBoxLayout()
        sureness.setSpacing(theme.unit)
        sureness.addWidget(self.scale)
        sureness.addWidget(self.reason, 1)
        self._below = QHBoxLayout()
        self._below.addWidget(self.experiment, 1, Qt.AlignmentFlag.AlignTop)
        self._below.addLayout(sureness, 1)
        self._layout = QVBoxLayout(self)
        self._layout.addWidget(self.table, 1)
        self._layout.addLayout(self._below)
        self._layout.addStretch(0)
        theme.changed.connect(self._dress)
        self._dress()

    def show_model(self, card: ModelCard) -> None:
        """Another model answers from now on; its first frame follows."""
        self._frame = None
        self.table.show_steps(card.classes, None)
        self.scale.show_entropy(None)
        self.reason.setText("")

    def show_frame(self, frame: Frame) -> None:
        """The newest frame, also right after the page was opened."""
        self._frame = frame
        card, trace = frame.request.card, frame.trace
        temperature = _temperature(trace)
        self.experiment.set_real(temperature)
        self.table.show_steps(card.classes, softmax_steps(trace.answer.logits, temperature))
        self._try(self.experiment.tried)
        words = why(trace.answer, card)
        if not frame.request.source:
            words = self.tr("Nothing is drawn yet: these are the numbers of an empty canvas.")
        if frame.crops:
            words = self.tr("Of the crop in the middle; the bars show the mean of {count} crops. {words}").format(
                count=len(frame.crops), words=words
            )
        if words != self.reason.text():  # only a changed text costs a new layout
            self.reason.setText(words)

    def _try(self, temperature: float | None) -> None:
        """What a temperature would do with the logits of now."""
        if self._frame is None:
            return
        card, answer = self._frame.request.card, self._frame.trace.answer
        tried = None
        if temperature is not None:
            self.table.show_experiment(softmax_steps(answer.logits, temperature))
            tried = answer_of(answer.logits, temperature).entropy
        else:
            self.table.show_experiment(None)
        most = math.log2(len(card.classes))
        self.scale.show_entropy(Entropy(answer.entropy, most, card.not_sure, tried))

    def _dress(self) -> None:
        unit = self.theme.unit
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2 * unit)
        self._below.setSpacing(8 * unit)
        lines = 2 * self.reason.fontMetrics().lineSpacing()
        self.reason.setMinimumHeight(lines)  # the page must not jump when a sentence gets longer


def _temperature(trace: Trace) -> float:
    last = trace.operations[-1]
    assert isinstance(last, Softmax), "every trace ends in a softmax"
    return last.temperature
