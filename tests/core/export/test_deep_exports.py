"""Stages with hundreds of maps, as deep networks have them, in a report."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import replace

import numpy as np
from PIL import Image

from desktop_app.core.export.pictures import MOST_MAPS, PAPER, maps_picture
from desktop_app.core.forward.trace import Stage
from desktop_app.core.maps import palette


def test_of_hundreds_of_maps_the_most_active_are_shown() -> None:
    output = np.random.default_rng(0).normal(size=(100, 8, 8)).astype(np.float32)
    output[::2] *= 0.01
    told = maps_picture(Stage("conv", "conv", output.shape), output)
    assert f"The {MOST_MAPS} most active of 100 maps." in told and f"{MOST_MAPS} maps of 8×8" in told
    found = re.search(r"base64,([^\"]*)", told)
    assert found is not None
    image = Image.open(io.BytesIO(base64.b64decode(found[1]))).convert("RGB")
    pixels = np.asarray(image).astype(np.uint32)
    shown = {0xFF000000 | red << 16 | green << 8 | blue for red, green, blue in pixels.reshape(-1, 3).tolist()}
    assert shown <= set(palette.signed(False, 1.0, PAPER).tolist())
    assert "most active" not in maps_picture(Stage("conv", "conv", (64, 8, 8)), output[:64])


def test_channels_last_are_shown_as_maps() -> None:
    output = np.random.default_rng(0).normal(size=(5, 6, 7)).astype(np.float32)
    plain = Stage("maps", "conv", output.shape)
    last = replace(plain, shape=(6, 7, 5), grid=(6, 7), channels=-1)
    assert maps_picture(last, output.transpose(1, 2, 0)) == maps_picture(plain, output)
