"""The photos that the photo models are trained on: everyday64.zip, 64×64 pixels each, in 68 folders."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from desktop_app.core.errors import BadFile

CLASSES = ("cat", "dog", "butterfly", "elephant", "car", "boat", "orange", "pizza", "bottle", "cup of coffee")
"""What a class can bring photos of and 32×32 pixels can still tell apart."""

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Everyday:
    """images: (N, 3, 64, 64) uint8. labels: (N,). names: of all folders, by label."""

    images: NDArray[np.uint8]
    labels: Ints
    names: tuple[str, ...]

    @property
    def other(self) -> NDArray[np.bool_]:
        """(N,) True for photos of none of the ten, where those are the first of the names."""
        return np.asarray(self.labels >= len(CLASSES))


@dataclass(frozen=True)
class Split:
    """Numbers of samples; each holds its share of every folder."""

    train: Ints
    validation: Ints
    test: Ints


def read_everyday(data: Path, first: Sequence[str] = CLASSES) -> Everyday:
    """All photos in `data`/everyday/everyday64.zip, `first` before the other folders, which come by the alphabet.

    Raises BadFile when it is not there.
    """
    file = data / "everyday" / "everyday64.zip"
    try:
        with zipfile.ZipFile(file) as archive:
            paths = sorted(name for name in archive.namelist() if name.endswith(".webp"))
            images = [_photo(archive.read(path)) for path in paths]
    except (OSError, zipfile.BadZipFile) as error:
        raise BadFile(f"{file} cannot be read: give the folder of the data sets with --data.") from error
    folders = [path.split("/")[0] for path in paths]
    names = (*first, *sorted(set(folders) - set(first)))
    if missing := set(first) - set(folders):
        raise BadFile(f"{file} lacks photos of {', '.join(sorted(missing))}: get the data set anew.")
    labels = np.array([names.index(folder) for folder in folders], np.int64)
    return Everyday(np.ascontiguousarray(np.stack(images).transpose(0, 3, 1, 2)), labels, names)


def _photo(data: bytes) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(data), formats=["WEBP"]) as image:
        return np.asarray(image.convert("RGB"))


def split(everyday: Everyday, seed: int, test: float = 0.15, validation: float = 0.1) -> Split:
    """These shares of every folder for the test and for validation, the rest for training."""
    rng = np.random.default_rng(seed)
    parts: tuple[list[Ints], list[Ints], list[Ints]] = ([], [], [])
    for label in range(len(everyday.names)):
        mine = rng.permutation(np.flatnonzero(everyday.labels == label))
        cuts = [round(test * len(mine)), round((test + validation) * len(mine))]
        for part, numbers in zip(parts, np.split(mine, cuts), strict=True):
            part.append(numbers)
    tested, validated, trained = (np.concatenate(part) for part in parts)
    return Split(trained, validated, tested)
