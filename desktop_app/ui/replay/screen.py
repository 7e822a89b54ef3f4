"""Puts a moment of a replay on the network view and the answer panel, and takes it off again."""

from __future__ import annotations

from desktop_app.core.forward.request import Frame
from desktop_app.core.replay.pictures import Pictures
from desktop_app.core.replay.scene import Shown
from desktop_app.core.replay.timeline import Moment
from desktop_app.ui.answer.panel import AnswerPanel
from desktop_app.ui.network.marks import Mark
from desktop_app.ui.network.view import NetworkView
from desktop_app.ui.qimages import Picture
from desktop_app.ui.theme import Theme

LAYER = "replay"
"""Of the marks in the network view."""
FINE = 3.5
"""Side of a map's pixel on screen, in pixels, below which it is too small for a frame of its own."""


class Screen:
    def __init__(self, theme: Theme, columns: NetworkView, answer: AnswerPanel) -> None:
        self._theme, self._columns, self._answer = theme, columns, answer
        self._frame: Frame | None = None
        self._pictures: Pictures | None = None
        self._covers: dict[int, Picture] = {}

    def load(self, frame: Frame) -> None:
        """From now on moments are of this frame."""
        cover = self._theme.colours.track.rgb()
        self._frame = frame
        own = [mosaic if mosaic and mosaic.heads is None else None for mosaic in frame.mosaics]
        self._pictures = Pictures(frame.trace, own, frame.request.view, cover)
        self._covers = {}

    def show(self, moment: Moment) -> None:
        if self._frame is None or self._pictures is None:
            return
        shown = self._pictures.at(moment)
        pictures = {
            position: self._cover(self._pictures, position) if mosaic.heads is None else None
            for position, mosaic in enumerate(self._frame.mosaics)
            if mosaic is not None and position > moment.position
        }
        if shown.pixels is not None:
            pictures[moment.position] = Picture(shown.pixels)
        self._columns.replay(pictures, moment.position)
        self._columns.set_marks(LAYER, self._marks(self._frame, moment.position, shown))
        self._show_answer(self._frame, moment, shown)

    def clear(self) -> None:
        """All is live again."""
        self._frame = self._pictures = None
        self._covers = {}
        self._columns.replay({})
        self._columns.set_marks(LAYER, ())
        self._answer.stop_replay()

    def _marks(self, frame: Frame, position: int, shown: Shown) -> list[Mark]:
        """In fine maps a frame around the pixel that comes next in each would only hide how they fill."""
        fine = self._columns.pixel_size(position) < FINE
        return [
            Mark(box.position, box.channel, box.sides, "ghost" if box.wins else "accent")
            for box in shown.boxes
            if not (fine and box.position == position and box.channel is None)
        ]

    def _show_answer(self, frame: Frame, moment: Moment, shown: Shown) -> None:
        last = len(frame.trace.stages) - 1
        if moment.position < last - 1:
            self._answer.replay(None, None)
        elif moment.position < last:
            self._answer.replay(shown.numbers, None)
        elif moment.progress < 1:
            self._answer.replay(frame.trace.answer.logits, shown.numbers)
        else:
            self._answer.stop_replay()

    def _cover(self, pictures: Pictures, position: int) -> Picture:
        """The same picture every time, so that a column that does not change is not painted anew."""
        if position not in self._covers:
            self._covers[position] = Picture(pictures.covered(position))
        return self._covers[position]
