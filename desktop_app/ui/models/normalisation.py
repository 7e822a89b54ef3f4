"""Mean and standard deviation of the channels: a few well-known ones by name, or one's own."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from desktop_app.ui.models.field import Field
from desktop_app.ui.models.numbers import PRESETS, Numbers, in_words, preset_of, three
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.choice import Choice


class Normalisation(QWidget):
    """Three lines of a form."""

    changed = Signal()

    def __init__(self, theme: Theme, grid: QGridLayout, parent: QWidget | None = None) -> None:
        """The lines go to the grid's end."""
        super().__init__(parent)
        self._names = {
            "imagenet": self.tr("ImageNet's, as torchvision's nets want it"),
            "unit": self.tr("0 to 1: mean 0, deviation 1"),
            "signed": self.tr("−1 to 1: mean 0.5, deviation 0.5"),
            "caffe": self.tr("0 to 255 less the mean, as Caffe's nets"),
            "own": self.tr("Other numbers"),
        }
        self._preset = Choice()
        self._preset.addItems(list(self._names.values()))
        self._preset.activated.connect(self._take)
        self._mean, self._std = QLineEdit(), QLineEdit()
        tip = self.tr("How the colours were scaled in training; with other numbers a good net answers badly")
        Field(theme, grid, self.tr("Colours"), self._preset, tip=tip)
        tip = self.tr("Of red, green and blue on the scale from 0 to 1 (123/255 is a number too); one stands for all")
        self.mean = Field(theme, grid, self.tr("Mean"), self._mean, tip=tip)
        self.std = Field(theme, grid, self.tr("Deviation"), self._std, tip=tip)
        for edit in (self._mean, self._std):
            edit.textEdited.connect(self._edited)

    def set_values(self, mean: Numbers, std: Numbers) -> None:
        self._mean.setText(in_words(mean))
        self._std.setText(in_words(std))
        self._show_preset()

    def values(self) -> tuple[Numbers, Numbers] | None:
        """Mean and deviation; None, with a message at the field, where a number cannot be."""
        mean, std = three(self._mean.text()), three(self._std.text())
        self.mean.tell("" if mean else self.tr("Three numbers, such as 0.485, 0.456, 0.406."))
        usable = std is not None and min(std) > 0
        self.std.tell("" if usable else self.tr("Three numbers above zero, such as 0.229, 0.224, 0.225."))
        return (mean, std) if mean and std and usable else None

    def _take(self, row: int) -> None:
        known = PRESETS.get(list(self._names)[row])
        if known:
            self.set_values(*known)
            self.changed.emit()
        else:
            self._mean.setFocus()
            self._mean.selectAll()

    def _edited(self) -> None:
        self._show_preset()
        self.changed.emit()

    def _show_preset(self) -> None:
        key = preset_of(three(self._mean.text()), three(self._std.text()))
        self._preset.setCurrentIndex(list(self._names).index(key))
