"""Many drawings in one file, as data sets and scripts hold them: .jsonl, .jsonl.gz or .npz."""

from __future__ import annotations

import gzip
import json
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.drawing.strokes import Drawing, drawing_from_lists
from desktop_app.core.errors import BadFile

MAX_BYTES = 4 * 2**30
"""Unpacked; a file that announces more is not a set of drawings for one go."""


@dataclass(frozen=True, eq=False)
class DrawingSet:
    """drawings: N of strokes, in any coordinate range, or (N, H, W) uint8, white ink on black.

    labels: N names (None where a drawing has none), or None where no drawing has one.
    """

    drawings: Sequence[Drawing] | NDArray[np.uint8]
    labels: tuple[str | None, ...] | None

    def __len__(self) -> int:
        return len(self.drawings)


def read_drawing_set(file: Path) -> DrawingSet:
    """Raises BadFile with one sentence that names the file, and the line where there are lines."""
    name = file.name
    try:
        if name.endswith(".npz"):
            return _bitmaps(file)
        if name.endswith((".jsonl", ".jsonl.gz")):
            return _lines(file)
    except BadFile:
        raise
    except FileNotFoundError as error:
        raise BadFile(f"{name} was not found: check its name and folder.") from error
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, UnicodeDecodeError, ValueError) as error:
        raise BadFile(f"{name} is damaged or no such file ({error}): make it anew.") from error
    raise BadFile(f"{name} is no set of drawings: give a file that ends in .jsonl, .jsonl.gz or .npz.")


def _lines(file: Path) -> DrawingSet:
    drawings, labels, read = [], [], 0
    with gzip.open(file, "rb") if file.name.endswith(".gz") else file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            read += len(line)
            if read > MAX_BYTES:
                raise BadFile(f"{file.name} is too large: split it.")
            if line.strip():
                drawing, label = _line(line, f"{file.name}, line {number}")
                drawings.append(drawing)
                labels.append(label)
    return DrawingSet(drawings, tuple(labels) if any(label is not None for label in labels) else None)


def _line(line: bytes, where: str) -> tuple[Drawing, str | None]:
    try:
        item = json.loads(line)
        label = item.get("label")
        return drawing_from_lists(item["strokes"]), None if label is None else str(label)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadFile(f'{where} is no drawing: it must read {{"strokes": [[[x, y], ...], ...]}} ({error}).') from error


def _bitmaps(file: Path) -> DrawingSet:
    with zipfile.ZipFile(file) as archive:
        if sum(part.file_size for part in archive.infolist()) > MAX_BYTES:
            raise BadFile(f"{file.name} is too large: split it.")
    with np.load(file, allow_pickle=False) as arrays:
        if "X" not in arrays:
            raise BadFile(f"{file.name} lacks the array X, of shape (N, H, W), white ink on black.")
        bitmaps: Any = arrays["X"]
        labels = arrays.get("label")
    if bitmaps.ndim != 3 or bitmaps.dtype != np.uint8 or 0 in bitmaps.shape[1:]:
        raise BadFile(f"{file.name}: X must be uint8 of shape (N, H, W), but is {bitmaps.dtype} of {bitmaps.shape}.")
    if labels is not None and labels.shape != bitmaps.shape[:1]:
        raise BadFile(f"{file.name}: label must hold {len(bitmaps)} names, but its shape is {labels.shape}.")
    return DrawingSet(bitmaps, None if labels is None else tuple(str(label) for label in labels))
