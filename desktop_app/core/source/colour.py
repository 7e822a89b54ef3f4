"""Any kind of pixel that an image file can hold, turned into 8-bit RGB."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

Colour = tuple[int, int, int]

_TO_BYTE = np.rint(np.arange(65536) / 257).astype(np.uint8)


def to_rgb(image: Image.Image, background: Colour) -> tuple[Image.Image, str | None]:
    """The picture as mode RGB with transparency composed on `background`, and in plain words what that took, or None.

    The colour profile of CMYK and Lab pictures is obeyed; RGB values stay as they are stored, since that is what
    networks are trained on.
    """
    match image.mode:
        case "RGB" if "transparency" not in image.info:
            return image, None
        case "CMYK":
            return _managed(image, image.info.get("icc_profile")), "CMYK turned into RGB"
        case "LAB":
            return _managed(image, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()), "Lab to RGB"
        case "F" | "I" | "I;16" | "I;16B" | "I;16L" | "I;16N":
            return _deep_grey(image, background)
        case _ if image.has_transparency_data:
            return _composed(image.convert("RGBA"), background), "transparent parts filled"
        case _:
            return image.convert("RGB"), None


def _managed(image: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            converted = None  # a broken profile costs exact colours, not the picture
        if converted is not None:
            return converted
    return image.convert("RGB")


def _deep_grey(image: Image.Image, background: Colour) -> tuple[Image.Image, str]:
    values = np.asarray(image)
    if image.mode.startswith("I;16"):
        grey, note = _TO_BYTE[values], "16 bits a pixel turned into 8"
    elif image.mode == "I" and image.format in ("PNG", "PPM"):
        grey, note = _TO_BYTE[np.clip(values, 0, 65535)], "16 bits a pixel turned into 8"
    elif image.mode == "F" and 0 <= values.min() <= values.max() <= 1:
        grey, note = np.rint(values * 255).astype(np.uint8), "decimal numbers from 0 to 1 turned into 8 bits"
    else:  # no range is agreed on for these
        grey, note = _stretched(values), "stretched from its darkest to its brightest value"
    picture = Image.fromarray(grey).convert("RGB")
    key = image.info.get("transparency")
    if isinstance(key, int):
        picture.putalpha(Image.fromarray(np.where(values == key, np.uint8(0), np.uint8(255))))
        picture = _composed(picture, background)
    return picture, note


def _stretched(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    finite = np.nan_to_num(values.astype(np.float32), posinf=0, neginf=0)
    finite -= finite.min()
    finite *= 255 / (finite.max() or 1)
    return np.rint(finite).astype(np.uint8)


def _composed(image: Image.Image, background: Colour) -> Image.Image:
    ground = Image.new("RGB", image.size, background)
    ground.paste(image, mask=image.getchannel("A"))
    return ground
