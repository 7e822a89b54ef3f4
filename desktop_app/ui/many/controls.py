"""What is asked, and which photos are shown in which order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QSizePolicy, QWidget

from desktop_app.core.many.sheet import Counts, Filter, Kind, Order
from desktop_app.core.model.card import Fit, ModelCard
from desktop_app.ui.models.model_choice import ModelChoice
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.choice import Choice

MOST_MODEL = 280
"""Width in pixels at normal size: some titles are long."""


class Controls(QWidget):
    asked = Signal()  # another model or another fit
    order_chosen = Signal(str)
    filter_changed = Signal(object)  # Filter
    export_wanted = Signal()

    def __init__(self, theme: Theme, cards: Sequence[ModelCard], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._filters: list[tuple[Kind, str]] = []
        self._words: list[str] = []
        self.models = ModelChoice(lambda card: card.title)
        self.models.set_cards(cards)
        self.fits, self.shown, self.orders = Choice(), Choice(), Choice()
        self.search = QLineEdit()
        self.export = QPushButton(self.tr("Export CSV…"))
        self._fill()
        self._row = QHBoxLayout(self)
        for choice in (self.models, self.fits, self.shown, self.orders):
            choice.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            self._row.addWidget(choice)
        self.export.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._row.addWidget(self.search, 1)
        self._row.addWidget(self.export)
        self.models.chosen.connect(lambda _card: self.asked.emit())
        self.fits.activated.connect(lambda _row: self.asked.emit())
        self.shown.activated.connect(self._tell)
        self.search.textChanged.connect(self._tell)
        self.orders.activated.connect(lambda _row: self.order_chosen.emit(self.orders.currentData()))
        self.export.clicked.connect(self.export_wanted)
        theme.changed.connect(self._dress)
        self._dress()

    @property
    def fit(self) -> Fit:
        return cast(Fit, self.fits.currentData())

    def show_fit(self, fit: Fit) -> None:
        self.fits.setCurrentIndex(self.fits.findData(fit))

    @property
    def filter(self) -> Filter:
        kind, label = self._filters[max(self.shown.currentIndex(), 0)]
        return Filter(kind, label, self.search.text())

    def show_all(self) -> None:
        """No filter."""
        self.shown.setCurrentIndex(0)
        self.search.clear()
        self._tell()

    def show_counts(self, counts: Counts) -> None:
        """Keeps what is chosen, and a list that is open as it is."""
        if self.shown.view().isVisible():
            return
        chosen = self._filters[self.shown.currentIndex()] if self.shown.currentIndex() >= 0 else ("all", "")
        entries: list[tuple[Kind, str, str]] = [("all", "", self.tr("All photos · {n}").format(n=f"{counts.all:,}"))]
        entries.append(("not sure", "", self.tr("Not sure · {n}").format(n=f"{counts.not_sure:,}")))
        entries.append(("broken", "", self.tr("Cannot be read · {n}").format(n=f"{counts.broken:,}")))
        entries += [("label", label, f"{label} · {count:,}") for label, count in counts.labels]
        if chosen not in [entry[:2] for entry in entries]:  # nothing is called so any more, but that is what was asked
            entries.append((*chosen, f"{chosen[1]} · 0"))
        words = [words for _kind, _label, words in entries]
        if words == self._words:  # to fill the list again would lay out the whole row
            return
        self._words = words
        self._filters = [(kind, label) for kind, label, _words in entries]
        self.shown.clear()
        self.shown.addItems(words)
        self.shown.setCurrentIndex(self._filters.index(chosen))

    def _fill(self) -> None:
        for fit, words, tip in (
            ("crop", self.tr("Crop"), self.tr("Take the middle; the edges are lost")),
            ("crops", self.tr("5 crops"), self.tr("The middle and the four corners, their probabilities averaged")),
            ("pad", self.tr("Pad"), self.tr("Keep all of it; fill up with the average colour")),
            ("stretch", self.tr("Stretch"), self.tr("Keep all of it; change its proportions")),
        ):
            self.fits.addItem(words, fit)
            self.fits.setItemData(self.fits.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        orders: tuple[tuple[Order, str], ...] = (
            ("name", self.tr("By name")),
            ("confidence", self.tr("Most confident first")),
            ("least sure", self.tr("Least sure first")),
            ("label", self.tr("By label")),
        )
        for order, words in orders:
            self.orders.addItem(words, order)
        for widget, name in (
            (self.models, self.tr("Model that answers")),
            (self.fits, self.tr("How a photo is made to fit the model's input")),
            (self.shown, self.tr("Photos that are shown")),
            (self.orders, self.tr("Order")),
            (self.search, self.tr("Words in the file's name")),
            (self.export, self.tr("Write the photos that are shown, with their answers, as a table")),
        ):
            widget.setAccessibleName(name)
            widget.setToolTip(name)
        self.search.setPlaceholderText(self.tr("Search names"))
        self.search.setClearButtonEnabled(True)
        self.show_counts(Counts(0, 0, 0, 0, ()))

    def _tell(self, _change: object = None) -> None:
        self.filter_changed.emit(self.filter)

    def _dress(self) -> None:
        px, unit = self._theme.px, self._theme.unit
        self._row.setContentsMargins(3 * unit, 2 * unit, 3 * unit, 2 * unit)
        self._row.setSpacing(2 * unit)
        self.models.setMaximumWidth(px(MOST_MODEL))
        self.shown.setMinimumWidth(px(150))
        self.search.setMinimumWidth(px(110))
