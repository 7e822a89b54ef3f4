"""A trace as .npz: every stage's output as an array, for whoever goes on with numpy. Nothing in it is pickled."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.forward.trace import Trace
from desktop_app.core.model.card import ModelCard

OWN = ("logits", "probabilities", "classes", "stages", "file", "allow_pickle")
"""Names that are not a stage's: of the other arrays in the file, and the parameters of numpy's function."""
DEVICES = ("con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)))
"""Names that no file can have on Windows, whatever it ends in."""

LARGE = 32 * 1024 * 1024
"""Bytes from which on nothing is compressed: it would take half a minute, and floats shrink by a fifth."""


def pack_numbers(trace: Trace, card: ModelCard) -> bytes:
    """The file's bytes: each stage's output under its name, `logits` and `probabilities`, `classes` (their names), and
    `stages`, one JSON text: the model, and of each stage its array's key, name, module (its name in the network's
    code), kind, shape, weights, sources, block and axis of channels, and which of its maps (counted from 0) were scaled
    by what."""
    keys = array_keys([stage.name for stage in trace.stages])
    arrays: dict[str, NDArray[np.generic]] = dict(zip(keys, trace.outputs, strict=True))
    told = [
        {
            "key": key,
            "name": stage.name,
            "module": stage.layer,
            "kind": stage.kind,
            "shape": list(stage.shape),
            "weights": stage.weights,
            "sources": list(stage.sources),
            "block": stage.block,
            "channels": stage.channels % len(stage.shape),
            "scaled": trace.factors.at(position),
        }
        for position, (key, stage) in enumerate(zip(keys, trace.stages, strict=True))
    ]
    words = json.dumps({"format": 1, "model": card.name, "title": card.title, "stages": told}, ensure_ascii=False)
    arrays["logits"], arrays["probabilities"] = trace.answer.logits, trace.answer.probabilities
    arrays["classes"], arrays["stages"] = np.array(card.classes), np.array(words)
    stream = io.BytesIO()
    save = np.savez if sum(array.nbytes for array in arrays.values()) > LARGE else np.savez_compressed
    save(stream, allow_pickle=False, **arrays)
    return stream.getvalue()


def array_keys(names: Sequence[str]) -> list[str]:
    """Of stages' names such as can stand in a zip on every system, each only once: letters, digits, dot, dash and _."""
    taken, keys = set(OWN), []
    for name in names:
        safe = re.sub(r"[^A-Za-z0-9_.-]", "_", name).strip(".") or "stage"
        safe = f"_{safe}" if safe.lower().partition(".")[0] in DEVICES else safe
        key, number = safe, 2
        while key.lower() in taken:
            key, number = f"{safe}_{number}", number + 1
        taken.add(key.lower())
        keys.append(key)
    return keys
