"""`likes.npz` in a model's folder: the likes of its units, prepared once by `prepare-likes`."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.errors import BadFile
from desktop_app.core.forward.trace import Stage, card_stages, with_ends
from desktop_app.core.likes.likes import NINE, Best, Likes, Origin
from desktop_app.core.likes.units import liked_stages
from desktop_app.core.model.card import ModelCard

NAME = "likes.npz"
FORMAT = 1
MAX_BYTES = 256 * 1024 * 1024
"""What the file may unpack to."""

Arrays = Mapping[str, NDArray[Any]]


def likes_file(card: ModelCard) -> Path:
    """Where they lie beside the weights, if they were prepared."""
    return card.weights_file.parent / NAME


def packed(likes: Likes, card: ModelCard) -> bytes:
    """The file's content; the same likes always give the same bytes."""
    arrays: dict[str, NDArray[Any]] = {
        "format": np.array(FORMAT),
        "weights": np.array(card.sha256),
        "origin": np.array(likes.origin),
        "seen": np.array(likes.seen),
        "pictures": likes.pictures,
    }
    for name, best in likes.stages.items():
        arrays |= {f"{name}.{part}": array for part, array in vars(best).items()}
    stream = io.BytesIO()
    np.savez_compressed(stream, allow_pickle=False, **arrays)
    return stream.getvalue()


def read_likes(card: ModelCard) -> Likes | None:
    """None when the model has none. Raises BadFile, naming the file, when it is broken or of other weights."""
    file = likes_file(card)
    try:
        arrays = _arrays(file)
        if _word(arrays["weights"]) == card.sha256:
            return _checked(arrays, card)
    except FileNotFoundError:
        return None
    except Exception as error:  # a damaged archive raises nearly everything
        reason = f"it lacks {error}" if isinstance(error, KeyError) else str(error) or type(error).__name__
        raise BadFile(
            f"{file} cannot be used: {reason}. Make it anew with `convlens prepare-likes {card.name}`."
        ) from error
    raise BadFile(
        f"{file} was made with other weights of this model. Make it anew with `convlens prepare-likes {card.name}`."
    )


def _arrays(file: Path) -> Arrays:
    with zipfile.ZipFile(file) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MAX_BYTES:
            raise ValueError("it is too large")
    with np.load(file, allow_pickle=False) as arrays:
        return dict(arrays)


def _checked(arrays: Arrays, card: ModelCard) -> Likes:
    """Raises KeyError or ValueError."""
    if int(arrays["format"]) != FORMAT:
        raise ValueError("its format is not known to this version of ConvLens")
    origin: Origin = _word(arrays["origin"])
    if origin not in get_args(Origin):
        raise ValueError("it does not say what its pictures are")
    pictures = arrays["pictures"]
    if pictures.dtype != np.uint8 or pictures.ndim != 4 or pictures.shape[1:] != card.preprocessing.shape:
        raise ValueError("its pictures do not fit the model")
    seen = int(arrays["seen"])
    if seen < len(pictures):
        raise ValueError("it holds more pictures than were looked at")
    stages = with_ends(card_stages(card), card.preprocessing.shape)
    found = {stages[position].name: _best(arrays, stages[position], len(pictures)) for position in liked_stages(stages)}
    return Likes(pictures, found, origin, seen)


def _best(arrays: Arrays, stage: Stage, pictures: int) -> Best:
    count, height, width = stage.maps
    best = Best(*(arrays[f"{stage.name}.{part}"] for part in ("picture", "row", "column", "value")))
    for part, (low, high) in {"picture": (-1, pictures), "row": (0, height), "column": (0, width)}.items():
        numbers = getattr(best, part)
        if numbers.dtype != np.int32 or numbers.shape != (count, NINE):
            raise ValueError(f"the {part}s of {stage.name} do not fit the model")
        if ((numbers < low) | (numbers >= high)).any():
            raise ValueError(f"a {part} of {stage.name} is not there")
    if best.value.dtype != np.float32 or best.value.shape != (count, NINE):
        raise ValueError(f"the values of {stage.name} do not fit the model")
    if not np.isfinite(best.value[best.picture >= 0]).all():
        raise ValueError(f"a value of {stage.name} is no number")
    return best


def _word(array: NDArray[Any]) -> Any:
    if array.dtype.kind != "U" or array.shape != ():
        raise ValueError("a word in it is none")
    return str(array)
