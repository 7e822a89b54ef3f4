"""Scenario: what it costs a deep network to keep every stage, against its bare forward pass with as many threads."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import numpy as np
import torch

from desktop_app.bench.random_model import CLASSES, SIDE
from desktop_app.learn.network.torchvision_nets import torchvision_net
from desktop_app.learn.network.tracing import TorchForward


def run(turns: int, architecture: str) -> dict[str, float]:
    """Medians in ms, turn by turn, as a camera's pictures follow each other; made: how long it took to take it apart.

    stages: how many.  megabytes: of all their outputs.
    """
    torch.manual_seed(0)
    net = torchvision_net(architecture, CLASSES).eval().requires_grad_(False)
    start = time.perf_counter()
    forward = TorchForward(net, (3, SIDE, SIDE))
    made = (time.perf_counter() - start) * 1e3
    picture = np.random.default_rng(0).normal(size=(3, SIDE, SIDE)).astype(np.float32)
    kept = forward(picture)  # the last one's outputs stay until the next ones are there, as those on screen do

    def bare() -> None:
        forward.logits(picture)

    def traced() -> None:
        nonlocal kept
        kept = forward(picture)

    times: dict[Callable[[], None], list[float]] = {bare: [], traced: []}
    for turn in range(turns + 2):
        for work, taken in times.items():
            start = time.perf_counter()
            work()
            if turn > 1:  # the first ones warm up
                taken.append((time.perf_counter() - start) * 1e3)
    return {
        "bare": median(times[bare]),
        "traced": median(times[traced]),
        "made": made,
        "stages": len(kept),
        "megabytes": sum(output.nbytes for output in kept) / 1e6,
    }
