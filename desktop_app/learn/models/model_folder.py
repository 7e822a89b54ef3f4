"""Writes a model's folder, all of it or nothing: beside its place first, then put there by one rename."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
import struct
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from desktop_app.core.errors import UserError
from desktop_app.core.files import write_atomically
from desktop_app.core.model.removal import HIDDEN
from desktop_app.core.paths import models_folder
from desktop_app.learn.models.progress import CHUNK, Progress

WEIGHTS = "weights.safetensors"
SPARE = 64 * 1024 * 1024
"""Bytes that a disk must keep free."""

ABANDONED = 24 * 3600
"""Seconds after which a folder that nobody finished is given up."""


def free_name(title: str, folder: Path) -> str:
    """A folder's name made of a title, that no shipped model and none in `folder` has."""
    words = re.sub(r"[^\w.]+", "-", title.lower()).strip("-._")[:60] or "model"
    taken = {child.name.lower() for place in (folder, models_folder()) if place.is_dir() for child in place.iterdir()}
    numbered = (f"{words}-{number}" for number in range(2, 10_000))
    return words if words not in taken else next(name for name in numbered if name not in taken)


def write_model(folder: Path, name: str, net: nn.Module, card: Mapping[str, Any]) -> Iterator[Progress]:
    """folder/name with card.json and weights.safetensors in it. card: everything but the format and the weights.

    Stopped half-way (the iterator is closed) or failed, it leaves nothing. Raises UserError.
    """
    with _staged(folder, name) as beside:
        tensors, count = net.state_dict(), sum(weight.numel() for weight in net.parameters())
        _check_room(beside, sum(t.numel() * _stored(t).itemsize for t in tensors.values()))
        sha = yield from _write_weights(beside / WEIGHTS, tensors)
        write_card(beside, card, {"sha256": sha, "count": count})


def write_card(folder: Path, card: Mapping[str, Any], weights: Mapping[str, Any]) -> None:
    """Writes card.json. card: everything but format and weights.  weights: what it says of them but the file's name."""
    whole = {"format": 1, **card, "weights": {"file": WEIGHTS, **weights}}
    text = json.dumps(whole, indent=1, ensure_ascii=False) + "\n"
    write_atomically(folder / "card.json", text.encode())


def copy_model(folder: Path, name: str, source: Path, files: Sequence[str]) -> Iterator[Progress]:
    """folder/name with copies of a model folder's files. Raises UserError."""
    with _staged(folder, name) as beside:
        total, done = sum((source / file).stat().st_size for file in files), 0
        _check_room(beside, total)
        for file in files:
            with (source / file).open("rb") as old, (beside / file).open("xb") as new:
                while block := old.read(CHUNK):
                    new.write(block)
                    done += len(block)
                    yield Progress("writing", done, total)


@contextmanager
def _staged(folder: Path, name: str) -> Iterator[Path]:
    """A hidden folder beside the place, which becomes it at the end."""
    beside = folder / f"{HIDDEN}{name}-{secrets.token_hex(4)}"
    try:
        try:
            beside.mkdir(parents=True)
            _sweep(folder)
            yield beside
            for file in beside.iterdir():
                _flush(file)
            beside.rename(folder / name)
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise UserError(
            f"The model could not be written to {folder}: {reason}. Make room there or check its permissions, and "
            "add the model again."
        ) from error


def _sweep(folder: Path) -> None:
    """Removes what a crash or a power cut has left half-written, and nothing else: the folder may be anybody's."""
    for child in folder.glob(f"{HIDDEN}*"):
        if child.is_dir() and time.time() - child.stat().st_mtime > ABANDONED:
            shutil.rmtree(child, ignore_errors=True)


def _check_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed + SPARE:
        raise UserError(
            f"The model takes {needed / 1e6:,.0f} MB, but {free / 1e6:,.0f} MB are free in {folder.parent}: make room "
            "there, and add the model again."
        )


def _write_weights(file: Path, tensors: Mapping[str, Tensor]) -> Generator[Progress, None, str]:
    """As safetensors, one tensor after the other, so that a large net needs no second copy; gives back its SHA-256."""
    header: dict[str, Any] = {}
    end = 0
    names = sorted(tensors, key=lambda name: (-_stored(tensors[name]).itemsize, name))  # numbers lie at their multiples
    for name in names:
        tensor = tensors[name]
        start, end = end, end + tensor.numel() * _stored(tensor).itemsize
        header[name] = {
            "dtype": _NAMES[_stored(tensor)],
            "shape": list(tensor.shape),
            "data_offsets": [start, end],
        }
    packed = json.dumps(header, separators=(",", ":")).encode()
    packed += b" " * (-len(packed) % 8)
    sha, done = hashlib.sha256(), 0
    with file.open("xb") as stream:
        for block in _blocks(packed, [tensors[name] for name in names]):
            stream.write(block)
            sha.update(block)
            done += len(block)
            yield Progress("writing", done, 8 + len(packed) + end)
    return sha.hexdigest()


_NAMES = {torch.float32: "F32", torch.int64: "I64", torch.bool: "BOOL"}


def _stored(tensor: Tensor) -> torch.dtype:
    """Half precision is widened, as torchvision does when it loads its own files of that kind."""
    if tensor.is_floating_point():
        return torch.float32
    return torch.bool if tensor.dtype == torch.bool else torch.int64


def _blocks(header: bytes, tensors: list[Tensor]) -> Iterator[bytes | memoryview]:
    yield struct.pack("<Q", len(header)) + header
    for tensor in tensors:
        data = tensor.detach().to(_stored(tensor)).contiguous().reshape(-1).numpy().data.cast("B")
        for start in range(0, len(data), CHUNK):
            yield data[start : start + CHUNK]


def _flush(file: Path) -> None:
    with file.open("rb+") as stream:
        os.fsync(stream.fileno())
