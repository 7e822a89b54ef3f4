"""What a filter answers to most strongly: nine patches out of many inputs, and a picture grown for it."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from desktop_app.core.filters.order import strongest_spot
from desktop_app.core.forward.request import Frame
from desktop_app.core.forward.spot import Spot
from desktop_app.core.forward.trace import Trace
from desktop_app.core.forward.walk import fits
from desktop_app.core.likes.likes import Likes
from desktop_app.core.likes.patches import Patch, patches_of
from desktop_app.core.likes.units import unit_at, usual_unit
from desktop_app.core.model.card import ModelCard
from desktop_app.ui.icons import dress
from desktop_app.ui.jobs import Job, Jobs
from desktop_app.ui.look.likes.chooser import UnitChooser
from desktop_app.ui.look.likes.climb import Aim, Climb
from desktop_app.ui.look.likes.folder_search import FolderLikes, FolderSearch
from desktop_app.ui.look.likes.prepared import Prepared, prepare
from desktop_app.ui.look.likes.shown import Shown
from desktop_app.ui.look.page import Page
from desktop_app.ui.look.selection import Selection
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.elided import Elided
from desktop_app.ui.widgets.segmented import Segmented
from desktop_app.ui.widgets.text import Text

LONGEST_NAME = 28
"""Of a folder, in letters; the whole path is in a tooltip."""


class LikesPage(Page):
    """Reads a model's likes when it is first shown with that model."""

    def __init__(self, theme: Theme, selection: Selection, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(theme, selection, parent)
        self._jobs = jobs
        self._card: ModelCard | None = None
        self._trace: Trace | None = None
        self._reading: Job | None = None
        self._prepared: Prepared | None = None
        self._unit: tuple[int, int] | None = None
        self.search = FolderSearch(jobs, self)
        self.chooser = UnitChooser(theme)
        self.sources = Segmented(
            {
                "drawings": (self.tr("Drawings"), self.tr("Out of drawings that were made for this")),
                "folder": (self.tr("Folder…"), self.tr("Out of a folder of your pictures")),
            },
            self.tr("Out of"),
        )
        self.caption = Elided(theme, role="caption", ink="muted")
        self.cancel, self.another = QToolButton(), QToolButton()
        self.message = Text(theme, role="body", ink="muted")
        self.shown = Shown(theme)
        self._line = QFrame()
        self.climb = Climb(theme, jobs)
        self._build()
        self._connect()
        self._dress()

    def _build(self) -> None:
        self.message.setWordWrap(True)
        self.message.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._line.setFrameShape(QFrame.Shape.VLine)
        self._top, self._halves = QHBoxLayout(), QHBoxLayout()
        self._top.addWidget(self.chooser)
        self._top.addStretch(1)
        for button, icon, words in (
            (self.cancel, "x", self.tr("Stop looking through the folder")),
            (self.another, "folder-open", self.tr("Choose another folder")),
        ):
            dress(button, icon, self.theme)
            button.setToolTip(words)
            button.setAccessibleName(words)
            button.hide()
            self._top.addWidget(button)
        self._top.addWidget(self.sources)
        left = QVBoxLayout()
        left.addWidget(self.message, 1)
        left.addWidget(self.shown, 1)
        self._halves.addLayout(left, 5)
        self._halves.addWidget(self._line)
        self._halves.addWidget(self.climb, 3)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addLayout(self._top)
        self._layout.addWidget(self.caption)
        self._layout.addLayout(self._halves, 1)
        self.message.hide()

    def _connect(self) -> None:
        self.chooser.chosen.connect(self._choose)
        self.sources.chosen.connect(self._turn_to)
        self.cancel.clicked.connect(self.search.cancel)
        self.another.clicked.connect(self._ask)
        self.search.changed.connect(self._show_unit)
        self.selection.changed.connect(self._follow)
        self.theme.changed.connect(self._dress)

    def show_model(self, card: ModelCard) -> None:
        if card is self._card:
            return
        self.search.cancel()
        self.climb.aim_at(None)
        if self._reading is not None:
            self._reading.silence()
        self._card, self._trace, self._reading, self._prepared, self._unit = card, None, None, None, None
        self.sources.choose("folder" if self.search.of(card) else "drawings")
        self._say("")
        self.shown.show_patches(())
        if self.isVisible():
            self._read()

    def show_frame(self, frame: Frame) -> None:
        self._trace = frame.trace
        if self.isVisible():
            self._read()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._read()

    # the model's own likes

    def _read(self) -> None:
        card = self._card
        trace = self._trace
        if card is None or self._reading is not None or not (card.layers or trace):
            return
        self._reading = self._jobs.start("likes", lambda: prepare(card, trace))
        self._reading.stepped.connect(self._show_prepared)
        self._reading.ended.connect(self._complain)

    def _show_prepared(self, step: object) -> None:
        self._prepared = cast(Prepared, step)
        self.chooser.show_stages(self._prepared.fields.stages, self._prepared.card.classes)
        self._follow(self.selection.spot)
        if self._unit is None:
            self._unit = usual_unit(self._prepared.fields.stages, self._trace)
        self._show_unit()

    def _complain(self, error: object) -> None:
        if error is not None:
            self._show_message(str(error))

    # which unit

    def _choose(self, position: int, unit: int) -> None:
        """A person chose a unit here: everything else follows, at the pixel that answers most."""
        self._unit = (position, unit)
        if self._trace is not None:
            self.selection.choose(strongest_spot(self._trace, position, unit))
        self._show_unit()

    def _follow(self, spot: Spot | None) -> None:
        if spot is None or self._prepared is None:
            return
        stages = self._prepared.fields.stages
        unit = unit_at(stages, spot) if fits(stages, spot) else None
        if unit is not None and unit != self._unit:
            self._unit = unit
            self._show_unit()

    # what is shown

    def _turn_to(self, source: str) -> None:
        if source == "folder" and self._card is not None and self.search.of(self._card) is None:
            self._ask()
        self._show_unit()

    def _ask(self) -> None:
        """Which folder; without one it stays as it was."""
        if self._card is None:
            return
        known = self.search.of(self._card)
        name = QFileDialog.getExistingDirectory(
            self, self.tr("A folder of pictures"), str(known.folder) if known else str(Path.home())
        )
        if name:
            self.search.start(self._card, Path(name))
        elif known is None:
            self.sources.choose("drawings")

    @property
    def _folder(self) -> FolderLikes | None:
        """What is searched, while that is what is shown."""
        shown = self.sources.buttons["folder"].isChecked()
        return self.search.of(self._card) if shown and self._card is not None else None

    def _show_unit(self) -> None:
        prepared, folder = self._prepared, self._folder
        self.cancel.setVisible(folder is not None and folder.running)
        self.another.setVisible(folder is not None and not folder.running)
        if prepared is None or self._unit is None:
            return
        position, unit = self._unit
        self.chooser.show_unit(position, unit)
        likes = prepared.likes if folder is None else folder.searched.likes if folder.searched else None
        patches = patches_of(likes, prepared.fields, position, unit) if likes is not None else ()
        if folder is None:
            self._say(_origin_words(self, prepared) + self._weak_words(patches))
            problem = prepared.problem or self._empty_words(likes, prepared.card)
        else:
            self._say(_folder_words(self, folder) + self._weak_words(patches))
            self.another.setToolTip(self.tr("Choose another folder than {folder}").format(folder=folder.folder))
            problem = "" if folder.running else folder.problem or self._empty_words(likes, prepared.card)
        if patches or not problem:
            self.message.hide()
            self.shown.show()
            self.shown.show_patches(patches)
        else:
            self._show_message(problem)
        self._aim(prepared, position, unit, patches[0].value if patches else None)

    def _aim(self, prepared: Prepared, position: int, unit: int, best: float | None) -> None:
        stage = prepared.fields.stages[position]
        index = (unit, *(side // 2 for side in stage.shape[1:]))
        self.climb.aim_at(Aim(prepared.card, stage.layer, index, prepared.fields.box(position, index)), best)

    def _show_message(self, words: str) -> None:
        self.shown.hide()
        self.message.setText(words)
        self.message.show()

    def _say(self, words: str) -> None:
        if self.caption.text() != words:
            self.caption.setText(words)

    def _weak_words(self, patches: tuple[Patch, ...]) -> str:
        return self.tr(" · not even these lift it above 0") if patches and patches[0].value <= 0 else ""

    def _empty_words(self, likes: Likes | None, card: ModelCard) -> str:
        """Why there may be nothing to show."""
        if not card.layers:
            return self.tr(
                "Networks of this size have too many filters to keep the pictures that each of them likes. Gradient "
                "ascent beside this shows what one of them would like best."
            )
        if likes is None:
            return self.tr(
                "Nobody has looked yet for what this model's filters like. Choose a folder of pictures above, or run "
                "convlens prepare-likes {name}."
            ).format(name=card.name)
        if not len(likes.pictures):
            return self.tr("None of these pictures could be read. Choose another folder.")
        return self.tr("This one answers to nothing with a number: it gives NaN every time.")

    def _dress(self) -> None:
        unit = self.theme.unit
        self._layout.setSpacing(unit)
        for layout in (self._top, self._halves):
            layout.setSpacing(3 * unit)
        self._line.setStyleSheet(f"color: {self.theme.colours.border.name()};")


def _origin_words(page: QWidget, prepared: Prepared) -> str:
    likes = prepared.likes
    if likes is None:
        return ""
    if likes.origin == "pictures":
        return page.tr("The nine it answers to most, out of {count} pictures").format(count=f"{likes.seen:,}")
    if prepared.card.reads == "photos":
        return page.tr("Out of {count} drawings; choose a folder of photos to see more").format(count=f"{likes.seen:,}")
    return page.tr("The nine it answers to most, out of {count} drawings").format(count=f"{likes.seen:,}")


def _folder_words(page: QWidget, folder: FolderLikes) -> str:
    name = folder.folder.name or str(folder.folder)
    words = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
    searched = folder.searched
    if searched is None:
        return f"{words} · {page.tr('looking…')}" if folder.running else words
    if searched.done == searched.total:
        progress = page.tr("all {total} pictures")
    else:
        progress = page.tr("{done} of {total}") if folder.running else page.tr("stopped after {done} of {total}")
    words += " · " + progress.format(done=f"{searched.done:,}", total=f"{searched.total:,}")
    if searched.broken:
        words += " · " + page.tr("{count} could not be read").format(count=f"{searched.broken:,}")
    return f"{words} · {folder.problem}" if folder.problem else words
