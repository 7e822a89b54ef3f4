"""A trained model as the registry finds it: weights.safetensors, and card.json with their SHA-256."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save


def write_files(out: Path, weights: Mapping[str, NDArray[np.float32]], card: Mapping[str, Any]) -> None:
    """Both files in `out`, which is made if it is missing. card: everything but the format and the weights."""
    out.mkdir(parents=True, exist_ok=True)
    data = save(dict(weights))
    (out / "weights.safetensors").write_bytes(data)
    named = {"file": "weights.safetensors", "sha256": hashlib.sha256(data).hexdigest()}
    whole = {"format": 1, **card, "weights": named}
    (out / "card.json").write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
