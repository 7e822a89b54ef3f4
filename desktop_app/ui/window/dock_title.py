"""A dock's title bar that is the panel's heading at the same time: drag it to move the panel."""

from __future__ import annotations

from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QToolButton, QWidget

from desktop_app.ui.icons import dress
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.text import heading


class DockTitle(QWidget):
    """Heading, and two quiet buttons: into a window of its own, and away (the View menu brings it back)."""

    def __init__(self, text: str, dock: QDockWidget, theme: Theme) -> None:
        super().__init__(dock)
        self._dock = dock
        self._theme = theme
        self._layout = QHBoxLayout(self)
        self._layout.addWidget(heading(theme, text), 1)
        self._button("panel-left", self.tr("Take this panel out of the window, or back"), self._float)
        self._button("x", self.tr("Hide this panel; View brings it back"), dock.close)
        theme.changed.connect(self._dress)
        self._dress()

    def _button(self, icon: str, tip: str, do: object) -> None:
        button = QToolButton()
        button.setProperty("flat", True)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.clicked.connect(do)
        dress(button, icon, self._theme)
        button.setIconSize(button.iconSize() * 0.75)
        self._layout.addWidget(button)

    def _float(self) -> None:
        self._dock.setFloating(not self._dock.isFloating())

    def _dress(self) -> None:
        unit = self._theme.unit
        self._layout.setContentsMargins(3 * unit, unit, unit, 0)
        self._layout.setSpacing(0)
