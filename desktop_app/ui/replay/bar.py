"""The transport bar, and what it plays."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QCoreApplication, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QToolButton, QWidget

from desktop_app.core.drawing.strokes import Drawing
from desktop_app.core.forward.request import Frame
from desktop_app.core.model.card import ModelCard
from desktop_app.core.replay.facts import shapes, weights
from desktop_app.core.replay.sentences import sentence
from desktop_app.core.replay.timeline import Timeline
from desktop_app.ui.answer.panel import AnswerPanel
from desktop_app.ui.icons import SIZE, icon
from desktop_app.ui.network.view import NetworkView
from desktop_app.ui.replay.actions import describe, make_actions, play_tip
from desktop_app.ui.replay.caption import Caption
from desktop_app.ui.replay.player import Player
from desktop_app.ui.replay.screen import Screen
from desktop_app.ui.replay.scrubber import Scrubber
from desktop_app.ui.theme import Theme

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)
AGAIN_MS = 500
"""After a replay's end a new input is replayed once it has been the same for so long."""
ICONS = {"back": "skip-back", "play": "play", "forward": "skip-forward", "loop": "repeat"}


class ReplayBar(QWidget):
    """Rests "live": nothing is hidden, and frames pass by. Otherwise it holds one frame and plays it.

    A new input (drawing, photo, silenced map) always wins: it is shown live at once. Only at a replay's end it is also
    replayed, as soon as it rests.
    """

    def __init__(
        self,
        theme: Theme,
        columns: NetworkView,
        answer: AnswerPanel,
        parent: QWidget | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """clock: in seconds, for the player."""
        super().__init__(parent)
        self._theme = theme
        self._screen = Screen(theme, columns, answer)
        self._frame: Frame | None = None
        self._timeline: Timeline | None = None
        self._drawn: tuple[int, ...] = ()
        self._told: tuple[Frame, int] | None = None
        self._live = True
        self.player = Player(clock, self)
        self.player.moved.connect(self._show)
        self.player.playing_changed.connect(self._dress_play)
        self._again = QTimer(self, singleShot=True, interval=AGAIN_MS)
        self._again.timeout.connect(self._replay_again)
        self.actions_ = make_actions(self)
        self._build()
        theme.changed.connect(self._dress)
        self._dress()
        self._show_live()

    @property
    def live(self) -> bool:
        return self._live

    @property
    def frame(self) -> Frame | None:
        """The newest, and the one that is replayed; None until a model's first."""
        return self._frame

    def show_model(self, card: ModelCard) -> None:
        """Another model answers from now on."""
        self._again.stop()
        self.go_live()
        self._frame = self._timeline = None

    def show_frame(self, frame: Frame) -> None:
        """The newest frame of the live network, when the panels have it already."""
        before, self._frame = self._frame, frame
        drawn = tuple(position for position, mosaic in enumerate(frame.mosaics) if mosaic is not None)
        if before is None or self._timeline is None or before.trace.stages is not frame.trace.stages:
            self._set_timeline(Timeline(frame.trace, drawn), drawn)
        elif drawn != self._drawn:
            self._go_on_at(self._timeline.moment(self.player.seconds).position, Timeline(frame.trace, drawn), drawn)
        waits = self._again.isActive()
        if before is None or (self._live and not waits):
            return
        same = _same_input(before, frame)
        if waits:
            if not same:
                self._again.start()
        elif same:
            self._screen.load(frame)
            self._show(self.player.seconds)
        else:
            ended = self.player.at_end
            self.go_live()
            if ended:
                self._again.start()

    def toggle(self) -> None:
        """Plays on, or holds; from the beginning where it is live or at its end."""
        if self.player.playing:
            self.player.pause()
        elif self._enter():
            if self.player.at_end:
                self.player.seek(0.0)
            self.player.play()

    def step_back(self) -> None:
        """To the end of the stage before."""
        if self._enter(at_end=True) and self._timeline:
            self.player.pause()
            self.player.seek(self._timeline.before(self.player.seconds))

    def step_forward(self) -> None:
        """To the end of this stage, or of the next where this one is at its end; out of live to the first."""
        if self._enter() and self._timeline:
            self.player.pause()
            self.player.seek(self._timeline.after(self.player.seconds))

    def go_live(self) -> None:
        """Leaves the replay."""
        self.actions_["live"].setChecked(True)
        if not self._live:
            self._live = True
            self.player.pause()
            self._screen.clear()
            self._show_live()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Space:
                self.toggle()
            case Qt.Key.Key_Escape if not self._live:
                self.go_live()
            case _:
                super().keyPressEvent(event)

    # what it is made of

    def _build(self) -> None:
        self.slider = Scrubber(self._theme)
        self.slider.setAccessibleName(self.tr("Time of the replay"))
        self.slider.scrubbed.connect(self._scrub)
        self.caption = Caption(self._theme)
        self.speeds = QComboBox()
        self.speeds.setAccessibleName(self.tr("Speed of the replay"))
        self.speeds.setToolTip(self.tr("Speed of the replay"))
        for speed in SPEEDS:
            self.speeds.addItem(f"{speed:g}×", speed)
        self.speeds.setCurrentIndex(SPEEDS.index(1.0))
        self.speeds.currentIndexChanged.connect(self._set_speed)
        self.buttons: dict[str, QToolButton] = {}
        for name, action in self.actions_.items():
            button = self.buttons[name] = QToolButton()
            button.setDefaultAction(action)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(self._take_focus)
        for name, do in (
            ("back", self.step_back),
            ("play", self.toggle),
            ("forward", self.step_forward),
            ("live", self._leave),
        ):
            self.actions_[name].triggered.connect(do)
        self.actions_["loop"].toggled.connect(self._set_loop)
        self._row = QHBoxLayout(self)
        for name in ("back", "play", "forward"):
            self._row.addWidget(self.buttons[name])
        self._row.addWidget(self.slider, 2)
        self._row.addWidget(self.caption, 3)
        for widget in (self.speeds, self.buttons["loop"], self.buttons["live"]):
            self._row.addWidget(widget)

    def _dress(self) -> None:
        unit = self._theme.unit
        self._row.setContentsMargins(3 * unit, unit, 3 * unit, unit)
        self._row.setSpacing(2 * unit)
        for name, button in self.buttons.items():
            button.setIconSize(QSize(self._theme.px(SIZE), self._theme.px(SIZE)))
            if name in ICONS:
                self.actions_[name].setIcon(icon(ICONS[name], self._theme))
        self._dress_play(self.player.playing)

    def _dress_play(self, playing: bool) -> None:
        action = self.actions_["play"]
        action.setText(self.tr("&Pause") if playing else self.tr("&Play"))
        action.setIcon(icon("pause" if playing else "play", self._theme))
        describe(action, play_tip(playing))

    def _take_focus(self) -> None:
        """After a click keys go to the bar: Space holds, arrows move, Esc leaves. A button with the focus keeps it."""
        if not any(button.hasFocus() for button in self.buttons.values()):
            self.slider.setFocus()

    # what it plays

    def _enter(self, at_end: bool = False) -> bool:
        """Holds the newest frame, at the start or the end if it was live; False while there is none yet."""
        self._again.stop()
        if self._frame is None or self._timeline is None:
            return False
        if self._live:
            self._live = False
            self.actions_["live"].setChecked(False)
            self._screen.load(self._frame)
            self.player.seek(self._timeline.total if at_end else 0.0)
        return True

    def _replay_again(self) -> None:
        if self._frame is not None and (
            not isinstance(self._frame.request.source, Drawing) or self._frame.request.source
        ):
            self.toggle()

    def _leave(self) -> None:
        self._again.stop()
        self.go_live()

    def _scrub(self, seconds: float) -> None:
        if self._enter():
            self.player.pause()
            self.player.seek(seconds)
        else:
            self._show_live()

    def _set_speed(self, row: int) -> None:
        self.player.set_speed(SPEEDS[row])

    def _set_loop(self, on: bool) -> None:
        self.player.loop = on

    def _go_on_at(self, position: int, timeline: Timeline, drawn: tuple[int, ...]) -> None:
        """A block was opened or closed."""
        at_end = self.player.at_end
        self._set_timeline(timeline, drawn)
        if not self._live:
            self.player.seek(timeline.total if at_end else timeline.start(position))

    def _set_timeline(self, timeline: Timeline, drawn: tuple[int, ...]) -> None:
        """drawn: positions of the stages that are on screen."""
        self._timeline, self._drawn = timeline, drawn
        self.player.set_total(timeline.total)
        self.slider.set_times([segment.start for segment in timeline.segments], timeline.total)
        if self._live:
            self.slider.show_seconds(timeline.total)

    def _show(self, seconds: float) -> None:
        """For the player: this second of the replay."""
        if self._live or self._frame is None or self._timeline is None:
            return
        moment = self._timeline.moment(seconds)
        self._screen.show(moment)
        if not self.slider.isSliderDown():
            self.slider.show_seconds(seconds)
        self._tell(self._frame, moment.position)

    def _tell(self, frame: Frame, position: int) -> None:
        if (frame, position) == self._told:
            return
        self._told = frame, position
        trace = frame.trace
        stage = trace.stages[position]
        count = weights(stage)
        facts = [shapes(trace, position), *([count.text(_translated)] if count else [])]
        number = self.tr("{number} of {count}").format(number=position + 1, count=len(trace.stages))
        words = sentence(trace, position, frame.request.card).text(_translated)
        self.caption.show_lines(f"{number} · {stage.name}", "· " + " · ".join(facts), words)

    def _show_live(self) -> None:
        self._told = None
        self.slider.show_seconds(self._timeline.total if self._timeline else 0.0)
        self.actions_["live"].setChecked(True)
        self.caption.show_lines(
            self.tr("Live"), "", self.tr("Press play, and see stage by stage how the network reads your picture.")
        )


def _translated(template: str) -> str:
    return QCoreApplication.translate("Replay", template)


def _same_input(one: Frame, other: Frame) -> bool:
    """Whether only the view has changed: colours, scale, columns; or the framework that computes."""
    return (
        one.request.card is other.request.card
        and one.trace.factors == other.trace.factors
        and np.array_equal(one.trace.outputs[0], other.trace.outputs[0], equal_nan=True)
    )
