"""One line of the benchmark: a figure, what it was measured against in the same run, and whether it is good enough."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Literal

Sign = Literal["≤", "≥"]

_HOLDS = {"≤": operator.le, "≥": operator.ge}


@dataclass(frozen=True)
class Row:
    """baseline: in words, with its figure.  ratio: value / baseline, where that means something.

    target: in words, or nothing where a row only informs.  ok: whether it is met.
    """

    name: str
    value: float
    unit: str
    baseline: str = ""
    ratio: float | None = None
    target: str = ""
    ok: bool = True


def figure(name: str, value: float, unit: str, sign: Sign, limit: float, baseline: str = "") -> Row:
    """A row whose own value has to meet the target."""
    return Row(name, value, unit, baseline, None, f"{sign} {limit:g} {unit}", bool(_HOLDS[sign](value, limit)))


def against(name: str, value: float, unit: str, what: str, baseline: float, limit: float, sign: Sign = "≤") -> Row:
    """A row whose ratio to a baseline has to meet the target."""
    ratio = value / baseline if baseline else float("inf")
    return Row(
        name,
        value,
        unit,
        f"{what}: {baseline:.4g} {unit}",
        ratio,
        f"{sign} {limit:g} ×",
        bool(_HOLDS[sign](ratio, limit)),
    )
