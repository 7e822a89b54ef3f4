"""The one place that knows both the worker thread and Qt: what is open now, requests out, frames back in.

A frame's round trip
1. A panel changes something (drawing, photo, model, view) through a method here.
2. `_submit` puts a frozen Request with the next serial into the worker's mailbox; an older one there is dropped.
3. The worker answers it and emits `_delivered` from its thread: a queued call of `_show` in the GUI thread.
4. `_show` emits `frame_ready`; the panels take what they need. Of a photo that is new, the picture comes first, as soon
   as it has been read (`photo_opened`), then the answer alone (`answer_ready`), and once that is on screen its maps.
5. When the panels have painted, the window calls `painted`; only then does the worker take the next request.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from desktop_app.core.drawing.strokes import Drawing
from desktop_app.core.errors import BadFile, SecondModelFailed, UserError
from desktop_app.core.forward.factors import UNTOUCHED, Factors
from desktop_app.core.forward.forwards import Forwards
from desktop_app.core.forward.live import Live
from desktop_app.core.forward.request import Frame, MapView, Photo, Request, Source, Still
from desktop_app.core.model.card import Fit, ModelCard, Reads
from desktop_app.core.model.registry import Registry
from desktop_app.core.source.photo import SourceImage
from desktop_app.core.worker import LatestWorker

log = logging.getLogger(__name__)

STEPS_EVERY_MS, RESTING_MS = 200, 60
"""Pictures of the preprocessing cost as much as the net: a few a second while the pen moves, and when it rests."""
STALE_AFTER_MS = 150
"""A net that has not answered by then gets its panels tinted."""
UNPAINTED_AFTER_MS = 250
"""A window that is hidden or minimised never paints; after this long the worker goes on all the same."""


@dataclass(frozen=True, eq=False)
class _Opened:
    """A photo that could be read."""

    photo: Photo
    picture: SourceImage


@dataclass(frozen=True)
class _Good:
    """What could be answered: this is gone back to from what cannot be. opened: the photo at that time, if any."""

    kind: Reads
    opened: _Opened | None
    card: ModelCard


class Session(QObject):
    """What a person has open: drawing, photo, model and view, and the frames that the worker makes of them."""

    frame_ready = Signal(object)  # Frame
    answer_ready = Signal(object)  # Frame without maps: what a photo is, before it is shown why
    model_changed = Signal(object)  # ModelCard
    models_changed = Signal(object)  # Registry: some were added or removed
    factors_changed = Signal(object)  # Factors
    kind_changed = Signal(str)  # Reads: which of the two sources is shown
    source_changed = Signal(object)  # Source to be answered from now on; None: there is no photo yet
    photo_opened = Signal(object)  # SourceImage, or None when it was closed
    still_left = Signal()  # another source is wanted: a camera that is on, or just coming on, is not any more
    stale_changed = Signal(bool)
    beside_failed = Signal()  # the second model answers no more
    problem = Signal(str)
    notice = Signal(str)

    _read = Signal(object, object)
    _delivered = Signal(object)
    _failed = Signal(object, object)

    def __init__(self, registry: Registry, forwards: Forwards, parent: QObject | None = None) -> None:
        """Raises UserError when the registry has no model for drawings."""
        super().__init__(parent)
        self.registry = registry
        self.forwards = forwards
        self.card = registry.first_for("drawings")
        self.kind: Reads = "drawings"
        self.drawing = Drawing()
        self._moment: Drawing | None = None
        self.photo: Photo | None = None
        self.still: Still | None = None
        self.view = MapView()
        self.factors: Factors = UNTOUCHED
        self.beside: ModelCard | None = None
        self.centred = True
        self.fit: Fit = "crop"
        self.background: tuple[int, int, int] = (255, 255, 255)
        self._chosen: dict[Reads, ModelCard] = {}
        self._serial = 0
        self._drawn = 0
        self._source: Source | None = None
        self._opened: _Opened | None = None
        self._answered: tuple[Source, ModelCard] | None = None
        self._fallback = _Good(self.kind, None, self.card)
        self._refused: tuple[Source, ModelCard] | None = None
        self._stopped = False
        self._stale = False
        self._steps_shown = QElapsedTimer()
        self._rested = _single_shot(self, RESTING_MS, self._submit_with_steps)
        self._waiting = _single_shot(self, STALE_AFTER_MS, self._turn_stale)
        self._unpainted = _single_shot(self, UNPAINTED_AFTER_MS, self.painted)
        self._read.connect(self._show_photo)
        self._delivered.connect(self._show)
        self._failed.connect(self._complain)
        self._worker: LatestWorker[Request, Frame] = LatestWorker(
            "convlens-worker", Live(forwards, self._hand_over_photo), self._hand_over, self._hand_over_failure
        )

    # what panels and menus call

    def set_drawing(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self._moment = None
        self._drop_still()
        self._turn_to("drawings")
        self._submit()

    def open_photo(self, photo: Photo) -> None:
        """The photo is read by the worker; until it has been, the picture before it stays on screen."""
        self._drop_still()
        self.photo = photo
        self._turn_to("photos")
        self._submit()

    def show_still(self, still: Still) -> None:
        """A camera's newest picture, instead of the photo; the photo comes back when the camera goes off."""
        self.still = still
        self._turn_to("photos")
        self._submit()

    def leave_still(self) -> None:
        """Back to the photo; without one, to the drawing."""
        self._drop_still()
        self.show_kind("photos" if self.photo else "drawings")

    def close_photo(self) -> None:
        """There is only the drawing from now on."""
        self._drop_still()
        self.show_kind("drawings")
        self.photo = self._opened = None
        self._fallback = _Good("drawings", None, self.card)
        self.photo_opened.emit(None)

    def show_kind(self, kind: Reads) -> None:
        """Turns to the drawing or the photo. With no photo yet, the last frame stays on screen."""
        if kind == "drawings":
            self._drop_still()
        self._turn_to(kind)
        self._submit()

    def set_model(self, card: ModelCard) -> None:
        """The person's own choice; it is remembered for the kind of source that is shown."""
        self._refused = None  # if it cannot be used, that is said at every try
        self._chosen[self.kind] = card
        self._use(card)
        self._submit()

    def prefer(self, kind: Reads, name: str) -> None:
        """The model to take for this kind of source from now on; a name that is not there changes nothing."""
        card = next((card for card in self.registry.cards if card.name == name), None)
        if card:
            self._chosen[kind] = card
            if kind == self.kind:
                self._use(card)

    def preferred(self, kind: Reads) -> str:
        """Name of the model that the person chose for this kind of source, or nothing."""
        return self._chosen[kind].name if kind in self._chosen else ""

    def set_registry(self, registry: Registry) -> None:
        """Models were added or removed. The one in use stays in use; if it has gone, its heir or the default answers.

        Raises UserError, and changes nothing, when there is no model left for what is shown.
        """
        heirs = {card.name: card for card in registry.cards}
        card = heirs.get(self.card.name) or registry.first_for(self.kind)
        self.registry = registry
        self._chosen = {kind: heirs[known.name] for kind, known in self._chosen.items() if known.name in heirs}
        self._fallback = replace(self._fallback, card=heirs.get(self._fallback.card.name, card))
        self.models_changed.emit(registry)
        if self.beside is not None and self.beside not in registry.cards:
            self.beside = None
            self.beside_failed.emit()
        if card is not self.card:
            self._use(card)
            self._submit()

    def set_view(self, view: MapView) -> None:
        if view != self.view:
            self.view = view
            self._submit()

    def set_factors(self, factors: Factors) -> None:
        """Scales or silences maps of the present model, until it is changed."""
        if factors != self.factors:
            self.factors = factors
            self._submit()  # first, so that the worker is busy while the panels are
            self.factors_changed.emit(factors)

    def set_beside(self, card: ModelCard | None) -> None:
        """A second model that answers the same source in every frame."""
        if card is not self.beside:
            self.beside = card
            self._submit()

    def show_moment(self, drawing: Drawing | None) -> None:
        """Frames are of this earlier drawing instead; None goes back to the present one."""
        if drawing is not self._moment:
            self._moment = drawing
            if self.kind == "drawings":
                self._submit()

    def set_centred(self, centred: bool) -> None:
        self.centred = centred
        self._submit()

    def set_fit(self, fit: Fit) -> None:
        self.fit = fit
        self._submit()

    def set_background(self, background: tuple[int, int, int]) -> None:
        """The colour behind transparent pictures."""
        self.background = background
        self._submit()

    def painted(self) -> None:
        """The last frame is on screen (or never will be): the worker may make the next."""
        self._unpainted.stop()
        self._worker.ready()

    def stop(self, timeout: float = 5.0) -> bool:
        """No frame comes after this. False when a forward pass was still running after `timeout` seconds."""
        if not self._stopped:
            self._read.disconnect(self._show_photo)
            self._delivered.disconnect(self._show)
            self._failed.disconnect(self._complain)
            self._stopped = True
            self.forwards.stay()
        for timer in (self._rested, self._waiting, self._unpainted):
            timer.stop()
        return self._worker.stop(timeout)

    # requests out

    def _drop_still(self) -> None:
        self.still = None
        self.still_left.emit()

    def _turn_to(self, kind: Reads) -> None:
        """A change of source brings its model with it, so that a dropped photo is read by a model for photos."""
        if kind == self.kind:
            return
        self.kind = kind
        self.kind_changed.emit(kind)
        try:
            card = self._chosen.get(kind) or self.registry.first_for(kind)
        except UserError as error:
            self.problem.emit(str(error))
            return
        if card is not self.card:
            self._use(card)
            self.notice.emit(
                self.tr("Now answering: {title}, which reads {kind}. The Model menu has others.").format(
                    title=card.title, kind=self.tr("drawings") if kind == "drawings" else self.tr("photos")
                )
            )

    def _use(self, card: ModelCard) -> None:
        if card is not self.card:
            self.card = card
            self.view = replace(self.view, columns=())
            self.factors = UNTOUCHED
            self.model_changed.emit(card)
            self.factors_changed.emit(UNTOUCHED)

    def _submit_with_steps(self) -> None:
        self._steps_shown.invalidate()
        self._submit()

    def _submit(self) -> None:
        source: Source | None = self.drawing if self.kind == "drawings" else self.still or self.photo
        earlier = self.kind == "drawings" and self._moment is not None
        if earlier:
            source = self._moment
        if source is not self._source:
            self._source = source
            self.source_changed.emit(source)
        if source is None:
            return
        maps = not isinstance(source, Photo) or (source, self.card) == self._answered  # of a photo first its answer
        steps = maps and (not self._steps_shown.isValid() or self._steps_shown.hasExpired(STEPS_EVERY_MS))
        if steps:
            self._steps_shown.start()
            self._rested.stop()
        elif maps:  # else they come by themselves, after the answer
            self._rested.start()
        self._serial += 1
        self._worker.submit(
            Request(
                self._serial,
                time.perf_counter(),
                self.card,
                source,
                self.view,
                self.centred,
                self.fit,
                self.background,
                steps,
                self.factors,
                self.beside,
                earlier,
                maps,
            )
        )
        live = isinstance(source, Still)  # always a picture behind, and never at rest
        if not live and not self._stale and not self._waiting.isActive():
            self._waiting.start()

    # frames back in

    def _hand_over_photo(self, photo: Photo, picture: SourceImage) -> None:
        self._read.emit(photo, picture)

    def _hand_over(self, _request: Request, frame: Frame) -> None:
        self._delivered.emit(frame)

    def _hand_over_failure(self, request: Request, error: Exception) -> None:
        self._failed.emit(request, error)

    def _show_photo(self, photo: Photo, picture: SourceImage) -> None:
        """Once, and only the newest: another may have been dropped while this one was read."""
        if photo is self.photo and (self._opened is None or self._opened.photo is not photo):
            self._opened = _Opened(photo, picture)
            self.photo_opened.emit(picture)

    def _show(self, frame: Frame) -> None:
        request = frame.request
        self._settle(request.serial)
        if request.serial <= self._drawn or request.card is not self.card:
            self.painted()
            return
        self._drawn = request.serial
        if isinstance(request.source, Photo):
            assert frame.photo is not None
            self._show_photo(request.source, frame.photo)
            self._fallback = _Good("photos", _Opened(request.source, frame.photo), request.card)
        elif isinstance(request.source, Drawing):
            self._fallback = _Good("drawings", self._opened, request.card)
        self._unpainted.start()
        if request.maps:
            self.frame_ready.emit(frame)
        else:
            self._answered = (request.source, request.card)
            self.answer_ready.emit(frame)
            self._submit_with_steps()

    def _complain(self, request: Request, error: Exception) -> None:
        """One message; whatever was on screen before stays, and is what the session goes on with."""
        self._settle(request.serial)
        if request.card not in self.registry.cards:
            return  # it was removed while the worker was reading it, and another has been asked since
        if isinstance(error, SecondModelFailed):
            self._leave_beside(request, error)
        elif isinstance(error, BadFile):
            self._refuse(request, error)
        elif isinstance(error, UserError):
            self.problem.emit(str(error))
        else:
            log.error("request %d failed", request.serial, exc_info=error)
            kind = type(error).__name__
            self.problem.emit(
                self.tr("This could not be worked out ({kind}: {text}). ConvLens goes on.").format(
                    kind=kind, text=str(error)[:200]
                )
            )

    def _leave_beside(self, request: Request, error: SecondModelFailed) -> None:
        """Said once; the first model answers alone from now on."""
        if request.beside is self.beside:
            self.problem.emit(str(error))
            self.beside = None
            self.beside_failed.emit()
            self._submit()

    def _refuse(self, request: Request, error: BadFile) -> None:
        """Said once, though the same photo may have been asked for again before it turned out to be broken."""
        again = self._refused is not None and self._refused == (request.source, request.card)
        self._refused = (request.source, request.card)
        if not again:
            self.problem.emit(str(error))
        photos = isinstance(request.source, Photo)
        mine = request.source is self.photo if photos else self.kind == "drawings" or self.still is not None
        if mine and request.card is self.card:
            self._fall_back(request)

    def _fall_back(self, request: Request) -> None:
        good = self._fallback
        kind, photo = good.kind, good.opened.photo if good.opened else None
        self._drop_still()
        another = kind != self.kind or photo is not self.photo or good.card is not request.card
        self.photo = photo
        if (self._opened.photo if self._opened else None) is not photo:  # it was read, but could not be answered
            self._opened = good.opened
            self.photo_opened.emit(good.opened.picture if good.opened else None)
        if kind != self.kind:
            self.kind = kind
            self.kind_changed.emit(kind)
        if good.card is not request.card:
            self._chosen.pop(kind, None)
            self._use(good.card)
        if another:
            self._submit()

    def _settle(self, serial: int) -> None:
        """The newest request has been answered: nothing is stale any more."""
        if serial == self._serial:
            self._waiting.stop()
            if self._stale:
                self._stale = False
                self.stale_changed.emit(False)

    def _turn_stale(self) -> None:
        self._stale = True
        self.stale_changed.emit(True)


def _single_shot(parent: QObject, milliseconds: int, then: Callable[[], None]) -> QTimer:
    timer = QTimer(parent, singleShot=True, interval=milliseconds)
    timer.timeout.connect(then)
    return timer
