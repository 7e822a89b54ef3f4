"""Numbers whose story is short: a probability, the input itself, and what is not taken apart."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor

from desktop_app.core.arithmetic.explanation import Share
from desktop_app.core.forward.spot import Spot
from desktop_app.core.numerals import exact
from desktop_app.ui.look.pixel import shades
from desktop_app.ui.look.pixel.board import Board, result
from desktop_app.ui.look.pixel.pencil import Pencil, Piece
from desktop_app.ui.look.pixel.told import Told, map_parts, tr

SWATCH = 56
"""Side of a colour's sample, pixels at normal size."""


class ShareBoard(Board):
    def __init__(self, told: Told, how: Share) -> None:
        super().__init__(told)
        self._how = how
        self._place = told.spot.index[-1]

    def reads(self) -> str:
        return tr("its share among all {n} classes").format(n=f"{len(self._how.logits):,}")

    def sum_up(self) -> list[Piece]:
        power, total = float(self._how.powers[self._place]), self._how.total
        return [Piece(f"{exact(power)} ÷ {exact(total)} ="), result(power / total if total else math.nan)]

    def paint(self, pencil: Pencil, room: QRectF, first: int) -> float:
        how, place = self._how, self._place
        classes = self.told.frame.request.card.classes
        name = classes[place] if place < len(classes) else str(place + 1)
        logit, largest = float(how.logits[place]), float(how.logits.max())
        exponent = f"{exact(logit)} − {exact(largest)}"
        if how.temperature != 1:
            exponent = f"({exponent}) ÷ {how.temperature:g}"
        power = f"e^({exponent}) = {exact(float(how.powers[place]))}"
        tall = pencil.height("body") + pencil.theme.px(5)
        lines = (
            tr("The logit of {name} is {logit}; the largest logit is {largest}.").format(
                name=name, logit=exact(logit), largest=exact(largest)
            ),
            power,
            tr("All {n} powers add up to {total}.").format(n=f"{len(how.powers):,}", total=exact(how.total)),
            tr("The Softmax page shows all classes."),
        )
        for number, words in enumerate(lines):
            top = room.top() + number * tall
            if top + tall > room.bottom() + 2:
                break
            pencil.text(words, room.left(), top, "body", "muted" if number == len(lines) - 1 else "text")
        first_line = QRectF(room.left(), room.top(), room.width(), tall)
        pencil.target(first_line, tr("Go to the logit"), Spot(self.told.source, self.told.spot.index))
        return room.top() + len(lines) * tall + 2 * pencil.theme.unit


class InputBoard(Board):
    def reads(self) -> str:
        return tr("was given")

    def line(self) -> list[Piece]:
        return self.sum_up()

    def sum_up(self) -> list[Piece]:
        spec = self.told.frame.request.card.preprocessing
        channel, value = self.told.spot.index[0], self.told.explanation.value
        level = value * spec.std[channel] + spec.mean[channel]
        pieces = [Piece(tr("brightness")), Piece(exact(level), ink="text")]
        if spec.mean[channel] or spec.std[channel] != 1:
            words = tr("minus {mean}, divided by {std} =")
            pieces.append(Piece(words.format(mean=f"{spec.mean[channel]:g}", std=f"{spec.std[channel]:g}")))
            pieces.append(result(value))
        return pieces

    def paint(self, pencil: Pencil, room: QRectF, first: int) -> float:
        """Its colour as it was given, and where that has three channels the brightness of each."""
        told, unit, colours = self.told, pencil.theme.unit, pencil.theme.colours
        side, channels = pencil.theme.px(SWATCH), told.stage.shape[0]
        _, row, column = told.spot.index
        left, top = room.left(), room.top() + unit
        picture = told.frame.picture
        across, down = picture.tile[1] / told.stage.shape[2], picture.tile[0] / told.stage.shape[1]
        pixel = int(picture.pixels[int(row * down), int(column * across)])
        if channels > 1:
            pencil.painter.fillRect(QRectF(left, top, side, side), QColor.fromRgb(pixel))
            pencil.text(tr("as given"), left, top + side + unit, "caption", "muted")
            left += side + 6 * unit
        for channel in range(channels):
            value = told.number(0, (channel, row, column))
            box = QRectF(left, top, side, side)
            pencil.painter.fillRect(box, shades.of_map(told.frame, 0, channel)(value))
            chosen = channel == told.spot.index[0]
            pencil.frame(box, colours.accent if chosen else colours.border, 2 if chosen else 1)
            spec = told.frame.request.card.preprocessing
            level = _level(value * spec.std[channel] + spec.mean[channel])
            words = [tr("{level} of 255").format(level=level), *map_parts(told.stage, channel)[1:]]
            for number, each in enumerate(reversed(words)):
                pencil.text(each, left, box.bottom() + unit + number * pencil.height("caption"), "caption", "muted")
            pencil.target(box, ", ".join(words), Spot(0, (channel, row, column)))
            left += max(side, pencil.width(words[0], "caption")) + 4 * unit
        note = tr("The input is what the network reads: nothing was computed yet.")
        pencil.text(note, left + 2 * unit, top, "caption", "muted")
        return top + side + 2 * pencil.height("caption") + 4 * unit


class UntoldBoard(Board):
    def reads(self) -> str:
        return ""

    def sum_up(self) -> list[Piece]:
        return [Piece(tr("the network's value is")), result(self.told.explanation.value)]

    def line(self) -> list[Piece]:
        return self.sum_up()

    def paint(self, pencil: Pencil, room: QRectF, first: int) -> float:
        words = tr("ConvLens does not take a stage of this kind apart ({kind}).").format(kind=self.told.stage.kind)
        pencil.text(words, room.left(), room.top())
        left, top = room.left(), room.top() + 1.6 * pencil.height("body")
        sources = dict.fromkeys(self.told.stage.sources)
        if sources:
            names = ", ".join(self.told.stages[source].name for source in sources)
            pencil.text(tr("It reads {stages}.").format(stages=names), left, top, "body", "muted")
        return top + 2 * pencil.height("body")


def _level(level: float) -> str:
    return str(round(255 * level)) if math.isfinite(level) else exact(level)
