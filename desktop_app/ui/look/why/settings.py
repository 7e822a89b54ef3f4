"""How a map is made: the method, and what it leaves to choose."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from desktop_app.core.attribution.attribution import Cover, Method
from desktop_app.core.attribution.layers import lookouts, usual_lookout
from desktop_app.core.attribution.rollout import can_roll_out
from desktop_app.core.forward.trace import Stage, Trace
from desktop_app.core.model.card import ModelCard
from desktop_app.core.network.blocks import blocks_of
from desktop_app.ui.network.heading import in_place
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.choice import Choice
from desktop_app.ui.widgets.segmented import Segmented

PIECES = (10, 6, 4)
"""Occlusion's pieces, how many to a side of the input."""
USUAL_PIECE = 1
ROOM = 27
"""Characters of a stage's name that there is room for on a wide window."""


class MethodSettings(QWidget):
    """methods, stage, piece, cover: its parts.  changed: a person chose something else.

    Rollout is only offered for networks that attend.
    """

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._card: ModelCard | None = None
        self._stages: tuple[Stage, ...] = ()
        self._positions: tuple[int, ...] = ()
        self.methods = Segmented(
            {
                "grad_cam": (self.tr("Grad-CAM"), self.tr("Where the late maps lie that raise the class")),
                "occlusion": (self.tr("Occlusion"), self.tr("Cover piece by piece, and watch the answer fall")),
                "integrated_gradients": (
                    self.tr("Integrated gradients"),
                    self.tr("Each pixel's share while the picture appears"),
                ),
                "rollout": (self.tr("Rollout"), self.tr("Where a transformer's attention went, through all blocks")),
            },
            self.tr("Method"),
        )
        self.stage = Choice()
        self.stage.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.stage.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.stage.setMinimumContentsLength(ROOM)
        self.stage.setAccessibleName(self.tr("Stage"))
        self.stage.setToolTip(self.tr("In whose maps Grad-CAM looks: late ones know the class, early ones the place"))
        self.piece = Choice()
        self.piece.setAccessibleName(self.tr("Size of the pieces"))
        self.piece.setToolTip(self.tr("How large the pieces are that are covered: small ones take longer"))
        self.cover = Choice()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        for widget in (self.methods, self.stage, self.piece, self.cover):
            self._row.addWidget(widget)
        self.methods.chosen.connect(self._choose_method)
        for box in (self.stage, self.piece, self.cover):
            box.activated.connect(self.changed)
        theme.changed.connect(self._dress)
        self._dress()
        self._show_choices()
        self.methods.buttons["rollout"].hide()

    @property
    def method(self) -> Method:
        return cast(Method, next(key for key, button in self.methods.buttons.items() if button.isChecked()))

    @property
    def position(self) -> int | None:
        """Of Grad-CAM's stage; None in a network where no stage is a picture."""
        row = self.stage.currentIndex()
        return self._positions[row] if 0 <= row < len(self._positions) else None

    @property
    def piece_side(self) -> int:
        """In input pixels."""
        spec = self._card.preprocessing if self._card else None
        return max(1, round(min(spec.height, spec.width) / PIECES[self.piece.currentIndex()])) if spec else 1

    @property
    def cover_kind(self) -> Cover:
        return cast(Cover, self.cover.currentData() or "mean")

    def show_model(self, card: ModelCard) -> None:
        self._card, self._stages = card, ()
        with QSignalBlocker(self.piece):
            self.piece.clear()
            for words, parts in zip(
                (self.tr("small pieces"), self.tr("medium pieces"), self.tr("large pieces")), PIECES, strict=True
            ):
                side = max(1, round(min(card.preprocessing.height, card.preprocessing.width) / parts))
                self.piece.addItem(self.tr("{words} ({side} px)").format(words=words, side=side))
            self.piece.setCurrentIndex(USUAL_PIECE)
        self._show_choices()

    def show_trace(self, trace: Trace) -> None:
        """Lists its stages; keeps the chosen one where there is one of its name."""
        stages = trace.stages
        if stages == self._stages:
            return
        before = self.stage.currentText() if self._stages else ""
        self._stages, self._positions = stages, lookouts(stages)
        usual, blocks = usual_lookout(stages), blocks_of(stages)
        attends = can_roll_out(trace)
        self.methods.buttons["rollout"].setVisible(attends)
        if not attends and self.method == "rollout":
            self.methods.choose("grad_cam")
            self._show_choices()
        with QSignalBlocker(self.stage):
            self.stage.clear()
            for at in self._positions:
                _, rows, columns = stages[at].maps
                self.stage.addItem(f"{in_place(blocks, stages, at)} · {rows}×{columns}")
            row = self.stage.findText(before)
            self.stage.setCurrentIndex(row if row >= 0 or usual is None else self._positions.index(usual))

    def _choose_method(self) -> None:
        self._show_choices()
        self.changed.emit()

    def _show_choices(self) -> None:
        method = self.method
        self.stage.setVisible(method == "grad_cam")
        self.piece.setVisible(method == "occlusion")
        drawings = self._card is not None and self._card.reads == "drawings"
        self.cover.setVisible(method in ("occlusion", "integrated_gradients") and not drawings)
        before = self.cover.currentData()
        from_nothing = method == "integrated_gradients"
        names = {
            "mean": self.tr("from grey") if from_nothing else self.tr("covered with grey"),
            "blur": self.tr("from out of focus") if from_nothing else self.tr("covered with a blur"),
            "black": self.tr("from black") if from_nothing else self.tr("covered with black"),
        }
        with QSignalBlocker(self.cover):
            self.cover.clear()
            for kind, words in names.items():
                self.cover.addItem(words, kind)
            self.cover.setCurrentIndex(max(self.cover.findData(before), 0))
        tip = (
            self.tr("From which picture to this one the pixels change")
            if from_nothing
            else self.tr("What hides a piece")
        )
        self.cover.setToolTip(tip)
        self.cover.setAccessibleName(tip)

    def _dress(self) -> None:
        self._row.setSpacing(2 * self._theme.unit)
        for box in (self.piece, self.cover):  # both are there at once
            box.setMinimumWidth(self._theme.px(64))
