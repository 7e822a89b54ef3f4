"""What a filter answers to most strongly: nine patches out of many inputs, and a picture grown for it."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_app.core.forward.live import Frame
from desktop_app.core.forward.spot import Spot
from desktop_app.core.forward.trace import Trace
from desktop_app.core.likes.likes import Likes
from desktop_app.core.likes.patches import patches_of
from desktop_app.core.likes.units import unit_at, usual_unit
from desktop_app.core.model.card import ModelCard
from desktop_app.ui.jobs import Job, Jobs
from desktop_app.ui.look.likes.chooser import UnitChooser
from desktop_app.ui.look.likes.climb import Aim, Climb
from desktop_app.ui.look.likes.folder_search import FolderLikes, FolderSearch
from desktop_app.ui.look.likes.nine import NinePatches
from desktop_app.ui.look.likes.prepared import Prepared, prepare
from desktop_app.ui.look.likes.whole import WholeInput
from desktop_app.ui.look.page import Page
from desktop_app.ui.look.selection import Selection
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.segmented import Segmented
from desktop_app.ui.widgets.text import Text

LONGEST_NAME = 28
"""Of a folder, in letters; the whole path is in the tooltip."""


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
        self._search = FolderSearch(jobs, self)
        self._chooser = UnitChooser(theme)
        self._sources = Segmented(
            {
                "drawings": (self.tr("Drawings"), self.tr("Out of drawings that were made for this")),
                "folder": (self.tr("Folder…"), self.tr("Out of a folder of your pictures")),
            },
            self.tr("Out of"),
        )
        self._caption = Text(theme, role="caption", ink="muted")
        self._button = QPushButton()
        self._message = Text(theme, role="body", ink="muted")
        self._nine, self._whole = NinePatches(theme), WholeInput(theme)
        self._line = QFrame()
        self._climb = Climb(theme, jobs)
        self._build()
        self._connect()
        self._dress()

    def _build(self) -> None:
        self._message.setWordWrap(True)
        self._message.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._line.setFrameShape(QFrame.Shape.VLine)
        self._top, self._below, self._halves = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        self._top.addWidget(self._chooser)
        self._top.addStretch(1)
        self._top.addWidget(self._button)
        self._top.addWidget(self._sources)
        self._below.addWidget(self._message, 5)
        self._below.addWidget(self._nine, 5)
        self._below.addWidget(self._whole, 2)
        left = QVBoxLayout()
        left.addWidget(self._caption)
        left.addLayout(self._below, 1)
        self._halves.addLayout(left, 5)
        self._halves.addWidget(self._line)
        self._halves.addWidget(self._climb, 3)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addLayout(self._top)
        self._layout.addLayout(self._halves, 1)
        self._message.hide()
        self._button.hide()

    def _connect(self) -> None:
        self._chooser.chosen.connect(self._choose)
        self._sources.chosen.connect(self._turn_to)
        self._button.clicked.connect(self._press)
        self._nine.pointed.connect(self._point)
        self._search.changed.connect(self._show_unit)
        self.selection.changed.connect(self._follow)
        self.theme.changed.connect(self._dress)

    def show_model(self, card: ModelCard) -> None:
        if card is self._card:
            return
        self._search.cancel()
        self._climb.aim_at(None)
        if self._reading is not None:
            self._reading.silence()
        self._card, self._trace, self._reading, self._prepared, self._unit = card, None, None, None, None
        self._sources.choose("folder" if self._search.of(card) else "drawings")
        if self.isVisible():
            self._read()

    def show_frame(self, frame: Frame) -> None:
        self._trace = frame.trace

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._read()

    # the model's own likes

    def _read(self) -> None:
        card = self._card
        if card is None or self._reading is not None:
            return
        self._reading = self._jobs.start("likes", lambda: prepare(card))
        self._reading.stepped.connect(self._show_prepared)
        self._reading.ended.connect(self._complain)

    def _show_prepared(self, step: object) -> None:
        self._prepared = cast(Prepared, step)
        self._chooser.show_stages(self._prepared.fields.stages)
        self._follow(self.selection.spot)
        if self._unit is None:
            self._unit = usual_unit(self._prepared.fields.stages, self._trace)
        self._show_unit()

    def _complain(self, error: object) -> None:
        if error is not None:
            self._show_message(str(error))

    # which unit

    def _choose(self, position: int, unit: int) -> None:
        """A person chose a unit here: everything else follows, at the middle of its map."""
        assert self._prepared is not None
        self._unit = (position, unit)
        stage = self._prepared.fields.stages[position]
        self.selection.choose(Spot(position, (unit, *(side // 2 for side in stage.shape[1:]))))
        self._show_unit()

    def _follow(self, spot: Spot | None) -> None:
        if spot is None or self._prepared is None:
            return
        unit = unit_at(self._prepared.fields.stages, spot)
        if unit is not None and unit != self._unit:
            self._unit = unit
            self._show_unit()

    # what is shown

    def _turn_to(self, source: str) -> None:
        if source == "folder" and self._card is not None and self._search.of(self._card) is None:
            self._ask()
        self._show_unit()

    def _press(self) -> None:
        folder = self._search.of(self._card) if self._card is not None else None
        if folder is not None and folder.running:
            self._search.cancel()
        else:
            self._ask()

    def _ask(self) -> None:
        """Which folder; without one it stays as it was."""
        if self._card is None:
            return
        known = self._search.of(self._card)
        name = QFileDialog.getExistingDirectory(
            self, self.tr("A folder of pictures"), str(known.folder) if known else str(Path.home())
        )
        if name:
            self._search.start(self._card, Path(name))
        elif known is None:
            self._sources.choose("drawings")

    @property
    def _folder(self) -> FolderLikes | None:
        """What is searched, while that is what is shown."""
        shown = self._sources.buttons["folder"].isChecked()
        return self._search.of(self._card) if shown and self._card is not None else None

    def _show_unit(self) -> None:
        prepared, folder = self._prepared, self._folder
        self._button.setVisible(folder is not None)
        if prepared is None or self._unit is None:
            return
        position, unit = self._unit
        self._chooser.show_unit(position, unit)
        likes = prepared.likes if folder is None else folder.searched.likes if folder.searched else None
        if folder is None:
            self._say(_origin_words(self, prepared))
            problem = prepared.problem or ("" if likes else self._none_words(prepared.card))
        else:
            self._say(_folder_words(self, folder))
            self._caption.setToolTip(str(folder.folder))
            self._button.setText(self.tr("Cancel") if folder.running else self.tr("Another folder…"))
            problem = "" if folder.running else folder.problem or self._all_broken(likes)
        patches = patches_of(likes, prepared.fields, position, unit) if likes is not None else ()
        if patches or not problem:
            self._message.hide()
            self._nine.show()
            self._whole.show()
            self._nine.show_patches(patches)
        else:
            self._show_message(problem)
        self._aim(prepared, position, unit, patches[0].value if patches else None)

    def _aim(self, prepared: Prepared, position: int, unit: int, best: float | None) -> None:
        stage = prepared.fields.stages[position]
        index = (unit, *(side // 2 for side in stage.shape[1:]))
        self._climb.aim_at(Aim(prepared.card, stage.name, index, prepared.fields.box(position, index), best))

    def _point(self, number: int | None) -> None:
        if number is None:
            self._whole.show_patch(None, "")
            return
        patch = self._nine.patches[number]
        words = self.tr("{n} of {count}").format(n=number + 1, count=len(self._nine.patches))
        if len(patch.index) == 3:
            words += self.tr(" · row {row}, column {column}").format(row=patch.index[1] + 1, column=patch.index[2] + 1)
        self._whole.show_patch(patch, words)

    def _show_message(self, words: str) -> None:
        self._nine.hide()
        self._whole.hide()
        self._message.setText(words)
        self._message.show()

    def _say(self, words: str) -> None:
        if self._caption.text() != words:
            self._caption.setText(words)

    def _none_words(self, card: ModelCard) -> str:
        return self.tr(
            "Nobody has looked yet for what this model's filters like. Choose a folder of pictures above, or run "
            "convlens prepare-likes {name}."
        ).format(name=card.name)

    def _all_broken(self, likes: Likes | None) -> str:
        return self.tr("None of these pictures could be read. Choose another folder.") if likes is not None else ""

    def _dress(self) -> None:
        unit = self.theme.unit
        self._layout.setSpacing(unit)
        for layout in (self._top, self._below, self._halves):
            layout.setSpacing(3 * unit)
        self._line.setStyleSheet(f"color: {self.theme.colours.border.name()};")


def _origin_words(page: QWidget, prepared: Prepared) -> str:
    likes = prepared.likes
    if likes is None:
        return ""
    if likes.origin == "pictures":
        return page.tr("The nine it answers to most, out of {count} pictures").format(count=f"{likes.seen:,}")
    if prepared.card.reads == "photos":
        return page.tr("Out of {count} drawings. Choose a folder of photos to see more.").format(
            count=f"{likes.seen:,}"
        )
    return page.tr("The nine it answers to most, out of {count} drawings").format(count=f"{likes.seen:,}")


def _folder_words(page: QWidget, folder: FolderLikes) -> str:
    name = folder.folder.name or str(folder.folder)
    words = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
    searched = folder.searched
    if searched is None:
        return f"{words} · {page.tr('looking…')}" if folder.running else words
    words += " · " + (
        page.tr("{done} of {total}").format(done=f"{searched.done:,}", total=f"{searched.total:,}")
        if searched.done < searched.total
        else page.tr("all {total} pictures").format(total=f"{searched.total:,}")
    )
    if searched.broken:
        words += " · " + page.tr("{count} could not be read").format(count=f"{searched.broken:,}")
    return words
