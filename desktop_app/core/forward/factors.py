"""Maps that a person has scaled or silenced."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Factors:
    """What maps are multiplied with before the next stage reads them; 0 silences one, what is not named stays.

    scaled: (stage's position, channel, factor), a place only once. A channel is a map, or a unit of a dense stage: the
    index on the stage's axis of channels.
    """

    scaled: tuple[tuple[int, int, float], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.scaled)

    def of(self, position: int, channel: int) -> float:
        """1 where nobody changed it."""
        return self.at(position).get(channel, 1.0)

    def at(self, position: int) -> dict[int, float]:
        """Channel → factor, of one stage."""
        return {channel: factor for stage, channel, factor in self.scaled if stage == position}

    def having(self, position: int, channel: int, factor: float) -> Factors:
        """The same with one map scaled by `factor`; 1 takes the change back."""
        others = tuple(place for place in self.scaled if place[:2] != (position, channel))
        return Factors(others if factor == 1 else tuple(sorted((*others, (position, channel, factor)))))


UNTOUCHED = Factors()
