"""A safetensors file to arrays: checked by its SHA-256 while it is read, and in memory only once.

The library's own reader copies every array out of the file's bytes, which with VGG-16 takes half a gigabyte more.
"""

from __future__ import annotations

import hashlib
import json
import math
import mmap
import sys
from io import FileIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.errors import BadFile

_TYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U8": "u1",
    "BOOL": "?",
}  # fmt: skip
_CHUNK = 4 * 1024 * 1024
_LARGE = 64 * 1024 * 1024


def read_tensors(file: Path, sha256: str) -> dict[str, NDArray[Any]]:
    """The arrays by name, writable and in the file's own types. Raises BadFile naming the file."""
    try:
        data, found = _read(file)
    except OSError as error:
        raise BadFile(f"{file}: the weights cannot be read ({error.strerror}).") from error
    if found != sha256:
        raise BadFile(
            f"{file}: these are not the weights that the card names (SHA-256 differs). Install the model anew."
        )
    try:
        return _arrays(data)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadFile(f"{file}: this is no safetensors file ({error}).") from error


def _read(file: Path) -> tuple[NDArray[np.uint8], str]:
    """All bytes, and their SHA-256."""
    sha = hashlib.sha256()
    with file.open("rb", buffering=0) as stream:
        data, filled = _space(stream, file.stat().st_size)
        done = 0
        while done < len(data):
            block = data[done : done + _CHUNK].data
            read = len(block) if filled else stream.readinto(block)
            if not read:
                break
            sha.update(block[:read])  # while it is still in the processor's cache
            done += read
    return data[:done], sha.hexdigest()


def _space(stream: FileIO, size: int) -> tuple[NDArray[np.uint8], bool]:
    """Room for the file's bytes, and whether they are there already: a large file's are mapped rather than copied.

    Not on Windows, where a file that is mapped cannot be removed.
    """
    if size < _LARGE or sys.platform == "win32":
        return np.empty(size, np.uint8), False
    return np.frombuffer(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_COPY), np.uint8), True


def _arrays(data: NDArray[np.uint8]) -> dict[str, NDArray[Any]]:
    """Views of the file's bytes: its header is JSON behind eight bytes of its length."""
    start = 8 + int.from_bytes(data[:8].tobytes(), "little")
    if len(data) < 8 or start > len(data):
        raise ValueError("its header is longer than the file")
    header = json.loads(data[8:start].tobytes())
    header.pop("__metadata__", None)
    arrays = {}
    for name, entry in header.items():
        kind, shape = np.dtype(_TYPES[entry["dtype"]]), tuple(map(int, entry["shape"]))
        first, last = (start + int(offset) for offset in entry["data_offsets"])
        if not start <= first <= last <= len(data) or last - first != math.prod(shape) * kind.itemsize:
            raise ValueError(f"{name} lies outside of it")
        array = data[first:last].view(kind) if first % kind.itemsize == 0 else data[first:last].copy().view(kind)
        arrays[name] = array.reshape(shape)
    return arrays
