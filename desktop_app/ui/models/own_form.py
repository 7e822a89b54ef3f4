"""The form for weights of one's own. It stays, with all that was typed, until the model is there or it is closed."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QMessageBox,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop_app.ui.jobs import Jobs
from desktop_app.ui.models.own_fields import Known, OwnFields
from desktop_app.ui.models.preview import Preview
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.text import Text

REST_MS = 400
"""What is typed is tried once the keys have rested this long."""
WIDE, HIGH = 820, 660
"""Of the form, pixels at normal size, where the screen has room for them."""
FRAME = 80
"""Pixels of the screen that window frames and bars take."""


class OwnForm(QDialog):
    """Beside the window, which can be used meanwhile.

    wanted: a Draft, to be written.  edited: something was, and the keys have rested.
    """

    wanted = Signal(object)
    edited = Signal()
    brought = Signal(object)  # QMimeData that was dropped here: the window takes it

    def __init__(
        self,
        theme: Theme,
        jobs: Jobs,
        holds: str,
        title: str,
        known: Known,
        taken: frozenset[str],
        parent: QWidget,
    ) -> None:
        """holds: what is in the file, in a sentence.  The rest as in OwnFields."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Add a model of your own"))
        self._theme = theme
        self.fields = OwnFields(theme, jobs, title, known, taken)
        self.preview = Preview(theme)
        area = QScrollArea()
        area.setWidget(self.fields)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setMinimumWidth(self.fields.minimumSizeHint().width() + area.verticalScrollBar().sizeHint().width())
        self._area = area
        self._holds = Text(theme, holds)
        self._holds.setWordWrap(True)
        self._failure = Text(theme, ink="danger")
        self._failure.setWordWrap(True)
        self._failure.hide()
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._add = self._buttons.addButton(self.tr("&Add model"), QDialogButtonBox.ButtonRole.AcceptRole)
        self._add.setDefault(True)
        self._buttons.button(QDialogButtonBox.StandardButton.Cancel).setIcon(QIcon())  # some desktops put one there
        self._buttons.accepted.connect(self._check)
        self._buttons.rejected.connect(self.reject)
        self._resting = QTimer(self, singleShot=True, interval=REST_MS)
        self._resting.timeout.connect(self.edited)
        self._touched = False
        self.fields.changed.connect(self._touch)
        self.setAcceptDrops(True)
        self._lay_out()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """A list of names goes to the classes, anything else to the window."""
        event.acceptProposedAction()
        urls = event.mimeData().urls()
        if urls and urls[0].isLocalFile() and urls[0].toLocalFile().lower().endswith(".txt"):
            self.fields.classes.read(Path(urls[0].toLocalFile()))
        else:
            self.brought.emit(event.mimeData())

    def reject(self) -> None:
        """Asks first, where something was filled in."""
        if not self._touched:
            super().reject()
            return
        box = QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.windowTitle())
        box.setText(self.tr("Leave this form?"))
        box.setInformativeText(self.tr("The model is not added, and what was filled in is lost."))
        leave = box.addButton(self.tr("&Leave"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(self.tr("&Stay"), QMessageBox.ButtonRole.RejectRole))
        leave.clicked.connect(partial(self.done, QDialog.DialogCode.Rejected))
        box.open()

    def show_failure(self, words: str) -> None:
        """It could not be added; everything that was typed is still there."""
        self._failure.setText(words)
        self._failure.setVisible(bool(words))
        self._failure.setAccessibleName(words)
        self.set_busy(False)

    def set_busy(self, busy: bool) -> None:
        """While the model is written nothing can be changed."""
        self.fields.setEnabled(not busy)
        self._add.setEnabled(not busy)

    def _touch(self) -> None:
        self._touched = True
        self._resting.start()

    def _check(self) -> None:
        draft = self.fields.draft()
        if draft is None:
            self._area.ensureWidgetVisible(self.fields.go_to_problem())
        else:
            self.show_failure("")
            self.wanted.emit(draft)

    def _lay_out(self) -> None:
        unit = self._theme.unit
        middle = QHBoxLayout()
        middle.setSpacing(6 * unit)
        middle.addWidget(self._area, 1)
        middle.addWidget(self.preview)
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * unit, 4 * unit, 4 * unit, 4 * unit)
        column.setSpacing(3 * unit)
        column.addWidget(self._holds)
        column.addLayout(middle, 1)
        column.addWidget(self._failure)
        column.addWidget(self._buttons)
        screen = self.screen().availableGeometry()
        wide, high = self._theme.px(WIDE), self._theme.px(HIGH)
        self.resize(min(wide, screen.width() - FRAME), min(high, screen.height() - FRAME))
