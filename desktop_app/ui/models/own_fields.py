"""What the file of somebody's weights does not say: names, and how pictures become the input. The fields and checks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QWidget

from desktop_app.core.model.card import Fit, Interpolation, Preprocessing
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.models.class_names import ClassNames
from desktop_app.ui.models.field import Field
from desktop_app.ui.models.normalisation import Normalisation
from desktop_app.ui.models.numbers import whole
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.segmented import Segmented
from desktop_app.ui.widgets.text import Text

LARGEST_SIDE = 4096
"""Pixels; what a card may ask for."""


@dataclass(frozen=True)
class Known:
    """What is known about the weights: the number of classes, how such nets usually read pictures, and whether the size
    is no choice. imagenet: its names, where there are as many classes.  names: the ones to begin with, or none."""

    classes: int
    usual: Preprocessing
    fixed_size: bool = False
    imagenet: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Draft:
    """What the person has filled in, checked as far as it can be without the weights."""

    title: str
    classes: tuple[str, ...]
    preprocessing: Preprocessing


class OwnFields(QWidget):
    """changed: something was edited."""

    changed = Signal()

    def __init__(self, theme: Theme, jobs: Jobs, title: str, known: Known, taken: frozenset[str]) -> None:
        """title: to begin with.  taken: what other models are called, in small letters."""
        super().__init__()
        self._theme, self._taken = theme, taken
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(3 * theme.unit)
        self._grid.setVerticalSpacing(theme.unit)
        self._build(jobs, title)
        self._show(known)

    def _build(self, jobs: Jobs, title: str) -> None:
        theme, grid = self._theme, self._grid
        self.title = QLineEdit(title)
        self._title = Field(theme, grid, self.tr("&Title"), self.title, tip=self.tr("What the model is called here"))
        self.classes = ClassNames(theme, jobs)
        self._classes = Field(theme, grid, self.tr("C&lasses"), self.classes.edit, self.classes)
        grid.setRowStretch(grid.getItemPosition(grid.indexOf(self.classes))[0], 1)  # type: ignore[index]
        self.classes.failed.connect(self._classes.tell)
        self.width_, self.height_ = QLineEdit(), QLineEdit()
        size = _row(theme, self.width_, Text(theme, "×", ink="muted"), self.height_, Text(theme, self.tr("pixels")))
        tip = self.tr("Width and height of what the net reads")
        self._size = Field(theme, grid, self.tr("&Input"), self.width_, size, tip)
        self.height_.setAccessibleName(self.tr("Height of the input"))
        self.fits = Segmented(
            {
                "crop": (self.tr("Crop"), self.tr("The middle of the picture")),
                "pad": (self.tr("Pad"), self.tr("The whole picture, with margins")),
                "stretch": (self.tr("Stretch"), self.tr("The whole picture, squeezed into the input")),
            },
            self.tr("What does not fit"),
        )
        Field(theme, grid, self.tr("What does not fit"), self.fits.buttons["crop"], self.fits)
        self.resize_ = QLineEdit()
        resize = _row(theme, self.resize_, Text(theme, self.tr("pixels, before the middle is cut out")))
        tip = self.tr("The picture's shorter side is brought to this length; 256 where 224 are read is usual")
        self._resize = Field(theme, grid, self.tr("S&horter side"), self.resize_, resize, tip)
        self.methods = Segmented(
            {
                "bilinear": (self.tr("Bilinear"), self.tr("As most nets were trained")),
                "bicubic": (self.tr("Bicubic"), self.tr("As EfficientNet and some others were trained")),
            },
            self.tr("Interpolation"),
        )
        Field(theme, grid, self.tr("Interpolation"), self.methods.buttons["bilinear"], self.methods)
        self.normalisation = Normalisation(theme, grid, self)
        grid.setColumnStretch(1, 1)
        self.fits.chosen.connect(self._choose_fit)
        for edit in (self.title, self.width_, self.height_, self.resize_):
            edit.textEdited.connect(self.changed)
        self.methods.chosen.connect(self.changed)
        for part in (self.classes, self.normalisation):
            part.changed.connect(self.changed)

    def preprocessing(self) -> Preprocessing | None:
        """None, with messages at the fields, where a number cannot be."""
        width, height = (_side(edit) for edit in (self.width_, self.height_))
        wrong = self.tr("A whole number from 1 to {most}.").format(most=LARGEST_SIDE)
        self._size.tell("" if width and height else wrong)
        fit = cast(Fit, _chosen(self.fits))
        resize = _side(self.resize_) if fit == "crop" else None
        self._resize.tell(self._resize_problem(fit, resize, width, height))
        colours = self.normalisation.values()
        if not (width and height and colours) or self._resize.message:
            return None
        method = cast(Interpolation, _chosen(self.methods))
        return Preprocessing("rgb", height, width, fit, method, *colours, resize=resize)

    def draft(self) -> Draft | None:
        """None, with messages at the fields, where something is missing or cannot be."""
        title, classes = self.title.text().strip(), self.classes.names()
        double = title.casefold() in self._taken
        self._title.tell(
            self.tr("The model needs a name.")
            if not title
            else self.tr("Another model is called so. Lists would show two of this name.")
            if double
            else ""
        )
        self._classes.tell(self.classes.problem())
        preprocessing = self.preprocessing()
        if preprocessing is None or self._title.message or self._classes.message:
            return None
        return Draft(title, classes, preprocessing)

    def go_to_problem(self) -> QWidget:
        """The keyboard goes to the first field that has a message, which is given back."""
        fields = (self._title, self._classes, self._size, self._resize, self.normalisation.mean, self.normalisation.std)
        wrong = next(field.control for field in fields if field.message)
        wrong.setFocus(Qt.FocusReason.OtherFocusReason)
        return wrong

    def _resize_problem(self, fit: Fit, resize: int | None, width: int | None, height: int | None) -> str:
        if fit != "crop":
            return ""
        if resize is None:
            return self.tr("A whole number from 1 to {most}.").format(most=LARGEST_SIDE)
        longest = max(width or 0, height or 0)
        return self.tr("No less than the input's {side} pixels.").format(side=longest) if resize < longest else ""

    def _show(self, known: Known) -> None:
        usual = known.usual
        self.classes.set_wanted(known.classes, known.imagenet, known.names)
        for edit, side in ((self.width_, usual.width), (self.height_, usual.height)):
            edit.setText(str(side))
            edit.setEnabled(not known.fixed_size)
            if known.fixed_size:
                edit.setToolTip(self.tr("These weights fit no other size"))
        self.resize_.setText(str(usual.resize or max(usual.width, usual.height)))
        self.fits.choose(usual.fit)
        self.methods.choose(usual.interpolation)
        self.normalisation.set_values(usual.mean, usual.std)

    def _choose_fit(self, fit: str) -> None:
        self.resize_.setEnabled(fit == "crop")
        self.changed.emit()


def _side(edit: QLineEdit) -> int | None:
    number = whole(edit.text())
    return number if number and number <= LARGEST_SIDE else None


def _chosen(choice: Segmented) -> str:
    return next(key for key, button in choice.buttons.items() if button.isChecked())


def _row(theme: Theme, *parts: QWidget) -> QWidget:
    """Short fields and words side by side, at the left."""
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(2 * theme.unit)
    for part in parts:
        if isinstance(part, QLineEdit):
            part.setFixedWidth(theme.px(72))
        layout.addWidget(part)
    layout.addStretch(1)
    return row
