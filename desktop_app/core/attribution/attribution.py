"""A map over the input that says which pixels mattered for a class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from desktop_app.core.forward.trace import Array

Method = Literal["grad_cam", "occlusion", "integrated_gradients", "rollout"]
Cover = Literal["mean", "blur", "black"]
"""What stands where pixels are taken away: the mean colour (0 in the input), the picture itself out of focus, black."""

GRADIENT_STEPS = 48
"""From the baseline to the input, for integrated gradients."""
OUTLIERS = 0.01
"""Share of a gradient map's pixels that may be brighter than its brightest colour: single ones stand far out."""


@dataclass(frozen=True, eq=False)
class Attribution:
    """values: (H, W), a number a pixel of the input; NaN where it is not known yet.

    Positive speaks for the class, negative against it. In which unit depends on the method: Grad-CAM: what a place of
    the stage adds to the logit, as far as the mean slope of its maps tells, and never negative; occlusion: how much
    probability is lost when the place is covered; integrated gradients: the pixel's share of the logit's rise from
    baseline to input; rollout: the share of attention, which is the same for every class.
    """

    method: Method
    target: int
    values: Array

    @property
    def top(self) -> float:
        """The value that gets the brightest colour; 0 where nothing speaks for the class."""
        known = self.values[np.isfinite(self.values)]
        if not len(known):
            return 0.0
        if self.method == "integrated_gradients":
            return max(float(np.quantile(known, 1 - OUTLIERS)), 0.0)
        return max(float(known.max()), 0.0)

    @property
    def bottom(self) -> float:
        """The value that gets the darkest colour, and all below it. A rollout has no zero: every place gets some."""
        return min(float(self.values.min()), self.top) if self.method == "rollout" else 0.0

    @property
    def least(self) -> float:
        """The lowest value, 0 at most: how much speaks against the class at one place."""
        known = self.values[np.isfinite(self.values)]
        return min(float(known.min()), 0.0) if len(known) else 0.0


@dataclass(frozen=True, eq=False)
class Mapped:
    """How far the maps of some classes have come. maps: one a class.

    passes: through the network, done and in all.  missed: of integrated gradients, the part of the logit's rise that
    the map's sum misses, one a class; empty for the others.
    """

    maps: tuple[Attribution, ...]
    done: int
    total: int
    missed: tuple[float, ...] = ()
