"""Inputs as bytes and back, so that what is stored can be run through the network again."""

from __future__ import annotations

import numpy as np

from desktop_app.core.forward.trace import Array
from desktop_app.core.likes.likes import Pixels
from desktop_app.core.model.card import Preprocessing


def as_bytes(inputs: Array, spec: Preprocessing) -> Pixels:
    """(..., C, H, W) inputs, normalisation undone, as bytes."""
    mean, std = _statistics(spec)
    levels: Pixels = np.rint(np.clip(inputs * std + mean, 0, 1) * 255).astype(np.uint8)
    return levels


def as_input(pictures: Pixels, spec: Preprocessing) -> Array:
    """(..., C, H, W) bytes as the network reads them."""
    mean, std = _statistics(spec)
    normalised: Array = (pictures.astype(np.float32) / np.float32(255) - mean) / std
    return normalised


def _statistics(spec: Preprocessing) -> tuple[Array, Array]:
    mean, std = (np.array(numbers, np.float32)[:, None, None] for numbers in (spec.mean, spec.std))
    return mean, std
