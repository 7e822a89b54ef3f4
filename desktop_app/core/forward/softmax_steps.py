"""From logits to probabilities, one step at a time, for a person to follow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.forward.trace import Array
from desktop_app.core.forward.verdict import percent

Numbers = NDArray[np.float64]

LARGEST = 300.0
"""An exponent beyond this is taken off all of them: powers beyond it are no numbers that anyone can read."""


@dataclass(frozen=True, eq=False)
class SoftmaxSteps:
    """scaled: logits divided by the temperature.  powers: e to what is left of them once `less` is taken off, which
    changes no share; it is 0 unless they are huge.  shares: powers divided by their total. All (classes,)."""

    temperature: float
    logits: Array
    scaled: Numbers
    less: float
    powers: Numbers
    total: float
    shares: Numbers


def softmax_steps(logits: Array, temperature: float) -> SoftmaxSteps:
    """Where a logit is no number, or infinite, so is what follows from it."""
    scaled = logits.astype(np.float64) / temperature
    highest = float(scaled.max())
    less = highest if abs(highest) > LARGEST else 0.0
    with np.errstate(all="ignore"):
        powers = np.exp(scaled - less)
        total = float(powers.sum())
        shares = powers / total
    return SoftmaxSteps(temperature, logits, scaled, less, powers, total, shares)


def share_words(share: float) -> str:
    """One decimal, so that shares can be seen to add up to 100 %; what rounding made 0 or 1 says so."""
    return f"{100 * share:.1f} %" if share in (0, 1) else percent(share, 1)
