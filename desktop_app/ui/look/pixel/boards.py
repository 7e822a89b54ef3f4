"""Which board shows which kind of arithmetic."""

from __future__ import annotations

from desktop_app.core.arithmetic.explain import explain, following
from desktop_app.core.arithmetic.explanation import (
    Applied,
    Attended,
    Combined,
    Contributions,
    Copied,
    Input,
    Share,
    Untold,
    Weighted,
    Window,
)
from desktop_app.core.forward.request import Frame
from desktop_app.core.forward.spot import Spot
from desktop_app.ui.look.pixel.applied import AppliedBoard
from desktop_app.ui.look.pixel.attended import AttendedBoard
from desktop_app.ui.look.pixel.board import Board
from desktop_app.ui.look.pixel.contributions import ContributionsBoard
from desktop_app.ui.look.pixel.joined import CombinedBoard, CopiedBoard
from desktop_app.ui.look.pixel.plain import InputBoard, ShareBoard, UntoldBoard
from desktop_app.ui.look.pixel.told import Told
from desktop_app.ui.look.pixel.weighted import WeightedBoard
from desktop_app.ui.look.pixel.window import WindowBoard


def tell(frame: Frame, spot: Spot) -> Told:
    """The story of a number of the frame. Raises IndexError where the frame has no such number."""
    trace = frame.trace
    return Told(frame, spot, explain(trace, spot.position, spot.index), following(trace, spot.position, spot.index))


def board_for(told: Told, by_size: bool) -> Board:
    """by_size: what can be sorted is, the largest first."""
    match told.explanation.how:
        case Weighted() as how:
            return WeightedBoard(told, how, by_size)
        case Window() as how:
            return WindowBoard(told, how)
        case Contributions() as how:
            return ContributionsBoard(told, how)
        case Applied() as how:
            return AppliedBoard(told, how)
        case Combined() as how:
            return CombinedBoard(told, how)
        case Copied() as how:
            return CopiedBoard(told, how)
        case Attended() as how:
            return AttendedBoard(told, how)
        case Share() as how:
            return ShareBoard(told, how)
        case Input():
            return InputBoard(told)
        case Untold():
            return UntoldBoard(told)
