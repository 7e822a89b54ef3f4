"""What stands under the camera's picture: hold, keep, mirror, another camera, and switch off."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from desktop_app.ui.icons import SIZE, dress
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.text import Text


class CameraTools(QWidget):
    held = Signal(bool)  # the picture stands still, or goes on
    kept = Signal()
    mirrored = Signal(bool)
    chosen = Signal(int)  # which of several cameras
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.name = Text(theme, "", "strong")
        self.name.setMinimumWidth(1)
        self.hold = self._button("pause", self.tr("Hold the picture, or go on (Space on the picture)"), checkable=True)
        self.keep = self._button("image-plus", self.tr("Keep this picture: it becomes the photo"))
        self.mirror = self._button(
            "flip-horizontal", self.tr("Mirror: left and right as in a looking glass"), checkable=True
        )
        self.others = self._button("camera", self.tr("Choose another camera"))
        self.others.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.others.setMenu(QMenu(self.others))
        self.close_ = self._button("x", self.tr("Switch the camera off"))
        self.hold.toggled.connect(self.held)
        self.keep.clicked.connect(self.kept)
        self.mirror.toggled.connect(self.mirrored)
        self.close_.clicked.connect(self.closed)
        self._row = QHBoxLayout()
        for button in (self.hold, self.keep, self.mirror, self.others):
            self._row.addWidget(button)
        self._row.addStretch(1)
        self._row.addWidget(self.close_)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.name)
        self._column.addLayout(self._row)
        theme.changed.connect(self._dress)
        self._dress()

    def show_cameras(self, names: Sequence[str], number: int) -> None:
        """All that there are, and which of them is on."""
        self.name.setText(names[number])
        self.name.setToolTip(names[number])
        menu = self.others.menu()
        menu.clear()
        group = QActionGroup(menu)
        for place, name in enumerate(names):
            action = QAction(name, menu)
            action.setCheckable(True)
            action.setChecked(place == number)
            action.setData(place)
            group.addAction(action)
            menu.addAction(action)
        group.triggered.connect(self._choose)
        self.others.setVisible(len(names) > 1)

    def set_held(self, held: bool) -> None:
        """Shows it, and says nothing."""
        self.hold.blockSignals(True)
        self.hold.setChecked(held)
        self.hold.blockSignals(False)

    def _choose(self, action: QAction) -> None:
        self.chosen.emit(action.data())

    def _button(self, icon: str, tip: str, *, checkable: bool = False) -> QToolButton:
        button = QToolButton()
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setCheckable(checkable)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        dress(button, icon, self._theme)
        return button

    def _dress(self) -> None:
        self._row.setSpacing(self._theme.unit)
        self._column.setSpacing(self._theme.unit)
        for button in (self.hold, self.keep, self.mirror, self.others, self.close_):
            button.setIconSize(QSize(self._theme.px(SIZE), self._theme.px(SIZE)))
