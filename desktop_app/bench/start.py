"""Scenario: from the start of the process to a window that can be drawn into, the first answer, and torch."""

from __future__ import annotations

import time

from PySide6.QtWidgets import QApplication

from desktop_app.bench.hand import Hand
from desktop_app.bench.probe import Probe
from desktop_app.bench.window import SIZE
from desktop_app.core.forward.request import Frame
from desktop_app.ui.app import App
from desktop_app.ui.mouse import Mouse
from desktop_app.ui.waiting import until

RATE = 125.0
SOME_POINTS = 25


def run(spawned: float) -> dict[str, float]:
    """Seconds since `spawned`: window painted and drawable, first answer painted, first answer of torch painted.

    gap: the longest of the event loop in ms, from the first painting until torch answers, while a hand draws.
    """
    app = App(QApplication(["convlens"]))
    window = app.window
    frames: list[tuple[float, Frame]] = []
    window.frame_painted.connect(lambda frame: frames.append((time.time() - spawned, frame)))
    window.resize(*SIZE)
    probe = Probe(window)
    app.show()
    until(lambda: bool(frames))
    probe.start()
    canvas = window.input.canvas
    hand = Hand(Mouse(canvas), canvas.width(), canvas.clear, window)
    window.frame_painted.connect(hand.saw)
    while not any(_by_torch(frame) for _, frame in frames):
        hand.draw(RATE, SOME_POINTS)
    gaps = probe.longest()
    app.close()
    return {
        "drawable": frames[0][0],
        "answer": next(seconds for seconds, frame in frames if frame.request.source),
        "torch_answer": next(seconds for seconds, frame in frames if _by_torch(frame)),
        "gap": gaps[0],
        "second_gap": gaps[1],
    }


def _by_torch(frame: Frame) -> bool:
    return "numpy" not in frame.device
