"""Opens the contact sheet, and brings its photos into the main window."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog

from desktop_app.core.errors import UserError
from desktop_app.core.forward.request import Photo
from desktop_app.core.model.card import Fit, ModelCard
from desktop_app.core.model.registry import Registry

if TYPE_CHECKING:
    from desktop_app.ui.many.window import ContactSheet
    from desktop_app.ui.window.main_window import MainWindow

TURN_MS = 20
"""Until the sheet is shown: what was dropped on is painted before, and not in one go with it."""


class Many(QObject):
    """One sheet, made when it is first wanted."""

    problem = Signal(str)
    opened = Signal()  # there is a sheet now

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.sheet: ContactSheet | None = None
        window.session.models_changed.connect(self._set_models)

    def ask_folder(self) -> None:
        """Which folder shall be opened?"""
        folder = QFileDialog.getExistingDirectory(self._window, self.tr("Open a folder of photos"))
        if folder:
            self.open([Path(folder)])

    def open(self, brought: Sequence[Path]) -> None:
        """Folders, or several files."""
        session = self._window.session
        try:
            card = session.card if session.kind == "photos" else self._preferred()
        except UserError as error:
            self.problem.emit(str(error))
            return
        sheet = self._made()
        sheet.open(brought, card, session.fit)
        QTimer.singleShot(TURN_MS, self, self.show)

    def show(self) -> None:
        """In front of the main window, as it was."""
        if self.sheet is not None:
            self.sheet.show()
            self.sheet.raise_()
            self.sheet.activateWindow()

    def close(self) -> None:
        """Together with the main window."""
        if self.sheet is not None:
            self.sheet.close()
            self.sheet.deleteLater()
            self.sheet = None

    def _made(self) -> ContactSheet:
        if self.sheet is None:
            from desktop_app.ui.many.window import ContactSheet  # the main window need not wait for it

            window = self._window
            session = window.session
            self.sheet = ContactSheet(window.theme, window.jobs, session.registry.cards, lambda: session.background)
            self.sheet.photo_chosen.connect(self._look_at)
            self.sheet.brought.connect(window.documents.take)
            self.opened.emit()
        return self.sheet

    def _preferred(self) -> ModelCard:
        registry, name = self._window.session.registry, self._window.session.preferred("photos")
        return registry.named(name) if name else registry.first_for("photos")

    def _look_at(self, file: Path, card: ModelCard, fit: Fit) -> None:
        """With the model and the fit that the sheet was answered with, so that the answer is the same."""
        window, session = self._window, self._window.session
        if fit != session.fit:
            window.input.set_fit(fit)
            session.set_fit(fit)
        session.open_photo(Photo(file.name, file))
        if session.card is not card:
            session.set_model(card)
        window.show()
        window.raise_()
        window.activateWindow()

    def _set_models(self, registry: Registry) -> None:
        if self.sheet is not None:
            self.sheet.set_cards(registry.cards)
