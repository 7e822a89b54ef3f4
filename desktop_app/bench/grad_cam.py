"""Scenario: what a Grad-CAM map costs, against the bare forward pass of the same network with as many threads."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import torch

from desktop_app.bench.random_model import write_random_model
from desktop_app.core.attribution.layers import lookouts
from desktop_app.core.model.card import read_card
from desktop_app.core.paths import user_data
from desktop_app.learn.attribution.grad_cam import grad_cam
from desktop_app.learn.attribution.open_net import OpenNet
from desktop_app.learn.network.load import load
from desktop_app.learn.network.tracing import TorchForward

ARCHITECTURE = "resnet50"


def run(turns: int) -> dict[str, float]:
    """Medians in ms: the bare forward, and the maps of two classes at the stage that is looked at unasked."""
    folder = user_data() / "models" / ARCHITECTURE
    write_random_model(ARCHITECTURE, folder)
    card = read_card(folder)
    forward = TorchForward(load(card), card.preprocessing.shape)
    net, position = OpenNet(card, forward), lookouts(forward.stages)[0]
    picture = torch.randn(card.preprocessing.shape, generator=torch.Generator().manual_seed(0))

    def bare() -> None:
        with torch.inference_mode():
            forward.net(picture[None])

    def maps() -> None:
        grad_cam(net, picture.numpy(), (0, 1), position)

    maps()  # from now on the bare pass has its threads too
    times: dict[Callable[[], None], list[float]] = {bare: [], maps: []}
    for turn in range(turns + 1):
        for work, taken in times.items():
            start = time.perf_counter()
            work()
            if turn:  # the first one warms up
                taken.append((time.perf_counter() - start) * 1e3)
    return {"bare": median(times[bare]), "maps": median(times[maps])}
