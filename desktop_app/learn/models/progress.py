"""How far a long piece of work with a model's file is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from desktop_app.core.errors import BadFile

CHUNK = 8 * 1024 * 1024

Phase = Literal["checking", "reading", "writing"]


@dataclass(frozen=True)
class Progress:
    """done, total: bytes. checking: the file's SHA-256 is worked out; reading: the network is recognised."""

    phase: Phase
    done: int
    total: int


def digest(file: Path) -> Iterator[Progress | str]:
    """Ends with the file's SHA-256. Raises BadFile."""
    sha, done = hashlib.sha256(), 0
    try:
        total = file.stat().st_size
        with file.open("rb") as stream:
            while block := stream.read(CHUNK):
                sha.update(block)
                done += len(block)
                yield Progress("checking", done, total)
    except OSError as error:
        raise BadFile(f"{file.name} cannot be read ({error.strerror}): copy it to another place.") from error
    yield sha.hexdigest()
