"""The models that there are, as the window sees them: looked up anew when one came or went, and removed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox, QWidget

from desktop_app.core.errors import UserError
from desktop_app.core.model.card import ModelCard
from desktop_app.core.model.registry import Registry
from desktop_app.core.model.removal import is_own, remove_model
from desktop_app.core.paths import own_models_folder
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.session import Session


class Library(QObject):
    """problem, notice: for the banner."""

    problem = Signal(str)
    notice = Signal(str)

    def __init__(self, session: Session, jobs: Jobs, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._jobs, self._window = session, jobs, window

    def ask_to_remove(self, card: ModelCard) -> None:
        box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Remove model"))
        box.setText(self.tr("Remove {title}?").format(title=card.title))
        box.setInformativeText(
            self.tr("Its folder {folder} is deleted. The file that it was made from stays where it is.").format(
                folder=card.weights_file.parent
            )
        )
        remove = box.addButton(self.tr("&Remove"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        remove.clicked.connect(partial(self.remove, card))
        box.open()

    def remove(self, card: ModelCard) -> None:
        """Deletes it in a thread; where it was in use the default answers, from before on: its weights go first."""
        registry = self._session.registry
        if is_own(card):
            self._session.set_registry(replace(registry, cards=tuple(one for one in registry.cards if one is not card)))
        job = self._jobs.start("remove-model", partial(_remove, card, registry))
        job.stepped.connect(partial(self._removed, card))
        job.ended.connect(self._tell)

    def open_folder(self) -> None:
        """Shows it in the system's own window for files."""
        folder = own_models_folder()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            words = self.tr("{folder} could not be made: {reason}.")
            self.problem.emit(words.format(folder=folder, reason=error.strerror))
            return
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self.notice.emit(self.tr("Your models are in {folder}.").format(folder=folder))

    def _removed(self, card: ModelCard, registry: Registry) -> None:
        self._session.set_registry(registry)
        self.notice.emit(self.tr("{title} was removed.").format(title=card.title))

    def _tell(self, error: Exception | None) -> None:
        if error is not None:
            job = self._jobs.start("models", partial(_looked_up, self._session.registry))
            job.stepped.connect(self._session.set_registry)
            self.problem.emit(failure_words(error, self.tr("This model could not be removed")))


def failure_words(error: Exception, what: str) -> str:
    """what: that did not work, in words, where it is nothing that a person could mend."""
    return str(error) if isinstance(error, UserError) else f"{what} ({type(error).__name__}: {str(error)[:200]})."


def _remove(card: ModelCard, registry: Registry) -> Iterator[Registry]:
    remove_model(card)
    yield registry.again()


def _looked_up(registry: Registry) -> Iterator[Registry]:
    yield registry.again()
