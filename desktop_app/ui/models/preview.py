"""What the net would see of the present photo, and answer: whether the numbers in the form are the right ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop_app.core.forward.verdict import percent
from desktop_app.ui.qimages import Picture
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.elided import Elided
from desktop_app.ui.widgets.frames import paint_corners
from desktop_app.ui.widgets.text import Text, heading

BEST = 3
"""Answers that are shown."""
SIDE = 220
"""Of the picture, pixels at normal size."""


@dataclass(frozen=True, eq=False)
class Tried:
    """pixels: the input as colours, (H, W) of 0xffRRGGBB.  low, high: its least and greatest number.
    best: the most probable classes with their probabilities.  guess: whether that is little surer than blind guessing.
    """

    pixels: NDArray[np.uint32]
    low: float
    high: float
    best: tuple[tuple[str, float], ...]
    guess: bool


class Preview(QWidget):
    """A picture, its numbers and the best answers; or a sentence that says why there are none."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = _InputPicture(theme)
        self._numbers = Elided(theme, role="caption", ink="muted")
        self._note = Text(theme, ink="muted")
        self._note.setWordWrap(True)
        self._rows = [(Elided(theme, role="strong" if row == 0 else "body"), Text(theme)) for row in range(BEST)]
        answers = QGridLayout()
        answers.setHorizontalSpacing(2 * theme.unit)
        answers.setColumnStretch(0, 1)
        for row, texts in enumerate(self._rows):
            for place, text in enumerate(texts):
                answers.addWidget(text, row, place)
            texts[1].setAlignment(Qt.AlignmentFlag.AlignRight)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * theme.unit)
        column.addWidget(heading(theme, self.tr("WHAT THE NET SEES")))
        column.addWidget(self._picture)
        column.addWidget(self._numbers)
        column.addLayout(answers)
        column.addWidget(self._note)
        column.addStretch(1)
        self.setFixedWidth(theme.px(SIDE))

    def begin(self) -> None:
        """An answer is on its way; the one before it stays meanwhile."""
        if self._picture.is_empty:
            self.show_note(self.tr("Trying it on the photo …"))

    def show_tried(self, tried: Tried) -> None:
        high, wide = tried.pixels.shape
        self._picture.show_pixels(tried.pixels)
        words = self.tr("3×{high}×{wide}, from {low} to {top}")
        low, top = (f"{value:.1f}".replace("-", "−") for value in (tried.low, tried.high))
        self._numbers.setText(words.format(high=high, wide=wide, low=low, top=top))
        for row, (name, chance) in enumerate(self._rows):
            label, probability = tried.best[row] if row < len(tried.best) else ("", None)
            name.setText(label)
            chance.setText("" if probability is None else percent(probability))
        self._note.setText(self.tr("Little surer than a guess: some number here is probably not the net's own."))
        self._note.setVisible(tried.guess)
        self._picture.setAccessibleDescription(", ".join(f"{label} {percent(p)}" for label, p in tried.best))

    def show_note(self, words: str) -> None:
        """Why there is no answer; the picture before it goes."""
        self._picture.show_pixels(None)
        self._picture.setAccessibleDescription(words)
        self._numbers.setText("")
        for texts in self._rows:
            for text in texts:
                text.setText("")
        self._note.setText(words)
        self._note.show()

    @property
    def words(self) -> str:
        """The answers, or the sentence."""
        return ", ".join(name.text() for name, _ in self._rows if name.text()) or self._note.text()


class _InputPicture(QWidget):
    """As large as there is room for, every pixel a square."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: Picture | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("The input"))

    def show_pixels(self, pixels: NDArray[np.uint32] | None) -> None:
        self._shown = None if pixels is None else Picture(pixels)
        self.update()

    @property
    def is_empty(self) -> bool:
        return self._shown is None

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(SIDE), self._theme.px(SIDE))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colours.window)
        if self._shown is not None:
            image = self._shown.image
            scale = min(self.width() / image.width(), self.height() / image.height())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 1)
            size = QRectF(0, 0, image.width() * scale, image.height() * scale)
            size.moveCenter(QRectF(self.rect()).center())
            painter.drawImage(size, image)
        paint_corners(painter, self.rect(), event.rect(), self._theme)
