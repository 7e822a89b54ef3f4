"""A small chart of many sums side by side, of which one is looked at and each can be clicked."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor

from desktop_app.core.arithmetic.explanation import Numbers, Places
from desktop_app.core.forward.request import Frame
from desktop_app.core.numerals import exact, short
from desktop_app.ui.look.pixel import shades
from desktop_app.ui.look.pixel.pencil import Pencil
from desktop_app.ui.look.pixel.told import magnitude_of, tr

WIDEST_BAR = 40
"""Pixels at normal size."""


def paint_sums(
    pencil: Pencil, room: QRectF, sums: Numbers, name: Callable[[int], str], order: Places, first: int, frame: Frame
) -> None:
    """sums: of all maps.  name: of each.  order: in which they stand, left to right.  first: the one that is shown.

    Where there are more maps than half the pixels, one bar stands for several: for the largest of them.
    """
    unit, theme = pencil.theme.unit, pencil.theme
    largest = magnitude_of(sums)
    pencil.text(tr("Σ of each of {n} maps").format(n=f"{len(sums):,}"), room.left(), room.top(), "caption", "muted")
    pencil.text(f"±{short(largest)}", room.right(), room.top(), "caption", "muted", 1)
    area = room.adjusted(0, pencil.height("caption") + unit, 0, 0)
    each = max(-(-len(sums) * 2 // max(int(area.width()), 1)), 1)
    groups = range(0, len(order), each)
    wide = min(area.width() / len(groups), theme.px(WIDEST_BAR))
    gap = 1 if wide >= 4 else 0
    shade = shades.of_values(frame, 1.0)
    inks = {-1: shade(-0.55), 0: shade(0.0), 1: shade(0.55)}
    hole, faint = shade(math.nan), QColor(theme.colours.accent)
    faint.setAlpha(40)
    sizes = np.nan_to_num(sums, nan=0.0, posinf=largest, neginf=-largest)[order]
    weights = np.where(np.isnan(sums), np.inf, np.abs(sums))[order]
    low, high = min(float(sizes.min()), 0.0), max(float(sizes.max()), 0.0)
    scale = area.height() / max(high - low, 1e-12)
    zero = area.top() + high * scale
    for number, start in enumerate(groups):
        turn = start + int(weights[start : start + each].argmax())
        place, value = int(order[turn]), float(sizes[turn])
        left = area.left() + number * wide
        bar = QRectF(left, zero - max(value, 0) * scale, wide - gap, max(abs(value) * scale, 1))
        column = QRectF(left, area.top(), wide, area.height())
        if math.isnan(sums[place]):
            pencil.painter.fillRect(column.adjusted(0, 0, -gap, 0), hole)
        else:
            pencil.painter.fillRect(bar, inks[(value > 0) - (value < 0)])
        if start <= first < start + each:
            pencil.painter.fillRect(column.adjusted(0, -unit / 2, -gap, unit / 2), faint)
            pencil.frame(column.adjusted(-1, -2, 1 - gap, 2), theme.colours.accent, 1.5)
        tip = partial(_tip, name, place, float(sums[place]))
        pencil.target(column.adjusted(0, -2, 0, 2), tip, turns=turn)
    pencil.painter.fillRect(QRectF(area.left(), zero, wide * len(groups), 1), theme.colours.muted)


def _tip(name: Callable[[int], str], place: int, value: float) -> str:
    return f"{name(place)}: Σ {exact(value)}"
