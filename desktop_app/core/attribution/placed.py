"""Where the input lies on the source image, as the person sees it: cropping, padding and centring undone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.drawing.raster import rasterise
from desktop_app.core.drawing.strokes import Drawing
from desktop_app.core.forward.request import Frame
from desktop_app.core.likes.pixels import as_bytes
from desktop_app.core.model.card import Preprocessing
from desktop_app.core.source.fitting import frames

CANVAS = 320
"""Side in pixels of a drawing's picture."""

Box = tuple[float, float, float, float]
"""(left, top, right, bottom)."""


@dataclass(frozen=True, eq=False)
class Placed:
    """picture: (h, w, 3), what the person gave.  box: of the input in its pixels, which may reach beyond the picture.

    as_read: whether the picture is the input itself, since where its parts were before cannot be told.
    """

    picture: NDArray[np.uint8]
    box: Box
    as_read: bool = False


def placed(frame: Frame) -> Placed:
    """Of five crops the one in the middle: that is the one whose stages are shown."""
    request, photo = frame.request, frame.photo
    spec, source = request.card.preprocessing, request.source
    if isinstance(source, Drawing):
        if spec.longest is not None:
            box = drawing_box(source, spec, request.centred)
            canvas = _levels(rasterise(source, CANVAS, longest=None))
            return _as_read(frame) if box is None else Placed(canvas, box)
        paper = 255 - _levels(rasterise(source, CANVAS, longest=None))
        return Placed(paper, frames((CANVAS, CANVAS), spec, spec.fit)[0])
    if photo is None or spec.longest is not None:  # ink is found in a photo, straightened and thickened
        return _as_read(frame)
    size = (photo.rgb.shape[1], photo.rgb.shape[0])
    return Placed(photo.rgb, frames(size, spec, request.fit)[0])


def drawing_box(drawing: Drawing, spec: Preprocessing, centred: bool) -> Box | None:
    """Of the input, in pixels of a canvas of CANVAS; None for a dot, which centring makes a dot of any canvas."""
    side = min(spec.height, spec.width)
    middle, scale = np.array([0.5, 0.5]), float(side)  # of the canvas; input pixels for its whole side
    if centred and drawing and spec.longest is not None:
        points = np.concatenate([stroke.points for stroke in drawing.strokes]).astype(np.float64)
        low, high = points.min(axis=0), points.max(axis=0)
        extent = float((high - low).max())
        if extent == 0:
            return None
        middle, scale = (low + high) / 2, spec.longest / extent
    half = np.array([spec.width, spec.height]) / 2 / scale
    left, top, right, bottom = (CANVAS * np.concatenate([middle - half, middle + half])).tolist()
    return left, top, right, bottom


def _as_read(frame: Frame) -> Placed:
    spec = frame.request.card.preprocessing
    levels = as_bytes(frame.trace.outputs[0], spec)
    picture = np.broadcast_to(levels.transpose(1, 2, 0), (spec.height, spec.width, 3))
    return Placed(np.ascontiguousarray(picture), (0.0, 0.0, float(spec.width), float(spec.height)), as_read=True)


def _levels(ink: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(h, w) in 0..1 as (h, w, 3) bytes."""
    return np.repeat(np.rint(ink * 255).astype(np.uint8)[:, :, None], 3, axis=2)
