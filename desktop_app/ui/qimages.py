"""numpy pictures as QImages."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage


class Picture:
    """(H, W) of 0xffRRGGBB as a QImage without a copy; keeps the array alive as long as the image."""

    def __init__(self, pixels: NDArray[np.uint32]) -> None:
        self.pixels = np.ascontiguousarray(pixels)
        height, width = pixels.shape
        self.image = QImage(self.pixels.data, width, height, width * 4, QImage.Format.Format_RGB32)
