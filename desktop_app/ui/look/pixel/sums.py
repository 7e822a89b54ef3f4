"""A small chart of many sums side by side, of which one is looked at and each can be clicked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor

from desktop_app.core.arithmetic.explanation import Numbers, Places
from desktop_app.core.forward.live import Frame
from desktop_app.core.numerals import exact, short
from desktop_app.ui.look.pixel import shades
from desktop_app.ui.look.pixel.pencil import Pencil
from desktop_app.ui.look.pixel.told import magnitude_of, tr

WIDEST_BAR = 44
"""Pixels at normal size."""


def paint_sums(
    pencil: Pencil, room: QRectF, sums: Numbers, names: Sequence[str], order: Places, chosen: int, frame: Frame
) -> None:
    """sums, names: of all maps.  order: in which they stand, from left to right.  chosen: the map that is shown.

    Where there are more maps than half the pixels, one bar stands for several: for the largest of them.
    """
    unit, theme = pencil.theme.unit, pencil.theme
    head = pencil.height("caption") + unit
    largest = magnitude_of(sums)
    pencil.text(tr("Σ of each of {n} maps").format(n=f"{len(sums):,}"), room.left(), room.top(), "caption", "muted")
    pencil.text(f"±{short(largest)}", room.right(), room.top(), "caption", "muted", 1)
    area = room.adjusted(0, head, 0, 0)
    each = max(-(-len(sums) * 2 // max(int(area.width()), 1)), 1)
    groups = [order[start : start + each] for start in range(0, len(order), each)]
    wide = min(area.width() / len(groups), theme.px(WIDEST_BAR))
    gap = 1 if wide >= 4 else 0
    shade = shades.of_values(frame, 1.0)
    negative, positive = shade(-0.55), shade(0.55)
    faint = QColor(theme.colours.accent)
    faint.setAlpha(40)
    sizes = np.nan_to_num(sums, nan=0.0, posinf=largest, neginf=-largest)
    low, high = min(sizes.min(), 0.0), max(sizes.max(), 0.0)
    scale = area.height() / max(high - low, 1e-12)
    zero = area.top() + high * scale
    where = {int(place): number for number, group in enumerate(groups) for place in group}
    for number, group in enumerate(groups):
        place = int(group[np.abs(sizes[group]).argmax()])
        value = float(sizes[place])
        left = area.left() + number * wide
        bar = QRectF(left, zero - max(value, 0) * scale, wide - gap, max(abs(value) * scale, 1))
        pencil.painter.fillRect(
            bar, shade(float("nan")) if np.isnan(sums[place]) else positive if value > 0 else negative
        )
        column = QRectF(left, area.top(), wide, area.height())
        if where[chosen] == number:
            pencil.painter.fillRect(column.adjusted(0, -unit / 2, -gap, unit / 2), faint)
            pencil.frame(column.adjusted(-1, -2, 1 - gap, 2), theme.colours.accent, 1.5)
        turn = int(np.flatnonzero(order == place)[0])
        pencil.target(column.adjusted(0, -2, 0, 2), f"{names[place]}: Σ {exact(float(sums[place]))}", turns=turn)
    pencil.painter.fillRect(QRectF(area.left(), zero, wide * len(groups), 1), theme.colours.muted)
