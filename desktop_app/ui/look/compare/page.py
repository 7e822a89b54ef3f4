"""Two inputs, or two models, side by side: A, B, what differs in a stage, and in the answer.

Two inputs: A is a frame that was pinned, B the present one. Two models: A is the present model's frame, B the second
model's of the same input.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop_app.core.compare import partner
from desktop_app.core.forward.request import Frame
from desktop_app.core.forward.spot import Spot, place_of, spot_at
from desktop_app.core.forward.trace import Stage
from desktop_app.core.model.card import ModelCard
from desktop_app.ui.look.compare.delta_bars import DeltaBars
from desktop_app.ui.look.compare.pane import Place
from desktop_app.ui.look.compare.panes import Panes
from desktop_app.ui.look.compare.sides import changes, three
from desktop_app.ui.look.page import Page
from desktop_app.ui.look.selection import Selection
from desktop_app.ui.models.model_choice import ModelChoice
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.choice import Choice


class ComparePage(Page):
    """Holds the pinned frame, whatever page is open. The second model only answers while this page is on screen."""

    beside_chosen = Signal(object)  # ModelCard that shall answer too, or None

    def __init__(
        self, theme: Theme, selection: Selection, cards: tuple[ModelCard, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, selection, parent)
        self._pinned: Frame | None = None
        self._second: ModelCard | None = None
        self._frame: Frame | None = None
        self._stages: Sequence[Stage] = ()  # of the present model
        self._wanted = 1  # position of the chosen one
        self._card: ModelCard | None = None
        self._build()
        self.set_cards(cards)
        self._panes.place_chosen.connect(self._choose_place)
        self._panes.enlarged.connect(self._one.setChecked)
        selection.changed.connect(self._follow)
        theme.changed.connect(self._dress)
        self._dress()
        self._follow(selection.spot)

    # what menus and panels call

    def pin(self) -> None:
        """The present frame is A from now on, and further frames are B."""
        if self._frame is not None:
            self._pinned = self._frame
            self._choose_second(None)
            self._show()

    def unpin(self) -> None:
        self._pinned = None
        self._show()

    @property
    def pinned(self) -> Frame | None:
        return self._pinned

    def forget_second(self) -> None:
        """The second model cannot be used."""
        self._choose_second(None)

    def set_cards(self, cards: tuple[ModelCard, ...]) -> None:
        """The models that can stand beside the present one; a second one that has gone is forgotten."""
        self._models.set_cards(cards)
        if self._card is not None:
            self._models.forbid(self._card)
        self._choose_second(self._models.card)

    def show_model(self, card: ModelCard) -> None:
        """A model beside itself would show nothing."""
        self._frame, self._card = None, card
        self._models.forbid(card)
        if card is self._second:
            self._choose_second(None)

    def show_frame(self, frame: Frame) -> None:
        self._frame = frame
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.beside_chosen.emit(self._second)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.beside_chosen.emit(None)

    # building

    def _build(self) -> None:
        self._panes = Panes(self.theme)
        self._pin = QPushButton()
        self._pin.clicked.connect(self._pin_or_unpin)
        self._stage = self._combo(self.tr("Stage"), self.tr("Whose maps are compared"))
        self._stage.activated.connect(self._choose_stage)
        self._other = self._combo(self.tr("Stage of the other model"), self.tr("The other model's stage"))
        self._other.activated.connect(self._show)
        self._one = QPushButton(self.tr("One map"))
        self._one.setCheckable(True)
        self._one.setToolTip(self.tr("Show the chosen map alone, enlarged (double-click or Enter)"))
        self._one.toggled.connect(self._panes.enlarge)
        self._models = ModelChoice(lambda card: card.title, self.tr("no second model"))
        self._dress_combo(self._models, self.tr("Second model"), self.tr("Another model reads the same input, as B"))
        self._models.chosen.connect(self._choose_second)
        self._sort = QPushButton(self.tr("Sort"))
        self._sort.setCheckable(True)
        self._sort.setToolTip(self.tr("Classes by their change, the largest first"))
        self._bars = DeltaBars(self.theme)
        self._sort.toggled.connect(self._bars.sort)
        self._top = QHBoxLayout()
        for control in (self._pin, self._stage, self._other, self._one):
            self._top.addWidget(control)
        self._top.addStretch(1)
        self._top.addWidget(self._models)
        self._top.addWidget(self._sort)
        self._row = QHBoxLayout()
        self._row.addWidget(self._panes, 1)
        self._row.addWidget(self._bars)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addLayout(self._top)
        self._layout.addLayout(self._row, 1)

    def _combo(self, name: str, tip: str) -> Choice:
        made = Choice()
        self._dress_combo(made, name, tip)
        return made

    def _dress_combo(self, box: Choice, name: str, tip: str) -> None:
        box.setAccessibleName(name)
        box.setToolTip(tip)
        box.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        box.setMinimumContentsLength(15)

    def _dress(self) -> None:
        unit = self.theme.unit
        self._top.setSpacing(2 * unit)
        self._row.setSpacing(4 * unit)
        self._layout.setSpacing(2 * unit)
        for box in (self._stage, self._other, self._models):
            box.setMinimumWidth(self.theme.px(84))  # where there is little room, the end of a name goes
        self._share_room()

    def _share_room(self) -> None:
        least, most = self.theme.px(160), self.theme.px(280)
        self._bars.setFixedWidth(round(min(max(0.26 * self.width(), least), most)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    # choices

    def _pin_or_unpin(self) -> None:
        if self._pinned is None or self._second is not None:
            self.pin()
        else:
            self.unpin()

    def _name_pin(self) -> None:
        pinned = self._pinned is not None and self._second is None
        words = self.tr("Unpin A") if pinned else self.tr("Pin as A")
        if words != self._pin.text():
            self._pin.setText(words)
            tip = self.tr("Forget A. P pins what you see now in its place.")
            self._pin.setToolTip(tip if pinned else self.tr("Keep this input as A, and go on drawing as B (P)"))

    def _choose_second(self, card: ModelCard | None) -> None:
        self._models.show_card(card)
        if card is not self._second:
            self._second = card
            if self.isVisible():
                self.beside_chosen.emit(card)
            self._show()

    def _choose_stage(self, row: int) -> None:
        self._wanted = row
        self._match()
        self._show()

    def _choose_place(self, place: Place) -> None:
        frame = self._frame
        if frame is None:
            return
        stage = frame.trace.stages[self._wanted]
        index, row, column = place
        count, tall, wide = stage.maps
        if index < count and row < tall and column < wide:  # the other model's stage may have more
            self.selection.choose(spot_at(stage, self._wanted, index, row, column))
        self._panes.choose(place)

    def _follow(self, spot: Spot | None) -> None:
        """The selection was moved, here or on another page."""
        frame = self._frame
        if spot is None:
            self._panes.choose(None)
        elif frame is not None:
            if spot.position != self._wanted:
                self._wanted = spot.position
                self._match()
                self._show()
            self._panes.choose(place_of(frame.trace.stages[spot.position], spot))

    # showing

    def _sides(self) -> tuple[Frame | None, Frame | None]:
        """A and B."""
        if self._second is None:
            return self._pinned, self._frame
        beside = self._frame.beside if self._frame else None
        return self._frame, beside if beside and beside.request.card is self._second else None

    def _show(self) -> None:
        frame = self._frame
        if frame is None or not self.isVisible():
            return
        a, b = self._sides()
        self._name_pin()
        self._fill_stages(frame, b if self._second else a)
        here, there = self._wanted, self._other.currentIndex() if self._other.count() else self._wanted
        if self._second is None:
            here, there = there, here
        self._panes.show_panes(three(a, here, b, there, models=self._second is not None))
        self._bars.show_deltas(*changes(a, b))

    def _fill_stages(self, frame: Frame, other: Frame | None) -> None:
        """Stage lists of the present model and, where it is another, of the other side's."""
        stages = frame.trace.stages
        others = other.trace.stages if other else stages
        two = others != stages
        mine, theirs = ("A · ", "B · ") if self._second else ("B · ", "A · ")
        changed = _fill(self._stage, mine if two else "", stages)
        if changed and self._stages:
            self._wanted = partner(self._stages, self._wanted, stages)
        self._stages = stages
        changed |= _fill(self._other, theirs, others if two else ())
        self._other.setVisible(two)
        if changed:
            self._top.insertWidget(2 if self._second else 1, self._other)  # A's is the left one
            self._match()

    def _match(self) -> None:
        """Both boxes say what is compared: the chosen stage, and what is most like it in the other model."""
        self._stage.setCurrentIndex(self._wanted)
        a, b = self._sides()
        other = b if self._second else a
        if self._other.count() and other is not None and self._frame is not None:
            self._other.setCurrentIndex(partner(self._frame.trace.stages, self._wanted, other.trace.stages))


def _fill(box: Choice, side: str, stages: Sequence[Stage]) -> bool:
    """Lists the stages, of a side or of both; whether that changed anything."""
    words = [f"{side}{stage.name} · {stage.shape_words}" for stage in stages]
    if words == [box.itemText(row) for row in range(box.count())]:
        return False
    box.clear()
    box.addItems(words)
    return True
