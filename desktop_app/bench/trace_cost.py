"""Scenario: what it costs to see inside. Trace and mosaics against the bare forward pass, turn by turn."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from statistics import median

import numpy as np
import torch

from desktop_app.core.forward.forwards import Forwards
from desktop_app.core.forward.live import Live
from desktop_app.core.forward.request import MapView, Request
from desktop_app.core.model.registry import find_models
from desktop_app.core.paths import models_folder
from desktop_app.core.sketcher import sketch
from desktop_app.core.source.photo import SourceImage
from desktop_app.core.source.preprocess import Prepared, prepare_drawing
from desktop_app.learn.arrival import torch_forward
from desktop_app.learn.network.load import load


class _AfterPreprocessing(Live):
    """The worker without the first of its steps."""

    def __init__(self, forwards: Forwards, prepared: Prepared) -> None:
        super().__init__(forwards)
        self._prepared = prepared

    def _prepare(self, request: Request) -> tuple[Prepared, SourceImage | None]:
        return self._prepared, None


def run(turns: int) -> dict[str, float]:
    """Medians in ms."""
    torch.set_num_threads(1)
    card = find_models(models_folder()).first_for("drawings")
    drawing = sketch("star", np.random.default_rng(1))
    prepared = prepare_drawing(drawing, card.preprocessing)
    worker = _AfterPreprocessing(Forwards(torch_forward), prepared)
    net, batch = load(card), torch.from_numpy(prepared.input)[None]

    def bare() -> None:
        with torch.inference_mode():
            net(batch)

    def full() -> None:
        worker(Request(1, 0.0, card, replace(drawing), MapView()))  # a drawing of its own: the same is answered once

    times: dict[Callable[[], None], list[float]] = {bare: [], full: []}
    for turn in range(turns + turns // 10):
        for work, taken in times.items():
            start = time.perf_counter()
            work()
            if turn >= turns // 10:  # the first ones warm up
                taken.append((time.perf_counter() - start) * 1e3)
    return {"bare": median(times[bare]), "full": median(times[full])}
