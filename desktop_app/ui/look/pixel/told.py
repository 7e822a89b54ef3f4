"""One number with its story: what the boards of the Pixel page paint."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from desktop_app.core.arithmetic.explanation import Explanation, Index, Numbers
from desktop_app.core.forward.layout import place_at, stands_apart
from desktop_app.core.forward.request import Frame
from desktop_app.core.forward.spot import Spot
from desktop_app.core.forward.trace import Stage

COLOURS = ("red", "green", "blue")


@dataclass(frozen=True, eq=False)
class Told:
    """explanation: of the spot.  following: the same pixel through the norms and functions right behind it."""

    frame: Frame
    spot: Spot
    explanation: Explanation
    following: tuple[Explanation, ...]

    @property
    def stage(self) -> Stage:
        return self.stages[self.spot.position]

    @property
    def stages(self) -> tuple[Stage, ...]:
        return self.frame.trace.stages

    @property
    def source(self) -> int:
        """The position of the first stage that this one reads."""
        return self.stage.sources[0]

    def number(self, position: int, index: Index) -> float:
        """The network's number there."""
        return float(self.frame.trace.outputs[position][index])


def tr(words: str) -> str:
    return QCoreApplication.translate("PixelPage", words)


def map_name(stage: Stage, channel: int) -> str:
    """Of one map: "pool1, map 3"; of a photo "input, red"."""
    return ", ".join(map_parts(stage, channel))


def place_name(stage: Stage, index: Index) -> str:
    """Of one number: "pool1, map 3, pixel (7, 4)"."""
    return ", ".join(place_parts(stage, index))


def place_parts(stage: Stage, index: Index) -> list[str]:
    """The same in its parts. Rows and columns are counted from 1, as maps are."""
    if stage.grid is not None:
        channel, row, column = place_at(stage, index)
        pixel = tr("pixel ({row}, {column})").format(row=row + 1, column=column + 1)
        if stands_apart(stage, index):
            pixel = tr("class token")
        elif len(stage.shape) == 2:
            pixel = tr("patch ({row}, {column})").format(row=row + 1, column=column + 1)
        return [*map_parts(stage, channel), pixel]
    match index:
        case (channel, row, column):
            pixel = tr("pixel ({row}, {column})").format(row=row + 1, column=column + 1)
            return [*map_parts(stage, channel), pixel]
        case (token, feature):
            parts = (tr("token {n}").format(n=f"{token + 1:,}"), tr("feature {n}").format(n=f"{feature + 1:,}"))
            return [stage.name, *parts]
        case _:
            return [stage.name, tr("unit {n}").format(n=f"{index[0] + 1:,}")]


def map_parts(stage: Stage, channel: int) -> list[str]:
    """The same in its parts."""
    if stage.kind != "input":
        return [stage.name, tr("map {n}").format(n=f"{channel + 1:,}")]
    return [stage.name, tr(COLOURS[channel])] if stage.shape[0] == len(COLOURS) else [stage.name]


def magnitude_of(numbers: Numbers) -> float:
    """The largest |number| that is one."""
    finite = numbers[abs(numbers) < float("inf")]
    return float(abs(finite).max()) if finite.size else 0.0
