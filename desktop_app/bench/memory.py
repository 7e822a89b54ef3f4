"""Scenario: resident memory of the open window before and after a long time of drawing."""

from __future__ import annotations

from desktop_app.bench.hand import Hand
from desktop_app.bench.resident import resident_mb
from desktop_app.bench.window import open_app
from desktop_app.ui.mouse import Mouse


def run(rate: float, warm: int, count: int) -> dict[str, float | None]:
    """MB after `warm` points, and after `count` more; None where the system does not tell."""
    with open_app() as app:
        canvas = app.window.input.canvas
        hand = Hand(Mouse(canvas), canvas.width(), canvas.clear, app.window)
        app.window.frame_painted.connect(hand.saw)
        hand.draw(rate, warm)
        before = resident_mb()
        hand.draw(rate, count)
        return {"before": before, "after": resident_mb()}
