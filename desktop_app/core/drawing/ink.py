"""Drawings that come as pixels (bitmaps, scans, photos of paper) made to look as if the canvas had drawn them.

A picture of a drawing may be 28 pixels wide or 4,000, its lines hair-thin or fat. The model was trained on lines of
one width: so the ink is found and measured, thin lines are thickened before they can vanish in the shrinking, and
the whole is centred and scaled like a drawing of strokes (core/drawing/raster.py).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

FAINTEST = 24
"""Difference of brightness, out of 255, below which there is no ink on the paper."""
SURE = 0.3
"""Level of ink, out of 1, that no noise reaches."""
LARGEST = 768
"""Longer side, in pixels, to which photos are reduced before the ink is looked for."""


def centre_ink(image: Bytes, size: int, *, longest: float, pen: float) -> Floats:
    """(H, W) white ink on black, of any size and thickness, to (size, size) in 0..1 as `rasterise` would give it.

    longest: length of the ink's longer side, between the middles of its lines. pen: width that thin lines get; fat
    ones stay fat. Both in pixels of the result. A picture without ink gives zeros.
    """
    ink = _without_specks(_ink_level(image))
    rows, columns = (np.flatnonzero((ink > SURE).any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return np.zeros((size, size), np.float32)
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    ink = ink[top:bottom, left:right]
    width = _line_width(ink)
    extent = max(max(ink.shape) - width, 0.25 * max(ink.shape), 1.0)
    twice = 2 * size
    half = extent * size / longest / 2  # of the square that is shown, in pixels of the picture
    room = int(np.ceil(max(0.0, half - min(ink.shape) / 2))) + 1
    middle = np.array(ink.shape[::-1]) / 2 + room
    ink = np.pad(ink, room)
    factor = max(1, int(2 * half / twice))
    if factor > 1:
        ink = _block_maximum(ink, factor)  # lines thinner than a pixel stay whole
    box = (*((middle - half) / factor), *((middle + half) / factor))
    ink = np.asarray(Image.fromarray(ink).resize((twice, twice), Image.Resampling.BILINEAR, box))
    ink = np.minimum(ink * _gain(ink), 1)
    ink = _thickened(ink, pen - _line_width(ink) / 2)
    halved: Floats = ink.reshape(size, 2, size, 2).mean(axis=(1, 3))
    return halved


def ink_of_photo(rgb: Bytes) -> Bytes:
    """(H, W, 3) photo or scan of a drawing, on light or on dark paper, to (H, W) white ink on black.

    Uneven light is taken out by comparing each place with the paper around it, a colour at a time.
    """
    photo = Image.fromarray(rgb)
    if max(photo.size) > LARGEST:
        photo.thumbnail((LARGEST, LARGEST), Image.Resampling.BOX)
    small = photo.copy()
    small.thumbnail((48, 48), Image.Resampling.BOX)
    paper = small.filter(ImageFilter.MedianFilter(9)).resize(photo.size, Image.Resampling.BICUBIC)
    darker = np.asarray(paper, np.int16) - np.asarray(photo, np.int16)
    dark, light = (np.clip(difference, 0, None).max(axis=2) for difference in (darker, -darker))
    ink = dark if np.square(dark, dtype=np.float64).sum() >= np.square(light, dtype=np.float64).sum() else light
    return (_ink_level(ink.astype(np.uint8)) * 255).astype(np.uint8)


def _ink_level(image: Bytes) -> Floats:
    """0 for paper, 1 for ink: the background and its noise are cut off, faint lines are brought up."""
    frame = max(1, min(image.shape) // 16)
    edge = np.concatenate(
        [image[:frame].ravel(), image[-frame:].ravel(), image[:, :frame].ravel(), image[:, -frame:].ravel()]
    )
    paper = float(np.median(edge))
    noise = 1.5 * float(np.median(np.abs(edge - paper)))
    inked = image[image > paper + max(5 * noise, FAINTEST)]
    if not len(inked):
        return np.zeros(image.shape, np.float32)
    ink = float(np.percentile(inked, 75))
    low = max(paper + 4 * noise, paper + 0.2 * (ink - paper))
    table = np.clip((np.arange(256) - low) / (ink - low), 0, 1).astype(np.float32)
    level: Floats = table[image]
    return level


def _without_specks(ink: Floats) -> Floats:
    """Takes out ink that has next to none around it, if there is so much of it that it can be no drawn dot."""
    around = max(2, max(ink.shape) // 64)
    for _ in range(2):
        mask = Image.fromarray(np.where(ink > SURE, np.uint8(255), np.uint8(0)))
        share = np.asarray(mask.filter(ImageFilter.BoxBlur(around)), np.float32) / 255
        specks = (ink > SURE) & (share * (2 * around + 1) < 0.6)
        if np.count_nonzero(specks) < 0.002 * ink.size:
            break
        ink = np.where(specks, np.float32(0), ink)
    return ink


def _line_width(ink: Floats) -> float:
    """Mean width of the lines in pixels: twice the area through the length of the outline.

    The steps from pixel to pixel along rows and columns overcount a slanting outline by 4/pi on average.
    """
    edge = np.pad(ink, 1)
    outline = np.pi / 4 * (np.abs(np.diff(edge, axis=0)).sum() + np.abs(np.diff(edge, axis=1)).sum())
    return float(2 * ink.sum() / max(float(outline), 1e-6))


def _gain(ink: Floats) -> np.float32:
    """What makes lines that shrinking has greyed as bright as drawn ones."""
    brightness = float(np.square(ink).sum() / max(float(ink.sum()), 1e-6))
    return np.float32(np.clip(0.85 / max(brightness, 1e-6), 1, 4))


def _block_maximum(ink: Floats, factor: int) -> Floats:
    down, right = (-length % factor for length in ink.shape)
    ink = np.pad(ink, ((0, down), (0, right)))
    rows, columns = ink.shape[0] // factor, ink.shape[1] // factor
    return np.asarray(ink.reshape(rows, factor, columns, factor).max(axis=(1, 3)), np.float32)


def _thickened(ink: Floats, radius: float) -> Floats:
    """Widens all lines by `radius` to either side; fractions of a pixel count."""
    if radius <= 0.1:
        return ink
    reach = int(np.ceil(radius))
    padded = np.pad(ink, reach)
    height, width = ink.shape
    widened = ink.copy()
    for down in range(-reach, reach + 1):
        for right in range(-reach, reach + 1):
            share = min(radius + 1 - float(np.hypot(down, right)), 1.0)
            if share > 0:
                part = padded[reach + down : reach + down + height, reach + right : reach + right + width]
                np.maximum(widened, part * np.float32(share), out=widened)
    return widened
