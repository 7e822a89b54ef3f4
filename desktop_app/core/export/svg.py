"""An SVG as Qt writes it, made fit for other programs: its size in pixels, typefaces that they have, crisp maps."""

from __future__ import annotations

import base64
import io
import re

from PIL import Image

CRISP = 2
"""Pixels that an embedded picture has at least for one of the drawing's: where a program smooths, nobody sees it."""
LARGEST_FACTOR = 16

_SIZE = re.compile(rb'<svg width="[^"]*" height="[^"]*"\s+viewBox="0 0 (\d+) (\d+)"')
_FAMILY = re.compile(rb'font-family="([^",]*)"')
_IMAGE = re.compile(
    rb'<image x="[^"]*" y="[^"]*" width="([^"]*)" height="([^"]*)"[^>]*?xlink:href="data:image/png;base64,([^"]*)"'
)


def finished(drawing: bytes) -> bytes:
    """drawing: from QSvgGenerator."""
    drawing = _SIZE.sub(rb'<svg width="\1" height="\2" viewBox="0 0 \1 \2"', drawing, count=1)
    drawing = _FAMILY.sub(rb'font-family="\1, Inter, Helvetica, Arial, sans-serif"', drawing)
    return _IMAGE.sub(_crisp, drawing)


def _crisp(found: re.Match[bytes]) -> bytes:
    """The picture's pixels, each as many times as it takes."""
    width, height, data = float(found[1]), float(found[2]), found[3]
    picture = Image.open(io.BytesIO(base64.b64decode(data)))
    factor = max(-(-CRISP * width // picture.width), -(-CRISP * height // picture.height))
    factor = int(min(max(factor, 1), LARGEST_FACTOR))
    larger = picture.resize((picture.width * factor, picture.height * factor), Image.Resampling.NEAREST)
    stream = io.BytesIO()
    larger.save(stream, "PNG")
    whole = found[0].replace(data, base64.b64encode(stream.getvalue()))
    return whole.replace(b"<image ", b'<image style="image-rendering:pixelated" ')
