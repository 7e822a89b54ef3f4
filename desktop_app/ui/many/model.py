"""The sheet's rows as Qt's list wants them: those that pass the filter, in the chosen order."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from desktop_app.core.forward.verdict import percent
from desktop_app.core.many.row import Row
from desktop_app.core.many.sheet import Filter, Order, Sheet

ROW = Qt.ItemDataRole.UserRole
AGAIN_MS = 300
"""While answers come in, the order and the counts are made anew so often."""

Index = QModelIndex | QPersistentModelIndex


class SheetModel(QAbstractListModel):
    """arranged: another order, or other rows."""

    arranged = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.sheet = Sheet()
        self.order: Order = "name"
        self.filter = Filter()
        self._numbers: list[int] = []
        self._places: dict[int, int] = {}
        self._later = QTimer(self, singleShot=True, interval=AGAIN_MS)
        self._later.timeout.connect(self.arrange)

    def set_sheet(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.arrange()

    def set_order(self, order: Order) -> None:
        self.order = order
        self.arrange()

    def set_filter(self, shown: Filter) -> None:
        self.filter = shown
        self.arrange()

    def changed(self, numbers: Iterable[int]) -> None:
        """These rows are known better now. Their tiles follow at once, the order soon."""
        for place in sorted(self._places[number] for number in numbers if number in self._places):
            index = self.index(place)
            self.dataChanged.emit(index, index)
        self.arrange_soon()

    def ask_again(self) -> None:
        """No photo has an answer any more."""
        self.sheet.ask_again()
        if self._numbers:
            self.dataChanged.emit(self.index(0), self.index(len(self._numbers) - 1))
        self.arrange()

    def arrange_soon(self) -> None:
        if not self._later.isActive():
            self._later.start()

    def arrange(self) -> None:
        """What is current or selected stays so, if it is still shown."""
        self._later.stop()
        numbers = self.sheet.arranged(self.order, self.filter)
        if numbers != self._numbers:
            self.layoutAboutToBeChanged.emit()
            kept = self.persistentIndexList()
            before = [self._numbers[index.row()] for index in kept]
            self._numbers = numbers
            self._places = {number: place for place, number in enumerate(numbers)}
            after = [self.index(self._places[number]) if number in self._places else QModelIndex() for number in before]
            self.changePersistentIndexList(kept, after)
            self.layoutChanged.emit()
        self.arranged.emit()

    def shown(self) -> list[Row]:
        """In their order."""
        return [self.sheet.rows[number] for number in self._numbers]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._numbers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._numbers):
            return None
        row = self.sheet.rows[self._numbers[index.row()]]
        match role:
            case Qt.ItemDataRole.UserRole:
                return row
            case Qt.ItemDataRole.DisplayRole:
                return row.name
            case Qt.ItemDataRole.ToolTipRole:
                return self._told(row, "\n")
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._told(row, ", ")
        return None

    def _told(self, row: Row, between: str) -> str:
        """All that is known about a photo."""
        parts = [row.name]
        if row.error:
            parts.append(row.error)
        elif row.waiting:
            parts.append(self.tr("no answer yet"))
        else:
            parts += [f"{guess.label} {percent(guess.probability)}" for guess in row.guesses]
            sure = {"sure": self.tr("sure"), "fairly sure": self.tr("fairly sure"), "not sure": self.tr("not sure")}
            parts.append(
                self.tr("{sure}, entropy {bits} bits").format(
                    sure=sure[row.sureness] if row.sureness else "", bits=f"{row.entropy:.2f}"
                )
            )
        return between.join(parts)
