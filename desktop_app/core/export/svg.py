"""An SVG as Qt writes it, made fit for other programs: its size in pixels, typefaces that they have, crisp maps."""

from __future__ import annotations

import base64
import html
import io
import re
from collections.abc import Callable
from functools import partial

import numpy as np
from PIL import Image

CRISP = 2
"""Pixels that an embedded picture has at least for one of the drawing's: where a program smooths, nobody sees it."""
LARGEST_FACTOR = 16

_SIZE = re.compile(rb'<svg width="[^"]*" height="[^"]*"\s+viewBox="0 0 (\d+) (\d+)"')
_UNSEEN = re.compile(rb'fill="#[0-9a-f]{6}" fill-opacity="0"(?=[ />])')
_FAMILY = re.compile(rb'font-family="([^",]*)"')
_TEXT = re.compile(rb'(<text [^>]*font-size="([^"]*)" font-weight="([^"]*)"[^>]*?)\s*>([^<]*)</text>')
_IMAGE = re.compile(
    rb'<image x="[^"]*" y="[^"]*" width="([^"]*)" height="([^"]*)"[^>]*?xlink:href="data:image/png;base64,([^"]*)"'
)


def finished(drawing: bytes, width_of: Callable[[str, float, int], float]) -> bytes:
    """drawing: from QSvgGenerator.  width_of: a text's width in pixels, at a size in pixels and a weight (100 to 900);
    programs that have another typeface are told to fit it into that."""
    drawing = _TEXT.sub(partial(_fitted, width_of), drawing)
    drawing = _UNSEEN.sub(b'fill="none"', drawing)  # some programs take it for black
    drawing = _SIZE.sub(rb'<svg width="\1" height="\2" viewBox="0 0 \1 \2"', drawing, count=1)
    drawing = _FAMILY.sub(rb'font-family="\1, Inter, Helvetica, Arial, sans-serif"', drawing)
    return _IMAGE.sub(_crisp, drawing)


def _fitted(width_of: Callable[[str, float, int], float], found: re.Match[bytes]) -> bytes:
    """The text, and how wide it is."""
    words = html.unescape(found[4].decode())
    if not words.strip():
        return found[0]
    width = width_of(words, float(found[2]), int(found[3]))
    return b'%b textLength="%.2f" lengthAdjust="spacingAndGlyphs">%b</text>' % (found[1], width, found[4])


def _crisp(found: re.Match[bytes]) -> bytes:
    """The picture's pixels, each as many times as it takes."""
    width, height, data = float(found[1]), float(found[2]), found[3]
    picture: Image.Image = Image.open(io.BytesIO(base64.b64decode(data)))
    factor = max(-(-CRISP * width // picture.width), -(-CRISP * height // picture.height))
    factor = int(min(max(factor, 1), LARGEST_FACTOR))
    picture = _without_dark_edges(picture)
    larger = picture.resize((picture.width * factor, picture.height * factor), Image.Resampling.NEAREST)
    stream = io.BytesIO()
    larger.save(stream, "PNG")
    whole = found[0].replace(data, base64.b64encode(stream.getvalue()))
    return whole.replace(b"<image ", b'<image style="image-rendering:pixelated" ')


def _without_dark_edges(picture: Image.Image) -> Image.Image:
    """What is transparent gets the colour that is there most: a program that smooths would mix black into the edges."""
    if picture.mode != "RGBA":
        return picture
    pixels = np.array(picture)
    clear = pixels[..., 3] == 0
    colours, counts = np.unique(pixels[~clear][:, :3], axis=0, return_counts=True)
    if len(colours):
        pixels[clear, :3] = colours[counts.argmax()]
    return Image.fromarray(pixels)
