"""The photos that photos-simple is trained on: everyday64.zip, 64×64 pixels each, in 68 folders."""

from __future__ import annotations

import io
import zipfile
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
    """images: (N, 3, 64, 64) uint8. labels: (N,), the ten classes first. names: of all folders, by label."""

    images: NDArray[np.uint8]
    labels: Ints
    names: tuple[str, ...]

    @property
    def other(self) -> NDArray[np.bool_]:
        """(N,) True for photos of none of the ten."""
        return np.asarray(self.labels >= len(CLASSES))


@dataclass(frozen=True)
class Split:
    """Numbers of samples; each holds its share of every folder."""

    train: Ints
    validation: Ints
    test: Ints


def read_everyday(data: Path) -> Everyday:
    """All photos in `data`/everyday/everyday64.zip. Raises BadFile when it is not there."""
    file = data / "everyday" / "everyday64.zip"
    try:
        with zipfile.ZipFile(file) as archive:
            paths = sorted(name for name in archive.namelist() if name.endswith(".webp"))
            images = [_photo(archive.read(path)) for path in paths]
    except (OSError, zipfile.BadZipFile) as error:
        raise BadFile(f"{file} cannot be read: give the folder of the data sets with --data.") from error
    folders = [path.split("/")[0] for path in paths]
    names = (*CLASSES, *sorted(set(folders) - set(CLASSES)))
    if missing := set(CLASSES) - set(folders):
        raise BadFile(f"{file} lacks photos of {', '.join(sorted(missing))}: get the data set anew.")
    labels = np.array([names.index(folder) for folder in folders], np.int64)
    return Everyday(np.ascontiguousarray(np.stack(images).transpose(0, 3, 1, 2)), labels, names)


def _photo(data: bytes) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(data), formats=["WEBP"]) as image:
        return np.asarray(image.convert("RGB"))


def split(everyday: Everyday, seed: int) -> Split:
    """15 % of every folder for the test, 10 % for validation, the rest for training."""
    rng = np.random.default_rng(seed)
    parts: tuple[list[Ints], list[Ints], list[Ints]] = ([], [], [])
    for label in range(len(everyday.names)):
        mine = rng.permutation(np.flatnonzero(everyday.labels == label))
        cuts = [round(0.15 * len(mine)), round(0.25 * len(mine))]
        for part, numbers in zip(parts, np.split(mine, cuts), strict=True):
            part.append(numbers)
    test, validation, train = (np.concatenate(part) for part in parts)
    return Split(train, validation, test)
