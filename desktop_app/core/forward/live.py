"""One request's way through the worker: source → input → forward → trace → mosaics. No torch, no Qt."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace

from desktop_app.core.drawing.strokes import Drawing
from desktop_app.core.errors import SecondModelFailed, UserError
from desktop_app.core.forward.factors import UNTOUCHED, Factors
from desktop_app.core.forward.forwards import Forward, Forwards
from desktop_app.core.forward.request import Frame, MapView, Photo, Request, Still
from desktop_app.core.forward.trace import Answer, Array, Stage, Trace, answer_of, trace_of
from desktop_app.core.maps import palette
from desktop_app.core.maps.head_sheet import drawn_now
from desktop_app.core.maps.mosaic import Mosaic, MosaicMaker, input_picture, squarish
from desktop_app.core.maps.sheet import SheetMaker, drawn_whole
from desktop_app.core.model.card import ModelCard
from desktop_app.core.source.fitting import decoded_side
from desktop_app.core.source.photo import SourceImage
from desktop_app.core.source.preprocess import Prepared, prepare_drawing, prepare_photo

RESTING_SECONDS = 0.5
"""An input that is so much newer than the last one is another picture, and not the same one with a bit more."""
MAKERS = 4
"""Arrangements of maps that are remembered: of one model, or of two side by side."""
SIDES = 2
"""Sizes in which the last photo is kept: for one model, or for two side by side."""


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


def _logits(forward: Forward, net_input: Array, factors: Factors) -> Array:
    return forward(net_input, factors)[-1] if factors else forward.logits(net_input)
