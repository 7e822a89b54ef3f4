"""The panel below the network: one page at a time, chosen by its tabs; closed until it is asked for."""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from desktop_app.core.forward.factors import UNTOUCHED, Factors
from desktop_app.core.forward.forwards import Forwards
from desktop_app.core.forward.request import Frame
from desktop_app.core.model.card import ModelCard
from desktop_app.core.model.registry import Registry
from desktop_app.core.site import PAGES
from desktop_app.ui.icons import dress
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.look.page import Page
from desktop_app.ui.look.selection import Selection
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.segmented import Segmented

if TYPE_CHECKING:
    from desktop_app.ui.look.compare.page import ComparePage
    from desktop_app.ui.look.filters.page import FiltersPage
    from desktop_app.ui.look.likes.page import LikesPage
    from desktop_app.ui.look.pixel.page import PixelPage
    from desktop_app.ui.look.silence.page import SilencePage
    from desktop_app.ui.look.softmax.page import SoftmaxPage
    from desktop_app.ui.look.why.page import WhyPage

P = TypeVar("P", bound=Page)


def import_pages() -> None:
    """Each takes some 50 ms; done ahead, in any thread, a page's first opening need not wait for them."""
    for name in PAGES:
        import_module(f"desktop_app.ui.look.{name}.page")


class LookPanel(QWidget):
    """Hides itself when it is closed. page: the one that is open, by its name, or nothing."""

    page_changed = Signal(str)
    left = Signal()  # it was closed, and had the keyboard's focus
    factors_changed = Signal(object)  # Factors
    class_pointed = Signal(object)  # a class's index, or None
    beside_chosen = Signal(object)  # ModelCard that shall answer too, or None

    def __init__(
        self,
        theme: Theme,
        selection: Selection,
        jobs: Jobs,
        registry: Registry,
        forwards: Forwards,
        pages: tuple[str, ...] = PAGES,
        parent: QWidget | None = None,
    ) -> None:
        """pages: those that can be opened."""
        super().__init__(parent)
        self._theme = theme
        self._selection = selection
        self._jobs = jobs
        self._registry = registry
        self._forwards = forwards
        self._made: dict[str, Page] = {}
        self._frame: Frame | None = None
        self._card: ModelCard | None = None
        self._factors = UNTOUCHED
        self.tabs = {
            "pixel": (self.tr("Pixel"), self.tr("Where one number comes from")),
            "filters": (self.tr("Filters"), self.tr("All filters of a convolution, and their kernels")),
            "likes": (self.tr("Likes"), self.tr("What a filter answers to most strongly")),
            "silence": (self.tr("Silence"), self.tr("Switch filters off, and see what changes")),
            "softmax": (self.tr("Softmax"), self.tr("How logits become probabilities")),
            "compare": (self.tr("Compare"), self.tr("Two inputs, or two models, side by side")),
            "why": (self.tr("Why"), self.tr("Which parts of the picture made the answer")),
        }
        self.pages = pages
        self._tabs = Segmented({name: self.tabs[name] for name in pages}, self.tr("Look inside"))
        self._tabs.chosen.connect(self.open)
        self._close = QToolButton()
        self._close.setToolTip(self.tr("Close (Esc)"))
        self._close.setAccessibleName(self.tr("Close"))
        self._close.clicked.connect(self.close_page)
        dress(self._close, "x", theme)
        self._stack = QStackedWidget()
        self._top = QHBoxLayout()
        self._top.setSpacing(0)  # the stretch is gap enough
        self._top.addWidget(self._tabs)
        self._top.addStretch(1)
        self._top.addWidget(self._close)
        self._layout = QVBoxLayout(self)
        self._layout.addLayout(self._top)
        self._layout.addWidget(self._stack, 1)
        self.hide()
        theme.changed.connect(self._dress)
        self._dress()

    # the pages; what is opened now and then is imported then: the window is there sooner

    @cached_property
    def pixel(self) -> PixelPage:
        from desktop_app.ui.look.pixel.page import PixelPage

        return self._add("pixel", PixelPage(self._theme, self._selection))

    @cached_property
    def filters(self) -> FiltersPage:
        from desktop_app.ui.look.filters.page import FiltersPage

        return self._add("filters", FiltersPage(self._theme, self._selection))

    @cached_property
    def likes(self) -> LikesPage:
        from desktop_app.ui.look.likes.page import LikesPage

        return self._add("likes", LikesPage(self._theme, self._selection, self._jobs))

    @cached_property
    def silence(self) -> SilencePage:
        from desktop_app.ui.look.silence.page import SilencePage

        page = self._add("silence", SilencePage(self._theme, self._selection, self._jobs, self._forwards))
        page.show_factors(self._factors)
        page.factors_changed.connect(self.factors_changed)
        return page

    @cached_property
    def softmax(self) -> SoftmaxPage:
        from desktop_app.ui.look.softmax.page import SoftmaxPage

        page = self._add("softmax", SoftmaxPage(self._theme, self._selection))
        page.class_pointed.connect(self.class_pointed)
        return page

    @cached_property
    def compare(self) -> ComparePage:
        from desktop_app.ui.look.compare.page import ComparePage

        page = self._add("compare", ComparePage(self._theme, self._selection, self._registry.cards))
        page.beside_chosen.connect(self.beside_chosen)
        return page

    @cached_property
    def why(self) -> WhyPage:
        from desktop_app.ui.look.why.page import WhyPage

        return self._add("why", WhyPage(self._theme, self._selection, self._jobs, self._forwards))

    def _add(self, name: str, page: P) -> P:
        self._made[name] = page
        self._stack.addWidget(page)
        if self._card is not None:
            page.show_model(self._card)
        return page

    @property
    def page(self) -> str:
        """The open page's name, or nothing."""
        if self.isHidden():
            return ""
        return next(name for name, page in self._made.items() if page is self._stack.currentWidget())

    @property
    def shown(self) -> Page | None:
        """The open page."""
        return self._made[self.page] if self.page else None

    def open(self, name: str) -> None:
        """One that is not shown here stays closed. Raises AttributeError for a page that there is none of."""
        if name not in self.pages:
            return
        page: Page = getattr(self, name)
        self._tabs.choose(name)
        for made in self._made.values():  # what is not shown takes no room
            policy = QSizePolicy.Policy.Preferred if made is page else QSizePolicy.Policy.Ignored
            made.setSizePolicy(policy, policy)
        self._stack.setCurrentWidget(page)
        self.show()
        if self._frame is not None:
            page.show_frame(self._frame)
        self.page_changed.emit(name)

    def close_page(self) -> None:
        if not self.isHidden():
            had_focus = any(child.hasFocus() for child in self.findChildren(QWidget))
            self.hide()
            self._selection.choose(None)
            self.page_changed.emit("")
            if had_focus:
                self.left.emit()

    def show_model(self, card: ModelCard) -> None:
        self._card, self._frame = card, None
        for page in self._made.values():
            page.show_model(card)

    def set_registry(self, registry: Registry) -> None:
        """Models were added or removed."""
        self._registry = registry
        if "compare" in self._made:
            self.compare.set_cards(registry.cards)

    def show_factors(self, factors: Factors) -> None:
        """What is scaled now, whoever changed it."""
        self._factors = factors
        if "silence" in self._made:
            self.silence.show_factors(factors)

    def forget_second(self) -> None:
        """The second model cannot answer."""
        if "compare" in self._made:
            self.compare.forget_second()

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
