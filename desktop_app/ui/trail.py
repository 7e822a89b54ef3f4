"""Notes what is done in the window, for reports: by its name in the program, never what is drawn, opened or typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from desktop_app.core.crash.recorder import Recorder
from desktop_app.core.model.card import ModelCard
from desktop_app.core.paths import models_folder

if TYPE_CHECKING:
    from desktop_app.ui.window.main_window import MainWindow


class Trail(QObject):
    """Lives and dies with its window."""

    def __init__(self, recorder: Recorder, window: MainWindow) -> None:
        super().__init__(window)
        self._recorder = recorder
        self._draws = False
        # Not those that come later, or stand for a model: they are called as somebody's files are.
        self._named = {one for one in window.findChildren(QAction) if not isinstance(one.data(), ModelCard)}
        window.menuBar().triggered.connect(self._action)
        window.look.page_changed.connect(self._page)
        window.session.model_changed.connect(self._model)
        window.session.kind_changed.connect(self._kind)
        window.session.photo_opened.connect(self._photo)
        window.input.drawing_edited.connect(self._draw)
        self._model(window.session.card)

    def _add(self, action: str) -> None:
        self._draws = False
        self._recorder.add(action)

    def _action(self, action: QAction) -> None:
        if action in self._named:
            self._add(action.text().replace("&", ""))

    def _page(self, page: str) -> None:
        self._add(f"page {page}" if page else "page closed")

    def _model(self, card: ModelCard) -> None:
        shipped = card.weights_file.parent.parent == models_folder()
        self._add(f"model {card.title if shipped else 'that was added'}, {card.reads}")

    def _draw(self, _drawing: object) -> None:
        """Once, until something else is done: it comes with every move of the pen."""
        if not self._draws:
            self._add("draws")
            self._draws = True

    def _kind(self, kind: str) -> None:
        self._add(f"shows {kind}")

    def _photo(self, picture: object) -> None:
        self._add("photo closed" if picture is None else "photo opened")
