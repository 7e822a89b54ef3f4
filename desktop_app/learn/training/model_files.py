"""A trained model as the registry finds it: weights.safetensors, and card.json with their SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from desktop_app.core.files import write_atomically
from desktop_app.learn.models.model_folder import WEIGHTS, write_card


def write_files(out: Path, weights: Mapping[str, NDArray[np.float32]], card: Mapping[str, Any]) -> None:
    """Both files in `out`, which is made if it is missing. card: everything but the format and the weights.

    Raises UserError; a model that was there before is then whole, unless it fails between the two.
    """
    data = save(dict(weights))
    write_atomically(out / WEIGHTS, data)
    write_card(out, card, {"sha256": hashlib.sha256(data).hexdigest()})
