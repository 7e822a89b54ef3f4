"""Photos as cameras make them: 12 megapixels and some megabytes, with soft areas, edges and grain."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

SIZE = (4000, 3000)
QUALITY = 90
GRAIN = 6.0
"""Of the sensor, in grey levels: what makes a JPEG of this size weigh 3 to 4 MB."""


def take_photograph(file: Path, size: tuple[int, int] = SIZE, seed: int = 12) -> None:
    """The same every time. size: width and height, pixels."""
    rng = np.random.default_rng(seed)
    picture = np.zeros((size[1], size[0], 3), np.float32)
    for cells, strength in ((4, 110), (24, 60), (160, 25)):  # sky, things, textures
        noise = Image.fromarray(rng.integers(0, 256, (cells * 3 // 4, cells, 3), dtype=np.uint8))
        picture += np.asarray(noise.resize(size, Image.Resampling.BICUBIC), np.float32) * (strength / 255)
    picture += rng.standard_normal((size[1], size[0], 1), dtype=np.float32) * GRAIN
    Image.fromarray(np.clip(picture + 20, 0, 255).astype(np.uint8)).save(file, "JPEG", quality=QUALITY)
