"""What the worker is asked, and what it hands back: sources, requests, frames."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from desktop_app.core.drawing.strokes import Drawing
from desktop_app.core.forward.crops import mean_answer
from desktop_app.core.forward.factors import UNTOUCHED, Factors
from desktop_app.core.forward.trace import Answer, Trace
from desktop_app.core.maps.mosaic import Mosaic, Scale
from desktop_app.core.maps.sheet import Sheet
from desktop_app.core.model.card import Fit, ModelCard
from desktop_app.core.source.photo import SourceImage, load_photo
from desktop_app.core.source.preprocess import Step


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
