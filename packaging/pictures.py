"""The program's icon in the formats of each system, drawn from its SVG."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

SVG = Path(__file__).resolve().parent.parent / "resources" / "icons" / "convlens.svg"
PNG_SIDES = (16, 24, 32, 48, 64, 128, 256, 512)
ICO_SIDES = (16, 20, 24, 32, 40, 48, 64, 128, 256)
ICNS_SIDES = (16, 32, 64, 128, 256, 512, 1024)


def drawn(side: int) -> Image.Image:
    """The icon, RGBA, side × side pixels; every size is drawn anew and not shrunk."""
    renderer = QSvgRenderer(str(SVG))
    if not renderer.isValid():
        raise ValueError(f"{SVG} is not a drawing that Qt can read")
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return Image.open(io.BytesIO(bytes(buffer.data().data()))).convert("RGBA")


def png(folder: Path, side: int) -> Path:
    target = folder / f"convlens-{side}.png"
    drawn(side).save(target)
    return target


def ico(folder: Path) -> Path:
    """Windows."""
    target = folder / "convlens.ico"
    *smaller, largest = map(drawn, ICO_SIDES)
    largest.save(target, sizes=[(side, side) for side in ICO_SIDES], append_images=smaller)
    return target


def icns(folder: Path) -> Path:
    """macOS."""
    target = folder / "convlens.icns"
    *smaller, largest = map(drawn, ICNS_SIDES)
    largest.save(target, append_images=smaller)
    return target
