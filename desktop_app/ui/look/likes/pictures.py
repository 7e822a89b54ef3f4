"""Inputs as pictures of a widget: sharp pixels, grey or in colour."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF

from desktop_app.core.likes.likes import Pixels
from desktop_app.core.maps.palette import packed_grey, packed_rgb
from desktop_app.ui.qimages import Picture


def picture_of(pixels: Pixels) -> Picture:
    """pixels: (C, H, W) of one or three channels."""
    grey = len(pixels) == 1
    return Picture(packed_grey(pixels[0]) if grey else packed_rgb(np.ascontiguousarray(pixels.transpose(1, 2, 0))))


def fitted(room: QRectF, height: int, width: int) -> QRectF:
    """The largest rectangle of this shape in the middle of a room."""
    scale = min(room.width() / width, room.height() / height)
    fit = QRectF(0, 0, width * scale, height * scale)
    fit.moveCenter(room.center())
    return fit
