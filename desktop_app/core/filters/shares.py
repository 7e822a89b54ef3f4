"""Two probabilities side by side, so that a small change can still be seen."""

from __future__ import annotations

from desktop_app.core.forward.verdict import percent

MOST_DECIMALS = 4


def two_shares(before: float, after: float) -> tuple[str, str]:
    """Both in per cents: whole ones if these differ, else with as many decimals as it takes, up to four."""
    words = percent(before), percent(after)
    for decimals in range(1, MOST_DECIMALS + 1):
        if words[0] != words[1] or before == after:
            break
        words = percent(before, decimals), percent(after, decimals)
    return words
