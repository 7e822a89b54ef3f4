"""Takes the wishes of other starts of ConvLens, and brings the window to the front for them."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from desktop_app.core.errors import UserError
from desktop_app.core.instance import Instance, Wish
from desktop_app.ui.window.main_window import MainWindow

LOOK_MS = 500
"""Where the system cannot say that a file has come."""


class Reception(QObject):
    """From now on, until the window is gone."""

    def __init__(self, instance: Instance, window: MainWindow) -> None:
        super().__init__(window)
        self._instance, self._window = instance, window
        self._watcher = QFileSystemWatcher(self)
        self._timer = QTimer(self)
        if instance.folder is None:
            return
        instance.open()
        if self._watcher.addPath(str(instance.folder)):
            self._watcher.directoryChanged.connect(self._look)
        else:
            self._timer.timeout.connect(self._look)
            self._timer.start(LOOK_MS)
        self._look()

    def _look(self) -> None:
        for wish in self._instance.take():
            self.grant(wish)

    def grant(self, wish: Wish) -> None:
        """Opens what was asked for, as when it is opened here."""
        come_to_the_front(self._window, wish.activation)
        if wish.file:
            self._window.documents.open(Path(wish.file))
        if wish.model:
            self._choose(wish.model)

    def _choose(self, name: str) -> None:
        session = self._window.session
        if all(card.name != name for card in session.registry.cards):  # it was added since this window was opened
            try:
                session.set_registry(session.registry.again())
            except UserError as error:
                self._window.banner.show_problem(str(error))
                return
        self._window.shared.choose(name)


def come_to_the_front(window: MainWindow, activation: str) -> None:
    """activation: by which the desktop knows that a person has asked for it; without it, it may only blink."""
    if activation:
        os.environ["XDG_ACTIVATION_TOKEN"] = activation  # Qt takes it from there
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized | Qt.WindowState.WindowActive)
    window.show()
    window.raise_()
    window.activateWindow()
    QApplication.alert(window)
