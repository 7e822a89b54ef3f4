"""Scenario: a camera is on, and all panels follow it."""

from __future__ import annotations

from desktop_app.bench.probe import Probe
from desktop_app.bench.window import open_app
from desktop_app.core.camera.synthetic import synthetic
from desktop_app.core.errors import UserError
from desktop_app.core.forward.request import Frame, Still
from desktop_app.ui.waiting import until, wait

SETTLING = 1.0
"""Seconds from the first answer until measuring starts: the model has just been changed, and all columns with it."""


def run(seconds: float) -> dict[str, float]:
    """The GUI's longest gap in ms, with the camera and without; answers a second. Raises UserError when none comes."""
    with open_app() as app:
        app.session.registry.first_for("photos")
        probe, window = Probe(app.window), app.window
        answered: list[Frame] = []
        window.frame_painted.connect(answered.append)
        probe.start()
        wait(seconds)
        idle = probe.longest()[0]
        window.camera.find = lambda: (synthetic(),)
        window.input.actions["camera"].trigger()
        if not until(lambda: bool(answered) and isinstance(answered[-1].request.source, Still)):
            raise UserError("no picture of the camera was answered")
        wait(SETTLING)
        answered.clear()
        probe.start()
        wait(seconds)
        return {"gap": probe.longest()[0], "idle_gap": idle, "answered": len(answered) / seconds}
