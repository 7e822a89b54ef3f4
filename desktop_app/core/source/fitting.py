"""Which part of a picture becomes the input: cropped, padded, stretched, or five crops whose answers are averaged.

Cropping is what torchvision's Resize and CenterCrop do to a PIL picture, to the pixel; the five crops are its FiveCrop.
"""

from __future__ import annotations

import math

from PIL import Image

from desktop_app.core.drawing.ink import LARGEST
from desktop_app.core.model.card import Fit, Preprocessing

Frame = tuple[float, float, float, float]
"""(left, top, right, bottom) in the source image's pixels; beyond it where the picture is padded."""

LONGEST_RATIO = 16
"""Of a picture's sides when its middle is cut out: what lies further out cannot be seen, but would cost memory."""
CORNERS_AT = 8 / 7
"""Of the input's size: to what the shorter side is scaled at least before corners are cut out (256 for 224, as in
Krizhevsky et al. 2012); scaled to no more than the input itself, a square picture's corners would all be the same."""

LEAST = 256
"""Pixels that a photo's shorter side keeps at least, however small the input is: it is also looked at."""

_FILTERS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}


def decoded_side(spec: Preprocessing, fit: Fit) -> int:
    """What `load_photo` is to keep of a picture's shorter side, pixels: for the window, the contact sheet and the
    command line the same, since a JPEG decoded at another size gives a slightly different answer."""
    return max(LEAST, corners_side(spec) if fit == "crops" else shortest_side(spec))


def shortest_side(spec: Preprocessing) -> int:
    """Of the shorter side, pixels, in the picture that the input is cut out of."""
    if spec.longest is not None:
        return LARGEST  # thin lines on a large sheet must not vanish before they are found
    return max(spec.resize or 0, spec.height, spec.width)


def corners_side(spec: Preprocessing) -> int:
    """Of the shorter side, pixels, in the picture that the four corner crops are cut out of."""
    return max(shortest_side(spec), math.ceil(CORNERS_AT * max(spec.height, spec.width)))


def resized(picture: Image.Image, spec: Preprocessing, fit: Fit) -> Image.Image:
    """The picture at the input's size; of five crops the one in the middle."""
    size, method = (spec.width, spec.height), _FILTERS[spec.interpolation]
    if fit == "stretch":
        return picture.resize(size, method)
    if fit == "pad":
        scale = min(spec.width / picture.width, spec.height / picture.height)
        inner = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        return _padded(picture.resize(inner, method), size, spec)
    picture = _middle(picture)
    width, height = _full_size(picture.size, shortest_side(spec))
    left, top = round((width - spec.width) / 2), round((height - spec.height) / 2)
    return picture.resize((width, height), method).crop((left, top, left + spec.width, top + spec.height))


def corners(picture: Image.Image, spec: Preprocessing) -> list[Image.Image]:
    """Top left, top right, bottom left and bottom right, each at the input's size."""
    whole = _middle(picture)
    whole = whole.resize(_full_size(whole.size, corners_side(spec)), _FILTERS[spec.interpolation])
    right, low = whole.width - spec.width, whole.height - spec.height
    return [whole.crop((left, top, left + spec.width, top + spec.height)) for top in (0, low) for left in (0, right)]


def frames(size: tuple[int, int], spec: Preprocessing, fit: Fit) -> tuple[Frame, ...]:
    """What of a picture of (width, height) becomes the input, the middle first where there are five crops.

    A model that reads drawings looks for ink in the whole photo.
    """
    width, height = size
    if fit == "stretch" or spec.longest is not None:
        return ((0.0, 0.0, float(width), float(height)),)
    scale = max(width / spec.width, height / spec.height) if fit == "pad" else min(size) / shortest_side(spec)
    half_width, half_height = scale * spec.width / 2, scale * spec.height / 2
    middle = (width / 2 - half_width, height / 2 - half_height, width / 2 + half_width, height / 2 + half_height)
    if fit != "crops":
        return (middle,)
    scale = min(size) / corners_side(spec)
    wide, high = scale * spec.width, scale * spec.height
    # Of very long pictures only the middle is used, as in `_middle`.
    used_width, used_height = (min(side, LONGEST_RATIO * min(size)) for side in size)
    left, top = (width - used_width) / 2, (height - used_height) / 2
    return (
        middle,
        *(
            (x, y, x + wide, y + high)
            for y in (top, top + used_height - high)
            for x in (left, left + used_width - wide)
        ),
    )


def fitted(picture: Image.Image, spec: Preprocessing, fit: Fit) -> Image.Image:
    """The picture cropped or padded in its own pixels, for the person to see; it should be small."""
    if fit == "stretch":
        return picture
    size = fitted_size(picture.size, spec, fit)
    if fit == "pad":
        return _padded(picture, size, spec)
    left, top = ((whole - part) / 2 for whole, part in zip(picture.size, size, strict=True))
    return picture.crop((round(left), round(top), round(left) + size[0], round(top) + size[1]))


def fitted_size(size: tuple[int, int], spec: Preprocessing, fit: Fit) -> tuple[int, int]:
    """(width, height) in the source's pixels of what is left by cropping or padding."""
    if fit == "stretch":
        return size
    scale = max(size[0] / spec.width, size[1] / spec.height) if fit == "pad" else min(size) / shortest_side(spec)
    return max(1, round(spec.width * scale)), max(1, round(spec.height * scale))


def ground(spec: Preprocessing) -> tuple[int, int, int]:
    """The colour that padding fills up with: the mean, which is 0 once normalised."""
    red, green, blue = (round(255 * value) for value in (spec.mean if len(spec.mean) == 3 else spec.mean * 3))
    return red, green, blue


def _full_size(size: tuple[int, int], short: int) -> tuple[int, int]:
    """Of the whole picture once its shorter side has `short` pixels, rounded as torchvision does."""
    width, height = size
    return (short, int(short * height / width)) if width <= height else (int(short * width / height), short)


def _middle(picture: Image.Image) -> Image.Image:
    width, height = (min(side, LONGEST_RATIO * min(picture.size)) for side in picture.size)
    left, top = (picture.width - width) // 2, (picture.height - height) // 2
    return picture if (width, height) == picture.size else picture.crop((left, top, left + width, top + height))


def _padded(picture: Image.Image, size: tuple[int, int], spec: Preprocessing) -> Image.Image:
    sheet = Image.new("RGB", size, ground(spec))
    sheet.paste(picture, ((size[0] - picture.width) // 2, (size[1] - picture.height) // 2))
    return sheet
