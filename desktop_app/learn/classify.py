"""Many pictures or drawings through a model, in batches; for scripts and tests."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from desktop_app.core.drawing.drawing_set import DrawingSet
from desktop_app.core.errors import BadFile
from desktop_app.core.model.card import ModelCard
from desktop_app.core.source.photo import load_photo
from desktop_app.core.source.preprocess import prepare_bitmap, prepare_drawings, prepare_photo, shortest_side
from desktop_app.learn.network.load import load

Floats = NDArray[np.float32]
Result = TypeVar("Result")

BATCH = 128
READERS = min(4, os.cpu_count() or 1)
"""Threads that decode pictures; Pillow lets them run side by side."""
PICTURES = (
    ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".webp", ".gif", ".bmp", ".dib", ".tif", ".tiff", ".avif",
    ".jp2", ".j2k", ".ico", ".cur", ".icns", ".ppm", ".pgm", ".pbm", ".pnm", ".psd", ".qoi", ".pcx", ".sgi", ".fli",
    ".flc", ".heic", ".heif", ".svg",
)  # fmt: skip
"""What counts as a picture in a folder. The last three cannot be read, but a person would miss them."""


@dataclass(frozen=True, eq=False)
class Answers:
    """probabilities: (N, classes).  entropy: (N,) in bits."""

    probabilities: Floats
    entropy: Floats


_NONE = Answers(np.zeros((0, 0), np.float32), np.zeros(0, np.float32))


@dataclass(frozen=True, eq=False)
class FileAnswer:
    """What a file shows; with `error` (one sentence) instead where it could not be read."""

    path: Path
    probabilities: Floats | None = None
    entropy: float | None = None
    error: str | None = None


class Classifier:
    """A model ready to answer. Raises BadFile where its weights cannot be used."""

    def __init__(self, card: ModelCard) -> None:
        self.card = card
        # Channels last: convolutions of a batch take less than half the time.
        self._net = load(card).to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stubs

    @torch.inference_mode()
    def __call__(self, inputs: Floats) -> Answers:
        """(N, C, H, W) inputs, N at least 1."""
        batch = torch.from_numpy(inputs).contiguous(memory_format=torch.channels_last)
        logits = self._net(batch).double() / self.card.temperature
        logs = torch.log_softmax(logits, dim=1)
        entropy = -(logs.exp() * logs).sum(dim=1) / np.log(2)
        return Answers(logs.exp().float().numpy(), entropy.clamp(min=0).float().numpy())

    def files(self, paths: Iterable[Path]) -> Iterator[FileAnswer]:
        """An answer a file, in order. Reads ahead in threads, by so many files only that memory stays bounded."""
        read = _in_threads(self._read, paths)
        while batch := list(islice(read, BATCH)):
            inputs = [net_input for _, net_input in batch if isinstance(net_input, np.ndarray)]
            answers = self(np.stack(inputs)) if inputs else _NONE
            rows = zip(answers.probabilities, answers.entropy.tolist(), strict=True)
            for path, net_input in batch:
                if isinstance(net_input, str):
                    yield FileAnswer(path, error=net_input)
                else:
                    yield FileAnswer(path, *next(rows))

    def drawings(self, drawings: DrawingSet) -> Answers:
        """Through the same rasteriser, centring and scaling as the canvas."""
        parts = [_NONE]
        spec = self.card.preprocessing
        for start in range(0, len(drawings), BATCH):
            batch = drawings.drawings[start : start + BATCH]
            if isinstance(batch, np.ndarray):
                parts.append(self(np.stack([prepare_bitmap(bitmap, spec).input for bitmap in batch])))
            else:
                parts.append(self(prepare_drawings(batch, spec)))
        chances = [part.probabilities.reshape(-1, len(self.card.classes)) for part in parts]
        return Answers(np.concatenate(chances), np.concatenate([part.entropy for part in parts]))

    def _read(self, path: Path) -> tuple[Path, Floats | str]:
        """The input, or why there is none."""
        if path.is_dir():
            return path, f"{path} holds no pictures: give a folder with JPEG, PNG, WebP, GIF, BMP or TIFF files in it."
        spec = self.card.preprocessing
        try:
            return path, prepare_photo(load_photo(path, at_least=shortest_side(spec)), spec).input
        except BadFile as error:
            return path, str(error)


def pictures_in(path: Path) -> Iterator[Path]:
    """The file itself, or all pictures in the folder and those below it, by name; nothing hidden.

    A folder without any is given back itself: `files` then says so.
    """
    if not path.is_dir():
        yield path
        return
    found = False
    for folder, below, names in os.walk(path):
        below[:] = sorted(name for name in below if not name.startswith("."))
        for name in sorted(names):
            if name.lower().endswith(PICTURES) and not name.startswith("."):
                found = True
                yield Path(folder, name)
    if not found:
        yield path


def _in_threads(work: Callable[[Path], Result], paths: Iterable[Path]) -> Iterator[Result]:
    """Results in order, at most BATCH ahead of the one that is taken."""
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(READERS, "convlens-reader") as pool:
        try:
            for path in paths:
                waiting.append(pool.submit(work, path))
                if len(waiting) > BATCH:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
