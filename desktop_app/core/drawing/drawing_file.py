"""A drawing as a file: our JSON (vectors, nothing lost) or a PNG (white ink on black, for other programs)."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from desktop_app.core.drawing.raster import rasterise
from desktop_app.core.drawing.strokes import Drawing, Points, Stroke, drawing_from_lists
from desktop_app.core.errors import BadFile, UserError
from desktop_app.core.files import write_atomically

PNG_SIDE = 512
"""Pixels."""
_LARGEST = 32 * 1024 * 1024
_FILLED = 0.76
"""Of the canvas, by the longer side of a drawing that came in other coordinates."""


def save_drawing(drawing: Drawing, file: Path) -> None:
    """What the file's name ends in decides: .json or .png. Raises UserError when it cannot be written."""
    kind = file.suffix.lower()
    if kind == ".json":
        write_atomically(file, json.dumps({"strokes": drawing.to_json()}).encode())
    elif kind == ".png":
        write_atomically(file, png(drawing))
    else:
        raise UserError(f"{file.name}: a drawing is saved as .png or .json. Choose a name that ends in one of these.")


def png(drawing: Drawing) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(np.rint(rasterise(drawing, PNG_SIDE, longest=None) * 255).astype(np.uint8)).save(stream, "PNG")
    return stream.getvalue()


def open_drawing(file: Path) -> Drawing:
    """Our JSON, or `{"strokes": [[[x, y], ...], ...]}` in any coordinate range, which is fitted into the canvas.

    Raises BadFile with one sentence that names the file.
    """
    try:
        if file.stat().st_size > _LARGEST:
            raise BadFile(f"{file.name} is too large to be a drawing: open another file.")
        strokes = json.loads(file.read_bytes())["strokes"]
        return _drawing(strokes)
    except OSError as error:
        raise BadFile(f"{file.name} cannot be read: {error.strerror or error}.") from error
    except BadFile as error:
        raise BadFile(str(error) if file.name in str(error) else f"{file.name} cannot be used: {error}.") from error
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadFile(f'{file.name} holds no drawing: open a .json with "strokes" in it.') from error


def _drawing(strokes: Any) -> Drawing:
    if strokes and isinstance(strokes[0], dict):
        return Drawing.from_json(strokes)
    return _on_canvas(drawing_from_lists(strokes))


def _on_canvas(drawing: Drawing) -> Drawing:
    """Unchanged if it is on the canvas 0..1, else centred on it."""
    if not drawing:
        return drawing
    left, top, right, bottom = drawing.bounds()
    if min(left, top) >= 0 and max(right, bottom) <= 1:
        return drawing
    scale = _FILLED / (max(right - left, bottom - top) or 1)
    middle = np.array([left + right, top + bottom]) / 2
    return Drawing(tuple(Stroke(_moved(s.points, middle, scale), s.pen, s.pressure) for s in drawing.strokes))


def _moved(points: Points, middle: NDArray[np.float64], scale: float) -> Points:
    moved: Points = ((points - middle) * scale + 0.5).astype(np.float32)
    moved.flags.writeable = False
    return moved
