"""For which class a map is: the one that the answer puts there, or one that a person has chosen."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.core.forward.trace import Answer
from desktop_app.ui.widgets.choice import Choice

NO_CLASS = -1


class ClassChoice(Choice):
    """place: 0 follows the most probable class, 1 the second; that one may also be none.

    target: the class now, NO_CLASS where there is none.
    """

    chosen = Signal()

    def __init__(self, place: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place = place
        self._followed = NO_CLASS
        self._classes: tuple[str, ...] = ()
        self._before = 1 if place == 0 else 2  # entries before the classes
        self.setAccessibleName(self.tr("Class") if place == 0 else self.tr("Second class"))
        self.setToolTip(
            self.tr("For which class the map is (type the beginning of a name to find it)")
            if place == 0
            else self.tr("Another class beside it (type the beginning of a name to find it)")
        )
        self.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.activated.connect(self.chosen)

    def show_classes(self, classes: tuple[str, ...]) -> None:
        """Of another model: the answer is followed again."""
        self._classes, self._followed = classes, NO_CLASS
        with QSignalBlocker(self):
            self.clear()
            self.addItem("")
            if self._place == 1:
                self.addItem(self.tr("no second class"))
            self.addItems(classes)
        self._name_followed()

    def show_answer(self, answer: Answer) -> None:
        order = (-answer.probabilities).argsort(kind="stable")
        followed = int(order[self._place]) if len(order) > self._place else NO_CLASS
        if followed != self._followed:
            self._followed = followed
            self._name_followed()

    @property
    def target(self) -> int:
        row = self.currentIndex()
        if row <= 0:
            return self._followed
        return row - self._before if row >= self._before else NO_CLASS

    @property
    def alone(self) -> bool:
        """Whether a person wants no second class."""
        return self._place == 1 and self.currentIndex() == 1

    def choose(self, target: int) -> None:
        """As a person does from the list."""
        self.setCurrentIndex(target + self._before if target != NO_CLASS else 1)
        self.chosen.emit()

    def _name_followed(self) -> None:
        words = self.tr("{name} (answer)") if self._place == 0 else self.tr("{name} (second)")
        name = self._classes[self._followed] if 0 <= self._followed < len(self._classes) else "–"
        self.setItemText(0, words.format(name=name))
