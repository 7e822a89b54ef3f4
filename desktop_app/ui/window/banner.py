"""One line over the panels for what a person should know; it never blocks, and it can be read again until closed."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from desktop_app.ui.icons import dress
from desktop_app.ui.theme import Theme

NOTICE_MS = 7000


class Banner(QFrame):
    """Problems stay until they are closed or the next thing is said; notices go by themselves."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._problem = False
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        close = QToolButton()
        close.setProperty("flat", True)
        close.setToolTip(self.tr("Close this message"))
        close.setAccessibleName(self.tr("Close this message"))
        close.clicked.connect(self.hide)
        dress(close, "x", theme)
        layout = QHBoxLayout(self)
        layout.addWidget(self._text, 1)
        layout.addWidget(close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(NOTICE_MS)
        self._timer.timeout.connect(self.hide)
        theme.changed.connect(self._dress)
        self._dress()
        self.hide()

    @property
    def text(self) -> str:
        """What stands there, or nothing."""
        return self._text.text() if not self.isHidden() else ""

    def show_problem(self, text: str) -> None:
        self._say(text, problem=True)
        self._timer.stop()

    def show_notice(self, text: str) -> None:
        """Does not push away a problem that has not been read yet."""
        if self._problem and not self.isHidden():
            return
        self._say(text, problem=False)
        self._timer.start()

    def _say(self, text: str, problem: bool) -> None:
        self._problem = problem
        self._text.setText(text)
        self.setAccessibleName(text)
        self._dress()
        self.show()

    def _dress(self) -> None:
        colours, unit = self._theme.colours, self._theme.unit
        edge = colours.danger if self._problem else colours.accent
        self.setStyleSheet(
            f"Banner {{ background: {colours.raised.name()}; border: none; border-left: {unit}px solid {edge.name()}; "
            f"border-bottom: 1px solid {colours.border.name()}; }}"
        )
        margins = self.layout()
        if margins is not None:
            margins.setContentsMargins(3 * unit, unit, 2 * unit, unit)
