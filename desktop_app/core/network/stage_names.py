"""What stages are called on screen: as in the network's code, but by their kind where that only counts them."""

from __future__ import annotations

from collections import Counter

WRAPPERS = ("features", "encoder", "backbone", "trunk", "model")
"""Modules that hold all or nothing of interest: their names only make others longer."""
_ROWS = (*WRAPPERS, "classifier", "head", "net", "layers")
"""Modules that hold a plain row of layers: no need to say in which one of them a conv is."""


class StageNames:
    """Gives every stage of one network, in their order, a name that no other one has."""

    def __init__(self) -> None:
        self._times: Counter[str] = Counter()
        self._counted: Counter[str] = Counter()

    def one(self, name: str, kind: str) -> tuple[str, str]:
        """(name on screen, name in the code where that is another one, or "").

        features.0 → conv 1, as books on VGG count; layer1.0.downsample.0 → layer1.0.downsample.conv 1. A name that
        comes again gets a number: relu, relu (2).
        """
        parts = name.split(".")
        if not parts[-1].isdecimal():
            return self._only(name), ""
        while parts and parts[-1].isdecimal():
            parts.pop()
        within = "" if all(part in _ROWS for part in parts) else ".".join(parts) + "."
        self._counted[within + kind] += 1
        return self._only(f"{within}{kind} {self._counted[within + kind]}"), name

    def _only(self, name: str) -> str:
        self._times[name] += 1
        return name if self._times[name] == 1 else f"{name} ({self._times[name]})"
