"""Scenario: everything but drawing that a person does all the time; how long does the GUI keep them waiting?"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from desktop_app.bench.probe import Probe
from desktop_app.bench.window import open_app
from desktop_app.core.sketcher import LABELS
from desktop_app.ui.mouse import Mouse
from desktop_app.ui.waiting import wait

PAUSE = 0.12
"""Seconds between two doings."""
REST = 0.6
"""Seconds at the end: the pen rests, the session is autosaved."""


def run() -> dict[str, float]:
    """Longest gaps in ms: at rest, and while samples, undo, redo, clear, pointing at maps and autosave go on."""
    with open_app() as app:
        panel, maps = app.window.input, Mouse(app.window.network.columns)
        probe = Probe(app.window)
        probe.start()
        wait(REST)
        idle = probe.longest()[0]
        doings: list[Callable[[], object]] = [partial(panel.draw_sample, label) for label in LABELS]
        doings += [partial(maps.move, (0.05 + 0.09 * step, 0.5)) for step in range(10)]
        doings += [panel.canvas.undo, panel.canvas.undo, panel.canvas.redo, panel.canvas.clear, panel.canvas.undo]
        probe.start()
        for do in doings:
            do()
            wait(PAUSE)
        wait(REST)
        return {"gap": probe.longest()[0], "idle_gap": idle}
