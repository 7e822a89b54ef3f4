"""One request's way through the worker: source → input → forward → trace → mosaics. No torch, no Qt."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Container
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Protocol

from desktop_app.core.arithmetic.operations import Operation
from desktop_app.core.drawing.strokes import Drawing
from desktop_app.core.errors import NeedsTorch, SecondModelFailed, UserError
from desktop_app.core.forward.crops import mean_answer
from desktop_app.core.forward.factors import UNTOUCHED, Factors
from desktop_app.core.forward.trace import Answer, Array, Stage, Trace, answer_of, trace_of
from desktop_app.core.maps import palette
from desktop_app.core.maps.head_sheet import drawn_now
from desktop_app.core.maps.mosaic import Mosaic, MosaicMaker, Scale, input_picture
from desktop_app.core.maps.sheet import Sheet, SheetMaker, drawn_whole
from desktop_app.core.model.card import Fit, ModelCard
from desktop_app.core.source.fitting import decoded_side
from desktop_app.core.source.photo import SourceImage, load_photo
from desktop_app.core.source.preprocess import Prepared, Step, prepare_drawing, prepare_photo

RESTING_SECONDS = 0.5
"""An input that is so much newer than the last one is another picture, and not the same one with a bit more."""
MAKERS = 4
"""Arrangements of maps that are remembered: of one model, or of two side by side."""
SIDES = 2
"""Sizes in which the last photo is kept: for one model, or for two side by side."""

SMALL = 8_000_000
"""Weights up to which a model stays ready though it is not in use: 32 MB of numbers."""


class Forward(Protocol):
    """A model's forward pass that keeps every stage. operations: of the stages between input and softmax."""

    device: str
    stages: tuple[Stage, ...]
    operations: tuple[Operation, ...]

    def __call__(self, net_input: Array, factors: Factors = UNTOUCHED) -> tuple[Array, ...]:
        """Outputs of the stages between input and softmax, for an input (C, H, W), some maps scaled if asked for."""

    def logits(self, net_input: Array) -> Array:
        """(classes,): the same network with nothing kept on the way, which is quicker."""


class Forwards:
    """Where the worker gets a model's forward pass: made once a model, and made anew when a better maker arrives."""

    def __init__(self, make: Callable[[ModelCard], Forward], wanted: Callable[[], None] = lambda: None) -> None:
        """wanted: is told, in the thread that asks, that a model waits for the better maker."""
        self._lock = threading.Condition()
        self._make, self._wanted = make, wanted
        self._made: dict[ModelCard, Forward] = {}
        self._last = self._let_go = False

    def __call__(self, card: ModelCard) -> Forward:
        """Waits for the better maker where only that can make it; raises NeedsTorch when there will be none."""
        while True:
            with self._lock:
                forward, make = self._made.get(card), self._make
            if forward is not None:
                return forward
            try:
                forward = make(card)
            except NeedsTorch:
                self._wanted()
                with self._lock:
                    self._lock.wait_for(lambda: self._last or self._make is not make)  # noqa: B023 - called at once
                    if self._make is make:
                        raise
                continue
            with self._lock:
                if self._make is make:
                    self._made[card] = forward
            return forward

    def known(self) -> tuple[ModelCard, ...]:
        with self._lock:
            return tuple(self._made)

    def keep(self, in_use: Container[ModelCard | None]) -> None:
        """Lets go of the large models that are not among these."""
        with self._lock:
            kept = {card: made for card, made in self._made.items() if card.weight_count <= SMALL or card in in_use}
            self._let_go |= len(kept) < len(self._made)
            self._made = kept

    def let_go(self) -> bool:
        """Whether large models went since this was last asked: garbage by now, as their graphs hold themselves."""
        with self._lock:
            gone, self._let_go = self._let_go, False
            return gone

    def switch(self, make: Callable[[ModelCard], Forward], warm: dict[ModelCard, Forward]) -> None:
        """From now on forward passes come from `make`; `warm` are ready already."""
        with self._lock:
            self._make, self._made = make, dict(warm)
            self._lock.notify_all()

    def stay(self) -> None:
        """No better maker will come: nobody is to wait for it."""
        with self._lock:
            self._last = True
            self._lock.notify_all()


@dataclass(frozen=True, eq=False)
class Photo:
    """A picture that was chosen but not read yet. data: where it is, or its encoded bytes, or how to get them."""

    name: str
    data: Path | bytes | Callable[[], bytes]

    def encoded(self) -> bytes:
        """The picture's file as bytes. Raises OSError when it has gone."""
        if isinstance(self.data, bytes):
            return self.data
        return self.data.read_bytes() if isinstance(self.data, Path) else self.data()

    def read(self, background: tuple[int, int, int], at_least: int) -> SourceImage:
        """Raises BadFile."""
        data = self.data() if callable(self.data) else self.data
        return load_photo(data, at_least=at_least, background=background, name=self.name)


@dataclass(frozen=True, eq=False)
class Still:
    """One picture of many, as a camera gives them: there already, and kept by nobody."""

    image: SourceImage

    @property
    def name(self) -> str:
        return self.image.name


Source = Drawing | Photo | Still


@dataclass(frozen=True)
class MapView:
    """How maps are to be drawn. columns: maps side by side, a stage behind the input; () when not known yet.

    sheets: of a deep network, the stages that are on screen, by position; all others are not drawn.
    """

    columns: tuple[int, ...] = ()
    sheets: tuple[tuple[int, Sheet], ...] = ()
    scale: Scale = "layer"
    contrast: float = 1.0
    dark: bool = False
    paper: str = "#ffffff"


@dataclass(frozen=True, eq=False)
class Request:
    """Everything that the worker needs for one frame.

    serial: counts up with every request.  asked: when, on time.perf_counter's clock.  beside: a second model that shall
    answer the same source, for comparison; factors are only for the first.  earlier: whether the source is a moment of
    the drawing's past, looked at for a while.  maps: False where the answer alone is wanted, as soon as it is there.
    """

    serial: int
    asked: float
    card: ModelCard
    source: Source
    view: MapView
    centred: bool = True
    fit: Fit = "crop"
    background: tuple[int, int, int] = (255, 255, 255)
    steps: bool = True
    factors: Factors = UNTOUCHED
    beside: ModelCard | None = None
    earlier: bool = False
    maps: bool = True


@dataclass(frozen=True, eq=False)
class Frame:
    """What is shown for one request. steps: empty where none were wanted.

    mosaics: one a stage, input first; None for what is not on screen; empty where no maps were wanted.
    photo: the picture as it was read, where the source is one.  forward_ms: the net alone.
    beside: the second model's frame, where one was asked for.
    crops: of a photo that is read as several crops every one's answer; the first is the trace's.
    """

    request: Request
    trace: Trace
    mosaics: tuple[Mosaic | None, ...]
    steps: tuple[Step, ...]
    photo: SourceImage | None
    device: str
    forward_ms: float
    beside: Frame | None = None
    crops: tuple[Answer, ...] = ()

    @cached_property
    def answer(self) -> Answer:
        """Of the model to the source: the trace's, or the mean of all crops'."""
        return mean_answer(self.crops) if self.crops else self.trace.answer

    @property
    def picture(self) -> Mosaic:
        """The input, as a person knows it."""
        picture = self.mosaics[0]
        assert picture is not None
        return picture


@dataclass(frozen=True, eq=False)
class _Answered:
    """What the network made of a request, whatever is to be seen of it."""

    request: Request
    forward: Forward
    prepared: Prepared
    photo: SourceImage | None
    trace: Trace
    crops: tuple[Answer, ...]
    milliseconds: float


@dataclass(frozen=True, eq=False)
class _Read:
    """The photo that was read last. images: by the length of the shorter side that was asked for."""

    source: Photo
    background: tuple[int, int, int]
    images: dict[int, SourceImage] = field(default_factory=dict)


class Live:
    """Answers requests one at a time; remembers the photo that it read last, the last answer of each model in use, and
    where the maps go."""

    def __init__(self, forwards: Forwards, tell: Callable[[Photo, SourceImage], None] = lambda *_: None) -> None:
        """tell: is told of every photo that was read, before its network is asked for, which can take seconds."""
        self._forwards = forwards
        self._tell = tell
        self._read: _Read | None = None
        self._answered: dict[ModelCard, _Answered] = {}
        self._makers: dict[object, MosaicMaker] = {}
        self._sheets: dict[object, SheetMaker] = {}
        self._rests = True

    def __call__(self, request: Request) -> Frame:
        """Raises BadFile when the photo or the model's weights cannot be used, SecondModelFailed for the one beside."""
        in_use = (request.card, request.beside)
        self._answered = {card: done for card, done in self._answered.items() if card in in_use}
        self._forwards.keep(in_use)
        if isinstance(request.source, Photo):
            self._photo(request.source, request)
        return self._frame(request)

    def _frame(self, request: Request) -> Frame:
        if not request.maps and not request.factors:
            return self._first_answer(request)
        done = self._answer(request)
        return Frame(
            request,
            done.trace,
            self._mosaics(done, request.view) if request.maps else (),
            done.prepared.steps if request.steps else (),
            done.photo,
            done.forward.device,
            done.milliseconds,
            self._beside(request) if request.maps else None,
            done.crops,
        )

    def _first_answer(self, request: Request) -> Frame:
        """By the network alone; its trace has no stages yet."""
        forward, temperature = self._forwards(request.card), request.card.temperature
        prepared, photo = self._prepare(request)
        before = time.perf_counter()
        answers = tuple(answer_of(forward.logits(each), temperature) for each in (prepared.input, *prepared.others))
        milliseconds = (time.perf_counter() - before) * 1e3
        trace = Trace((), (), answers[0], ())
        crops = answers if prepared.others else ()
        return Frame(request, trace, (), (), photo, forward.device, milliseconds, None, crops)

    def _answer(self, request: Request) -> _Answered:
        """The same question is answered once: where only the view has changed, the network need not run again."""
        card, forward = request.card, self._forwards(request.card)
        known = self._answered.get(card)
        same = known is not None and known.forward is forward and _same_question(known.request, request)
        if same and known is not None and (known.prepared.steps or not request.steps):
            self._rests = True
            return known
        prepared, photo = self._prepare(request)
        if same and known is not None:
            self._rests = True
            done = replace(known, prepared=prepared)
        else:
            self._rests = known is None or request.asked - known.request.asked > RESTING_SECONDS
            done = self._new_answer(request, forward, prepared, photo)
        self._answered[card] = done
        return done

    def _new_answer(
        self, request: Request, forward: Forward, prepared: Prepared, photo: SourceImage | None
    ) -> _Answered:
        temperature = request.card.temperature
        before = time.perf_counter()
        inner = forward(prepared.input, request.factors)
        milliseconds = (time.perf_counter() - before) * 1e3
        trace = trace_of(forward.stages, forward.operations, prepared.input, inner, temperature, request.factors)
        others = [answer_of(_logits(forward, crop, request.factors), temperature) for crop in prepared.others]
        crops = (trace.answer, *others) if others else ()
        return _Answered(request, forward, prepared, photo, trace, crops, milliseconds)

    def _mosaics(self, done: _Answered, view: MapView) -> tuple[Mosaic | None, ...]:
        trace, stages, spec = done.trace, done.forward.stages, done.request.card.preprocessing
        colours = palette.signed(view.dark, view.contrast, view.paper)
        picture = input_picture(trace.outputs[0], spec.mean, spec.std)
        if not view.sheets and drawn_whole(stages):
            return (picture, *self._mosaic_maker(stages, view)(trace.outputs[1:], colours))
        maker = self._sheet_maker(stages)
        sheets = {place: sheet for place, sheet in view.sheets if place < len(stages)}
        drawn = drawn_now(trace, sheets, view.scale, colours, maker, self._rests)
        return (picture, *(drawn.get(place) for place in range(1, len(stages))))

    def _beside(self, request: Request) -> Frame | None:
        if request.beside is None:
            return None
        view = replace(request.view, columns=(), sheets=())
        alone = replace(request, card=request.beside, beside=None, factors=UNTOUCHED, view=view, steps=False)
        try:
            return self._frame(alone)
        except Exception as error:  # whatever it is, the first model goes on without it
            what = str(error) if isinstance(error, UserError) else f"{type(error).__name__}: {str(error)[:200]}"
            raise SecondModelFailed(f"{alone.card.title} cannot answer as the second model. {what}") from error

    def _prepare(self, request: Request) -> tuple[Prepared, SourceImage | None]:
        spec = request.card.preprocessing
        if isinstance(request.source, Drawing):
            return prepare_drawing(request.source, spec, centred=request.centred, with_steps=request.steps), None
        photo = request.source.image if isinstance(request.source, Still) else self._photo(request.source, request)
        return prepare_photo(photo, spec, fit=request.fit, with_steps=request.steps), photo

    def _photo(self, source: Photo, request: Request) -> SourceImage:
        """As its model reads it, whichever models were asked before, so that it always gets the same answer."""
        read = self._read
        if read is None or read.source is not source or read.background != request.background:
            read = self._read = _Read(source, request.background)
        side = decoded_side(request.card.preprocessing, request.fit)
        image = read.images.get(side)
        if image is None:
            image = source.read(request.background, side)
            if not read.images:
                self._tell(source, image)
            if len(read.images) >= SIDES:
                read.images.clear()
            read.images[side] = image
        return image

    def _mosaic_maker(self, stages: tuple[Stage, ...], view: MapView) -> MosaicMaker:
        drawn = stages[1:]
        columns = view.columns if len(view.columns) == len(drawn) else tuple(squarish(stage) for stage in drawn)
        key = (stages, columns, view.scale)
        maker = self._makers.get(key)
        if maker is None:
            if len(self._makers) >= MAKERS:
                self._makers.clear()
            maker = self._makers[key] = MosaicMaker(drawn, columns, view.scale)
        return maker

    def _sheet_maker(self, stages: tuple[Stage, ...]) -> SheetMaker:
        maker = self._sheets.get(stages)
        if maker is None:
            if len(self._sheets) >= MAKERS:
                self._sheets.clear()
            maker = self._sheets[stages] = SheetMaker(stages)
        return maker


def _same_question(one: Request, other: Request) -> bool:
    """Whether the same network reads the same input; in all else they can differ."""
    return one.source is other.source and all(getattr(one, name) == getattr(other, name) for name in _HOW)


_APART = ("serial", "asked", "source", "view", "steps", "beside", "earlier", "maps")
_HOW = tuple(each.name for each in fields(Request) if each.name not in _APART)
"""What of a request says how its source is read, and by which network."""


def squarish(stage: Stage) -> int:
    """Maps side by side where nobody has said how many."""
    return max(1, math.isqrt(stage.maps[0]))


def _logits(forward: Forward, net_input: Array, factors: Factors) -> Array:
    return forward(net_input, factors)[-1] if factors else forward.logits(net_input)
