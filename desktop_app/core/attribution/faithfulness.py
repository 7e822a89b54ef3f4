"""How faithful a map is: does the answer fall when what it marks is taken away, and come back when that is given back?

Deletion and insertion (Petsiuk, Das, Saenko, "RISE", 2018). On its own such a curve says little, since taking away
anything lowers an answer; so the same map is also laid elsewhere on the picture, and has to do better than that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.forward.trace import Array

Floats = NDArray[np.float64]
Judgement = Literal["faithful", "partly", "chance"]

SHARES: Floats = np.linspace(0, 1, 21)
"""Of the pixels that are taken away or given back."""
TENTH = 2
"""Where in SHARES a tenth is: what the sentence speaks of."""
ELSEWHERE = 5
"""How often the map is laid elsewhere."""
PASSES = 2 * (1 + ELSEWHERE) * len(SHARES)
"""Through the network, for all curves."""


@dataclass(frozen=True, eq=False)
class Curves:
    """The class's probability at each of SHARES, NaN where it is not known yet.

    deletion, insertion: (S,), the map's own.  elsewhere: (2, R, S), deletion and insertion of R chance orders.
    """

    deletion: Floats
    insertion: Floats
    elsewhere: Floats

    @property
    def complete(self) -> bool:
        return bool(np.isfinite(self.deletion).all() and np.isfinite(self.elsewhere).all())

    @property
    def areas(self) -> tuple[float, float, float, float]:
        """Under deletion and insertion, the map's own and the mean of those elsewhere; all in 0..1."""
        chance = self.elsewhere.mean(axis=1)
        own = (area(self.deletion), area(self.insertion))
        return own[0], own[1], area(chance[0]), area(chance[1])

    @property
    def better(self) -> tuple[bool, bool]:
        """Whether deletion, and insertion, beat all chance orders."""
        deletions, insertions = ([area(curve) for curve in curves] for curves in self.elsewhere)
        return area(self.deletion) < min(deletions), area(self.insertion) > max(insertions)

    @property
    def judgement(self) -> Judgement:
        """Faithful is better both ways, partly faithful one way."""
        return "faithful" if all(self.better) else "partly" if any(self.better) else "chance"


def nothing_yet() -> Curves:
    size = len(SHARES)
    return Curves(np.full(size, np.nan), np.full(size, np.nan), np.full((2, ELSEWHERE, size), np.nan))


def area(curve: Floats) -> float:
    """Under the curve, by the trapezium rule."""
    return float(np.sum((curve[1:] + curve[:-1]) / 2 * np.diff(SHARES)))


def order_of(values: Array, rng: np.random.Generator) -> NDArray[np.int64]:
    """Pixels as flat indices, what speaks most for the class first; equals, and there may be many, by chance."""
    return np.lexsort((rng.random(values.size), -values.ravel()))


def moved(values: Array, rng: np.random.Generator) -> Array:
    """The same map somewhere else: moved, across the edges, by a quarter of the picture at least one way."""
    height, width = values.shape
    down, right = (int(rng.integers(side)) for side in (height, width))
    if min(down, height - down) < height / 4 and min(right, width - right) < width / 4:
        right = int(rng.integers(-(-width // 4), width - -(-width // 4) + 1))
    return np.roll(values, (down, right), (0, 1))
