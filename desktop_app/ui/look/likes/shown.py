"""The nine patches, and right beside them the whole input of the one that is pointed at."""

from __future__ import annotations

import math

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.core.likes.patches import Patch
from desktop_app.ui.look.likes.nine import NinePatches
from desktop_app.ui.look.likes.whole import WholeInput
from desktop_app.ui.theme import Theme

SHARE = 0.68
"""Of the width that the nine may have; what they do not need is the whole input's."""


class Shown(QWidget):
    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.nine = NinePatches(theme, self)
        self.whole = WholeInput(theme, self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.nine.pointed.connect(self._point)
        theme.changed.connect(self._arrange)

    def show_patches(self, patches: tuple[Patch, ...]) -> None:
        self.nine.show_patches(patches)

    def minimumSizeHint(self) -> QSize:
        nine, whole = self.nine.minimumSizeHint(), self.whole.minimumSizeHint()
        return QSize(nine.width() + whole.width() + 3 * self._theme.unit, max(nine.height(), whole.height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        gap = 3 * self._theme.unit
        used = math.ceil(self.nine.width_in(SHARE * (self.width() - gap), self.height()))
        self.nine.setGeometry(0, 0, used, self.height())
        self.whole.setGeometry(used + gap, 0, min(self.width() - used - gap, self.height()), self.height())
        self.updateGeometry()

    def _point(self, number: int | None) -> None:
        self.whole.show_patch(None if number is None else self.nine.patches[number])
