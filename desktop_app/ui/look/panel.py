"""The panel below the network: one page at a time, chosen by its tabs; closed until it is asked for."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from desktop_app.core.forward.live import Frame
from desktop_app.core.model.card import ModelCard
from desktop_app.ui.icons import dress
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.look.compare.page import ComparePage
from desktop_app.ui.look.filters.page import FiltersPage
from desktop_app.ui.look.likes.page import LikesPage
from desktop_app.ui.look.page import Page
from desktop_app.ui.look.pixel.page import PixelPage
from desktop_app.ui.look.selection import Selection
from desktop_app.ui.look.silence.page import SilencePage
from desktop_app.ui.look.softmax.page import SoftmaxPage
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.segmented import Segmented


class LookPanel(QWidget):
    """Hides itself when it is closed. page: the one that is open, by its name, or nothing."""

    page_changed = Signal(str)

    def __init__(self, theme: Theme, selection: Selection, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._selection = selection
        self._frame: Frame | None = None
        self.pixel = PixelPage(theme, selection)
        self.filters = FiltersPage(theme, selection)
        self.likes = LikesPage(theme, selection, jobs)
        self.silence = SilencePage(theme, selection, jobs)
        self.softmax = SoftmaxPage(theme, selection)
        self.compare = ComparePage(theme, selection)
        self._pages: dict[str, Page] = {
            "pixel": self.pixel,
            "filters": self.filters,
            "likes": self.likes,
            "silence": self.silence,
            "softmax": self.softmax,
            "compare": self.compare,
        }
        self._tabs = Segmented(
            {
                "pixel": (self.tr("Pixel"), self.tr("Where one number comes from")),
                "filters": (self.tr("Filters"), self.tr("All filters of a convolution, and their kernels")),
                "likes": (self.tr("Likes"), self.tr("What a filter answers to most strongly")),
                "silence": (self.tr("Silence"), self.tr("Switch filters off, and see what changes")),
                "softmax": (self.tr("Softmax"), self.tr("How logits become probabilities")),
                "compare": (self.tr("Compare"), self.tr("Two inputs, or two models, side by side")),
            },
            self.tr("Look inside"),
        )
        self._tabs.chosen.connect(self.open)
        self._close = QToolButton()
        self._close.setToolTip(self.tr("Close (Esc)"))
        self._close.setAccessibleName(self.tr("Close"))
        self._close.clicked.connect(self.close_page)
        dress(self._close, "x", theme)
        self._stack = QStackedWidget()
        for page in self._pages.values():
            self._stack.addWidget(page)
        self._top = QHBoxLayout()
        self._top.addWidget(self._tabs)
        self._top.addStretch(1)
        self._top.addWidget(self._close)
        self._layout = QVBoxLayout(self)
        self._layout.addLayout(self._top)
        self._layout.addWidget(self._stack, 1)
        self.hide()
        theme.changed.connect(self._dress)
        self._dress()

    @property
    def page(self) -> str:
        if self.isHidden():
            return ""
        return next(name for name, page in self._pages.items() if page is self._stack.currentWidget())

    def open(self, name: str) -> None:
        """Raises KeyError for a page that there is none of."""
        page = self._pages[name]
        self._tabs.choose(name)
        self._stack.setCurrentWidget(page)
        self.show()
        if self._frame is not None:
            page.show_frame(self._frame)
        self.page_changed.emit(name)

    def close_page(self) -> None:
        if not self.isHidden():
            self.hide()
            self._selection.choose(None)
            self.page_changed.emit("")

    def show_model(self, card: ModelCard) -> None:
        self._frame = None
        for page in self._pages.values():
            page.show_model(card)

    def show_frame(self, frame: Frame) -> None:
        self._frame = frame
        if not self.isHidden():
            page = self._stack.currentWidget()
            assert isinstance(page, Page)
            page.show_frame(frame)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_page()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(event.rect(), self._theme.colours.panel)

    def _dress(self) -> None:
        unit = self._theme.unit
        self._layout.setContentsMargins(3 * unit, 2 * unit, 3 * unit, 2 * unit)
        self._layout.setSpacing(2 * unit)
