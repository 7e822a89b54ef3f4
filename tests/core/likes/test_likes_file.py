"""likes.npz: what is written comes back, and what is wrong with a file is said in one sentence."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_models import card_data, write_model

from desktop_app.core.errors import BadFile
from desktop_app.core.likes.likes import NINE, Gathering, Likes
from desktop_app.core.likes.likes_file import MAX_BYTES, likes_file, packed, read_likes
from desktop_app.core.model.card import ModelCard, read_card

UNITS = {"conv1": (5, 16, 16), "conv2": (7, 6, 6), "fc1": (11,), "fc2": (4,)}


@pytest.fixture
def card(tmp_path: Path) -> ModelCard:
    return read_card(write_model(tmp_path / "tiny"))


@pytest.fixture
def likes() -> Likes:
    rng = np.random.default_rng(0)
    gathering = Gathering({name: shape[0] for name, shape in UNITS.items()}, (1, 16, 16), "drawings")
    for _ in range(3):
        outputs = {name: rng.standard_normal((10, *shape)).astype(np.float32) for name, shape in UNITS.items()}
        gathering.add(rng.integers(0, 256, (10, 1, 16, 16), dtype=np.uint8), outputs)
    return gathering.likes()


def arrays_of(likes: Likes, card: ModelCard) -> dict[str, Any]:
    with np.load(io.BytesIO(packed(likes, card)), allow_pickle=False) as arrays:
        return dict(arrays)


def test_what_was_written_comes_back(card: ModelCard, likes: Likes) -> None:
    assert read_likes(card) is None
    likes_file(card).write_bytes(packed(likes, card))
    read = read_likes(card)
    assert read is not None
    np.testing.assert_array_equal(read.pictures, likes.pictures)
    assert (read.origin, read.seen, read.stages.keys()) == ("drawings", 30, UNITS.keys())
    for name, best in likes.stages.items():
        for part, array in vars(best).items():
            np.testing.assert_array_equal(getattr(read.stages[name], part), array)


def test_the_same_likes_are_the_same_bytes(card: ModelCard, likes: Likes) -> None:
    assert packed(likes, card) == packed(likes, card)


def test_fewer_than_nine_can_be_kept(card: ModelCard) -> None:
    gathering = Gathering({name: shape[0] for name, shape in UNITS.items()}, (1, 16, 16), "pictures")
    likes_file(card).write_bytes(packed(gathering.likes(), card))
    read = read_likes(card)
    assert read is not None and read.pictures.shape == (0, 1, 16, 16)


def test_likes_of_other_weights_are_not_used(card: ModelCard, likes: Likes, tmp_path: Path) -> None:
    other = read_card(write_model(tmp_path / "other", {**card_data(), "title": "Other"}, seed=9))
    likes_file(card).write_bytes(packed(likes, other))
    with pytest.raises(BadFile, match=r"other weights.*prepare-likes tiny"):
        read_likes(card)


CHANGES: dict[str, Any] = {
    "format": np.array(2),
    "weights": np.array([1, 2]),
    "origin": np.array("postcards"),
    "seen": np.array(-1),
    "pictures": np.zeros((40, 1, 8, 8), np.uint8),
    "conv1.picture": np.full((5, NINE), 10_000, np.int32),
    "conv2.row": np.full((7, NINE), 6, np.int32),
    "conv2.column": np.full((7, NINE), -1, np.int32),
    "fc1.picture": np.zeros((11, NINE), np.int64),
    "fc2.value": np.full((4, NINE), np.nan, np.float32),
    "fc1.value": np.zeros((11, 8), np.float32),
}


@pytest.mark.parametrize("name", CHANGES)
def test_wrong_numbers_are_refused(name: str, card: ModelCard, likes: Likes) -> None:
    stream = io.BytesIO()
    np.savez_compressed(stream, **{**arrays_of(likes, card), name: CHANGES[name]})
    likes_file(card).write_bytes(stream.getvalue())
    with pytest.raises(BadFile, match=r"likes\.npz cannot be used: .+prepare-likes"):
        read_likes(card)


@pytest.mark.parametrize("name", ["weights", "pictures", "conv2.row", "seen"])
def test_what_is_missing_is_named(name: str, card: ModelCard, likes: Likes) -> None:
    stream = io.BytesIO()
    arrays = arrays_of(likes, card)
    del arrays[name]
    np.savez_compressed(stream, **arrays)
    likes_file(card).write_bytes(stream.getvalue())
    with pytest.raises(BadFile, match=name):
        read_likes(card)


def test_damaged_and_foreign_files_are_refused(card: ModelCard, likes: Likes) -> None:
    good = packed(likes, card)
    middle = len(good) // 2
    for data in (b"", b"no archive", good[:middle], good[:middle] + b"\0" * 40 + good[middle + 40 :]):
        likes_file(card).write_bytes(data)
        with pytest.raises(BadFile, match=r"likes\.npz"):
            read_likes(card)
    likes_file(card).unlink()
    likes_file(card).mkdir()
    with pytest.raises(BadFile):
        read_likes(card)


def test_nothing_is_unpickled(card: ModelCard, likes: Likes) -> None:
    stream = io.BytesIO()
    arrays = {**arrays_of(likes, card), "pictures": np.array([{"a": 1}], dtype=object)}
    np.savez_compressed(stream, **arrays)
    likes_file(card).write_bytes(stream.getvalue())
    with pytest.raises(BadFile, match="allow_pickle"):
        read_likes(card)


def test_a_file_that_would_fill_the_memory_is_not_unpacked(card: ModelCard) -> None:
    with (
        zipfile.ZipFile(likes_file(card), "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("pictures.npy", "w") as entry,
    ):
        for _ in range(MAX_BYTES // 2**24 + 1):
            entry.write(bytes(2**24))
    with pytest.raises(BadFile, match="too large"):
        read_likes(card)
