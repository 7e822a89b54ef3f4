"""Scenario: a folder of photos is dropped onto the window, in turns with the quickest scripts that read it without one.

The scripts do all that pays: JPEGs decoded at a quarter of their size, by as many threads as there are cores, small
batches, channels last. Two ways to divide the work are tried, since it depends on the machine which is quicker.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import torch
from PIL import Image
from PySide6.QtCore import QEventLoop, QTimer
from torch import Tensor, nn

from desktop_app.bench.dropping import drop
from desktop_app.bench.photograph import take_photograph
from desktop_app.bench.probe import Probe
from desktop_app.bench.random_model import write_random_model
from desktop_app.bench.window import open_app
from desktop_app.core.errors import UserError
from desktop_app.core.model.card import Preprocessing
from desktop_app.core.paths import user_data
from desktop_app.learn.network.load import load
from desktop_app.learn.network.torchvision_compat import make_importable
from desktop_app.ui.app import App
from desktop_app.ui.waiting import until, wait

NET = "mobilenet_v3_large"
SIZES = ((2048, 1536), (1920, 1280), (1536, 2048), (2272, 1704), (1600, 1200))
"""Width and height in pixels: 2 to 4 megapixels, some upright."""
DIFFERENT = 10
"""Photos that are made; the others are links to them, which are read and decoded all the same."""
BATCH = 8
PATIENCE_MS = 600_000
REST, LOOK = 1.0, 2.0
"""Seconds between two ways, and of looking at the window at rest."""
_CORES = os.cpu_count() or 1

Way = Callable[[Sequence[Path]], None]


def run(photos: int, turns: int) -> dict[str, float]:
    """Photos a second of each way's best turn, and the window's longest gap, in ms, in as many turns before."""
    write_random_model(NET, user_data() / "models" / NET)
    with tempfile.TemporaryDirectory() as folder, open_app() as app:
        album = Path(folder) / "album"
        files = _photographs(album, photos)
        card = app.session.registry.named(NET)
        app.session.prefer("photos", NET)
        net = load(card).to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stubs
        script = _Script(net, card.preprocessing)
        dropped = _Dropped(app, album, photos)
        idle, gaps = dropped.at_rest(), [dropped.watched() for _ in range(turns)]
        ways: tuple[Way, ...] = (dropped, script.side_by_side, script.in_turns)
        script.in_turns(files[:DIFFERENT])  # warms up
        seconds: list[list[float]] = [[] for _ in ways]
        for _ in range(turns):
            for way, taken in zip(ways, seconds, strict=True):
                start = time.perf_counter()
                way(files)
                taken.append(time.perf_counter() - start)
                wait(REST)
        ours, *scripts = (photos / min(taken) for taken in seconds)
        megabytes = sum(file.stat().st_size for file in files) / photos / 1e6
    return {"app": ours, "script": max(scripts), "gap": max(gaps), "idle_gap": idle, "mb": megabytes}


def _photographs(folder: Path, count: int) -> list[Path]:
    folder.mkdir()
    files = [folder / f"IMG_{number:04}.jpg" for number in range(count)]
    for number, file in enumerate(files):
        if number < DIFFERENT:
            take_photograph(file, SIZES[number % len(SIZES)], seed=number)
        else:
            os.link(files[number % DIFFERENT], file)
    return files


class _Dropped:
    """Drops the folder onto the window, and waits until the contact sheet has all answers."""

    def __init__(self, app: App, folder: Path, photos: int) -> None:
        self._window, self._folder, self._photos = app.window, folder, photos

    def at_rest(self) -> float:
        return self._longest_gap(lambda: wait(LOOK))

    def watched(self) -> float:
        """Drops it too. Not in a turn whose time counts: a thousand ticks a second cost some percent, and no script."""
        return self._longest_gap(lambda: self(()))

    def __call__(self, _files: Sequence[Path]) -> None:
        many = self._window.many
        drop(self._folder, self._window)
        sheet = many.sheet if until(lambda: many.sheet is not None and many.sheet.asking.running) else None
        if sheet is None:
            raise UserError("the dropped folder was not opened")
        loop = QEventLoop()
        sheet.asking.ended.connect(loop.quit)
        QTimer.singleShot(PATIENCE_MS, loop, loop.quit)
        loop.exec()
        if sheet.asking.running:
            raise UserError("the dropped folder was not answered")
        if sheet.model.sheet.counts().waiting or len(sheet.model.sheet.rows) != self._photos:
            raise UserError("not all photos of the dropped folder were answered")

    def _longest_gap(self, meanwhile: Callable[[], None]) -> float:
        probe = Probe(self._window)
        probe.start()
        meanwhile()
        longest = probe.longest()[0]
        probe.deleteLater()
        return longest


class _Script:
    def __init__(self, net: nn.Module, spec: Preprocessing) -> None:
        make_importable()
        from torchvision import transforms

        self._net, self._short = net, spec.resize or min(spec.height, spec.width)
        self._steps = transforms.Compose(
            [
                transforms.Resize(self._short),
                transforms.CenterCrop((spec.height, spec.width)),
                transforms.ToTensor(),
                transforms.Normalize(spec.mean, spec.std),
            ]
        )

    def side_by_side(self, files: Sequence[Path]) -> None:
        """Every thread reads a batch and answers it, on one core."""

        def classify(batch: Sequence[Path]) -> Tensor:
            return self._answer([self._read(file) for file in batch])

        with ThreadPoolExecutor(_CORES, initializer=torch.set_num_threads, initargs=(1,)) as pool:
            list(pool.map(classify, _batches(files)))

    def in_turns(self, files: Sequence[Path]) -> None:
        """Threads read; the network answers beside them, on one core as well: more of them would be in their way."""
        torch.set_num_threads(1)
        with ThreadPoolExecutor(_CORES) as pool:
            read = pool.map(self._read, files)
            while batch := list(islice(read, BATCH)):
                self._answer(batch)

    def _read(self, file: Path) -> Tensor:
        with Image.open(file) as picture:
            picture.draft("RGB", (self._short, self._short))
            values: Tensor = self._steps(picture.convert("RGB"))
        return values

    @torch.inference_mode()
    def _answer(self, batch: Sequence[Tensor]) -> Tensor:
        stacked = torch.stack(list(batch)).contiguous(memory_format=torch.channels_last)
        answers: Tensor = self._net(stacked).softmax(dim=1).argmax(dim=1)
        return answers


def _batches(files: Sequence[Path]) -> Iterator[Sequence[Path]]:
    for start in range(0, len(files), BATCH):
        yield files[start : start + BATCH]
