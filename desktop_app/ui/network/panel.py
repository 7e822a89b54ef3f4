"""The network panel: model chooser, scale and contrast, the columns, and what the colours mean."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import get_args

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QScrollArea, QSlider, QVBoxLayout, QWidget

from desktop_app.core.drawing.strokes import Drawing
from desktop_app.core.forward.factors import UNTOUCHED, Factors
from desktop_app.core.forward.request import Frame, MapView, Source
from desktop_app.core.forward.spot import Spot
from desktop_app.core.forward.trace import card_stages, with_ends
from desktop_app.core.forward.walk import fits
from desktop_app.core.maps.mosaic import Scale
from desktop_app.core.model.card import ModelCard
from desktop_app.ui.look.selection import Selection
from desktop_app.ui.models.model_choice import ModelChoice
from desktop_app.ui.network.deep_bar import DeepBar
from desktop_app.ui.network.legend import Legend
from desktop_app.ui.network.magnifier import Magnifier
from desktop_app.ui.network.marks import Mark
from desktop_app.ui.network.pointing import Pointing
from desktop_app.ui.network.scaled_note import ScaledNote
from desktop_app.ui.network.view import NetworkView
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.elided import Elided
from desktop_app.ui.widgets.text import Text, heading

POINTED, READ, THE_INPUT, OTHER_MAPS = 40.0, 10.0, 5.0, 0.3
"""How bad it is when the magnifier hides the map that is pointed at, the maps that it reads, the input, or others of
its stage."""
LEAST_HEIGHT = 48
"""Of the columns at normal size, pixels: less than Qt's own, so that a page below has room on a low screen."""
CONTRASTS = 30
"""Steps of the contrast slider; the middle is linear, the ends are 1/3 and 3."""


class NetworkPanel(QWidget):
    """Shows frames; says how the maps are wanted."""

    view_changed = Signal(object)  # MapView
    model_chosen = Signal(object)  # ModelCard
    reset_wanted = Signal()  # all maps as they are

    def __init__(self, theme: Theme, cards: tuple[ModelCard, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._map_view = MapView()
        self._frame: Frame | None = None
        self._awaited: Source | None = Drawing()
        self._title = ""
        self._factors = UNTOUCHED
        self._pointed: tuple[int, int] | None = None
        self._spot: Spot | None = None
        self._pointing: Pointing | None = None
        self._build()
        self.set_cards(cards)
        theme.changed.connect(self._dress)
        self._dress()

    @property
    def columns(self) -> NetworkView:
        """The view that paints; it tells when it has."""
        return self._columns

    @property
    def map_view(self) -> MapView:
        return self._map_view

    def set_cards(self, cards: tuple[ModelCard, ...]) -> None:
        """The models that there are to choose from."""
        self._models.set_cards(cards)

    def show_model(self, card: ModelCard) -> None:
        """Empty columns of the model, until its first frame comes."""
        self._models.show_card(card)
        self._frame = None
        self._show_factors(UNTOUCHED)
        if self._pointing:
            self._pointing.forget()
        # Of a network that only torch can build, the stages come with the first frame.
        self._columns.set_stages(with_ends(card_stages(card), card.preprocessing.shape) if card.layers else ())
        self._title = card.title
        self._say_waiting()

    def await_source(self, source: Source | None) -> None:
        """The next frame will be of this; None: there is no photo yet."""
        self._awaited = source
        self._say_waiting()

    def _say_waiting(self) -> None:
        """What stands in place of columns that are not known yet."""
        if self._awaited is None:
            words = self.tr("Drop a photo, and see here what {title} makes of it")
        else:
            words = self.tr("Loading {title} …")
        self._columns.say_waiting(words.format(title=self._title))

    def show_frame(self, frame: Frame) -> None:
        self._frame = frame
        self._columns.show_frame(frame)
        if frame.trace.factors != self._factors:
            self._show_factors(frame.trace.factors)
        if self._pointing:
            self._pointing.show_frame(frame)
        self._legend.show_frame(frame)
        if self._pointed and self._magnifier.isVisible():
            self._magnifier.show_map(frame, *self._pointed, self._spot)

    def follow(self, selection: Selection) -> None:
        """Marks the chosen number on the maps, and the one under the mouse."""
        self._pointing = Pointing(self._columns, selection)
        selection.changed.connect(self._bring_into_view)

    def set_stale(self, stale: bool) -> None:
        self._columns.set_stale(stale)
        self._hint.setText(self.tr("Working on your newest input …") if stale else self._resting_hint)

    def set_scale(self, scale: Scale) -> None:
        self._scales.setCurrentIndex(get_args(Scale).index(scale))

    def set_contrast(self, contrast: float) -> None:
        self._contrast.setValue(round(_slider_of(contrast)))

    def _show_factors(self, factors: Factors) -> None:
        """Marks the maps that are scaled, and says that there are some."""
        self._factors = factors
        self._scaled_note.show_factors(factors)
        self._hint.setVisible(not factors)  # there is not room for both
        self._legend.give_way(bool(factors))
        stages = self._columns.stages
        marks = [
            Mark(position, channel, (0, 0, *stages[position].maps[1:]), "ghost")
            for position, channel, _ in factors.scaled
        ]
        self._columns.set_marks("scaled", marks)

    def _build(self) -> None:
        self._models = ModelChoice(self._model_words)
        self._models.setToolTip(self.tr("Choose the model that answers"))
        self._models.chosen.connect(self.model_chosen)
        self._scales = QComboBox()
        self._scales.setToolTip(
            self.tr("What the strongest colour stands for: the largest value of each map, each stage or the network")
        )
        self._scales.addItems([self.tr("each map"), self.tr("each stage"), self.tr("network")])
        self._scales.setCurrentIndex(1)
        self._scales.currentIndexChanged.connect(self._rescale)
        self._contrast = QSlider(Qt.Orientation.Horizontal)
        self._contrast.setRange(-CONTRASTS // 2, CONTRASTS // 2)
        self._contrast.setToolTip(
            self.tr("To the right, faint values show; in the middle, colour is proportional to value")
        )
        self._contrast.valueChanged.connect(self._rescale)
        top = QHBoxLayout()
        top.addWidget(heading(self._theme, self.tr("NETWORK")))
        top.addStretch(1)
        for text, control in (
            (self.tr("Model"), self._models),
            (self.tr("Scale"), self._scales),
            (self.tr("Contrast"), self._contrast),
        ):
            caption = Text(self._theme, text, "caption", "muted")
            caption.setBuddy(control)
            control.setAccessibleName(text)
            top.addWidget(caption)
            top.addWidget(control)
        self._columns = NetworkView(self._theme)
        self._columns.wanted_changed.connect(self._tell)
        self._columns.map_pointed.connect(self._point)
        self._columns.spot_pointed.connect(self._point_at_spot)
        self._columns.spot_chosen.connect(self._after_choice)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(self._columns)
        self._legend = Legend(self._theme)
        self._scaled_note = ScaledNote(self._theme)
        self._scaled_note.clicked.connect(self.reset_wanted)
        self._resting_hint = self.tr("Hover or click any number")
        self._hint = Elided(self._theme, self._resting_hint, "caption", "muted")
        bottom = QHBoxLayout()
        bottom.addWidget(self._legend, 1)
        bottom.addWidget(self._scaled_note)
        bottom.addWidget(self._hint)
        self._layout = QVBoxLayout(self)
        self._layout.addLayout(top)
        self._layout.addWidget(DeepBar(self._theme, self._columns))
        self._layout.addWidget(self._area, 1)
        self._layout.addLayout(bottom)
        self._magnifier = Magnifier(self._theme, self)

    def _dress(self) -> None:
        unit = self._theme.unit
        self._layout.setContentsMargins(3 * unit, 2 * unit, 3 * unit, 2 * unit)
        self._layout.setSpacing(2 * unit)
        self._contrast.setFixedWidth(self._theme.px(72))
        self._area.setMinimumHeight(self._theme.px(LEAST_HEIGHT))
        self._models.setMinimumWidth(self._theme.px(96))  # on a narrow window the title's end goes, and not the maps
        self.update()
        self._tell()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(event.rect(), self._theme.colours.window)

    def _model_words(self, card: ModelCard) -> str:
        shape = "×".join(str(side) for side in card.preprocessing.shape)
        return self.tr("{title} · {shape} · {count} weights").format(
            title=card.title, shape=shape, count=_rounded(card.weight_count)
        )

    def _rescale(self) -> None:
        scale: Scale = get_args(Scale)[self._scales.currentIndex()]
        contrast = 3.0 ** (self._contrast.value() / (CONTRASTS / 2))
        self._map_view = replace(self._map_view, scale=scale, contrast=contrast)
        self._tell()

    def _tell(self) -> None:
        self._map_view = replace(
            self._map_view,
            dark=self._theme.dark,
            paper=self._theme.colours.window.name(),
            columns=self._columns.columns,
            sheets=self._columns.sheets,
        )
        self._columns.show_scale(self._map_view.contrast, self._map_view.scale == "network")
        self._legend.show_scale(self._map_view)
        self.view_changed.emit(self._map_view)

    def _point(self, pointed: tuple[int, int] | None) -> None:
        self._pointed, self._spot = pointed, None
        self._magnify()

    def _point_at_spot(self, spot: Spot | None) -> None:
        if spot != self._spot:
            self._spot = spot
            if self._magnifier.isVisible():
                self._magnify()  # with a line more it may need another place

    def _magnify(self) -> None:
        """Beside the map that is pointed at, where it hides as little as can be of what that one reads."""
        if self._pointed is None or self._frame is None:
            self._magnifier.hide()
            return
        self._magnifier.show_map(self._frame, *self._pointed, self._spot)
        position = self._pointed[0]
        top_left, bottom_right = self._columns.map_rect(*self._pointed)
        target = QRectF(top_left, bottom_right).translated(self._columns_corner())
        stages = {position: OTHER_MAPS, 0: THE_INPUT}
        stages |= dict.fromkeys(self._columns.stages[position].sources, READ)
        self._magnifier.stand_beside(
            target,
            [(target, POINTED), *((self._rect_of(stage), weight) for stage, weight in stages.items())],
        )

    def _rect_of(self, position: int) -> QRectF:
        """Of a stage's maps, in this panel."""
        return self._columns.mosaic_rect(position).translated(self._columns_corner())

    def _columns_corner(self) -> QPointF:
        return QPointF(self._columns.mapTo(self, QPoint()))

    def _bring_into_view(self, spot: Spot | None) -> None:
        """Where the columns scroll sideways, and the keyboard has walked out of sight."""
        stages = self._columns.stages
        if spot is not None and fits(stages, spot):
            rect = self._columns.mosaic_rect(spot.position)
            self._area.ensureVisible(int(rect.center().x()), 0, int(rect.width() / 2) + 1, 0)

    def _after_choice(self, spot: Spot) -> None:
        """What was chosen is shown below; nothing shall hide the maps then."""
        self._magnifier.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._magnifier.hide()


def _slider_of(contrast: float) -> float:
    return math.log(contrast, 3) * CONTRASTS / 2


def _rounded(count: int) -> str:
    if count >= 1_000_000:
        return f"{count / 1e6:.1f} M"
    return f"{count / 1000:.0f} k" if count >= 10_000 else f"{count:,}"
