"""Asks before work that was never saved makes room for another session."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMessageBox, QWidget


class Unsaved(QObject):
    """One question at a time: what is opened meanwhile takes the place of what waits."""

    def __init__(self, save: Callable[[], bool], window: QWidget) -> None:
        """save: asks where to, if need be; False when nothing was saved."""
        super().__init__(window)
        self._save, self._window = save, window
        self._open: Callable[[], object] | None = None
        self._box: QMessageBox | None = None

    def ask(self, then: Callable[[], object]) -> None:
        """then: what opens the other session, unless the person would rather stay."""
        self._open = then
        if self._box is not None:
            self._box.raise_()
            return
        box = self._box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Open session"))
        box.setText(self.tr("Save your work first?"))
        box.setInformativeText(self.tr("The session that you open takes its place."))
        save = box.addButton(self.tr("&Save"), QMessageBox.ButtonRole.AcceptRole)
        leave = box.addButton(self.tr("&Don't save"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(save)
        box.setEscapeButton(box.addButton(QMessageBox.StandardButton.Cancel))
        save.clicked.connect(self._save_and_open)
        leave.clicked.connect(self._go_on)
        box.finished.connect(self._closed)
        box.open()

    def _save_and_open(self) -> None:
        if self._save():
            self._go_on()

    def _go_on(self) -> None:
        then, self._open = self._open, None
        if then is not None:
            then()

    def _closed(self) -> None:
        self._box = None
