"""An SVG painted without its images: encoding them takes longest by far, and can be done in another thread."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Sequence
from functools import partial

from PIL import Image
from PySide6.QtCore import QBuffer, QIODevice, QPointF, QRectF
from PySide6.QtGui import QImage, QPainter, QPixmap

_EMBEDDED = re.compile(rb'(<image [^>]*?xlink:href="data:image/png;base64,)([^"]*)')


class LateImages(QPainter):
    """For an SVG. In an image's place it paints one pixel, whose colour is the image's number in `images`.

    Only of what is painted with this painter itself, as graphics items are; a widget's own painter knows nothing of it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.images: list[QImage] = []

    def drawImage(self, where: QRectF, image: QImage) -> None:  # type: ignore[override]  # all that items use
        mark = QImage(1, 1, QImage.Format.Format_RGB32)
        mark.setPixel(0, 0, 0xFF000000 | len(self.images))
        self.images.append(image.copy())  # it may share a mosaic's memory
        super().drawImage(where, mark)

    def drawPixmap(self, corner: QPointF, pixmap: QPixmap) -> None:  # type: ignore[override]
        self.drawImage(QRectF(corner, pixmap.deviceIndependentSize()), pixmap.toImage())


def with_images(drawing: bytes, images: Sequence[QImage]) -> bytes:
    """The SVG with the images where their marks are. In any thread."""
    return _EMBEDDED.sub(partial(_embedded, images), drawing)


def _embedded(images: Sequence[QImage], found: re.Match[bytes]) -> bytes:
    mark: Image.Image = Image.open(io.BytesIO(base64.b64decode(found[2])))
    if mark.size != (1, 1):  # a widget's
        return found[0]
    red, green, blue = mark.convert("RGB").getpixel((0, 0))  # type: ignore[misc]
    return found[1] + base64.b64encode(png(images[red << 16 | green << 8 | blue]))


def png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())
