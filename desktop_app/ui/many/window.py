"""The contact sheet: a window of its own beside the main one, for many photos and what a model says of each."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QVBoxLayout, QWidget

from desktop_app.core.errors import UserError
from desktop_app.core.files import write_atomically
from desktop_app.core.many.row import Row, answered, broken
from desktop_app.core.many.sheet import Filter, Order, Sheet
from desktop_app.core.many.table import csv_text
from desktop_app.core.model.card import Fit, ModelCard
from desktop_app.core.source.colour import Colour
from desktop_app.ui.icons import application_icon
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.many.asking import Asking, Question
from desktop_app.ui.many.controls import Controls
from desktop_app.ui.many.grid import Grid
from desktop_app.ui.many.model import SheetModel
from desktop_app.ui.many.nothing import Nothing
from desktop_app.ui.many.progress import Progress
from desktop_app.ui.many.thumbnails import Thumbnails
from desktop_app.ui.theme import Theme
from desktop_app.ui.window.banner import Banner

if TYPE_CHECKING:
    from desktop_app.learn.classify import FileAnswer

SIZE = (1120, 720)
"""Of the window when it first opens, in pixels at normal size, where the screen has room."""
MARK = "\ufeff"
"""Tells spreadsheets that the table is UTF-8; they take umlauts for something else without it."""


class ContactSheet(QWidget):
    """One folder, or several files, at a time; it stays open when another is brought."""

    photo_chosen = Signal(object, object, str)  # Path, ModelCard, Fit: to be looked at in the main window
    brought = Signal(object)  # QMimeData that was dropped here

    def __init__(self, theme: Theme, jobs: Jobs, cards: Sequence[ModelCard], background: Callable[[], Colour]) -> None:
        """background: what transparent pictures have at the moment."""
        super().__init__(None, Qt.WindowType.Window)
        self._theme = theme
        self._background = background
        self._brought: Sequence[Path] = ()
        self._place = ""
        self._listed = False
        self._began = 0.0
        self._done = 0
        self._speed = 0.0
        self.asking = Asking(jobs, self)
        self.thumbnails = Thumbnails()
        self.model = SheetModel(self)
        self.controls = Controls(theme, cards)
        self.grid = Grid(theme, self.model, self.thumbnails)
        self.nothing = Nothing(theme)
        self.progress = Progress(theme)
        self.middle = QStackedWidget()
        self.middle.addWidget(self.grid)
        self.middle.addWidget(self.nothing)
        self.banner = Banner(theme, self.middle)
        self._build()
        self._connect()

    def _build(self) -> None:
        self.setWindowIcon(application_icon())
        self.setAcceptDrops(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.controls)
        column.addWidget(self.middle, 1)
        column.addWidget(self.progress)
        room = self.screen().availableGeometry()
        px = self._theme.px
        self.resize(min(px(SIZE[0]), room.width()), min(px(SIZE[1]), room.height() - px(40)))
        for key, do in (
            (QKeySequence(QKeySequence.StandardKey.Find), self.controls.search.setFocus),
            (QKeySequence(QKeySequence.StandardKey.Save), self.ask_export),
            (QKeySequence("Ctrl+W"), self.close),
        ):
            QShortcut(key, self).activated.connect(do)

    def _connect(self) -> None:
        controls, asking = self.controls, self.asking
        controls.asked.connect(self._ask_anew)
        controls.order_chosen.connect(self._sort)
        controls.filter_changed.connect(self._filter)
        controls.export_wanted.connect(self.ask_export)
        controls.search.returnPressed.connect(self.grid.enter)
        asking.found.connect(self._add)
        asking.listed.connect(self._all_found)
        asking.answered.connect(self._take)
        asking.ended.connect(self._end)
        self.model.arranged.connect(self._show_counts)
        self.grid.chosen.connect(self._open)
        self.nothing.all_wanted.connect(controls.show_all)
        self.progress.stop_wanted.connect(self.stop)
        self.progress.go_on_wanted.connect(self.go_on)

    @property
    def card(self) -> ModelCard:
        card = self.controls.models.card
        assert card is not None  # `open` has shown one
        return card

    def open(self, brought: Sequence[Path], card: ModelCard, fit: Fit) -> None:
        """Folders, and files, from now on instead of what was here."""
        self._brought = tuple(brought)
        only = brought[0] if len(brought) == 1 else None
        self._place = (only.name or str(only)) if only else self.tr("{n} files").format(n=f"{len(brought):,}")
        self.setWindowTitle(self.tr("Contact sheet – {place}").format(place=self._place))
        self.thumbnails.clear()
        self.controls.models.show_card(card)
        self.controls.show_fit(fit)
        self.controls.show_all()
        self._look()
        page = self.grid if self.model.rowCount() else self.nothing
        page.setFocus()  # from there it goes on to the photos once there are some

    def set_cards(self, cards: Sequence[ModelCard]) -> None:
        """Models were added or removed. If the one that is asked has gone, the answers that are there stay."""
        self.asking.forget()
        self.controls.models.set_cards(cards)
        if self.controls.models.card is None:
            self.stop()
            self.controls.models.show_card(next(card for card in cards if card.reads == "photos"))

    def stop(self) -> None:
        """The answers that are there stay."""
        self.asking.stop()
        self._show_counts()

    def go_on(self) -> None:
        """With the photos that have no answer yet."""
        if not self._listed:
            self._look()
            return
        waiting = [(number, row.path) for number, row in enumerate(self.model.sheet.rows) if row.waiting]
        self._ask(waiting)

    def ask_export(self) -> None:
        name = self.tr("answers of {place}.csv").format(place=self._place)
        folder = self._brought[0] if self._brought and self._brought[0].is_dir() else Path.home()
        file = QFileDialog.getSaveFileName(
            self, self.tr("Export as a table"), str(folder / name), self.tr("Table for spreadsheets") + " (*.csv)"
        )[0]
        if file:
            self.export(Path(file))

    def export(self, file: Path) -> None:
        """The photos that are shown, in their order."""
        rows = self.model.shown()
        try:
            write_atomically(file, (MARK + csv_text(rows)).encode())
        except UserError as error:
            self.banner.show_problem(str(error))
            return
        self.banner.show_notice(
            self.tr("{n} photos with their answers are in {name}.").format(n=f"{len(rows):,}", name=file.name)
        )

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.brought.emit(event.mimeData())

    def closeEvent(self, event: QCloseEvent) -> None:
        """What is there stays; it can be opened again, and go on."""
        self.stop()
        self.asking.forget()
        super().closeEvent(event)

    # asking

    def _look(self) -> None:
        """For pictures, then asks about them."""
        self._listed = False
        self.model.set_sheet(Sheet(self._brought))
        self.grid.scrollToTop()
        self._ask(None)
        self._show_counts()

    def _ask_anew(self) -> None:
        """The same photos; their small pictures stay."""
        if not self._brought:
            return
        self.asking.stop()  # nothing of the model before may come any more
        self.model.ask_again()
        self.go_on()

    def _ask(self, asked: Sequence[tuple[int, Path]] | None) -> None:
        self.banner.hide()
        self._done, self._began, self._speed = 0, 0.0, 0.0
        self.asking.start(
            Question(self.card, self.controls.fit, self._background(), self._brought, asked, self.thumbnails.lacks)
        )
        self._show_counts()

    def _add(self, paths: Sequence[Path]) -> None:
        self.model.sheet.add(paths)
        self.model.arrange_soon()

    def _all_found(self) -> None:
        self._listed = True
        self.model.arrange()

    def _take(self, answers: Sequence[tuple[int, FileAnswer]]) -> None:
        sheet, card = self.model.sheet, self.card
        for number, answer in answers:
            if answer.thumbnail:
                self.thumbnails.add(answer.path, answer.thumbnail)
            sheet.put(number, _row(sheet.rows[number], answer, card))
        self._note_speed(len(answers))
        self.model.changed([number for number, _ in answers])

    def _note_speed(self, answers: int) -> None:
        now = time.monotonic()
        if not self._began:
            self._began = now
            return
        self._done += answers
        self._speed = self._done / max(now - self._began, 1e-3)

    def _end(self, error: object) -> None:
        self.model.arrange()
        if isinstance(error, UserError):
            self.banner.show_problem(str(error))
        elif error is not None:
            self.banner.show_problem(
                self.tr("The photos could not be answered ({error}). Choose another model, or try again.").format(
                    error=f"{type(error).__name__}: {str(error)[:200]}"
                )
            )

    # what is shown

    def _sort(self, order: Order) -> None:
        self.model.set_order(order)
        self.grid.scrollToTop()

    def _filter(self, shown: Filter) -> None:
        self.model.set_filter(shown)
        self.grid.scrollToTop()

    def _show_counts(self) -> None:
        counts, running = self.model.sheet.counts(), self.asking.running
        shown = self.model.rowCount()
        self.controls.show_counts(counts)
        self.controls.export.setEnabled(shown > 0)
        if running and not self._listed:
            self.progress.show_looking(counts.all)
        else:
            self.progress.show_counts(counts, running=running, shown=shown, speed=self._speed)
        if shown:
            self.middle.setCurrentWidget(self.grid)
            return
        if counts.all:
            self.nothing.say(self.tr("None of the photos is like that."), can_show_all=True)
        elif running:
            self.nothing.say(self.tr("Looking for photos in {place}…").format(place=self._place))
        else:
            self.nothing.say(
                self.tr(
                    "There are no pictures in {place}.\nDrop a folder with JPEG, PNG, WebP, GIF, BMP or TIFF files."
                ).format(place=self._place)
            )
        self.middle.setCurrentWidget(self.nothing)

    def _open(self, row: Row) -> None:
        self.photo_chosen.emit(row.path, self.card, self.controls.fit)


def _row(row: Row, answer: FileAnswer, card: ModelCard) -> Row:
    if answer.probabilities is None or answer.entropy is None:
        return broken(row, answer.error or "")
    return answered(row, answer.probabilities, answer.entropy, card)
