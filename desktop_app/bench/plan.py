"""How long everything is measured."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """rates: events a second; seconds: of drawing at each.  turns, photos, clicks, starts: of which a median is taken.
    folder, folder_turns: photos in a folder, and how often it is gone through; the best counts.

    pixels: clicked on, of each stage.
    replay_seconds: of a replay at most; the shipped models' take 25.
    memory_points: after memory_warm ones, drawn at memory_rate. 37,500 are five minutes of a mouse that sends 125 a
    second; at 1,000 a second they take 38 s, and memory that grows with frames or points shows all the same.
    """

    rates: tuple[int, ...] = (125, 1000)
    seconds: float = 5.0
    turns: int = 400
    photos: int = 7
    folder: int = 500
    folder_turns: int = 2
    clicks: int = 60
    pixels: int = 20
    starts: int = 3
    replay_seconds: float = 30.0
    memory_rate: int = 1000
    memory_warm: int = 2000
    memory_points: int = 37_500


FULL = Plan()
