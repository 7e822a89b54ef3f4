"""Which unit is looked at: its stage and its number."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from desktop_app.core.forward.trace import Stage
from desktop_app.core.likes.units import liked_stages
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.choice import Choice
from desktop_app.ui.widgets.text import Text


class UnitChooser(QWidget):
    """chosen: (position, unit), when a person chose one; `show_unit` sets it in silence."""

    chosen = Signal(int, int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stages: Sequence[Stage] = ()
        self._positions: tuple[int, ...] = ()
        self._classes: Sequence[str] = ()
        self._at = (0, 0)
        self._stage = Choice()
        self._stage.setAccessibleName(self.tr("Stage"))
        self._stage.setToolTip(self.tr("The stage whose filters are shown"))
        self._words = Text(theme, role="strong")
        self._back, self._on = QToolButton(), QToolButton()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._stage)
        for button, arrow, name in (
            (self._back, "◂", self.tr("Filter before")),
            (self._on, "▸", self.tr("Next filter")),
        ):
            button.setText(arrow)
            button.setAutoRepeat(True)
            button.setAccessibleName(name)
            button.setToolTip(name)
            button.setEnabled(False)
        row.addWidget(self._back)
        row.addWidget(self._words)
        row.addWidget(self._on)
        self._stage.activated.connect(self._choose_stage)
        self._back.clicked.connect(self._go_back)
        self._on.clicked.connect(self._go_on)

    def show_stages(self, stages: Sequence[Stage], classes: Sequence[str]) -> None:
        """Of another model; which unit it is has to be said next. The last units are those of the classes."""
        self._stages, self._positions, self._classes = stages, liked_stages(stages), classes
        self._stage.clear()
        for position in self._positions:
            stage = stages[position]
            words = self.tr("{name} · {count} filters") if stage.is_maps else self.tr("{name} · {count} units")
            self._stage.addItem(words.format(name=stage.name, count=f"{stage.shape[0]:,}"))

    def show_unit(self, position: int, unit: int) -> None:
        self._at = (position, unit)
        stage = self._stages[position]
        self._stage.setCurrentIndex(self._positions.index(position))
        words = self.tr("filter {n} of {count}") if stage.is_maps else self.tr("unit {n} of {count}")
        name = f" · {self._classes[unit]}" if position == len(self._stages) - 2 else ""
        self._words.setText(words.format(n=unit + 1, count=f"{stage.shape[0]:,}") + name)
        for button in (self._back, self._on):
            button.setEnabled(True)

    def _choose_stage(self, row: int) -> None:
        self.chosen.emit(self._positions[row], 0)

    def _go_back(self) -> None:
        self._go(-1)

    def _go_on(self) -> None:
        self._go(1)

    def _go(self, by: int) -> None:
        """From the last one on to the first."""
        position, unit = self._at
        self.chosen.emit(position, (unit + by) % self._stages[position].shape[0])
