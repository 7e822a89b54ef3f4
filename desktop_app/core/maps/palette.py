"""The colours of numbers. Activations: blue is positive, orange-red negative, zero is the paper itself. Weights have
colours of their own, teal and brown, so that a weight is never taken for an activation.

Colour-blind safe (never red against green, never rainbow). A palette is a table of 256 colours 0xffRRGGBB in which
entry 0 is the paper (no value), 1 is NaN, and 2..254 run from −1 over 0 (entry 128) to +1.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Palette = NDArray[np.uint32]

PAPER, NOT_A_NUMBER, LOWEST, ZERO, HIGHEST = 0, 1, 2, 128, 254
STEPS = HIGHEST - ZERO
"""Steps of colour between zero and the largest magnitude."""

_LIGHT = ("#7f1d0d", "#c4492a", "#f0a283", "#f7f7f7", "#9ccbe6", "#3d8bc9", "#0b4a94")
_DARK = ("#ffc2a3", "#ff8358", "#a3421f", "#1b2028", "#2a5ea8", "#5f9ff5", "#c2ddff")
_LIGHT_WEIGHTS = ("#4d3304", "#8f6414", "#dcc48a", "#f7f7f7", "#8fd0c5", "#27968a", "#00473d")
_DARK_WEIGHTS = ("#ffeea0", "#d3a84a", "#6d5412", "#1b2028", "#14665d", "#3db8a8", "#98f2dc")
_NAN = {False: "#d400d4", True: "#ff4dff"}


@cache
def signed(dark: bool, contrast: float, paper: str) -> Palette:
    """The table for activations. contrast: 1 is linear, above 1 lifts faint values (|x| ** (1 / contrast))."""
    return _diverging(_DARK if dark else _LIGHT, dark, contrast, paper)


@cache
def weights(dark: bool, contrast: float, paper: str) -> Palette:
    """The table for weights, laid out as that for activations: teal is positive, brown negative."""
    return _diverging(_DARK_WEIGHTS if dark else _LIGHT_WEIGHTS, dark, contrast, paper)


def _diverging(colours: tuple[str, ...], dark: bool, contrast: float, paper: str) -> Palette:
    """colours: from −1 over 0 to +1, at equal distances."""
    anchors = np.array([_rgb(colour) for colour in colours])
    values = np.linspace(-1, 1, HIGHEST - LOWEST + 1)
    lifted = np.sign(values) * np.abs(values) ** (1 / contrast)
    table = np.zeros((256, 3))
    for channel in range(3):
        table[LOWEST : HIGHEST + 1, channel] = np.interp(lifted, np.linspace(-1, 1, len(anchors)), anchors[:, channel])
    table[PAPER], table[NOT_A_NUMBER], table[HIGHEST + 1 :] = _rgb(paper), _rgb(_NAN[dark]), table[HIGHEST]
    return _packed(table)


def packed_rgb(rgb: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """(H, W, 3) as (H, W) of 0xffRRGGBB."""
    wide = rgb.astype(np.uint32)
    return np.uint32(0xFF000000) | wide[..., 0] << np.uint32(16) | wide[..., 1] << np.uint32(8) | wide[..., 2]


def packed_grey(grey: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """(H, W) as (H, W) of 0xffRRGGBB."""
    return grey * np.uint32(0x010101) | np.uint32(0xFF000000)


def _packed(table: NDArray[np.float64]) -> Palette:
    packed = packed_rgb(np.round(table).astype(np.uint8))
    packed.flags.writeable = False
    return packed


def _rgb(colour: str) -> tuple[int, int, int]:
    return (int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16))
