"""Filters as pictures in which every weight is a pixel."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.filters.bank import Bank
from desktop_app.core.maps.palette import NOT_A_NUMBER, Palette, packed_rgb
from desktop_app.core.maps.tiles import tiles


def picture_size(bank: Bank) -> tuple[int, int]:
    """(height, width) of one filter's picture."""
    if bank.colour:
        return bank.weights.shape[2:]
    columns, gap = _columns(bank), _gap(bank)
    tall, wide = bank.weights.shape[2:]
    return -(-bank.kernels // columns) * (tall + gap) - gap, columns * (wide + gap) - gap


def filter_pictures(bank: Bank, numbers: Sequence[int], palette: Palette) -> NDArray[np.uint32]:
    """(n, height, width) of 0xffRRGGBB: a filter that reads colours in these, any other as its kernels side by side.

    Kernels share one scale for the whole stage. In true colour each filter has its own: mid-grey is a weight of 0.
    """
    if bank.colour:
        return _in_colour(bank.weights[list(numbers)], palette)
    columns, gap = _columns(bank), _gap(bank)
    pictures = [tiles(bank.weights[number], columns, bank.strongest, palette, gap) for number in numbers]
    return np.stack(pictures) if pictures else np.zeros((0, *picture_size(bank)), np.uint32)


def _columns(bank: Bank) -> int:
    return math.isqrt(bank.kernels - 1) + 1


def _gap(bank: Bank) -> int:
    """Pixels of paper between two kernels; single weights need none."""
    return 1 if max(bank.weights.shape[2:]) > 1 else 0


def _in_colour(weights: NDArray[np.float32], palette: Palette) -> NDArray[np.uint32]:
    """weights: (n, 3, kH, kW), red, green and blue."""
    known = np.nan_to_num(weights, nan=0, posinf=0, neginf=0)
    largest = np.maximum(np.abs(known).max(axis=(1, 2, 3), keepdims=True), 1e-12)
    levels = np.round((known / largest + 1) * 127.5).astype(np.uint8)
    pixels = packed_rgb(levels.transpose(0, 2, 3, 1))
    pixels[~np.isfinite(weights).all(axis=1)] = palette[NOT_A_NUMBER]
    return pixels
