"""From what the person gave to the network's input, with a small picture of every step for the person to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from desktop_app.core.drawing.ink import centre_ink, ink_of_photo
from desktop_app.core.drawing.raster import rasterise, rasterise_many
from desktop_app.core.drawing.strokes import Drawing
from desktop_app.core.model.card import Fit, Preprocessing
from desktop_app.core.source.fitting import corners, fitted, fitted_size, frames, resized
from desktop_app.core.source.photo import SourceImage

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

STEP_SIDE = 96
"""Pixels of a step's picture on its longest side, at most."""

_FITTED: dict[Fit, str] = {"crop": "Crop", "pad": "Pad", "stretch": "Stretch", "crops": "Crops"}


@dataclass(frozen=True, eq=False)
class Step:
    """One step of preprocessing. picture: (h, w) or (h, w, 3), small.  caption: the step's shape in words."""

    name: str
    caption: str
    picture: Pixels


@dataclass(frozen=True, eq=False)
class Prepared:
    """input: (C, H, W) float32, normalised and contiguous.  steps: from source to input, or none if not asked for.

    others: further inputs like it, where a picture is read as several crops; `input` is then the one in the middle.
    """

    input: Floats
    steps: tuple[Step, ...] = ()
    others: tuple[Floats, ...] = ()


def prepare_photo(
    source: SourceImage, spec: Preprocessing, *, fit: Fit | None = None, with_steps: bool = False
) -> Prepared:
    """fit: "crop" (as torchvision's Resize and CenterCrop), "pad", "stretch" or "crops" instead of the card's choice.

    "crops" are the middle and the four corners. A model that reads drawings gets the ink that is found in the photo.
    """
    if spec.longest is not None:
        return prepare_bitmap(ink_of_photo(source.rgb), spec, source=source.rgb, with_steps=with_steps)
    fit = fit or spec.fit
    picture = Image.fromarray(source.rgb)
    small = resized(picture, spec, fit)
    coloured = _coloured(small, spec)
    input_ = _input(coloured, spec)
    others = tuple(_input(_coloured(corner, spec), spec) for corner in corners(picture, spec)) if fit == "crops" else ()
    if not with_steps:
        return Prepared(input_, (), others)
    picture.thumbnail((4 * STEP_SIDE, 4 * STEP_SIDE))  # what is only looked at needs no more
    steps = (
        _step("Source", picture, _size(*source.full_size)),
        _fit_step(picture, source.full_size, spec, fit),
        _step("Resize", small, _size(*small.size)),
        _step("Grey" if spec.channels == "grey" else "Colour", coloured, _size(*spec.shape)),
        _last_step(input_),
    )
    return Prepared(input_, steps, others)


def prepare_crops(source: SourceImage, spec: Preprocessing) -> Floats:
    """(5, C, H, W): the middle and the four corners, of which the probabilities are to be averaged.

    (1, C, H, W) for a model that reads drawings: it gets all the ink that there is.
    """
    prepared = prepare_photo(source, spec, fit="crops")
    return np.stack([prepared.input, *prepared.others])


def prepare_drawing(
    drawing: Drawing, spec: Preprocessing, *, centred: bool = True, with_steps: bool = False
) -> Prepared:
    """centred: move and scale the ink as the model's card says, else take the canvas as it is.

    A model that reads photos gets the drawing as dark ink on white paper.
    """
    side = min(spec.height, spec.width)
    if spec.longest is None:
        paper = _on_paper(rasterise(drawing, max(4 * side, STEP_SIDE), longest=None))
        source = SourceImage(paper, (paper.shape[1], paper.shape[0]), "drawing")
        return prepare_photo(source, spec, with_steps=with_steps)
    grey = rasterise(drawing, side, longest=spec.longest if centred else None, pen=spec.pen if centred else None)
    input_ = _normalised(_broadened(grey, spec), spec)
    if not with_steps:
        return Prepared(input_)
    longest = spec.longest * STEP_SIDE / side
    steps = [_ink_step("Source", rasterise(drawing, STEP_SIDE, longest=None), "your drawing")]
    if centred and drawing:
        steps.append(_ink_step("Centre", rasterise(drawing, STEP_SIDE, longest=longest), "ink centred and scaled"))
    steps += [_ink_step("Resize", grey, _size(side, side)), _last_step(input_)]
    return Prepared(input_, tuple(steps))


def prepare_drawings(drawings: Sequence[Drawing], spec: Preprocessing) -> Floats:
    """(N, C, H, W): what `prepare_drawing` gives for each, made in one go."""
    if spec.longest is None:
        return np.stack([prepare_drawing(drawing, spec).input for drawing in drawings])
    many = rasterise_many(drawings, min(spec.height, spec.width), longest=spec.longest, pen=spec.pen)
    return np.stack([_normalised(_broadened(grey, spec), spec) for grey in many])


def prepare_bitmap(
    ink: Pixels, spec: Preprocessing, *, source: Pixels | None = None, with_steps: bool = False
) -> Prepared:
    """ink: (H, W), white on black, any size and thickness.  source: (H, W, 3), the picture that it was found in."""
    side = min(spec.height, spec.width)
    if spec.longest is None:
        paper = _on_paper(ink.astype(np.float32) / np.float32(255))
        return prepare_photo(SourceImage(paper, (ink.shape[1], ink.shape[0]), "drawing"), spec, with_steps=with_steps)
    grey = centre_ink(ink, side, longest=spec.longest, pen=spec.pen or 0.07 * side)
    input_ = _normalised(_broadened(grey, spec), spec)
    if not with_steps:
        return Prepared(input_)
    shown = Image.fromarray(ink if source is None else source)
    steps = (
        _step("Source", shown, _size(*shown.size)),
        _step("Ink", Image.fromarray(ink), "the lines in it"),
        _ink_step("Centre", grey, _size(side, side)),
        _last_step(input_),
    )
    return Prepared(input_, steps if source is not None else (steps[0], *steps[2:]))


def _on_paper(ink: Floats) -> Pixels:
    """(H, W) ink in 0..1 as dark lines on white paper, (H, W, 3)."""
    return np.repeat(np.rint((1 - ink) * 255).astype(np.uint8)[:, :, None], 3, axis=2)


def _broadened(grey: Floats, spec: Preprocessing) -> Floats:
    """(side, side) to (C, H, W): black margins where the input is no square, the same in each channel."""
    high, wide = spec.height - grey.shape[0], spec.width - grey.shape[1]
    if high or wide:
        grey = np.pad(grey, ((high // 2, high - high // 2), (wide // 2, wide - wide // 2)))
    return np.broadcast_to(grey, spec.shape)


def _normalised(values: Floats, spec: Preprocessing) -> Floats:
    """(H, W), (H, W, 3) or (C, H, W) in 0..1 to the input."""
    if values.shape != spec.shape:
        values = values.reshape(spec.height, spec.width, -1).transpose(2, 0, 1)
    mean, std = (np.array(numbers, np.float32)[:, None, None] for numbers in (spec.mean, spec.std))
    return np.ascontiguousarray((values - mean) / std, dtype=np.float32)


def _coloured(picture: Image.Image, spec: Preprocessing) -> Image.Image:
    return picture.convert("L") if spec.channels == "grey" else picture


def _input(picture: Image.Image, spec: Preprocessing) -> Floats:
    """Looked up: a channel has 256 values only, and a table of them is normalised in a quarter of the time."""
    bytes_ = np.asarray(picture).reshape(spec.height, spec.width, -1)
    table = np.broadcast_to(np.arange(256, dtype=np.float32) / np.float32(255), (len(spec.mean), 256))
    mean, std = (np.array(numbers, np.float32)[:, None] for numbers in (spec.mean, spec.std))
    table = (table - mean) / std
    input_ = np.empty(spec.shape, np.float32)
    for channel, values in enumerate(table):
        np.take(values, bytes_[:, :, channel], out=input_[channel], mode="clip")
    return input_


def _size(*sides: int) -> str:
    return "×".join(map(str, sides))


def _step(name: str, picture: Image.Image, caption: str) -> Step:
    small = picture.copy()
    small.thumbnail((STEP_SIDE, STEP_SIDE))
    return Step(name, caption, np.asarray(small))


def _fit_step(picture: Image.Image, full_size: tuple[int, int], spec: Preprocessing, fit: Fit) -> Step:
    """What is left of the picture by cropping or padding; of several crops their outlines."""
    if fit != "crops":
        return _step(_FITTED[fit], fitted(picture, spec, fit), _size(*fitted_size(full_size, spec, fit)))
    small = picture.copy()
    small.thumbnail((STEP_SIDE, STEP_SIDE))
    painter = ImageDraw.Draw(small)
    middle, *others = frames(small.size, spec, fit)
    for frame, colour in [(each, "#c0c0c0") for each in others] + [(middle, "#ffffff")]:
        left, top, right, bottom = (round(edge) for edge in frame)
        # Of a very long picture that is shown small, a frame may be narrower than a pixel.
        painter.rectangle((left, top, max(left, right - 1), max(top, bottom - 1)), outline=colour)
    return _step(_FITTED[fit], small, "5 crops, their answers averaged; shown from here on: the one in the middle")


def _ink_step(name: str, grey: Floats, caption: str) -> Step:
    return Step(name, caption, np.rint(grey * 255).astype(np.uint8))


def _last_step(values: Floats) -> Step:
    low, high = float(values.min()), float(values.max())
    shown = np.rint((values - low) / ((high - low) or 1) * 255).astype(np.uint8)
    picture = shown[0] if len(shown) == 1 else np.ascontiguousarray(shown.transpose(1, 2, 0))
    return Step("Normalise", f"{_size(*values.shape)}, {low:.1f} to {high:.1f}".replace("-", "−"), picture)
