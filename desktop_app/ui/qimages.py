"""numpy pictures as QImages."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage


class Picture:
    """(H, W) of 0xAARRGGBB as a QImage without a copy; keeps the array alive as long as the image.

    see_through: whether AA counts; else all is opaque.
    """

    def __init__(self, pixels: NDArray[np.uint32], see_through: bool = False) -> None:
        self.pixels = np.ascontiguousarray(pixels)
        height, width = pixels.shape
        kind = QImage.Format.Format_ARGB32 if see_through else QImage.Format.Format_RGB32
        self.image = QImage(self.pixels.data, width, height, width * 4, kind)
