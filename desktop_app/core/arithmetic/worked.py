"""What working out one number gives, before it is compared with the network's own."""

from __future__ import annotations

from typing import NamedTuple

from desktop_app.core.arithmetic.explanation import How


class Worked(NamedTuple):
    """computed: before the factor.  size: sum of the absolute values of all terms, which rounding is measured by."""

    how: How
    computed: float
    size: float
