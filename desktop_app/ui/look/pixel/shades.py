"""Colours of the numbers in a cell: those of the maps above, so that an eye finds the one in the other."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from PySide6.QtGui import QColor

from desktop_app.core.forward.request import Frame
from desktop_app.core.maps import palette
from desktop_app.core.maps.seen import Seen
from desktop_app.ui.look.pixel.told import magnitude_of

Shade = Callable[[float], QColor]


def of_map(frame: Frame, position: int, channel: int) -> Shade:
    """As the map is painted in the network panel."""
    view, output = frame.request.view, frame.trace.outputs[position]
    if position == 0:
        spec = frame.request.card.preprocessing
        return _Levels(spec.mean[channel], spec.std[channel])
    magnitude = Seen(frame, position).magnitude
    if view.scale == "channel" and output.ndim == 3:
        magnitude = magnitude_of(np.asarray(output[channel], np.float64))
    return _Diverging(palette.signed(view.dark, view.contrast, view.paper), magnitude)


def of_values(frame: Frame, magnitude: float) -> Shade:
    """Of activations and what is made of them, on a scale of their own."""
    view = frame.request.view
    return _Diverging(palette.signed(view.dark, view.contrast, view.paper), magnitude)


def of_weights(frame: Frame, magnitude: float) -> Shade:
    view = frame.request.view
    return _Diverging(palette.weights(view.dark, 1.0, view.paper), magnitude)


class _Diverging:
    def __init__(self, table: palette.Palette, magnitude: float) -> None:
        self._table, self._factor = table, palette.STEPS / max(magnitude, 1e-12)

    def __call__(self, value: float) -> QColor:
        if not math.isfinite(value):
            return QColor.fromRgb(int(self._table[palette.NOT_A_NUMBER]))
        step = min(max(round(value * self._factor), -palette.STEPS), palette.STEPS)
        return QColor.fromRgb(int(self._table[palette.ZERO + step]))


class _Levels:
    """Brightness of one channel of the input as it was before it was normalised, from black to white."""

    def __init__(self, mean: float, std: float) -> None:
        self._mean, self._std = mean, std

    def __call__(self, value: float) -> QColor:
        if not math.isfinite(value):
            return QColor.fromRgb(int(palette.signed(False, 1.0, "#ffffff")[palette.NOT_A_NUMBER]))
        level = round(255 * min(max(value * self._std + self._mean, 0.0), 1.0))
        return QColor(level, level, level)
