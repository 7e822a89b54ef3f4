"""The stage whose filters a page shows: from a list, or that of the chosen spot."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop_app.core.arithmetic.operations import Operation
from desktop_app.core.filters.bank import Bank, bank_at, banks_of
from desktop_app.core.forward.spot import Spot
from desktop_app.core.forward.trace import Stage, Trace
from desktop_app.ui.widgets.choice import Choice


class StageChoice(Choice):
    """Lists the stages that have filters or units; bank: that of the chosen one, None while there is none."""

    bank_changed = Signal()

    def __init__(self, logits: bool, parent: QWidget | None = None) -> None:
        """logits: whether the last dense stage is one of them, whose units are the classes."""
        super().__init__(parent)
        self._logits = logits
        self._stages: tuple[Stage, ...] = ()
        self._operations: tuple[Operation, ...] = ()
        self.banks: tuple[Bank, ...] = ()
        self.bank: Bank | None = None
        self.setAccessibleName(self.tr("Stage"))
        self.setToolTip(self.tr("The stage whose filters are shown"))
        self.activated.connect(self._choose)

    def show_trace(self, trace: Trace) -> None:
        """Reads the stages anew when they are others than before; torch's are those that numpy had."""
        known = trace.stages == self._stages
        if known and all(map(_same, trace.operations, self._operations)):
            return
        self._stages, self._operations = trace.stages, trace.operations
        last = len(trace.stages) - 2  # before the softmax
        banks = banks_of(trace.stages, trace.operations)
        banks = tuple(bank for bank in banks if self._logits or bank.position != last)
        if known and self.bank is not None and len(banks) == len(self.banks) and all(map(_equal, banks, self.banks)):
            return
        self.banks = banks
        before = self.bank.position if self.bank else None
        self.clear()
        self.addItems([self._called(bank) for bank in self.banks])
        self.setEnabled(bool(self.banks))
        self.bank = None
        self._take(next((bank for bank in self.banks if bank.position == before), next(iter(self.banks), None)))
        if not self.banks:
            self.bank_changed.emit()

    def forget(self) -> None:
        """Another model comes: the first of its stages will be shown."""
        self.bank = None

    def follow(self, spot: Spot | None) -> Bank | None:
        """Turns to the filters that made a spot's map, if there are any, and gives them."""
        if spot is None or spot.position >= len(self._stages):
            return None
        found = bank_at(self.banks, self._stages, self._operations, spot.position)
        if found is not None:
            self._take(found)
        return found

    def _called(self, bank: Bank) -> str:
        words = self.tr("{name} · {count} filters") if bank.kind == "filters" else self.tr("{name} · {count} units")
        return words.format(name=self._stages[bank.position].name, count=f"{len(bank):,}")

    def _choose(self, row: int) -> None:
        self._take(self.banks[row])

    def _take(self, bank: Bank | None) -> None:
        if bank is not None and bank is not self.bank:
            self.bank = bank
            self.setCurrentIndex(self.banks.index(bank))
            self.bank_changed.emit()


def _equal(one: Bank, other: Bank) -> bool:
    return one.position == other.position and np.array_equal(one.weights, other.weights)


def _same(one: Operation, other: Operation) -> bool:
    """Softmax is made anew for every frame."""
    return one is other or (type(one) is type(other) and one == other)
