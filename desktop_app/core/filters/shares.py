"""Two probabilities side by side, so that a small change can still be seen."""

from __future__ import annotations

import math

from desktop_app.core.forward.verdict import percent

MOST_DECIMALS = 4


def two_shares(before: float, after: float) -> tuple[str, str]:
    """Both in per cents: whole ones if these differ, else with as many decimals as it takes, up to four."""
    words = percent(before), percent(after)
    for decimals in range(1, MOST_DECIMALS + 1):
        if words[0] != words[1] or before == after:
            break
        words = _share(before, decimals), _share(after, decimals)
    return words


def _share(probability: float, decimals: int) -> str:
    """Never 0 % or 100 %, which a softmax cannot give."""
    if math.isnan(probability):
        return percent(probability)
    least = 10.0**-decimals
    size = 100 * probability
    sign, shown = ("<", least) if size < least / 2 else (">", 100 - least) if size > 100 - least / 2 else ("", size)
    return f"{sign}{shown:.{decimals}f} %"
