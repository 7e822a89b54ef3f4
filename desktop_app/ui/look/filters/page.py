"""All filters of a convolution as pictures, and the kernels of one."""

from __future__ import annotations

from typing import cast

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.core.filters.bank import Bank
from desktop_app.core.filters.order import Numbers, Sort, activities, order_of, strongest_spot
from desktop_app.core.forward.request import Frame
from desktop_app.core.forward.spot import Spot, place_of
from desktop_app.core.forward.trace import Trace
from desktop_app.core.model.card import ModelCard
from desktop_app.core.numerals import exact, short
from desktop_app.ui.look.filters.grid import FilterGrid
from desktop_app.ui.look.filters.kernels import KernelSheet
from desktop_app.ui.look.filters.legend import WeightLegend
from desktop_app.ui.look.page import Page
from desktop_app.ui.look.pager import Pager
from desktop_app.ui.look.selection import Selection
from desktop_app.ui.look.stage_choice import StageChoice
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.segmented import Segmented
from desktop_app.ui.widgets.text import Text

RESTING_MS = 250
"""The activity is read, and filters change places, when no frame has come for so long: never under the pen."""


class FiltersPage(Page):
    """Left all filters, right the chosen one. grid, kernels, stages, sorts: its parts."""

    def __init__(self, theme: Theme, selection: Selection, parent: QWidget | None = None) -> None:
        super().__init__(theme, selection, parent)
        self._trace: Trace | None = None
        self._active: Numbers | None = None
        self._filter: int | None = None
        self._sort: Sort = "number"
        self.stages = StageChoice(logits=True)
        self.sorts = Segmented(
            {
                "number": (self.tr("number"), self.tr("In the network's own order")),
                "norm": (self.tr("norm"), self.tr("Largest weights first: √ of the sum of all squared weights")),
                "activity": (self.tr("activity"), self.tr("Those that answer most to this input first")),
            },
            self.tr("Sort by"),
        )
        self._legend = WeightLegend(theme)
        self._colours = Text(theme, self.tr("true colour, grey is 0"), "caption", "muted")
        self.grid, self._grid_pages = FilterGrid(theme), Pager(theme)
        self._title, self._figures = Text(theme, role="strong"), Text(theme, role="caption", ink="muted")
        self.kernels, self._kernel_pages = KernelSheet(theme), Pager(theme)
        self._nothing = Text(theme, self.tr("This network has no convolution, so it has no filters."), ink="muted")
        self._rest = QTimer(self, singleShot=True, interval=RESTING_MS)
        self._build()
        self._connect()
        self._dress()

    def _build(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.stages)
        top.addWidget(Text(self.theme, self.tr("Sort"), "caption", "muted"))
        top.addWidget(self.sorts)
        top.addStretch(1)
        top.addWidget(self._legend)
        left, right = QVBoxLayout(), QVBoxLayout()
        left.addWidget(self.grid, 1)
        below = QHBoxLayout()
        below.addWidget(self._colours)
        below.addWidget(self._grid_pages, 1)
        left.addLayout(below)
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addWidget(self._figures, 1)
        right.addLayout(head)
        right.addWidget(self.kernels, 1)
        right.addWidget(self._kernel_pages)
        self._halves = QHBoxLayout()
        self._halves.addLayout(left, 1)
        self._halves.addLayout(right, 1)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addLayout(top)
        self._layout.addWidget(self._nothing)
        self._layout.addLayout(self._halves, 1)
        self._nothing.hide()
        self._figures.setWordWrap(True)

    def _connect(self) -> None:
        self.stages.bank_changed.connect(self._show_bank)
        self.sorts.chosen.connect(self._resort)
        self.grid.chosen.connect(self._choose)
        self.grid.turned.connect(self._show_grid_page)
        self._grid_pages.turned.connect(self.grid.turn)
        self.kernels.turned.connect(self._show_kernel_page)
        self._kernel_pages.turned.connect(self.kernels.turn)
        self._rest.timeout.connect(self._listen)
        self.selection.changed.connect(self._follow)
        self.theme.changed.connect(self._dress)

    def show_model(self, card: ModelCard) -> None:
        self._trace = self._active = None
        self.stages.forget()

    def show_frame(self, frame: Frame) -> None:
        first = self._trace is None
        self._trace = frame.trace
        self.stages.show_trace(frame.trace)
        if first:
            self._listen()
            self._follow(self.selection.spot)
        else:
            self._rest.start()

    @property
    def _bank(self) -> Bank | None:
        return self.stages.bank

    def _show_bank(self) -> None:
        """Another stage: its first filter is shown until one is chosen."""
        bank = self._bank
        self._nothing.setVisible(bank is None)
        for widget in (self.sorts, self.grid, self.kernels, self._legend):
            widget.setVisible(bank is not None)
        self._active = self._filter = None
        self.grid.choose(None)
        if bank is not None:
            self._legend.show_range(bank.strongest)
            self._colours.setVisible(bank.colour)
            self._listen()
            self._show_filter(int(order_of(bank, self._sort, self._activity)[0]))

    @property
    def _activity(self) -> Numbers:
        """(filters,) of the chosen stage; zeros until the first frame."""
        bank = self._bank
        return self._active if self._active is not None else np.zeros(len(bank) if bank else 0)

    def _listen(self) -> None:
        """How much every map has in it now; filters change places if they are sorted by that."""
        bank, trace = self._bank, self._trace
        if bank is None or trace is None:
            return
        self._active = activities(trace.stages[bank.heard], trace.outputs[bank.heard])
        self._resort(self._sort)
        self._write()

    def _resort(self, sort: str) -> None:
        self._sort = cast(Sort, sort)
        bank = self._bank
        if bank is not None:
            self.grid.show_bank(bank, order_of(bank, self._sort, self._activity).tolist(), self._active)

    def _choose(self, number: int) -> None:
        """A person chose a filter: everything else follows, at the pixel to which it answers most."""
        self._show_filter(number)
        if self._trace is not None and self._bank is not None:
            self.selection.choose(strongest_spot(self._trace, self._bank.position, number))

    def _follow(self, spot: Spot | None) -> None:
        bank = self.stages.follow(spot)
        if bank is not None and spot is not None and self._trace is not None:
            number = place_of(self._trace.stages[spot.position], spot)[0]
            if number < len(bank):
                self._show_filter(number)

    def _show_filter(self, number: int) -> None:
        bank, trace = self._bank, self._trace
        if bank is None or trace is None or number == self._filter:
            return
        self._filter = number
        self.grid.choose(number)
        self.kernels.show_kernels(bank.weights[number], self._captions(bank, number, trace), bank.strongest)
        self._write()

    def _captions(self, bank: Bank, number: int, trace: Trace) -> list[str]:
        """What each kernel of a filter reads."""
        if bank.colour:
            return [self.tr("red"), self.tr("green"), self.tr("blue")]
        first = int(bank.first[number])
        if bank.weights.shape[3] == 1:
            return [str(first + kernel + 1) for kernel in range(bank.kernels)]
        words = (
            self.tr("map {n}") if trace.stages[0].shape[0] != bank.kernels or bank.position > 1 else self.tr("input")
        )
        return [words.format(n=first + kernel + 1) for kernel in range(bank.kernels)]

    def _write(self) -> None:
        """Norm, bias and activity of the chosen filter, in words."""
        bank, trace, number = self._bank, self._trace, self._filter
        if bank is None or trace is None or number is None:
            return
        words = self.tr("filter {n} of {count}") if bank.kind == "filters" else self.tr("unit {n} of {count}")
        figures = [self.tr("norm {norm}").format(norm=short(float(bank.norms[number])))]
        if bank.bias is not None:
            figures.append(self.tr("bias {bias}").format(bias=exact(float(bank.bias[number]))))
        heard = self.tr("activity {activity} (mean |{stage}|)")
        figures.append(heard.format(activity=short(float(self._activity[number])), stage=trace.stages[bank.heard].name))
        for label, text in (
            (self._title, words.format(n=number + 1, count=f"{len(bank):,}")),
            (self._figures, " · ".join(figures)),
        ):
            if label.text() != text:
                label.setText(text)

    def _show_grid_page(self) -> None:
        self._grid_pages.show_page(self.grid.page, self.grid.pages, self.grid.range_words)

    def _show_kernel_page(self) -> None:
        self._kernel_pages.show_page(self.kernels.page, self.kernels.pages, self.kernels.range_words)

    def _dress(self) -> None:
        unit = self.theme.unit
        self._layout.setSpacing(2 * unit)
        self._halves.setSpacing(4 * unit)
