"""Why this answer: one or two classes' maps over the source image, and how faithful they are.

The quick map follows every frame. What takes longer waits until the input rests, and what takes long until somebody
asks for it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.core.attribution.attribution import Attribution, Mapped
from desktop_app.core.attribution.faithfulness import PASSES, Curves
from desktop_app.core.drawing.strokes import Drawing
from desktop_app.core.forward.forwards import Forwards
from desktop_app.core.forward.request import Frame
from desktop_app.core.model.card import ModelCard
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.look.page import Page
from desktop_app.ui.look.selection import Selection
from desktop_app.ui.look.why.class_choice import NO_CLASS
from desktop_app.ui.look.why.cost import map_passes
from desktop_app.ui.look.why.explainer import Explained, Explainer, Order, same_question
from desktop_app.ui.look.why.pane import Pane
from desktop_app.ui.look.why.runner import Runner
from desktop_app.ui.look.why.settings import MethodSettings
from desktop_app.ui.look.why.side import Side
from desktop_app.ui.look.why.words import completeness, faithful, how
from desktop_app.ui.theme import Theme

if TYPE_CHECKING:
    from desktop_app.learn.attribution.curves import Checked

LIVE, UNASKED = 0.15, 2.5
"""Seconds that something may take (by guess) to be done with every frame, and to be done unasked once all rests."""
REST_MS = 350


class WhyPage(Page):
    """settings, panes, side: its parts."""

    def __init__(
        self, theme: Theme, selection: Selection, jobs: Jobs, forwards: Forwards, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, selection, parent)
        self._explainer = Explainer(forwards)
        self._runner = Runner(jobs, self)
        self._frame: Frame | None = None
        self._asked: Order | None = None  # whose map is on screen or on its way
        self._maps: tuple[Attribution, ...] = ()
        self._complete = False
        self._curves: Curves | None = None
        self._pass = 0.0  # seconds of one pass through the network: the shortest seen
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._build()
        self._connect()
        self._dress()
        self._tell_how()

    def _build(self) -> None:
        self.settings = MethodSettings(self.theme)
        self.panes = (Pane(self.theme, 0), Pane(self.theme, 1))
        self.side = Side(self.theme)
        self._top = QHBoxLayout()
        self._top.addWidget(self.settings)
        self._top.addStretch(1)
        self._parts = QHBoxLayout()
        for pane in self.panes:
            self._parts.addWidget(pane, 2)
        self._parts.addWidget(self.side, 3)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addLayout(self._top)
        self._layout.addLayout(self._parts, 1)

    def _connect(self) -> None:
        self.settings.changed.connect(self._ask)
        self.side.start.clicked.connect(self._ask)
        self.side.cancel.clicked.connect(self._stop)
        self.side.check.clicked.connect(self._check)
        self._rest.timeout.connect(self._rested)
        self._runner.stepped.connect(self._show)
        self._runner.ended.connect(self._over)
        for pane in self.panes:
            pane.choice.chosen.connect(self._ask)
            self.side.opacity.valueChanged.connect(pane.overlay.set_opacity)
            pane.overlay.set_opacity(self.side.opacity.value())
        self.theme.changed.connect(self._dress)
        self._show_working()

    # what the panel tells

    def show_model(self, card: ModelCard) -> None:
        self._runner.stop()
        self._rest.stop()
        self._explainer.use(card)
        self._frame, self._pass = None, 0.0
        self._forget_map()
        self.settings.show_model(card)
        for pane in self.panes:
            pane.choice.show_classes(card.classes)
            pane.overlay.show_placed(None)
        self._show_working()

    def show_frame(self, frame: Frame) -> None:
        before, self._frame = self._frame, frame
        self._pass = min(self._pass or frame.forward_ms / 1e3, frame.forward_ms / 1e3)
        self.settings.show_trace(frame.trace)
        for pane in self.panes:
            pane.choice.show_answer(frame.trace.answer)
        if before is None or self._asked is None or self._asked.targets != self._targets or not _same(before, frame):
            self._tell_how()
            self._follow(frame)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._rest.stop()
        self._runner.stop()
        self._asked = None  # the next frame that is shown is asked about anew
        self._show_working()

    # when what is worked out

    @property
    def _targets(self) -> tuple[int, ...]:
        """Each class once; the first where all have the same map."""
        panes = self.panes[:1] if self.settings.method == "rollout" else self.panes
        return tuple(dict.fromkeys(pane.choice.target for pane in panes if pane.choice.target != NO_CLASS))

    def _follow(self, frame: Frame) -> None:
        """Another input, or another answer."""
        if self._blank:
            self._wait_for_ink(frame)
            return
        if self._seconds() <= LIVE and self.settings.method in ("grad_cam", "rollout"):
            self._start_map()
        else:
            self._forget_map()
            self._asked = None
            self._runner.run(partial(self._explainer.place, frame), short=True)
        self._rest.start()

    @property
    def _blank(self) -> bool:
        """There is an answer to an empty canvas too, but nothing in it to point at."""
        source = self._frame.request.source if self._frame else None
        return isinstance(source, Drawing) and not source

    def _wait_for_ink(self, frame: Frame) -> None:
        self._rest.stop()
        self._asked = None
        self._runner.run(partial(self._explainer.place, frame), short=True)
        self._tell_all(self.tr("Draw a shape, or open a photo: here you see which parts of it made the answer"))

    def _rested(self) -> None:
        if self._runner.running:
            self._rest.start()
        elif self._asked is None and self._seconds() <= UNASKED:
            self._start_map()
            self._rest.start()
        elif self._checkable and self._pass * PASSES <= UNASKED:
            self._check()

    def _ask(self) -> None:
        """A person wants this map."""
        self._tell_how()
        if self._frame is not None and self._blank:
            self._wait_for_ink(self._frame)
            return
        self._forget_map()
        self._start_map()
        self._rest.start()

    def _start_map(self) -> None:
        frame, settings, targets = self._frame, self.settings, self._targets
        if frame is None or not targets:
            return
        if settings.method == "grad_cam" and settings.position is None:
            self._tell_all(self.tr("No stage of this network is still a picture. Choose another method."))
            return
        self._curves = None
        self._asked = Order(
            frame, settings.method, targets, settings.position or 0, settings.piece_side, settings.cover_kind
        )
        self._runner.run(partial(self._explainer.explain, self._asked), short=self._seconds() <= LIVE)
        self._show_working()

    def _check(self) -> None:
        asked = self._asked
        if asked is not None and self._maps:
            self._runner.run(partial(self._explainer.check, asked.frame, self._maps[0]))
            self._show_working()

    def _stop(self) -> None:
        self._rest.stop()
        self._runner.stop()
        self._over(None)

    @property
    def _checkable(self) -> bool:
        known = self._curves is not None and self._curves.complete
        return self._complete and self._maps[0].top > 0 and not known

    def _seconds(self) -> float:
        """A guess at what the map costs."""
        if self._frame is None:
            return 0.0
        spec, settings = self._frame.request.card.preprocessing, self.settings
        return self._pass * map_passes(settings.method, spec, settings.piece_side, len(self._targets))

    # what is shown

    def _show(self, step: object) -> None:
        if isinstance(step, Explained):
            for pane in self.panes:
                pane.show_placed(step.placed)
            if step.mapped is not None:
                self._show_maps(step.mapped)
        else:
            self._show_curves(cast("Checked", step))

    def _show_maps(self, mapped: Mapped) -> None:
        asked = self._asked
        if asked is None:
            return
        self._maps, self._complete = mapped.maps, mapped.done == mapped.total
        classes = asked.frame.request.card.classes
        by_target = {attribution.target: attribution for attribution in mapped.maps}
        for pane in self.panes:
            attribution = by_target.get(pane.choice.target)
            if attribution is None:
                pane.clear(self.tr("The same for every class") if self.settings.method == "rollout" else "")
            else:
                pane.show_map(attribution, classes[attribution.target])
        self.side.show_progress(mapped.done, mapped.total)
        if mapped.missed:
            self._tell_how(completeness(mapped.missed[0]))
        self.side.plot.show_curves(None)
        self.side.judge("")
        self._show_working()

    def _show_curves(self, checked: Checked) -> None:
        asked = self._asked
        if asked is None or not self._maps:
            return
        self._curves = checked.curves
        self.side.plot.show_curves(checked.curves)
        self.side.show_progress(checked.done, checked.total)
        if checked.curves.complete:
            self.side.judge(faithful(checked.curves, asked.frame.request.card.classes[self._maps[0].target]))
        self._show_working()

    def _over(self, error: object) -> None:
        if error is not None:
            self._tell_all(str(error))
        self._show_working()

    def _forget_map(self) -> None:
        self._maps, self._complete, self._curves = (), False, None
        for pane in self.panes:
            pane.clear()
        self.side.plot.show_curves(None)
        self.side.judge("")

    def _tell_all(self, note: str) -> None:
        """In place of maps."""
        self._forget_map()
        for pane in self.panes:
            pane.clear(note)

    def _tell_how(self, more: str = "") -> None:
        frame = self._frame
        if frame is not None and frame.photo is not None and frame.request.fit == "crops":
            more = " ".join((more, self.tr("This is the crop in the middle."))).strip()
        self.side.tell_how(f"{how(self.settings.method)} {more}".strip())

    def _show_working(self) -> None:
        working = self._runner.running and (self._seconds() > LIVE or (bool(self._maps) and self._curves is not None))
        startable = not working and self._frame is not None and not self._maps and not self._blank
        checkable = not self._runner.running and self._checkable
        self.side.show_state(
            working, self._seconds() if startable else None, self._pass * PASSES if checkable else None
        )

    def _dress(self) -> None:
        unit = self.theme.unit
        self._layout.setSpacing(2 * unit)
        self._parts.setSpacing(3 * unit)
        self._top.setSpacing(2 * unit)


def _same(one: Frame, other: Frame) -> bool:
    """Whether only the colours may be others: the same source, read the same way by the same network."""
    first, second = one.request, other.request
    alike = first.source is second.source and (first.fit, first.centred) == (second.fit, second.centred)
    return alike and same_question(one.trace, other.trace)
