"""In which order filters are shown, and which pixel stands for a map."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.filters.bank import Bank
from desktop_app.core.forward.layout import as_maps
from desktop_app.core.forward.spot import Spot
from desktop_app.core.forward.trace import Array, Stage, Trace
from desktop_app.core.forward.walk import strongest

Sort = Literal["number", "norm", "activity"]
Numbers = NDArray[np.float64]


def activities(stage: Stage, output: Array) -> Numbers:
    """(filters,): the mean |value| of each map of a stage's output, or |value| of each unit. NaN stays NaN."""
    means: Numbers = np.abs(as_maps(stage, output)).mean(axis=(1, 2), dtype=np.float64)
    return means


def order_of(bank: Bank, sort: Sort, active: Numbers) -> NDArray[np.intp]:
    """Numbers of all filters: in their own order, or the largest norm or activity first.

    active: (filters,) as from `activities`. Equal ones keep their own order, NaN comes last.
    """
    if sort == "number":
        return np.arange(len(bank))
    return np.argsort(-(bank.norms if sort == "norm" else active), kind="stable")


def strongest_spot(trace: Trace, position: int, channel: int) -> Spot:
    """As `walk.strongest` of a whole trace."""
    return strongest(trace.stages[position], position, trace.outputs[position], channel)
