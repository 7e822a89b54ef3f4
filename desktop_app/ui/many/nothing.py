"""What stands where there is no photo to show."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.text import Text


class Nothing(QWidget):
    all_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.words = Text(theme, role="title", ink="muted")
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setWordWrap(True)
        self.button = QPushButton(self.tr("Show all photos"))
        self.button.clicked.connect(self.all_wanted)
        column = QVBoxLayout(self)
        column.setSpacing(3 * theme.unit)
        column.addStretch()
        column.addWidget(self.words)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch()

    def say(self, words: str, *, can_show_all: bool = False) -> None:
        self.words.setText(words)
        self.button.setVisible(can_show_all)
