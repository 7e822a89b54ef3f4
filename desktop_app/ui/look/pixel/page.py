"""The arithmetic of one number, and where it came from."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from desktop_app.core.forward.request import Frame
from desktop_app.core.forward.spot import Spot
from desktop_app.core.forward.walk import fits
from desktop_app.core.model.card import ModelCard
from desktop_app.ui.look.keys import across_of, walked
from desktop_app.ui.look.page import Page
from desktop_app.ui.look.pixel.board import Board
from desktop_app.ui.look.pixel.boards import board_for, tell
from desktop_app.ui.look.pixel.heading import Heading
from desktop_app.ui.look.pixel.sheet import Sheet
from desktop_app.ui.look.pixel.told import Told, place_parts, tr
from desktop_app.ui.look.selection import Selection
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.frames import paint_focus
from desktop_app.ui.widgets.text import Text

SLOW = 0.01
"""Seconds of work that the pen is not to wait for in every frame."""
LATER_MS = 150


class PixelPage(Page):
    """Follows the selection and the frames; its keys walk from number to number, as those of the maps do."""

    def __init__(self, theme: Theme, selection: Selection, parent: QWidget | None = None) -> None:
        super().__init__(theme, selection, parent)
        self._frame: Frame | None = None
        self._board: Board | None = None
        self._first = 0
        self._stage: int | None = None
        self._seconds = 0.0
        self._later = QTimer(self, singleShot=True, interval=LATER_MS)
        self._later.timeout.connect(self._tell)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Arithmetic of one number"))
        self._heading = Heading(theme)
        self._order = QToolButton()
        self._order.setText(self.tr("Largest first"))
        self._order.setCheckable(True)
        self._order.setChecked(True)  # what comes first shall not be a grid of zeros
        self._order.setToolTip(self.tr("The maps that add or take away most come first"))
        self._order.toggled.connect(self._reorder)
        self._which = Text(theme, role="caption", ink="muted")
        self._back = self._turner("◂", self.tr("Back (Shift+Left)"), -1)
        self._on = self._turner("▸", self.tr("On (Shift+Right)"), 1)
        self._top = QHBoxLayout()
        self._top.addWidget(self._heading, 1)
        for widget in (self._order, self._which, self._back, self._on):
            self._top.addWidget(widget)
        self.sheet = Sheet(theme)
        self.sheet.spot_chosen.connect(selection.choose)
        self.sheet.spot_pointed.connect(selection.pointed)
        self.sheet.resized.connect(self._show)
        self.sheet.turned.connect(self._turn_to)
        self._layout = QVBoxLayout(self)
        self._layout.addLayout(self._top)
        self._layout.addWidget(self.sheet, 1)
        selection.changed.connect(self._follow)
        theme.changed.connect(self._dress)
        self._dress()
        self._tell()

    def _turner(self, sign: str, tip: str, way: int) -> QToolButton:
        button = QToolButton()
        button.setText(sign)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.clicked.connect(self._turn_on if way > 0 else self._turn_back)
        return button

    def show_model(self, card: ModelCard) -> None:
        self._frame = None
        self._tell()

    def show_frame(self, frame: Frame) -> None:
        """What takes long (attention in a large network) is only worked out a few times a second."""
        self._frame = frame
        if self._seconds > SLOW:
            if not self._later.isActive():
                self._later.start()
        else:
            self._tell()

    def _follow(self, spot: Spot | None) -> None:
        if self.isVisible():
            self._tell()

    def _tell(self) -> None:
        """Works out the number's story and shows it."""
        self._later.stop()
        begin = time.perf_counter()
        frame, spot = self._frame, self.selection.spot
        if frame is None or spot is None or not fits(frame.trace.stages, spot):
            self._board = None
        else:
            if spot.position != self._stage:
                self._stage, self._first = spot.position, 0
            self._board = board_for(tell(frame, spot), self._order.isChecked())
            self._first = min(self._first, self._board.count - 1)
        self._seconds = time.perf_counter() - begin
        self._show()

    def _show(self) -> None:
        board = self._board
        self.sheet.show_board(board, self._first)
        self._heading.say(*(_heading(board.told, board) if board else ("", "")))
        shown = self.sheet.shown() if board else 1
        pages = board is not None and board.count > shown
        for widget in (self._which, self._back, self._on):
            widget.setVisible(pages)
        self._order.setVisible(board is not None and board.orders)
        if board is not None and pages:
            words = board.caption(self._first, shown)
            if words != self._which.text():
                self._which.setText(words)
            self._back.setEnabled(self._first > 0)
            self._on.setEnabled(self._first + shown < board.count)
        self.setAccessibleDescription(self._in_words())

    def _in_words(self) -> str:
        if self._board is None:
            return self.tr("Nothing is chosen. Choose a number on the maps with Enter, or click one.")
        line = " ".join(piece.words for piece in self._board.line())
        walk = self.tr(
            "Arrows choose another pixel, Page Up and Down another map, Tab another stage, Shift and Left or Right "
            "turn the page, Esc closes."
        )
        return f"{self._heading.toolTip()}. {line}. {walk}"

    # paging

    def _reorder(self, on: bool) -> None:
        self._first = 0
        self._tell()

    def _turn_on(self) -> None:
        self._turn_to(self._first + self.sheet.shown())

    def _turn_back(self) -> None:
        self._turn_to(self._first - self.sheet.shown())

    def _turn_to(self, first: int) -> None:
        if self._board is not None:
            shown = self.sheet.shown()
            last = self._board.count - 1 if shown == 1 else (self._board.count - 1) // shown * shown
            self._first = min(max(first, 0), last)
            self._show()

    # the keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if shift and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._turn_on() if event.key() == Qt.Key.Key_Right else self._turn_back()
        elif not self._walk(Qt.Key(event.key())):
            super().keyPressEvent(event)

    def focusNextPrevChild(self, onwards: bool) -> bool:
        """Tab goes to another stage while a number is chosen and the page itself has the focus."""
        if self.hasFocus() and self._walk(Qt.Key.Key_Tab if onwards else Qt.Key.Key_Backtab):
            return True
        return bool(super().focusNextPrevChild(onwards))

    def _walk(self, key: Qt.Key) -> bool:
        frame, spot = self._frame, self.selection.spot
        if frame is None or spot is None or not fits(frame.trace.stages, spot):
            return False
        there = walked(frame.trace.stages, spot, key, across_of(frame, spot))
        if there is None:
            return False
        self.selection.choose(there)
        return True

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.hasFocus():
            paint_focus(QPainter(self), self.rect(), self.theme)

    def _dress(self) -> None:
        unit = self.theme.unit
        self._layout.setContentsMargins(unit, 0, unit, 0)  # room for the focus ring
        self._layout.setSpacing(unit)
        self._top.setSpacing(2 * unit)
        # Buttons that come and go do not change the sheet's height, on which it depends how much is on it.
        self._heading.setMinimumHeight(max(self._on.sizeHint().height(), self._order.sizeHint().height()))
        self.sheet.dress()


def _heading(told: Told, board: Board) -> tuple[str, str]:
    """("conv2", "filter 5 of 32 · pixel (7, 4) · reads a 3×3 patch of each of 16 maps")."""
    stage = told.stage
    parts = place_parts(stage, told.spot.index)[1:]
    if stage.kind != "input":
        axis = stage.channels
        count = f"{stage.shape[axis]:,}"
        which = tr("filter {n}").format(n=f"{told.spot.index[axis] + 1:,}") if stage.kind == "conv" else parts[0]
        parts[0] = tr("{which} of {count}").format(which=which, count=count)
    return stage.name, " · ".join(part for part in (*parts, board.reads()) if part)
