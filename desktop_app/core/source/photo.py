"""Load a picture from anywhere, safely: what it is comes from its content, its size from its header before decoding."""

from __future__ import annotations

import io
import math
import stat
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, UnidentifiedImageError

from desktop_app.core.errors import BadFile
from desktop_app.core.source.colour import Colour, to_rgb

WHITE: Colour = (255, 255, 255)
MILLION = 1_000_000
MAX_PIXELS = 200 * MILLION
"""What a header may announce: the largest photos that telephones take."""
MAX_DECODED = 64 * MILLION
"""What may be decoded, at up to 16 bytes a pixel on the way; of larger JPEGs a half, a quarter or an eighth may."""
MAX_KEPT = 16 * MILLION
"""Larger pictures are reduced by a whole number once decoded, if they stay large enough."""
MAX_BYTES = 256 * 1024 * 1024

# Common ones first: Pillow loads its decoders when it gets to them. No EPS (it would start Ghostscript), nothing that
# is recognised by its name only, and no scientific containers.
FORMATS = (
    "JPEG", "PNG", "WEBP", "GIF", "BMP", "DIB", "TIFF", "AVIF", "JPEG2000", "ICO", "CUR", "ICNS",
    "PPM", "PSD", "QOI", "PCX", "SGI", "FLI",
)  # fmt: skip

# Pillow refuses twice this number by itself, which also covers pictures inside containers such as ICO.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What undoes each EXIF orientation."""
_KEEP_SIDES = (_TURNS[2], _TURNS[3], _TURNS[4])
_FIRST_OF = {
    **dict.fromkeys(("GIF", "WEBP", "PNG", "AVIF", "FLI"), "the first picture of an animation"),
    **dict.fromkeys(("TIFF", "PSD"), "the first of several pages or layers"),
}


@dataclass(frozen=True, eq=False)
class SourceImage:
    """A picture as the person gave it. rgb: (H, W, 3) uint8, upright, read-only, maybe smaller than the file.

    full_size: (width, height) of the file's picture, upright.  notes: in plain words what loading it took.
    """

    rgb: NDArray[np.uint8]
    full_size: tuple[int, int]
    name: str
    notes: tuple[str, ...] = ()


def load_photo(
    file: Path | bytes, *, at_least: int, background: Colour = WHITE, name: str = "the picture"
) -> SourceImage:
    """Decode a picture file, or the bytes of one, which `name` then names.

    at_least: pixels that the shorter side must keep; a large JPEG is decoded at a half, a quarter or an eighth of its
        size as long as it does, which is up to eight times as fast.
    Raises BadFile with one sentence that names the file and says what to do.
    """
    if isinstance(file, Path):
        name = file.name or str(file)
    data = _read(file, name) if isinstance(file, Path) else file
    if not data:
        raise BadFile(f"{name} is empty: copy or download it again.")
    try:
        with _quiet(), Image.open(io.BytesIO(data), formats=FORMATS) as image:
            return _decode(image, at_least, background, name)
    except (Image.DecompressionBombError, MemoryError) as error:
        raise BadFile(_too_large(name, f"more than {MAX_PIXELS // MILLION} million pixels")) from error
    except UnidentifiedImageError as error:
        raise BadFile(_foreign(data, name)) from error
    except BadFile:
        raise
    except Exception as error:  # decoders of twenty formats raise nearly everything on damaged files
        raise BadFile(
            f"{name} is damaged or incomplete: copy or download it again, or open another picture."
        ) from error


def _read(file: Path, name: str) -> bytes:
    try:
        status = file.stat()
        if stat.S_ISDIR(status.st_mode):
            raise BadFile(f"{name} is a folder: open one of the pictures in it.")
        if not stat.S_ISREG(status.st_mode):  # reading a pipe or a device might never end
            raise BadFile(f"{name} is not a regular file: save the picture as a file and open that.")
        if status.st_size > MAX_BYTES:
            raise BadFile(_too_large(name, f"{status.st_size / 2**20:.0f} MB, over {MAX_BYTES // 2**20} MB"))
        return file.read_bytes()
    except FileNotFoundError as error:
        raise BadFile(f"{name} was not found: check its name and folder.") from error
    except PermissionError as error:
        raise BadFile(f"{name} may not be read: check its permissions.") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise BadFile(f"{name} cannot be read: copy it to another place and open that.") from error


def _decode(image: Image.Image, at_least: int, background: Colour, name: str) -> SourceImage:
    _check(image, MAX_PIXELS, name)
    size = image.size
    image.draft(None, (at_least, at_least))  # JPEG only: never below the size asked for
    _check(image, MAX_DECODED, name)  # before anything is asked of a PNG, whose EXIF may stand behind its pixels
    notes = [_FIRST_OF[image.format]] if image.format in _FIRST_OF and getattr(image, "is_animated", False) else []
    turn = None if image.format == "TIFF" else _TURNS.get(_orientation(image))  # Pillow turns TIFF by itself
    width, height = size if turn is None or turn in _KEEP_SIDES else size[::-1]
    image.load()
    rgb, note = to_rgb(_reduced(image, at_least), background)
    rgb = _reduced(rgb, at_least)  # palettes and the like cannot be reduced before
    pixels = np.asarray(rgb if turn is None else rgb.transpose(turn))
    pixels.flags.writeable = False
    return SourceImage(pixels, (width, height), name, (*notes, *([note] if note else [])))


def _reduced(image: Image.Image, at_least: int) -> Image.Image:
    factor = min(min(image.size) // max(at_least, 1), math.ceil(math.sqrt(image.width * image.height / MAX_KEPT)))
    return image.reduce(factor) if factor > 1 and image.mode in ("RGB", "RGBA", "L", "LA", "CMYK") else image


def _check(image: Image.Image, limit: int, name: str) -> None:
    if image.width * image.height > limit:
        raise BadFile(_too_large(name, f"{image.width} × {image.height} pixels, over {limit // MILLION} million"))


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # damaged notes about a picture are no reason to refuse it
        return 1


def _too_large(name: str, found: str) -> str:
    return f"{name} is too large ({found}): save a smaller copy and open that."


def _foreign(data: bytes, name: str) -> str:
    """What to say about bytes that no decoder knows."""
    start = data[:512].lstrip().lower()
    if data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1"):
        kind = "a HEIC photo"
    elif b"<svg" in start:
        kind = "an SVG drawing"
    elif start.startswith(b"%pdf"):
        kind = "a PDF document"
    else:
        return f"{name} is not a picture, or of a rare kind: open a JPEG, PNG, WebP, GIF, BMP or TIFF file."
    return f"{name} is {kind}, which cannot be opened here: save or export it as JPEG or PNG and open that."


_silenced = 0
_silencing = threading.Lock()
_filters = warnings.catch_warnings()


@contextmanager
def _quiet() -> Iterator[None]:
    """No warnings of Pillow's while any thread is in here: they go to a console that nobody sees.

    `catch_warnings` alone is not enough, as two threads that leave it out of order would leave warnings off.
    """
    global _silenced, _filters
    with _silencing:
        _silenced += 1
        if _silenced == 1:
            _filters = warnings.catch_warnings()
            _filters.__enter__()
            for category in (UserWarning, RuntimeWarning):  # the bomb warning is a RuntimeWarning
                warnings.simplefilter("ignore", category)
    try:
        yield
    finally:
        with _silencing:
            _silenced -= 1
            if _silenced == 0:
                _filters.__exit__(None, None, None)
