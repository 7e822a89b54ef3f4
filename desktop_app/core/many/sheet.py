"""The contact sheet: rows in the order in which they were found, counted, sorted and filtered."""

from __future__ import annotations

import math
import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from desktop_app.core.many.row import Row

Order = Literal["name", "confidence", "label", "least sure"]
Kind = Literal["all", "label", "not sure", "broken"]

_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True)
class Filter:
    """Which rows are shown. label: of kind "label" only.  words: all of them are in the name, in whatever case."""

    kind: Kind = "all"
    label: str = ""
    words: str = ""


@dataclass(frozen=True)
class Counts:
    """labels: how many photos have each, the most frequent first."""

    all: int
    waiting: int
    broken: int
    not_sure: int
    labels: tuple[tuple[str, int], ...]


class Sheet:
    """Grows and is answered row by row; a row keeps its number."""

    def __init__(self, folders: Sequence[Path] = ()) -> None:
        """folders: what was opened; names are told from there on."""
        self._folders = [(each.name, str(each).rstrip(os.sep) + os.sep) for each in folders if each.is_dir()]
        self.rows: list[Row] = []
        self._keys: list[tuple[object, ...]] = []
        self._by_name: list[int] = []
        self._new: list[Row] = []
        self._labels: Counter[str] = Counter()
        self._not_sure = self._broken = self._done = 0

    def add(self, paths: Iterable[Path]) -> None:
        for path in paths:
            name = self._name(path)
            self._new.append(Row(path, name))
            self._keys.append(natural(name))
        self.rows += self._new[len(self.rows) :]

    def put(self, number: int, row: Row) -> None:
        """What is known about a photo now."""
        self._count(self.rows[number], -1)
        self.rows[number] = row
        self._count(row, 1)

    def ask_again(self) -> None:
        """All photos that can be read wait for an answer."""
        self.rows = [row if row.error else new for row, new in zip(self.rows, self._new, strict=True)]
        self._labels.clear()
        self._not_sure, self._done = 0, self._broken

    def counts(self) -> Counts:
        labels = sorted(((label, count) for label, count in self._labels.items() if count), key=_most_first)
        return Counts(len(self.rows), len(self.rows) - self._done, self._broken, self._not_sure, tuple(labels))

    def arranged(self, order: Order, shown: Filter) -> list[int]:
        """Numbers of the rows that are shown. Whoever has no answer comes last; all else being equal, by name."""
        rows, words = self.rows, shown.words.casefold().split()
        if len(self._by_name) < len(rows):
            self._by_name += range(len(self._by_name), len(rows))
            self._by_name.sort(key=self._keys.__getitem__)
        numbers = [
            number
            for number in self._by_name
            if _passes(rows[number], shown) and (not words or _named(rows[number].name.casefold(), words))
        ]
        match order:  # sorting keeps equal ones as they are
            case "confidence":
                numbers.sort(key=lambda number: (_last(rows[number]), -_number(rows[number].confidence)))
            case "least sure":
                numbers.sort(key=lambda number: (_last(rows[number]), -_number(rows[number].entropy)))
            case "label":
                numbers.sort(
                    key=lambda number: (
                        _last(rows[number]),
                        rows[number].label.casefold(),
                        -_number(rows[number].confidence),
                    )
                )
        return numbers

    def _count(self, row: Row, by: int) -> None:
        self._done += by * (not row.waiting)
        self._broken += by * bool(row.error)
        self._not_sure += by * row.not_sure
        if row.guesses:
            self._labels[row.label] += by

    def _name(self, path: Path) -> str:
        text = str(path)  # pathlib would take ten times as long, and there may be thousands
        for name, prefix in self._folders:
            if text.startswith(prefix):
                inner = text[len(prefix) :].replace(os.sep, "/")
                return inner if len(self._folders) == 1 else f"{name}/{inner}"
        return path.name


def natural(name: str) -> tuple[object, ...]:
    """To sort by, so that IMG_9 comes before IMG_10."""
    parts = _DIGITS.split(name.casefold())
    return tuple((int(part), "") if place % 2 else (-1, part) for place, part in enumerate(parts)), name


def _passes(row: Row, shown: Filter) -> bool:
    match shown.kind:
        case "label":
            return row.label == shown.label
        case "not sure":
            return row.not_sure
        case "broken":
            return bool(row.error)
    return True


def _named(name: str, words: Sequence[str]) -> bool:
    return all(word in name for word in words)


def _last(row: Row) -> int:
    return 0 if row.guesses else 1 if row.error else 2


def _number(value: float) -> float:
    """NaN can be compared with nothing."""
    return -1.0 if math.isnan(value) else value


def _most_first(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0].casefold()
