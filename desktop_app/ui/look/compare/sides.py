"""Two frames side by side in words and numbers: what the three panes show, and what the bars."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from desktop_app.core.compare import Delta, deltas, difference
from desktop_app.core.drawing.strokes import Drawing
from desktop_app.core.forward.layout import as_maps
from desktop_app.core.forward.request import Frame
from desktop_app.core.forward.trace import Array, Stage
from desktop_app.core.forward.verdict import percent, verdict_of
from desktop_app.core.maps.tiles import magnitude
from desktop_app.ui.look.compare.pane import Pane
from desktop_app.ui.qimages import Picture


def three(a: Frame | None, at_a: int, b: Frame | None, at_b: int, models: bool) -> tuple[Pane, Pane, Pane]:
    """A, B and B − A at a stage of each. models: whether one input goes through two models, else it is two inputs."""
    one, two = _maps(a, at_a), _maps(b, at_b)
    strongest = magnitude(*(values for values in (one, two) if values is not None))
    named = models or bool(a and b and a.request.card is not b.request.card)
    left = Pane("A", "", note=tr("Press P to pin what you see as A. What comes next is B. Or choose a second model."))
    right = Pane("B", "", note=tr("The second model is at work …"))
    if a is not None:
        left = _pane("A", a, one, strongest, named)
    if b is not None:
        right = _pane("B", b, two, strongest, named)
    if a is None or b is None or one is None or two is None:
        return left, right, Pane("", "")
    note = _why_not(a, a.trace.stages[at_a], b, b.trace.stages[at_b])
    if note:
        return left, right, Pane("B − A", "", note=note)
    apart = difference(one, two)
    words = tr("each model has its own filters") if named else tr("blue: more, red: less")
    return left, right, Pane("B − A", words, values=apart, strongest=magnitude(apart))


def changes(a: Frame | None, b: Frame | None) -> tuple[Sequence[Delta], str]:
    """Of the probabilities; or none, and why."""
    if a is None or b is None:
        return (), ""
    if _empty(a) or _empty(b):
        return (), tr("Nothing is drawn yet on one side.")
    found = deltas(a.answer, a.request.card.classes, b.answer, b.request.card.classes)
    return found, "" if found else tr("These two models have no class in common.")


def _maps(frame: Frame | None, at: int) -> Array | None:
    return as_maps(frame.trace.stages[at], frame.trace.outputs[at]) if frame else None


def _pane(name: str, frame: Frame, values: Array | None, strongest: float, named: bool) -> Pane:
    """named: whether its model has to be named."""
    card = frame.request.card
    title = f"{name} · {card.title}" if named else name
    picture = Picture(frame.picture.pixels)
    if _empty(frame):
        return Pane(title, tr("nothing drawn"), False, picture, values, strongest)
    verdict = verdict_of(frame.answer, card)
    words = f"{verdict.label} {percent(verdict.probability)}"
    return Pane(title, words, verdict.sureness != "not sure", picture, values, strongest)


def _why_not(a: Frame, one: Stage, b: Frame, two: Stage) -> str:
    """Why there is no difference, if there is none."""
    if one.shape != two.shape:
        return tr("Nothing to subtract: A's shape is {a}, B's is {b}. Choose two stages of the same shape.").format(
            a=one.shape_words, b=two.shape_words
        )
    classes = a.request.card.classes, b.request.card.classes
    if classes[0] != classes[1] and a.trace.stages[-1].shape == one.shape and one.kind in ("softmax", "dense"):
        return tr("Nothing to subtract: the two models know other classes.")
    return ""


def _empty(frame: Frame) -> bool:
    return isinstance(frame.request.source, Drawing) and not frame.request.source


def tr(words: str) -> str:
    return QCoreApplication.translate("ComparePage", words)
