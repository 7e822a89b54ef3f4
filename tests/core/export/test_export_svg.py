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
<g font-family="ConvLens Sans" font-size="11"><text x="1" y="2" font-family="ConvLens Sans">&lt;1 %</text></g>
<image x="0" y="8.5" width="{width}" height="{height}" preserveAspectRatio="none" image-rendering="optimizeSpeed" xlink:href="data:image/png;base64,{data}"/>
</svg>""".encode()  # noqa: E501 - as Qt writes it


def test_pictures_are_enlarged_pixel_by_pixel() -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (4, 6, 3), np.uint8)
    root = ElementTree.fromstring(finished(drawing(pixels, 30, 10)))
    image = root.find("{*}image")
    assert image is not None
    assert (image.get("width"), image.get("height")) == ("30", "10")
    assert image.get("style") == "image-rendering:pixelated"
    data = str(image.get(XLINK)).partition(",")[2]
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))
    factor = shown.shape[0] // 4
    assert factor == 10, "two pixels for every one of the drawing"
    np.testing.assert_array_equal(shown, pixels.repeat(factor, axis=0).repeat(factor, axis=1))


def test_a_picture_that_is_fine_enough_stays() -> None:
    pixels = np.zeros((64, 64, 3), np.uint8)
    root = ElementTree.fromstring(finished(drawing(pixels, 30, 30)))
    data = str(root.find("{*}image").get(XLINK)).partition(",")[2]  # type: ignore[union-attr]
    assert Image.open(io.BytesIO(base64.b64decode(data))).size == (64, 64)


def test_sizes_are_in_pixels_and_typefaces_have_others_behind() -> None:
    root = ElementTree.fromstring(finished(drawing(np.zeros((1, 1, 3), np.uint8), 1, 1)))
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("100", "50", "0 0 100 50")
    text = root.find("{*}g/{*}text")
    assert text is not None and text.text == "<1 %"
    assert str(text.get("font-family")).startswith("ConvLens Sans, ")
    assert str(text.get("font-family")).endswith("sans-serif")
