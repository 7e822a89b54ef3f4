"""The softmax formula with its numbers, a column a class; one class is pointed at."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.core.forward.softmax_steps import SoftmaxSteps, share_words
from desktop_app.core.numerals import short
from desktop_app.ui.look.softmax.sheet import LINES, Sheet, Shown
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.frames import BY_KEYBOARD, paint_focus

ROW, USUAL_ROW, TALLEST_ROW = 17, 21, 27
"""Height of a row at normal size, pixels: the least, the wanted one, and where there is room."""


class FormulaTable(QWidget):
    """The formula is of the class under the mouse, or that the arrow keys have come to; else of the winner."""

    class_pointed = Signal(object)  # index, or None

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: Shown | None = None
        self._sheet: tuple[object, Sheet] | None = None
        self._shows_focus = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("From logits to probabilities, class by class"))
        self.setAccessibleDescription(self.tr("Left and Right go from class to class, Escape back to the winner."))
        theme.changed.connect(self._dress)
        self._dress()

    @property
    def shown(self) -> Shown | None:
        """What stands there; None while there are no numbers."""
        return self._shown

    def show_steps(self, classes: tuple[str, ...], steps: SoftmaxSteps | None) -> None:
        """None: there are no numbers yet."""
        if steps is None:
            self._point(None)
            self._shown = None
        else:
            before = self._shown or Shown(classes, steps, (), 0)
            best = int(np.nan_to_num(steps.scaled, nan=-np.inf).argmax())
            self._shown = Shown(classes, steps, (), best, before.pointed, before.tried)
            self._arrange()
        self.update()

    def show_experiment(self, steps: SoftmaxSteps | None) -> None:
        """The same logits at a temperature that is only tried out."""
        if self._shown is not None:
            self._shown = replace(self._shown, tried=steps)
            self.update()

    def x_of(self, index: int) -> float:
        """The middle of a class's column. Raises ValueError when it has none."""
        if self._shown is None:
            raise ValueError("there are no numbers yet")
        return self._sheet_for(self._shown).middle_of(self._shown.columns.index(index), self._shown)

    # what a person points at

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._shown is not None:
            place = self._sheet_for(self._shown).place_at(event.position().x(), self._shown)
            self._point(None if place is None else self._shown.columns[place])

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point(None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._shows_focus = event.reason() in BY_KEYBOARD
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._shows_focus = False
        self.update()
        if not self.underMouse():
            self._point(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        shown, key = self._shown, event.key()
        if shown is not None and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            place = shown.columns.index(shown.best)
            if shown.pointed is not None:
                step = 1 if key == Qt.Key.Key_Right else -1
                place = min(max(shown.columns.index(shown.pointed) + step, 0), len(shown.columns) - 1)
            self._point(shown.columns[place])
            self._announce(shown, shown.columns[place])
        elif shown is not None and key == Qt.Key.Key_Escape and shown.pointed is not None:
            self._point(None)
        else:
            super().keyPressEvent(event)

    def _point(self, index: int | None) -> None:
        if self._shown is not None and index != self._shown.pointed:
            self._shown = replace(self._shown, pointed=index)
            self.class_pointed.emit(index)
            self.update()

    def _announce(self, shown: Shown, index: int) -> None:
        """To a screen reader."""
        steps = shown.steps
        words = self.tr("{label}: logit {logit}, divided by T {scaled}, power {power}, share {share}").format(
            label=shown.classes[index],
            logit=short(float(steps.logits[index])),
            scaled=short(float(steps.scaled[index])),
            power=short(float(steps.powers[index])),
            share=share_words(float(steps.shares[index])),
        )
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))

    # where things are

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(780), round(LINES * self._theme.px(USUAL_ROW)))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(400), round(LINES * self._theme.px(ROW)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _dress(self) -> None:
        self._sheet = None
        self.setMaximumHeight(round(LINES * self._theme.px(TALLEST_ROW)))
        self.updateGeometry()
        self._arrange()
        self.update()

    def _arrange(self) -> None:
        """As many classes as have room; where not all have, the most probable ones first."""
        shown = self._shown
        if shown is None:
            return
        count, room = len(shown.classes), self._sheet_for(shown).room()
        if count <= room:
            columns = tuple(range(count))
        else:
            order = np.argsort(-np.nan_to_num(shown.steps.scaled, nan=-np.inf), kind="stable")
            columns = tuple(int(index) for index in order[: room - 1])
        self._shown = replace(shown, columns=columns)
        if shown.pointed not in (None, *columns):
            self._point(None)

    def _sheet_for(self, shown: Shown) -> Sheet:
        key = shown.steps.temperature, self.size().toTuple()
        if self._sheet is None or self._sheet[0] != key:
            self._sheet = key, Sheet(self._theme, key[0], self.width(), self.height())
        return self._sheet[1]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._shown is not None:
            self._sheet_for(self._shown).paint(painter, self._shown)
        if self._shows_focus:
            paint_focus(painter, self.rect(), self._theme)
