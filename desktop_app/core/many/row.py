"""What is known about one of many photos: its answer, or why there is none, or nothing yet."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.forward.verdict import Sureness, sureness_of
from desktop_app.core.model.card import ModelCard

GUESSES = 3
"""Classes that are kept of every answer, the most probable first."""


@dataclass(frozen=True)
class Guess:
    label: str
    probability: float


@dataclass(frozen=True)
class Row:
    """name: the path within the folder that was opened.  entropy: in bits.  error: one sentence.

    Without guesses and without an error the photo still waits for its answer.
    """

    path: Path
    name: str
    guesses: tuple[Guess, ...] = ()
    entropy: float = math.nan
    sureness: Sureness | None = None
    error: str = ""

    @property
    def label(self) -> str:
        return self.guesses[0].label if self.guesses else ""

    @property
    def confidence(self) -> float:
        return self.guesses[0].probability if self.guesses else math.nan

    @property
    def not_sure(self) -> bool:
        return self.sureness == "not sure"

    @property
    def waiting(self) -> bool:
        return not self.guesses and not self.error


def answered(
    row: Row, probabilities: NDArray[np.float32], entropy: float, card: ModelCard, guesses: int = GUESSES
) -> Row:
    """The row with the model's answer. probabilities: (classes,)."""
    order = np.argsort(-probabilities, kind="stable")[:guesses]
    best = tuple(Guess(card.classes[i], float(probabilities[i])) for i in order)
    sureness = sureness_of(best[0].probability, entropy, card)
    return Row(row.path, row.name, best, entropy, sureness)


def broken(row: Row, error: str) -> Row:
    """The row of a file that could not be read."""
    return Row(row.path, row.name, error=error)


def short_reason(row: Row) -> str:
    """The error as a tile has room for it: without the file's name, and without what can be done about it."""
    what = row.error.removeprefix(f"{row.path.name} ").removeprefix(f"{row.path} ")
    return what.partition(":")[0].removeprefix("is ").rstrip(".")
