"""Scenario: a filter is switched off and on again by clicks; how long until the bars show it, against the pen's way."""

from __future__ import annotations

import math
import time
from statistics import median

from desktop_app.bench.hand import Hand
from desktop_app.bench.window import SETTLING, open_app
from desktop_app.core.forward.request import Frame
from desktop_app.ui.mouse import Mouse
from desktop_app.ui.waiting import until, wait

RATE = 125
"""Points a second of the pen."""
PAUSE = 0.05
"""Seconds between two clicks."""


def run(turns: int, seconds: float) -> dict[str, float]:
    """Medians in ms: from a click to the painted bars, and from the pen to the painted bars in the same window."""
    with open_app() as app:
        window = app.window
        canvas = window.input.canvas
        hand = Hand(Mouse(canvas), canvas.width(), canvas.clear, window)
        window.frame_painted.connect(hand.saw)
        hand.draw(RATE, round(RATE * seconds / 4))
        drawn = hand.draw(RATE, round(RATE * seconds)).latencies()
        window.frame_painted.disconnect(hand.saw)
        window.look.open("silence")
        wait(SETTLING)
        grid = window.look.silence.grid
        mouse, painted = Mouse(grid), _Painted()
        window.frame_painted.connect(painted.saw)
        clicked = []
        for turn in range(turns + 2):  # the first ones warm up
            rect = grid.tile_rect(turn // 2 % len(grid.visible_numbers))
            assert rect is not None  # the number is one of those on screen
            place = rect.center().x() / grid.width(), rect.center().y() / grid.height()
            begin = time.perf_counter()
            mouse.press(place)
            done = until(lambda: painted.asked >= begin, patience=10)  # noqa: B023 - awaited before it changes
            clicked.append((painted.at - begin) * 1e3 if done else math.inf)
            mouse.release(place)
            wait(PAUSE)
    return {"clicked": median(clicked[2:]), "drawn": median(drawn)}


class _Painted:
    """When the newest painted frame was asked for, and when it was on screen."""

    def __init__(self) -> None:
        self.asked = self.at = -math.inf

    def saw(self, frame: Frame) -> None:
        self.asked, self.at = frame.request.asked, time.perf_counter()
