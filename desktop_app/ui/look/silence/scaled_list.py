"""What is scaled now, each with its way back."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from desktop_app.ui.icons import dress
from desktop_app.ui.theme import Theme

Place = tuple[int, int]
"""(stage's position, channel)."""


class ScaledList(QScrollArea):
    """One button for each scaled map; clicking it switches the map on again."""

    reset = Signal(int, int)  # stage's position, channel

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._buttons: dict[Place, _Row] = {}
        inside = QWidget()
        self._rows = QVBoxLayout(inside)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(theme.unit)
        self._rows.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Filters that are switched off or scaled"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def show_places(self, places: Mapping[Place, str]) -> None:
        """places: what each scaled map is called, and how it is scaled."""
        for place in self._buttons.keys() - places.keys():
            button = self._buttons.pop(place)
            button.hide()
            button.deleteLater()
        for place, words in places.items():
            button = self._buttons.get(place) or self._new(place)
            if button.text() != words:
                button.setText(words)
                button.setAccessibleName(self.tr("{words}: switch on again").format(words=words))
        for row, place in enumerate(sorted(self._buttons)):
            self._rows.insertWidget(row, self._buttons[place])

    def _new(self, place: Place) -> _Row:
        row = _Row(place, self._theme)
        row.reset.connect(self.reset)
        self._buttons[place] = row
        return row


class _Row(QToolButton):
    reset = Signal(int, int)

    def __init__(self, place: Place, theme: Theme) -> None:
        super().__init__()
        self._place = place
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setToolTip(self.tr("Switch on again"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        dress(self, "rotate-ccw", theme)
        self.clicked.connect(self._tell)

    def _tell(self) -> None:
        self.reset.emit(*self._place)
