"""What stands under the canvas: brush, eraser, undo, width, samples; or under the photo: its name, and another one."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QSlider, QToolButton, QVBoxLayout, QWidget

from desktop_app.core.source.photo import SourceImage
from desktop_app.ui.icons import SIZE
from desktop_app.ui.input.samples import SampleRow
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.text import Text

_PENS = (0.02, 0.16)
"""Narrowest and widest brush, fractions of the canvas; the slider counts thousandths."""
_STEP = 10
_SLIDER = 60
"""Pixels at normal size below which the slider is no use."""


class DrawingTools(QWidget):
    pen_changed = Signal(float)  # width as a fraction of the canvas

    def __init__(self, theme: Theme, actions: Mapping[str, QAction], pen: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.samples = SampleRow(theme)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(*(round(1000 * width) for width in _PENS))
        self.slider.setPageStep(_STEP)
        self.slider.setSingleStep(_STEP)
        self.slider.setValue(round(1000 * pen))
        self.slider.setToolTip(self.tr("Width of brush and eraser ([ and ])"))
        self.slider.setAccessibleName(self.tr("Brush width"))
        self.slider.valueChanged.connect(self._tell)
        self._buttons = [_button(actions[name]) for name in ("brush", "eraser", "undo", "redo", "clear")]
        self._row = QHBoxLayout()
        for button in self._buttons:
            self._row.addWidget(button)
        self._row.addWidget(self.slider, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(self._row)
        self._column.addWidget(self.samples)
        theme.changed.connect(self._dress)
        self._dress()

    def widen(self) -> None:
        self.slider.setValue(self.slider.value() + _STEP)

    def narrow(self) -> None:
        self.slider.setValue(self.slider.value() - _STEP)

    def _tell(self, thousandths: int) -> None:
        self.pen_changed.emit(thousandths / 1000)

    def _dress(self) -> None:
        self._row.setSpacing(self._theme.unit)
        self._column.setSpacing(2 * self._theme.unit)
        self.slider.setMinimumWidth(self._theme.px(_SLIDER))
        for button in self._buttons:
            _size_icon(button, self._theme)


class PhotoTools(QWidget):
    def __init__(self, theme: Theme, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.name = Text(theme, self.tr("No photo yet"), "strong")
        self.notes = Text(theme, "", "caption", "muted")
        self.notes.setWordWrap(True)
        words = QVBoxLayout()
        words.setSpacing(0)
        for text in (self.name, self.notes):
            text.setMinimumWidth(1)  # a long file name must not widen the panel
            words.addWidget(text)
        words.addStretch(1)
        self._openers = [_button(actions[name]) for name in ("open_photo", "camera")]
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addLayout(words, 1)
        for opener in self._openers:
            row.addWidget(opener, 0, Qt.AlignmentFlag.AlignTop)
        theme.changed.connect(self._dress)
        self._dress()

    def show_photo(self, source: SourceImage | None) -> None:
        if source is None:
            self.name.setText(self.tr("No photo yet"))
            self.name.setToolTip("")
            self.notes.setText("")
            return
        width, height = source.full_size
        self.name.setText(source.name)
        self.name.setToolTip(source.name)
        self.notes.setText(" · ".join([self.tr("{w}×{h} pixels").format(w=width, h=height), *source.notes]))

    def _dress(self) -> None:
        for opener in self._openers:
            _size_icon(opener, self._theme)


def _button(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def _size_icon(button: QToolButton, theme: Theme) -> None:
    button.setIconSize(QSize(theme.px(SIZE), theme.px(SIZE)))
