"""Two probabilities side by side, so that a small change can still be seen."""

from __future__ import annotations

from desktop_app.core.forward.verdict import percent

MOST_DECIMALS = 4


def two_shares(before: float, after: float) -> tuple[str, str]:
    """Both in per cents: whole ones if these differ, else with as many decimals as it takes, up to four."""
    words = percent(before), percent(after)
    decimals = 1
    while words[0] == words[1] and before != after and decimals <= MOST_DECIMALS:
        words = f"{100 * before:.{decimals}f} %", f"{100 * after:.{decimals}f} %"
        decimals += 1
    return words
