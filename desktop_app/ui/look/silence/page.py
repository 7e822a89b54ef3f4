"""Filters switched off or scaled, and what that changes."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSlider, QVBoxLayout, QWidget

from desktop_app.core.filters.absence import Absence
from desktop_app.core.filters.bank import Bank
from desktop_app.core.filters.order import strongest_spot
from desktop_app.core.forward.factors import UNTOUCHED, Factors
from desktop_app.core.forward.forwards import Forwards
from desktop_app.core.forward.request import Frame
from desktop_app.core.forward.spot import Spot, place_of
from desktop_app.core.maps.seen import Seen
from desktop_app.core.model.card import ModelCard
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.look.page import Page
from desktop_app.ui.look.pager import Pager
from desktop_app.ui.look.selection import Selection
from desktop_app.ui.look.silence.comparison import Comparison
from desktop_app.ui.look.silence.effect import Effect
from desktop_app.ui.look.silence.finder import Finder
from desktop_app.ui.look.silence.grid import MapGrid, state_words
from desktop_app.ui.look.silence.ranking import RankingPanel
from desktop_app.ui.look.silence.scaled_list import ScaledList
from desktop_app.ui.look.stage_choice import StageChoice
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.text import Text

STEPS = 20
"""Of the slider between 0 and 1; it goes on to 2."""


class SilencePage(Page):
    """Left the maps, in the middle what is done to them, right what matters most.

    grid, slider, effect, ranking, finder: its parts.

    A filter is a convolution together with its batch norm, if one comes right behind it: what is silenced is the batch
    norm's output, since it would make something of a map of zeros.
    """

    factors_changed = Signal(object)  # Factors

    def __init__(
        self, theme: Theme, selection: Selection, jobs: Jobs, forwards: Forwards, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, selection, parent)
        self._frame: Frame | None = None
        self._factors = self._shown = UNTOUCHED
        self._stages = StageChoice(logits=False)
        self._reset_all = QPushButton(self.tr("Reset all"))
        self._reset_all.setToolTip(self.tr("Switch all filters on again (Ctrl+0)"))
        self.grid, self._pages = MapGrid(theme), Pager(theme)
        self.effect = Effect(theme)
        self._name = Text(theme, role="caption", ink="muted")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 2 * STEPS)
        self.slider.setPageStep(STEPS // 2)
        self.slider.setToolTip(
            self.tr("What the chosen filter's map is multiplied with: 0 switches it off, 1 is as learnt")
        )
        self._reset_all.setEnabled(False)
        self._scaled = ScaledList(theme)
        self.ranking = RankingPanel(theme)
        self.finder = Finder(self.ranking, jobs, forwards)
        self._comparison = Comparison(jobs, forwards, self._called, self)
        self._build()
        self._connect()
        self._dress()

    def _build(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._stages)
        top.addWidget(Text(self.theme, self.tr("Click a map to switch it off or on"), "caption", "muted"))
        top.addStretch(1)
        top.addWidget(self._reset_all)
        left, middle = QVBoxLayout(), QVBoxLayout()
        left.addWidget(self.grid, 1)
        left.addWidget(self._pages)
        row = QHBoxLayout()
        row.addWidget(self._name)
        row.addWidget(self.slider, 1)
        middle.addWidget(self.effect)
        middle.addLayout(row)
        middle.addWidget(self._scaled, 1)
        self._parts = QHBoxLayout()
        self._parts.addLayout(left, 4)
        self._parts.addLayout(middle, 3)
        self._parts.addWidget(self.ranking, 3)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addLayout(top)
        self._layout.addLayout(self._parts, 1)

    def _connect(self) -> None:
        self._stages.bank_changed.connect(self._show_bank)
        self._reset_all.clicked.connect(self._switch_all_on)
        self.grid.chosen.connect(self._choose)
        self.grid.toggled.connect(self._toggle)
        self.grid.turned.connect(self._show_page)
        self._pages.turned.connect(self.grid.turn)
        self.slider.valueChanged.connect(self._slide)
        self._scaled.reset.connect(self._switch_on)
        self.ranking.wanted.connect(self._rank)
        self._comparison.found.connect(self._compare)
        self.ranking.chosen.connect(self._show_absence)
        self.selection.changed.connect(self._follow)
        self.theme.changed.connect(self._dress)

    # what the panel tells

    def show_model(self, card: ModelCard) -> None:
        self._frame = None
        self.finder.forget()
        self._comparison.forget()
        self._stages.forget()

    def show_factors(self, factors: Factors) -> None:
        """What is scaled, whoever changed it; its frame follows."""
        self._factors = factors
        if self._bank is not None:
            self.grid.show_factors(factors.at(self._bank.place))

    def show_frame(self, frame: Frame) -> None:
        first = self._frame is None
        self._frame = frame
        self._stages.show_trace(frame.trace)
        bank = self._bank
        if bank is not None:
            self.grid.show_maps(Seen(frame, bank.place), self._factors.at(bank.place))
        if first or frame.trace.factors != self._shown:
            self._show_scaled(frame.trace.factors)
        if first:
            self._follow(self.selection.spot)
        self._compare()
        self.finder.show_frame(frame)

    @property
    def _bank(self) -> Bank | None:
        return self._stages.bank

    # the maps

    def _show_bank(self) -> None:
        bank, frame = self._bank, self._frame
        if bank is None or frame is None:
            return
        self.grid.choose(None)
        self.grid.show_bank(bank, Seen(frame, bank.place).tile)
        self.grid.show_maps(Seen(frame, bank.place), self._factors.at(bank.place))
        self.grid.choose(0)
        self._show_slider()

    def _show_page(self) -> None:
        self._pages.show_page(self.grid.page, self.grid.pages, self.grid.range_words)

    def _choose(self, number: int) -> None:
        self._show_slider()
        if self._frame is not None and self._bank is not None:
            self.selection.choose(strongest_spot(self._frame.trace, self._bank.position, number))

    def _follow(self, spot: Spot | None) -> None:
        bank = self._stages.follow(spot)
        if bank is not None and spot is not None and self._frame is not None:
            number = place_of(self._frame.trace.stages[spot.position], spot)[0]
            if number < len(bank):
                self.grid.choose(number)
                self._show_slider()

    # scaling

    def _toggle(self, number: int) -> None:
        if self._bank is not None:
            self._scale(self._bank.place, number, 0.0 if self._factors.of(self._bank.place, number) else 1.0)

    def _slide(self, value: int) -> None:
        number = self.grid.chosen_number
        if self._bank is not None and number is not None:
            self._scale(self._bank.place, number, value / STEPS)

    def _switch_on(self, position: int, channel: int) -> None:
        self._scale(position, channel, 1.0)

    def _switch_all_on(self) -> None:
        self.factors_changed.emit(UNTOUCHED)

    def _scale(self, position: int, channel: int, factor: float) -> None:
        self.factors_changed.emit(self._factors.having(position, channel, factor))

    def _show_scaled(self, factors: Factors) -> None:
        """With the frame that has them: laying this out before would only hold it up."""
        self._shown = factors
        self._reset_all.setEnabled(bool(factors))
        self._scaled.show_places(
            {(at, channel): self._state(at, channel, factor) for at, channel, factor in factors.scaled}
        )
        self._show_slider()

    def _state(self, position: int, channel: int, factor: float) -> str:
        """As "conv2 · 5: off"."""
        bank = self._bank_at(position)
        stages = self._frame.trace.stages if self._frame else ()
        name = stages[bank.position if bank else position].name
        return f"{name} · {channel + 1}: {state_words(factor)}"

    def _show_slider(self) -> None:
        """Of the chosen filter, without telling anybody."""
        bank, number = self._bank, self.grid.chosen_number
        self.slider.setEnabled(bank is not None and number is not None)
        if bank is None or number is None:
            return
        factor = self._factors.of(bank.place, number)
        named = self.tr("filter {n}") if bank.kind == "filters" else self.tr("unit {n}")
        self.slider.blockSignals(True)
        self.slider.setValue(round(factor * STEPS))
        self.slider.blockSignals(False)
        words = f"{named.format(n=number + 1)}: {state_words(factor)}"
        if self._name.text() != words:
            self._name.setText(words)
            self.slider.setAccessibleName(words)

    def _called(self, position: int, channel: int) -> str:
        """A map by the name of its filter."""
        bank, stages = self._bank_at(position), self._frame.trace.stages if self._frame else ()
        units = bank is not None and bank.kind == "units"
        words = self.tr("unit {n} of {stage}") if units else self.tr("filter {n} of {stage}")
        return words.format(n=channel + 1, stage=stages[bank.position if bank else position].name)

    def _bank_at(self, place: int) -> Bank | None:
        return next((bank for bank in self._stages.banks if bank.place == place), None)

    def _compare(self) -> None:
        if self._frame is not None:
            self.effect.show_words(*self._comparison.words(self._frame))

    # what matters most

    def _rank(self, scope: str) -> None:
        if self._bank is not None:
            self.finder.find([self._bank] if scope == "stage" else self._stages.banks)

    def _show_absence(self, absence: object) -> None:
        """Chooses the filter that a person has clicked in the list."""
        assert isinstance(absence, Absence)
        bank = self._bank_at(absence.position)
        if self._frame is not None and bank is not None:
            self.selection.choose(strongest_spot(self._frame.trace, bank.position, absence.channel))

    def _dress(self) -> None:
        unit = self.theme.unit
        self._layout.setSpacing(2 * unit)
        self._parts.setSpacing(4 * unit)
