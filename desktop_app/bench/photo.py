"""Scenario: a photo is dropped onto the window, in turns with two scripts that read it without any window."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import torch
from PIL import Image
from PySide6.QtCore import QEventLoop, QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from torch import nn

from desktop_app.bench.photograph import take_photograph
from desktop_app.bench.probe import Probe
from desktop_app.bench.window import open_app
from desktop_app.core.errors import UserError
from desktop_app.core.forward.live import Frame
from desktop_app.core.model.card import ModelCard
from desktop_app.learn.network.load import load
from desktop_app.learn.network.torchvision_compat import make_importable
from desktop_app.ui.app import App
from desktop_app.ui.waiting import wait

LONGEST_MS = 60_000
"""An answer that has not come by then will not come."""
REST = 0.3
"""Seconds between two turns."""


def run(turns: int, file: str = "") -> dict[str, float]:
    """Medians in ms; the GUI's longest gap of all turns.

    file: the photo; by default one is made. Raises UserError when there is no model that reads photos.
    """
    with tempfile.TemporaryDirectory() as folder, open_app() as app:
        card = app.session.registry.first_for("photos")
        photo = Path(file) if file else Path(folder) / "photo.jpg"
        if not file:
            take_photograph(photo)
        net = load(card)
        drop = _Drop(app)
        ways: list[Callable[[Path], Any]] = [drop, _plain(card, net), _shortest(card, net)]
        times: list[list[float]] = [[] for _ in ways]
        for turn in range(turns + 1):  # the first one warms up
            for way, taken in zip(ways, times, strict=True):
                start = time.perf_counter()
                way(photo)
                if turn:
                    taken.append((time.perf_counter() - start) * 1e3)
                wait(REST)
        app_ms, plain_ms, shortest_ms = (median(taken) for taken in times)
        megabytes = photo.stat().st_size / 1e6
    return {"app": app_ms, "plain": plain_ms, "shortest": shortest_ms, "gap": max(drop.gaps[1:]), "mb": megabytes}


class _Drop:
    """Drops a file onto the window and waits for the answer to be painted."""

    def __init__(self, app: App) -> None:
        self._window = app.window
        self._probe = Probe(app.window)
        self._answered = False
        self._loop = QEventLoop()
        self.gaps: list[float] = []
        app.window.frame_painted.connect(self._saw)

    def __call__(self, file: Path) -> None:
        self._answered, self._begin = False, time.perf_counter()
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(file))])
        button, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        middle = self._window.rect().center()
        self._probe.start()
        # Qt delivers a drop only to a widget that has been entered.
        enter = QDragEnterEvent(middle, Qt.DropAction.CopyAction, data, button, keys)
        QApplication.sendEvent(self._window, enter)
        QApplication.sendEvent(self._window, QDropEvent(QPointF(middle), Qt.DropAction.CopyAction, data, button, keys))
        if not self._answered:
            QTimer.singleShot(LONGEST_MS, self._loop.quit)
            self._loop.exec()
        if not self._answered:
            raise UserError("the dropped photo was not answered")
        self.gaps.append(self._probe.longest()[0])

    def _saw(self, frame: Frame) -> None:
        if frame.photo is not None and frame.request.asked >= self._begin:
            self._answered = True
            self._loop.quit()


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
