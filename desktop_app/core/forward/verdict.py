"""An answer in words: what it is, how sure, and what to say where there is nothing to answer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from desktop_app.core.forward.trace import Answer
from desktop_app.core.model.card import ModelCard

Sureness = Literal["sure", "fairly sure", "not sure"]


@dataclass(frozen=True)
class Verdict:
    """label: the most probable class, whatever the sureness. entropy and most_entropy (of a blind guess) in bits."""

    label: str
    probability: float
    sureness: Sureness
    entropy: float
    most_entropy: float


def verdict_of(answer: Answer, card: ModelCard) -> Verdict:
    """What the window says about an answer."""
    best = answer.best
    probability = float(answer.probabilities[best])
    sureness = sureness_of(probability, answer.entropy, card)
    return Verdict(card.classes[best], probability, sureness, answer.entropy, math.log2(len(card.classes)))


def sureness_of(probability: float, entropy: float, card: ModelCard) -> Sureness:
    """Not sure above the card's entropy, or where the rest together is likelier than the best class; sure where the
    entropy is below a quarter of the card's.

    probability: of the best class.  entropy: in bits.
    """
    if not (entropy <= card.not_sure and probability >= 0.5):  # also when one of them is NaN
        return "not sure"
    return "sure" if entropy < card.not_sure / 4 else "fairly sure"


def percent(probability: float, decimals: int = 0) -> str:
    """Per cents with so many decimals; never 0 % or 100 %, which a softmax cannot give."""
    if math.isnan(probability):
        return "NaN"
    least = 10.0**-decimals
    size = 100 * probability
    sign, shown = ("<", least) if size < least / 2 else (">", 100 - least) if size > 100 - least / 2 else ("", size)
    return f"{sign}{shown:.{decimals}f} %"
