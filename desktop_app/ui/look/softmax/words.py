"""One sentence on why an answer is sure, fairly sure or not sure: the rule of core/forward/verdict.py in words."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QCoreApplication

from desktop_app.core.forward.softmax_steps import share_words
from desktop_app.core.forward.trace import Answer
from desktop_app.core.forward.verdict import verdict_of
from desktop_app.core.model.card import ModelCard
from desktop_app.core.numerals import short


def why(answer: Answer, card: ModelCard) -> str:
    """True of this answer; a logit that is no number is named."""
    return _sentence(answer, card).replace(" %", "\u00a0%")  # which must not begin a line


def _sentence(answer: Answer, card: ModelCard) -> str:
    odd = [index for index, logit in enumerate(answer.logits) if not math.isfinite(logit)]
    if not np.isfinite(answer.probabilities).all():
        return _tr("{which}, so no probability can be worked out.").format(which=_odd(odd, answer, card))
    reason = _reason(answer, card)
    return f"{reason} {_odd(odd, answer, card)}." if odd else reason


def _reason(answer: Answer, card: ModelCard) -> str:
    order = np.argsort(-answer.probabilities, kind="stable")
    best, second = int(order[0]), int(order[1])
    facts = {
        "best": card.classes[best],
        "share": share_words(float(answer.probabilities[best])),
        "second": card.classes[second],
        "rest": share_words(float(answer.probabilities[second])),
        "bits": f"{answer.entropy:.2f}",
        "line": f"{card.not_sure:.2f}",
        "quarter": f"{card.not_sure / 4:.2f}",
    }
    match verdict_of(answer, card).sureness:
        case "sure":
            words = _tr(
                "Sure: {best} has {share}, and {bits} bits is less than {quarter}, a quarter of the “not sure” line at "
                "{line}."
            )
        case "fairly sure":
            words = _tr(
                "Fairly sure: {best} has {share}, and {second} comes next with {rest}. {bits} bits is between "
                "{quarter} and the “not sure” line at {line}."
            )
        case "not sure" if answer.entropy > card.not_sure:
            words = _tr(
                "Not sure: {bits} bits is above the “not sure” line at {line}, since {best} has {share} and {second} "
                "{rest}."
            )
        case _:
            words = _tr("Not sure: {best} has the most, but with {share} less than all the others together.")
    return words.format(**facts)


def _odd(odd: list[int], answer: Answer, card: ModelCard) -> str:
    if not odd:
        return _tr("The numbers are too large to be counted with")
    first = odd[0]
    logit = short(float(answer.logits[first]))
    if len(odd) == 1:
        return _tr("The logit of {label} is {logit}").format(label=card.classes[first], logit=logit)
    return _tr("The logits of {label} and {count} more are no numbers ({logit})").format(
        label=card.classes[first], count=len(odd) - 1, logit=logit
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("SoftmaxPage", text)
