"""Many pictures or drawings through a model, in batches; for scripts and tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from desktop_app.core.drawing.drawing_set import DrawingSet
from desktop_app.core.errors import BadFile
from desktop_app.core.forward.crops import mean_answer
from desktop_app.core.forward.trace import Answer
from desktop_app.core.many.thumbnail import thumbnail
from desktop_app.core.model.card import Fit, ModelCard
from desktop_app.core.source.colour import Colour
from desktop_app.core.source.fitting import decoded_side
from desktop_app.core.source.photo import WHITE, load_photo
from desktop_app.core.source.preprocess import prepare_bitmap, prepare_drawings, prepare_photo
from desktop_app.learn.in_lots import Stopped, in_lots
from desktop_app.learn.network.folded import quick
from desktop_app.learn.network.load import load

Floats = NDArray[np.float32]

BATCH = 128
"""Drawings that go through the network together."""


@dataclass(frozen=True, eq=False)
class Answers:
    """probabilities: (N, classes).  entropy: (N,) in bits."""

    probabilities: Floats
    entropy: Floats


_NONE = Answers(np.zeros((0, 0), np.float32), np.zeros(0, np.float32))


@dataclass(frozen=True, eq=False)
class FileAnswer:
    """What a file shows; with `error` (one sentence) instead where it could not be read.

    thumbnail: of the picture as JPEG, where one was asked for.
    """

    path: Path
    probabilities: Floats | None = None
    entropy: float | None = None
    error: str | None = None
    thumbnail: bytes = b""


@dataclass(frozen=True, eq=False)
class _Read:
    """inputs: (n, C, H, W), whose answers are averaged."""

    inputs: Floats
    thumbnail: bytes


class Classifier:
    """A model ready to answer. Raises BadFile where its weights cannot be used."""

    def __init__(self, card: ModelCard) -> None:
        self.card = card
        probe = torch.randn(1, *card.preprocessing.shape, generator=torch.Generator().manual_seed(0))
        self._net = quick(load(card), probe)

    @torch.inference_mode()
    def __call__(self, inputs: Floats) -> Answers:
        """(N, C, H, W) inputs, N at least 1. Several threads may call it."""
        logits = self._net(torch.from_numpy(inputs)).double() / self.card.temperature
        logs = torch.log_softmax(logits, dim=1)
        entropy = -(logs.exp() * logs).sum(dim=1) / np.log(2)
        return Answers(logs.exp().float().numpy(), entropy.clamp(min=0).float().numpy())

    def files(
        self,
        paths: Iterable[Path],
        *,
        fit: Fit | None = None,
        background: Colour = WHITE,
        with_thumbnail: Callable[[Path], bool] | None = None,
    ) -> Iterator[FileAnswer]:
        """An answer a file, in order. Reads ahead, by so few files only that memory stays bounded.

        fit: instead of the card's choice.  background: of transparent pictures.  with_thumbnail: asked for each file,
        in a thread.
        """

        def work(lot: Sequence[Path], stopped: Stopped) -> list[FileAnswer]:
            read: list[_Read | str] = []
            for path in lot:
                if stopped():
                    return []
                read.append(self._read(path, fit, background, with_thumbnail is not None and with_thumbnail(path)))
            return list(self._answered(lot, read))

        return in_lots(work, paths)

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

    def _read(self, path: Path, fit: Fit | None, background: Colour, with_thumbnail: bool) -> _Read | str:
        """The inputs, or why there are none."""
        if path.is_dir():
            return f"{path} holds no pictures: give a folder with JPEG, PNG, WebP, GIF, BMP or TIFF files in it."
        spec = self.card.preprocessing
        try:
            photo = load_photo(path, at_least=decoded_side(spec, fit or spec.fit), background=background)
            prepared = prepare_photo(photo, spec, fit=fit)
            return _Read(np.stack([prepared.input, *prepared.others]), thumbnail(photo) if with_thumbnail else b"")
        except BadFile as error:
            return str(error)

    def _answered(self, paths: Sequence[Path], read: Sequence[_Read | str]) -> Iterator[FileAnswer]:
        inputs = [one.inputs for one in read if isinstance(one, _Read)]
        answers = self(np.concatenate(inputs)) if inputs else _NONE
        first = 0
        for path, one in zip(paths, read, strict=True):
            if isinstance(one, str):
                yield FileAnswer(path, error=one)
            else:
                part = slice(first, first + len(one.inputs))
                first += len(one.inputs)
                probabilities, entropy = _mean(answers.probabilities[part], answers.entropy[part])
                yield FileAnswer(path, probabilities, entropy, thumbnail=one.thumbnail)


def _mean(probabilities: Floats, entropy: Floats) -> tuple[Floats, float]:
    """Of several crops: (n, classes) to (classes,), and the entropy of that."""
    if len(probabilities) == 1:
        return probabilities[0], float(entropy[0])
    mean = mean_answer([Answer(each, each, 0.0) for each in probabilities])  # whose logits nobody asks for
    return mean.probabilities, mean.entropy
