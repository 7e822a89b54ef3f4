"""The answer panel: the answer in large type, the bars, how sure, and on demand logits and entropy."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from desktop_app.core.drawing.strokes import Drawing
from desktop_app.core.forward.class_list import ClassList, rest
from desktop_app.core.forward.request import Frame, Photo, Source, Still
from desktop_app.core.forward.trace import Answer, Array
from desktop_app.core.forward.verdict import Verdict, percent, verdict_of
from desktop_app.core.model.card import ModelCard
from desktop_app.ui.answer.bars import ProbabilityBars
from desktop_app.ui.answer.headline import Headline
from desktop_app.ui.answer.rows import Known
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.text import Text

NARROWEST = 232
"""Of the panel at normal size, pixels: names, bars and numbers need so much."""


@dataclass(frozen=True, eq=False)
class Part:
    """What is there of an answer while it is replayed; None for not yet."""

    logits: Array | None
    probabilities: Array | None


class AnswerPanel(QWidget):
    """Shows frames. The answer before the last stroke (or photo) stays as a ghost mark in every bar."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._answer: Answer | None = None
        self._ghost: Answer | None = None
        self._source: object = None
        self._awaited: Source | None = Drawing()
        self._failed = False
        self._verdict: Verdict | None = None
        self._classes: tuple[str, ...] = ()
        self._listed = ClassList()
        self._crops = 0
        self._part: Part | None = None
        self._stale = False
        self._then: Answer | None = None
        self._earlier = False
        self._headline = Headline(theme)
        self._bars = ProbabilityBars(theme)
        self._sureness = Text(theme, role="caption", ink="muted")
        self._ghost_legend = Text(theme, role="caption", ink="muted")
        for text in (self._sureness, self._ghost_legend):
            text.setWordWrap(True)
        keeping = self._sureness.sizePolicy()
        keeping.setRetainSizeWhenHidden(True)  # nothing moves while a replay hides it
        self._sureness.setSizePolicy(keeping)
        place = self._ghost_legend.sizePolicy()
        place.setRetainSizeWhenHidden(True)  # what stands below must not jump
        self._ghost_legend.setSizePolicy(place)
        self._logits = QCheckBox(self.tr("Logits and entropy"))
        self._logits.setToolTip(self.tr("Show each class's raw score, and how spread out the probabilities are"))
        self._logits.toggled.connect(self._show_logits)
        self._layout = QVBoxLayout(self)
        for widget in (self._headline, self._bars, self._sureness):
            self._layout.addWidget(widget)
        self._layout.addWidget(self._ghost_legend)
        self._layout.addWidget(self._logits)
        self._layout.setStretchFactor(self._bars, 6)
        self._layout.addStretch(1)
        theme.changed.connect(self._dress)
        self._dress()

    @property
    def bars(self) -> ProbabilityBars:
        """The chart; it tells when it has painted."""
        return self._bars

    def add(self, widget: QWidget) -> None:
        """Puts something more at the panel's lower end."""
        self._layout.insertWidget(self._layout.count() - 1, widget, 2)

    @property
    def verdict(self) -> Verdict | None:
        """What stands there now; None while there is nothing to answer."""
        return self._verdict

    def list_only(self, classes: ClassList) -> None:
        """Only these are named; the others of a model are put together."""
        self._listed = classes
        self._bars.list_only(classes)

    def show_model(self, card: ModelCard) -> None:
        """Empty rows of the model's classes, until its first frame comes."""
        self._answer = self._ghost = self._source = self._verdict = None
        self._earlier = self._failed = False
        self._bars.make_room(card.classes)
        self._bars.show_answer(card.classes, None, None, sure=False)
        self._write()

    def await_source(self, source: Source | None) -> None:
        """The next answer will be of this; None: there is no photo yet."""
        if type(source) is not type(self._awaited) or isinstance(source, Photo):  # a drawing changes all the time
            self._awaited, self._failed = source, False
            self._leave_anothers()
            self._write()

    def give_up(self) -> None:
        """Something went wrong, and is told elsewhere: where nothing has been answered yet, nothing will be."""
        self._failed = True
        self._write()

    def show_frame(self, frame: Frame) -> None:
        card, answer = frame.request.card, frame.answer
        self._classes, self._crops = card.classes, len(frame.crops)
        source, self._failed = frame.request.source, False
        key: object = Still if isinstance(source, Still) else source
        self._earlier = frame.request.earlier
        if self._earlier:  # what is now is its ghost, and comes back unchanged
            self._then = answer if source else None
            self._verdict = verdict_of(answer, card) if source else None
            self._show()
            return
        if isinstance(source, Drawing):
            key = _key(source)
            if not source:
                self._source, self._answer, self._ghost, self._verdict = key, None, None, None
                self._show()
                return
        if key != self._source:
            self._ghost, self._source = self._answer or self._ghost, key
        self._answer, self._verdict = answer, verdict_of(answer, card)
        self._show()

    def replay(self, logits: Array | None, probabilities: Array | None) -> None:
        """Shows what is there so far of the answer that the last frame had: (classes,) each. The ghost stays."""
        before, self._part = self._part, Part(logits, probabilities)
        if before is None or before.logits is not logits or before.probabilities is not probabilities:
            self._show()

    def stop_replay(self) -> None:
        """The whole answer again."""
        if self._part is not None:
            self._part = None
            self._show()

    def set_stale(self, stale: bool) -> None:
        self._stale = stale
        self._leave_anothers()
        self._write()

    def _leave_anothers(self) -> None:
        """While a slow network works, what it said to another photo must not stand beside this one."""
        photo = self._awaited if isinstance(self._awaited, Photo) else None
        shown = self._source if isinstance(self._source, Photo) else None
        if self._stale and photo is not shown and self._answer is not None:
            self._ghost, self._answer, self._source, self._verdict = self._answer, None, None, None
            self._show()

    @property
    def shows_logits(self) -> bool:
        return self._logits.isChecked()

    def set_logits(self, on: bool) -> None:
        self._logits.setChecked(on)

    def _show_logits(self, on: bool) -> None:
        self._bars.show_logits(on)
        self._write()

    def _show(self) -> None:
        part = self._part
        answer, ghost = (self._then, self._answer) if self._earlier else (self._answer, self._ghost)
        if answer is None or part is None:
            sure = self._verdict is not None and (self._verdict.sureness != "not sure" or _most(self._others()))
            self._bars.show_answer(self._classes, answer, ghost, sure)
        else:
            known: Known = "nothing" if part.logits is None else "logits" if part.probabilities is None else "all"
            nothing = np.zeros(len(self._classes), np.float32)
            logits = nothing if part.logits is None else part.logits
            shares = nothing if part.probabilities is None else part.probabilities
            self._bars.show_part(self._classes, Answer(logits, shares, 0.0), known, answer, ghost)
        self._write()

    def _write(self) -> None:
        legend = self._legends[self._earlier]
        if self._ghost_legend.text() != legend:
            self._ghost_legend.setText(legend)
        if self._part is not None and (self._then if self._earlier else self._answer) is not None:
            growing = self._part.probabilities is not None
            below = self.tr("the probabilities grow") if growing else self.tr("the network is still reading")
            self._headline.show_words("…", "", below, sure=False)
            self._sureness.setVisible(False)
            self.setAccessibleDescription("")
            return
        self._sureness.setVisible(True)
        verdict = self._verdict
        label, number = (verdict.label, percent(verdict.probability)) if verdict else ("", "")
        others = self._others()
        if others is not None:
            label, number = self.tr("other classes"), percent(others)
        if verdict is None:
            words = self._no_answer()
        elif math.isnan(verdict.probability):
            words = self.tr("no answer"), "", self.tr("the logits are no numbers (NaN)")
            number = ""
        elif verdict.sureness == "not sure" and not _most(others):
            closest = self.tr("closest: {label}, {number}").format(label=label, number=number)
            words = self.tr("not sure"), "", closest
        else:
            words = label, number, ""
        if self._stale and verdict:
            words = *words[:2], self.tr("working …")
        self._headline.show_words(*words, sure=bool(words[1]))
        sureness = self._in_words(verdict) if verdict else ""
        if self._sureness.text() != sureness:  # only a changed text costs a new layout
            self._sureness.setText(sureness)
        ghost = self._answer if self._earlier else self._ghost
        self._ghost_legend.setVisible(ghost is not None and (self._earlier or self._answer is not None))
        said = f"{label} {number}" if verdict and number else f"{words[0]}: {words[2]}"
        self.setAccessibleDescription(f"{said}. {sureness}" if verdict else "")

    def _others(self) -> float | None:
        """The probability of all classes that are not listed, where one of them is the most probable of all."""
        answer, listed = self._then if self._earlier else self._answer, self._listed.listed(self._classes)
        if answer is None or not listed or answer.best in listed:
            return None
        return float(rest(answer.probabilities, listed))

    def _no_answer(self) -> tuple[str, str, str]:
        """What stands there instead of one."""
        if isinstance(self._awaited, Drawing):
            below = self.tr("working …") if self._stale else self.tr("or click a sample, or drop a photo.")
            return self.tr("Draw a shape"), "", below
        if self._awaited is None:
            return self.tr("Drop a photo"), "", self.tr("or open one, or use the camera.")
        if self._failed:
            return self.tr("no answer"), "", self.tr("this photo could not be read by the network")
        return self.tr("Reading your photo …"), "", ""

    def _in_words(self, verdict: Verdict) -> str:
        if math.isnan(verdict.probability):
            return self.tr("No probability can be worked out")
        words = {
            "sure": self.tr("Sure"),
            "fairly sure": self.tr("Fairly sure"),
            "not sure": self.tr("Not sure: the probabilities are spread out"),
        }[verdict.sureness]
        if _most(self._others()):
            words = self.tr("None of the classes that are listed here")
        if self._crops:
            words = self.tr("{words} · mean of {count} crops").format(words=words, count=self._crops)
        if not self._logits.isChecked():
            return words
        return self.tr("{words} · entropy {entropy} of {most} bits").format(
            words=words, entropy=f"{verdict.entropy:.2f}", most=f"{verdict.most_entropy:.2f}"
        )

    def _dress(self) -> None:
        theme, unit = self._theme, self._theme.unit
        self._layout.setContentsMargins(3 * unit, 2 * unit, 3 * unit, 2 * unit)
        self._layout.setSpacing(unit)
        self.setMinimumWidth(theme.px(NARROWEST))
        mark = f'<span style="color:{theme.colours.ghost.name()}">▌</span>'
        meanings = self.tr("the answer before the last change"), self.tr("the answer now")
        self._legends = tuple(f"{mark} {meaning}" for meaning in meanings)
        self._write()


def _most(probability: float | None) -> bool:
    return probability is not None and probability >= 0.5


def _key(drawing: Drawing) -> object:
    """The same while one stroke grows, another after any other change."""
    if not drawing:
        return None
    *before, last = drawing.strokes
    return tuple(before), last.points[0].tobytes()
