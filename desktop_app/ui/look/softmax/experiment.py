"""What if the temperature were another? A slider that only this page listens to."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QSlider, QWidget

from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.text import Text, heading

COLDEST, HOTTEST = 0.1, 10.0
"""Temperatures at the slider's ends; between them it is logarithmic."""
STEPS = 200


class Experiment(QWidget):
    """changed: the temperature that is tried out, or None for the real one."""

    changed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._real = 1.0
        self._tried: float | None = None
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, STEPS)
        self.slider.setSingleStep(2)
        self.slider.setPageStep(20)
        self.slider.setAccessibleName(self.tr("Experiment: temperature"))
        self.slider.setToolTip(self.tr("Low temperatures sharpen the shares, high ones flatten them"))
        self.reset = QPushButton(self.tr("Reset"))
        self.reset.setToolTip(self.tr("Back to the model's own temperature"))
        self.reset.clicked.connect(self.stop)
        self._words = Text(theme, "", "caption", "muted")
        self._words.setWordWrap(True)
        self._row = QHBoxLayout()
        self._row.addWidget(Text(theme, self.tr("sharp"), "caption", "muted"))
        self._row.addWidget(self.slider, 1)
        self._row.addWidget(Text(theme, self.tr("flat"), "caption", "muted"))
        self._row.addWidget(self.reset)
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(heading(theme, self.tr("EXPERIMENT: ANOTHER TEMPERATURE")), 0, 0)
        self._layout.addLayout(self._row, 1, 0)
        self._layout.addWidget(self._words, 2, 0, Qt.AlignmentFlag.AlignTop)
        self.slider.valueChanged.connect(self._try)
        theme.changed.connect(self._dress)
        self._dress()
        self.stop()

    @property
    def tried(self) -> float | None:
        return self._tried

    def set_real(self, temperature: float) -> None:
        """The model's own; an experiment with another one ends."""
        if temperature != self._real:
            self._real = temperature
            self.stop()

    def stop(self) -> None:
        """Back to the real temperature."""
        self.slider.blockSignals(True)
        self.slider.setValue(round(STEPS * math.log(self._real / COLDEST) / math.log(HOTTEST / COLDEST)))
        self.slider.blockSignals(False)
        self._set(None)

    def _try(self, value: int) -> None:
        self._set(COLDEST * (HOTTEST / COLDEST) ** (value / STEPS))

    def _set(self, tried: float | None) -> None:
        self._tried = tried
        self.reset.setEnabled(tried is not None)
        if tried is None:
            words = self.tr("The model's own temperature is {real}.").format(real=f"{self._real:.2f}")
        else:
            words = self.tr("T = {tried} is only an experiment: the answer panel keeps the real numbers.").format(
                tried=f"{tried:.2f}"
            )
        if words != self._words.text():
            self._words.setText(words)
        self.changed.emit(tried)

    def _dress(self) -> None:
        self._layout.setVerticalSpacing(self._theme.unit)
        self._row.setSpacing(2 * self._theme.unit)
        self._words.setMinimumHeight(2 * self._words.fontMetrics().lineSpacing())  # nothing jumps when it is longer
