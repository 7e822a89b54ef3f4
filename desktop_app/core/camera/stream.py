"""A camera as the rest of ConvLens knows it, and the stream of its pictures as sources."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from desktop_app.core.source.photo import SourceImage

Pixels = NDArray[np.uint8]


class Camera(Protocol):
    """An open camera. It is read and closed in one thread."""

    def read(self) -> Pixels:
        """The next picture, (H, W, 3) RGB; waits for it. Raises UserError when there will be none any more."""

    def close(self) -> None:
        """The camera is free for others."""


@dataclass(frozen=True)
class Place:
    """A camera that can be opened. open: raises UserError, in one sentence that says what to do."""

    name: str
    open: Callable[[], Camera]


@dataclass
class Mirror:
    """Whether left and right change places, as in a mirror; may be turned while pictures come."""

    on: bool = True


def pictures(place: Place, mirror: Mirror) -> Iterator[SourceImage]:
    """The camera's pictures until it fails or nobody wants more. Nothing of them is kept. Raises UserError."""
    camera = place.open()
    try:
        while True:
            rgb = camera.read()
            rgb = np.ascontiguousarray(rgb[:, ::-1] if mirror.on else rgb)
            rgb.flags.writeable = False
            yield SourceImage(rgb, (rgb.shape[1], rgb.shape[0]), place.name)
    finally:
        camera.close()


def encoded(picture: SourceImage) -> bytes:
    """As a PNG file, for a picture that somebody wants to keep."""
    stream = io.BytesIO()
    Image.fromarray(picture.rgb).save(stream, "PNG", compress_level=1)
    return stream.getvalue()
