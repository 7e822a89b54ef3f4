"""A message that floats over the panels: it never blocks, and moves nothing that is being looked at."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from desktop_app.ui.icons import dress
from desktop_app.ui.theme import Theme

NOTICE_MS = 7000


class Banner(QFrame):
    """Problems and results stay until they are closed or the next thing is said; notices go by themselves."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        """parent: whose lower edge it floats over."""
        super().__init__(parent)
        self._theme = theme
        self._problem = False
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._more = QPushButton()
        self._more.clicked.connect(self._open_more)
        self._open: Callable[[], object] | None = None
        close = QToolButton()
        close.setProperty("flat", True)
        close.setToolTip(self.tr("Close this message"))
        close.setAccessibleName(self.tr("Close this message"))
        close.clicked.connect(self.hide)
        dress(close, "x", theme)
        layout = QHBoxLayout(self)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._more)
        layout.addWidget(close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(NOTICE_MS)
        self._timer.timeout.connect(self.hide)
        theme.changed.connect(self._dress)
        self._dress()
        self.hide()
        parent.installEventFilter(self)

    @property
    def text(self) -> str:
        """What stands there, or nothing."""
        return self._text.text() if not self.isHidden() else ""

    def show_problem(self, text: str) -> None:
        self._say(text, problem=True)
        self._timer.stop()

    def show_problem_with(self, text: str, more: str, do: Callable[[], object]) -> None:
        """A problem about which more can be read, or done, at a click. more: what stands on the button."""
        self._open = do
        self._more.setText(more)
        self._say(text, problem=True, more=True)
        self._timer.stop()

    def show_notice(self, text: str) -> None:
        """Does not push away a problem that has not been read yet."""
        if self._problem and not self.isHidden():
            return
        self._say(text, problem=False)
        self._timer.start()

    def show_result(self, text: str) -> None:
        """Of long work: whoever waited for it may be looking elsewhere."""
        self._say(text, problem=False)
        self._timer.stop()

    def _say(self, text: str, problem: bool, more: bool = False) -> None:
        self._problem = problem
        self._text.setText(text)
        self._more.setVisible(more)
        self.setAccessibleName(text)
        self._dress()
        self._place()
        self.show()
        self.raise_()

    def _open_more(self) -> None:
        self.hide()
        if self._open is not None:
            self._open()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        """As wide as there is room for, as high as its text needs, a little above the lower edge."""
        parent = self.parentWidget()
        if parent is None:
            return
        edge = 4 * self._theme.unit
        width = max(parent.width() - 2 * edge, 1)
        height = self.heightForWidth(width)
        self.setGeometry(edge, parent.height() - height - 3 * edge, width, height)

    def _dress(self) -> None:
        colours, unit = self._theme.colours, self._theme.unit
        edge = colours.danger if self._problem else colours.accent
        self.setStyleSheet(
            f"Banner {{ background: {colours.raised.name()}; border: 1px solid {colours.border.name()}; "
            f"border-left: {unit}px solid {edge.name()}; border-radius: {unit}px; }}"
        )
        margins = self.layout()
        if margins is not None:
            margins.setContentsMargins(3 * unit, unit, 2 * unit, unit)
