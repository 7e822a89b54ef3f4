"""Everything that is opened, dropped, pasted or saved: pictures, drawings and sessions, and the autosave."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMimeData, QObject, QTimer, Signal
from PySide6.QtGui import QImage

from desktop_app.core.drawing.strokes import Drawing
from desktop_app.core.errors import UserError
from desktop_app.core.forward.factors import UNTOUCHED
from desktop_app.core.forward.request import Photo
from desktop_app.core.session_file import SUFFIX, Looking, SavedSession, open_session, save_session
from desktop_app.core.settings import Settings
from desktop_app.ui.autosave import Autosave
from desktop_app.ui.input.panel import InputPanel
from desktop_app.ui.models.adding import is_model
from desktop_app.ui.session import Session

ASIDE = "set-aside"
"""The folder beside the autosave's for sessions that seem to end ConvLens."""
KEEP_AFTER_MS = 300
"""Autosave waits until the pen has rested this long."""


class Documents(QObject):
    """Takes what a person brings to where it belongs; problems are told, and what was there stays."""

    problem = Signal(str)
    notice = Signal(str)
    photos_brought = Signal(object)  # list of Paths: folders, or more than one picture
    settings_opened = Signal(object)  # Settings of an opened session
    looking_restored = Signal(object, str)  # Looking of an opened session, and the name of the model that it is about
    model_wanted = Signal(str)  # name of the model that an opened session was saved with
    models_brought = Signal(object)  # list[Path]: files of weights, or models' folders
    at_stake = Signal(object)  # what opens another session after all: a function; it takes the place of unsaved work

    def __init__(
        self,
        session: Session,
        panel: InputPanel,
        settings: Callable[[], Settings],
        looking: Callable[[], Looking],
        autosave: Autosave,
        parent: QObject,
    ) -> None:
        """settings, looking: as they are when they are called."""
        super().__init__(parent)
        self._session = session
        self._panel = panel
        self._settings = settings
        self._looking = looking
        self._autosave = autosave
        self.file: Path | None = None  # where the session was saved or opened last
        self.recovered = ""  # what became of the work that a crash left behind, in words
        self._safe: tuple[Drawing, Photo | None] = (Drawing(), None)  # as it is in a file
        self._resting = QTimer(self)
        self._resting.setSingleShot(True)
        self._resting.setInterval(KEEP_AFTER_MS)
        self._resting.timeout.connect(self._keep)
        panel.drawing_edited.connect(self.keep_soon)
        session.photo_opened.connect(self.keep_soon)
        session.model_changed.connect(self._keep_with_model)
        autosave.problem.connect(self.problem)

    def open(self, file: Path) -> None:
        """A picture, a folder of them, a drawing, a session or a model, told apart by the ending."""
        ending = file.suffix.lower()
        if ending == SUFFIX:
            self._make_room(partial(self.open_session, file))
        elif is_model(file):
            self.models_brought.emit([file])
        elif file.is_dir():
            self.photos_brought.emit([file])
        elif ending == ".json":
            self._panel.open_drawing(file)
        else:
            self._session.open_photo(Photo(file.name, file))

    def take(self, brought: QMimeData) -> None:
        """What was dropped or lies on the clipboard: files first, else a picture."""
        files = [Path(url.toLocalFile()) for url in brought.urls() if url.isLocalFile()]
        if models := [file for file in files if is_model(file)]:
            self.models_brought.emit(models)
            files = [file for file in files if file not in models]
            if not files:
                return
        if len(files) > 1 and not any(file.suffix.lower() in (SUFFIX, ".json") for file in files):
            self.photos_brought.emit(files)
        elif files:
            self.open(files[0])
            if len(files) > 1:
                self.notice.emit(self.tr("One at a time: {name} was opened.").format(name=files[0].name))
        elif brought.hasImage():
            image = QImage(brought.imageData())
            self._session.open_photo(Photo(self.tr("pasted picture"), lambda: _png(image)))
        else:
            self.problem.emit(
                self.tr("There is no picture in this. Copy or drop a picture, a drawing or a {suffix} file.").format(
                    suffix=SUFFIX
                )
            )

    def open_session(self, file: Path) -> bool:
        """False when it could not be opened; what was there then stays."""
        try:
            saved = open_session(file)
        except UserError as error:
            self.problem.emit(str(error))
            return False
        self.file = file
        self._restore(saved)
        self._keep_in_mind()
        return True

    def open_copy(self, saved: SavedSession) -> None:
        """A session whose file shall stay as it is: saving asks for a place."""
        self._make_room(partial(self._show_copy, saved))

    def _show_copy(self, saved: SavedSession) -> None:
        self.file = None
        self._restore(saved)
        self._keep_in_mind()

    @property
    def unsaved(self) -> bool:
        """Whether there is a drawing, or a picture that never was a file, that no session file has as it is now."""
        drawing, photo = self._panel.drawing(), self._session.photo
        drawn = bool(drawing) and drawing is not self._safe[0]
        return drawn or (photo is not None and photo is not self._safe[1] and not isinstance(photo.data, Path))

    def _make_room(self, then: Callable[[], object]) -> None:
        if self.unsaved:
            self.at_stake.emit(then)
        else:
            then()

    def _keep_in_mind(self) -> None:
        self._safe = self._panel.drawing(), self._session.photo

    def save_session(self, file: Path) -> bool:
        """False when it could not be written."""
        try:
            save_session(self._snapshot()(), file)
        except UserError as error:
            self.problem.emit(str(error))
            return False
        self.file = file
        self._keep_in_mind()
        self.notice.emit(self.tr("Saved as {name}.").format(name=file.name))
        return True

    def recover(self) -> None:
        """Goes on where a ConvLens that crashed has stopped."""
        left = self._autosave.left_behind()
        if left is None:
            return
        try:
            saved = open_session(left)
        except UserError:  # half a file is of no use to anyone
            with suppress(OSError):
                left.unlink(missing_ok=True)
            return
        self._restore(saved)
        self._autosave.keep(self._snapshot(), instead_of=left)
        self.recovered = self.tr("Your work is back.")
        self.notice.emit(f"{self.tr('ConvLens had not been closed properly.')} {self.recovered}")

    def set_aside(self) -> None:
        """Instead of `recover`, for a session that may be what crashes."""
        left = self._autosave.left_behind()
        if left is None:
            return
        aside = left.parent.parent / ASIDE / time.strftime(f"%Y-%m-%d %H-%M-%S{SUFFIX}")
        try:
            aside.parent.mkdir(parents=True, exist_ok=True)
            left.rename(aside)
        except OSError:
            aside = left
        self.recovered = self.tr(
            "Your work was not opened: ConvLens has ended soon after it was brought back. It is in {file}."
        ).format(file=aside)
        self.problem.emit(self.recovered)

    def keep_soon(self, _change: object = None) -> None:
        """Autosaves once the pen rests."""
        self._resting.start()

    def _keep_with_model(self, _card: object) -> None:
        """A model alone is no work."""
        if self._panel.drawing() or self._session.photo is not None:
            self.keep_soon()

    def close(self, timeout: float) -> bool:
        """A clean end: nothing is left to recover. False when a write did not end in time."""
        self._resting.stop()
        return self._autosave.finish(timeout)

    def _restore(self, saved: SavedSession) -> None:
        self.settings_opened.emit(saved.settings)
        self._session.set_factors(UNTOUCHED)  # as the network was when it was saved, and for whoever opens it
        self._panel.set_drawing(saved.drawing)
        if saved.photo is None:
            self._session.close_photo()  # a picture must not get from one person's session into another's
        else:
            self._session.open_photo(Photo(saved.photo_name, saved.photo))
            self._session.show_kind(saved.kind)
        self.model_wanted.emit(saved.model)
        if saved.looking is not None:
            self.looking_restored.emit(saved.looking, saved.model)

    def _keep(self) -> None:
        self._autosave.keep(self._snapshot())

    def _snapshot(self) -> Callable[[], SavedSession]:
        """The session as it is now. The photo's bytes are fetched when the snapshot is called, in any thread."""
        session, photo = self._session, self._session.photo
        drawing, kind, model = self._panel.drawing(), session.kind, session.card.name
        settings, looking = replace(self._settings(), geometry="", layout=""), self._looking()

        def saved() -> SavedSession:
            try:
                data = photo.encoded() if photo else None
            except OSError as error:
                raise UserError(
                    f"The picture {photo.name if photo else ''} is gone from its place: {error}."
                ) from error
            return SavedSession(drawing, kind, model, settings, data, photo.name if photo else "", looking)

        return saved


def _png(image: QImage) -> bytes:
    """Lossless and quick: hardly compressed."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG", 100)  # type: ignore[call-overload]
    return bytes(buffer.data().data())
