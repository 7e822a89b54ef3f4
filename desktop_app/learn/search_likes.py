"""Goes through drawings or photos and finds the places that excite a model's units most."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch

from desktop_app.core.errors import BadFile, UserError
from desktop_app.core.forward.trace import card_stages, with_ends
from desktop_app.core.likes.likes import Gathering, Likes, Origin, Pixels
from desktop_app.core.likes.pixels import as_bytes, as_input
from desktop_app.core.likes.units import MOST_UNITS, liked_stages
from desktop_app.core.many.folder import pictures_in
from desktop_app.core.model.card import ModelCard, Preprocessing
from desktop_app.core.sketcher import LABELS, sketch, sketch_other
from desktop_app.core.source.fitting import decoded_side
from desktop_app.core.source.photo import load_photo
from desktop_app.core.source.preprocess import prepare_drawings, prepare_photo
from desktop_app.learn.network.load import load
from desktop_app.learn.network.partway import outputs_of

DRAWINGS_EACH = 128
PICTURES_EACH = 16
"""Inputs that go through the network together; of pictures few, so that the first are soon on screen."""
LISTED_EACH = 1000
"""Files that are found in a folder between two words about it."""


@dataclass(frozen=True, eq=False)
class Searched:
    """How far a search has come. total: while nothing is done yet, what a folder was found to hold so far.

    broken: files that could not be read, which are among those done.
    """

    done: int
    total: int
    broken: int
    likes: Likes


class _Search:
    def __init__(self, card: ModelCard, origin: Origin) -> None:
        """Raises UserError when the model has nothing to search for, BadFile when its weights cannot be used."""
        if not card.layers:
            raise UserError(
                f"{card.title} has too many units to keep the pictures that each of them likes. Choose a model of "
                "ConvLens' own, or look at gradient ascent."
            )
        stages = with_ends(card_stages(card), card.preprocessing.shape)
        units = {stages[position].name: stages[position].maps[0] for position in liked_stages(stages)}
        if not units:
            raise UserError(
                f"{card.title} has no filters, and no dense stage of {MOST_UNITS} units or fewer, to search for. "
                "Choose another model."
            )
        self._spec, self._names, self._net = card.preprocessing, frozenset(units), load(card)
        self.gathering = Gathering(units, card.preprocessing.shape, origin)

    @torch.inference_mode()
    def add(self, pictures: Pixels) -> None:
        batch = torch.from_numpy(as_input(pictures, self._spec))
        outputs = outputs_of(self._net, batch, self._names)
        self.gathering.add(pictures, {name: output.numpy() for name, output in outputs.items()})


def search_drawings(card: ModelCard, count: int, seed: int) -> Iterator[Searched]:
    """Through so many drawings of ours: two in three one of the ten shapes, the third something else.

    A model for photos gets them as the app would show them to it, dark on white. Raises UserError when the model
    has nothing to search for, BadFile when its weights cannot be used.
    """
    search = _Search(card, "drawings")
    rng = np.random.default_rng(seed)
    for start in range(0, count, DRAWINGS_EACH):
        end = min(start + DRAWINGS_EACH, count)
        search.add(_sketched(range(start, end), card.preprocessing, rng))
        yield Searched(end, count, 0, search.gathering.likes())


def search_pictures(card: ModelCard, folder: Path) -> Iterator[Searched]:
    """Through all pictures in a folder and those below it; files that cannot be read are only counted.

    Raises UserError when there is no such folder, no picture in it, or nothing in the model to search for; BadFile
    when the weights cannot be used.
    """
    if not folder.is_dir():
        raise UserError(f"There is no folder {folder} (any more). Choose another one.")
    search = _Search(card, "pictures")
    files: list[Path] = []
    for file in pictures_in(folder):
        if file == folder:
            raise UserError(
                f"{folder} holds no pictures. Choose a folder with JPEG, PNG, WebP, GIF, BMP or TIFF files."
            )
        files.append(file)
        if len(files) % LISTED_EACH == 0:  # a whole disk takes its time, in which a person may want to stop
            yield Searched(0, len(files), 0, search.gathering.likes())
    done = broken = 0
    read = (_picture(file, card.preprocessing) for file in files)  # more threads would hold up the window's
    while batch := list(islice(read, PICTURES_EACH)):
        pictures = [picture for picture in batch if picture is not None]
        if pictures:
            search.add(np.stack(pictures))
        done += len(batch)
        broken += len(batch) - len(pictures)
        yield Searched(done, len(files), broken, search.gathering.likes())


def _sketched(numbers: range, spec: Preprocessing, rng: np.random.Generator) -> Pixels:
    shapes = [(number // 3 * 2 + number % 3) % len(LABELS) if number % 3 < 2 else None for number in numbers]
    drawings = [sketch_other(rng) if shape is None else sketch(LABELS[shape], rng) for shape in shapes]
    return as_bytes(prepare_drawings(drawings, spec), spec)


def _picture(file: Path, spec: Preprocessing) -> Pixels | None:
    try:
        return as_bytes(prepare_photo(load_photo(file, at_least=decoded_side(spec, spec.fit)), spec).input, spec)
    except BadFile:
        return None
