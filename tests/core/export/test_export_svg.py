"""What is done to Qt's SVG: size in pixels, typefaces with others behind, pictures enlarged without smoothing."""

from __future__ import annotations

import base64
import io
from xml.etree import ElementTree

import numpy as np
from PIL import Image

from desktop_app.core.export.svg import finished

XLINK = "{http://www.w3.org/1999/xlink}href"


def drawing(pixels: np.ndarray, width: float, height: float) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    data = base64.b64encode(stream.getvalue()).decode()
    return f"""<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<svg width="26.4583mm" height="13.2292mm"
 viewBox="0 0 100 50"
 xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.2" baseProfile="tiny">
<g font-family="ConvLens Sans" font-size="11"><text fill="#5b6473" fill-opacity="1" x="1" y="2" font-family="ConvLens Sans" font-size="11" font-weight="400" font-style="normal"
 >&lt;1 %</text></g>
<g fill="#000000" fill-opacity="0" stroke="none"><path d="M0,0"/></g><g fill="#000000" fill-opacity="0.5"/>
<image x="0" y="8.5" width="{width}" height="{height}" preserveAspectRatio="none" image-rendering="optimizeSpeed" xlink:href="data:image/png;base64,{data}"/>
</svg>""".encode()  # noqa: E501 - as Qt writes it


def width_of(words: str, size: float, weight: int) -> float:
    assert weight == 400
    return len(words) * (size + 3)


def test_pictures_are_enlarged_pixel_by_pixel() -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (4, 6, 3), np.uint8)
    root = ElementTree.fromstring(finished(drawing(pixels, 30, 10), width_of))
    image = root.find("{*}image")
    assert image is not None
    assert (image.get("width"), image.get("height")) == ("30", "10")
    assert image.get("style") == "image-rendering:pixelated"
    data = str(image.get(XLINK)).partition(",")[2]
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))
    factor = shown.shape[0] // 4
    assert factor == 10, "two pixels for every one of the drawing"
    np.testing.assert_array_equal(shown, pixels.repeat(factor, axis=0).repeat(factor, axis=1))


def test_what_is_transparent_has_no_dark_edges() -> None:
    pixels = np.zeros((8, 8, 4), np.uint8)
    pixels[::2] = (200, 210, 220, 255)
    pixels[0, 0] = (9, 9, 9, 255)
    root = ElementTree.fromstring(finished(drawing(pixels, 4, 4), width_of))
    data = str(root.find("{*}image").get(XLINK)).partition(",")[2]  # type: ignore[union-attr]
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))
    np.testing.assert_array_equal(shown[..., 3], pixels[..., 3])
    assert (shown[1::2, :, :3] == (200, 210, 220)).all()


def test_a_picture_that_is_fine_enough_stays() -> None:
    pixels = np.zeros((64, 64, 3), np.uint8)
    root = ElementTree.fromstring(finished(drawing(pixels, 30, 30), width_of))
    data = str(root.find("{*}image").get(XLINK)).partition(",")[2]  # type: ignore[union-attr]
    assert Image.open(io.BytesIO(base64.b64decode(data))).size == (64, 64)


def test_sizes_are_in_pixels_and_typefaces_have_others_behind() -> None:
    root = ElementTree.fromstring(finished(drawing(np.zeros((1, 1, 3), np.uint8), 1, 1), width_of))
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("100", "50", "0 0 100 50")
    text = root.find("{*}g/{*}text")
    assert text is not None and text.text == "<1 %"
    assert (text.get("textLength"), text.get("lengthAdjust")) == ("56.00", "spacingAndGlyphs"), "4 letters, 11 + 3 each"
    assert [group.get("fill") for group in root.findall("{*}g")[1:]] == ["none", "#000000"]
    assert str(text.get("font-family")).startswith("ConvLens Sans, ")
    assert str(text.get("font-family")).endswith("sans-serif")
