"""Scenario: a photo is dropped onto the window, in turns with two scripts that read it without any window."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import torch
from PIL import Image
from PySide6.QtCore import QEventLoop, QTimer
from torch import nn

from desktop_app.bench.dropping import drop
from desktop_app.bench.photograph import take_photograph
from desktop_app.bench.probe import Probe
from desktop_app.bench.random_model import write_random_model
from desktop_app.bench.window import open_app
from desktop_app.core.errors import UserError
from desktop_app.core.forward.request import Frame
from desktop_app.core.model.card import ModelCard
from desktop_app.core.paths import user_data
from desktop_app.learn.network.load import load
from desktop_app.learn.network.torchvision_compat import make_importable
from desktop_app.ui.app import App
from desktop_app.ui.waiting import wait

LONGEST_MS = 60_000
"""An answer that has not come by then will not come."""
REST = 0.3
"""Seconds between two turns."""
_CORES = torch.get_num_threads()


def run(turns: int, file: str = "", architecture: str = "") -> dict[str, float]:
    """Medians in ms; the GUI's longest gap of all turns.

    file: the photo; by default one is made.  architecture: torchvision's name of a network that answers, with random
    weights; by default the model that a dropped photo gets. Raises UserError when no model reads photos.
    """
    if architecture:
        write_random_model(architecture, user_data() / "models" / architecture)
    with tempfile.TemporaryDirectory() as folder, open_app() as app:
        registry = app.session.registry
        card = registry.named(architecture) if architecture else registry.first_for("photos")
        app.session.prefer("photos", card.name)
        photo = Path(file) if file else Path(folder) / "photo.jpg"
        if not file:
            take_photograph(photo)
        net = load(card)
        drop, shortest = _Drop(app), _shortest(card, net)
        ways: list[Callable[[Path], float]] = [
            drop,
            _timed(_plain(card, net), _CORES),
            _timed(shortest, 1),
            _timed(shortest, _CORES),
        ]
        times: list[list[float]] = [[] for _ in ways]
        for turn in range(turns + 1):  # the first one warms up
            for way, taken in zip(ways, times, strict=True):
                took = way(photo)
                if turn:
                    taken.append(took)
                wait(REST)
        app_ms, plain_ms, *shortest_ms = (median(taken) for taken in times)
        megabytes = photo.stat().st_size / 1e6
    return {
        "app": app_ms,
        "plain": plain_ms,
        "shortest": min(shortest_ms),
        "gap": max(drop.gaps[1:]),
        "mb": megabytes,
    }


def _timed(classify: Callable[[Path], object], threads: int) -> Callable[[Path], float]:
    """The script with so many of torch's threads; how long it takes, in ms."""

    def run(file: Path) -> float:
        torch.set_num_threads(threads)
        start = time.perf_counter()
        classify(file)
        return (time.perf_counter() - start) * 1e3

    return run


class _Drop:
    """Drops a file onto the window. The answer's time is taken when the bars have painted it; then the maps come."""

    def __init__(self, app: App) -> None:
        self._window = app.window
        self._probe = Probe(app.window)
        self._answered = self._shown = 0.0
        self._loop = QEventLoop()
        self.gaps: list[float] = []
        app.window.answer_painted.connect(self._saw_answer)
        app.window.frame_painted.connect(self._saw_maps)

    def __call__(self, file: Path) -> float:
        self._answered = self._shown = 0.0
        self._begin = time.perf_counter()
        self._probe.start()
        drop(file, self._window)
        if not self._shown:
            QTimer.singleShot(LONGEST_MS, self._loop.quit)
            self._loop.exec()
        if not self._shown:
            raise UserError("the dropped photo was not answered")
        self.gaps.append(self._probe.longest()[0])
        return (self._answered - self._begin) * 1e3

    def _saw_answer(self, frame: Frame) -> None:
        if self._mine(frame) and not self._answered:
            self._answered = time.perf_counter()

    def _saw_maps(self, frame: Frame) -> None:
        if self._mine(frame) and frame.steps:
            self._shown = time.perf_counter()
            self._loop.quit()

    def _mine(self, frame: Frame) -> bool:
        return frame.photo is not None and frame.request.asked >= self._begin


def _plain(card: ModelCard, net: nn.Module) -> Callable[[Path], object]:
    """As tutorials do it: the whole picture decoded, torchvision's transforms, one forward pass."""
    make_importable()
    from torchvision import transforms

    spec = card.preprocessing
    steps = transforms.Compose(
        [
            transforms.Resize(spec.resize or min(spec.height, spec.width)),
            transforms.CenterCrop((spec.height, spec.width)),
            transforms.ToTensor(),
            transforms.Normalize(spec.mean, spec.std),
        ]
    )

    def classify(file: Path) -> object:
        with Image.open(file) as picture, torch.inference_mode():
            return net(steps(picture.convert("RGB"))[None]).softmax(dim=1).argmax().item()

    return classify


def _shortest(card: ModelCard, net: nn.Module) -> Callable[[Path], object]:
    """The least there is: the JPEG decoded at an eighth of its size, shrunk, one forward pass."""
    spec = card.preprocessing
    mean, std = (torch.tensor(values)[:, None, None] for values in (spec.mean, spec.std))

    def classify(file: Path) -> object:
        with Image.open(file) as picture, torch.inference_mode():
            picture.draft("RGB", (spec.width, spec.height))
            small = picture.convert("RGB").resize((spec.width, spec.height))
            values = torch.frombuffer(bytearray(small.tobytes()), dtype=torch.uint8)
            channels = values.reshape(spec.height, spec.width, 3).permute(2, 0, 1) / 255
            return net(((channels - mean) / std)[None]).softmax(dim=1).argmax().item()

    return classify
