"""From what the person gave to the network's input, with a small picture of every step for the person to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from desktop_app.core.drawing.ink import LARGEST, centre_ink, ink_of_photo
from desktop_app.core.drawing.raster import rasterise, rasterise_many
from desktop_app.core.drawing.strokes import Drawing
from desktop_app.core.model.card import Fit, Preprocessing
from desktop_app.core.source.photo import SourceImage

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

STEP_SIDE = 96
"""Pixels of a step's picture on its longest side, at most."""
LONGEST_RATIO = 16
"""Of a picture's sides when its middle is cut out: what lies further out cannot be seen, but would cost memory."""

_FILTERS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}
_FITTED = {"crop": "Crop", "pad": "Pad", "stretch": "Stretch"}


@dataclass(frozen=True, eq=False)
class Step:
    """One step of preprocessing. picture: (h, w) or (h, w, 3), small.  caption: the step's shape in words."""

    name: str
    caption: str
    picture: Pixels


@dataclass(frozen=True, eq=False)
class Prepared:
    """input: (C, H, W) float32, normalised and contiguous.  steps: from source to input, or none if not asked for."""

    input: Floats
    steps: tuple[Step, ...] = ()


def shortest_side(spec: Preprocessing) -> int:
    """What `load_photo` must keep of a picture's shorter side for this model, pixels."""
    if spec.longest is not None:
        return LARGEST  # thin lines on a large sheet must not vanish before they are found
    return max(spec.resize or 0, spec.height, spec.width)


def prepare_photo(
    source: SourceImage, spec: Preprocessing, *, fit: Fit | None = None, with_steps: bool = False
) -> Prepared:
    """fit: "crop" (as torchvision's Resize and CenterCrop), "pad" or "stretch" instead of the card's choice.

    A model that reads drawings gets the ink that is found in the photo.
    """
    if spec.longest is not None:
        return prepare_bitmap(ink_of_photo(source.rgb), spec, source=source.rgb, with_steps=with_steps)
    fit = fit or spec.fit
    picture = Image.fromarray(source.rgb)
    resized = _resized(picture, spec, fit)
    coloured = resized.convert("L") if spec.channels == "grey" else resized
    input_ = _normalised(np.asarray(coloured, np.float32) / np.float32(255), spec)
    if not with_steps:
        return Prepared(input_)
    picture.thumbnail((4 * STEP_SIDE, 4 * STEP_SIDE))  # what is only looked at needs no more
    fitted = _fitted(picture, spec, fit)
    steps = (
        _step("Source", picture, _size(*source.full_size)),
        _step(_FITTED[fit], fitted, _size(*_fitted_size(source.full_size, spec, fit))),
        _step("Resize", resized, _size(*resized.size)),
        _step("Grey" if spec.channels == "grey" else "Colour", coloured, _size(*spec.shape)),
        _last_step(input_),
    )
    return Prepared(input_, steps)


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


def _resized(picture: Image.Image, spec: Preprocessing, fit: Fit) -> Image.Image:
    """The picture at the input's size."""
    size, method = (spec.width, spec.height), _FILTERS[spec.interpolation]
    if fit == "stretch":
        return picture.resize(size, method)
    if fit == "pad":
        scale = min(spec.width / picture.width, spec.height / picture.height)
        inner = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        return _padded(picture.resize(inner, method), size, spec)
    picture = _middle(picture)
    width, height = _full_size(picture.size, shortest_side(spec))
    left, top = round((width - spec.width) / 2), round((height - spec.height) / 2)
    return picture.resize((width, height), method).crop((left, top, left + spec.width, top + spec.height))


def _fitted(picture: Image.Image, spec: Preprocessing, fit: Fit) -> Image.Image:
    """The picture cropped or padded in its own pixels, for the person to see; it should be small."""
    if fit == "stretch":
        return picture
    size = _fitted_size(picture.size, spec, fit)
    if fit == "pad":
        return _padded(picture, size, spec)
    left, top = ((whole - part) / 2 for whole, part in zip(picture.size, size, strict=True))
    return picture.crop((round(left), round(top), round(left) + size[0], round(top) + size[1]))


def _fitted_size(size: tuple[int, int], spec: Preprocessing, fit: Fit) -> tuple[int, int]:
    """(width, height) in the source's pixels of what is left by cropping or padding."""
    if fit == "stretch":
        return size
    scale = max(size[0] / spec.width, size[1] / spec.height) if fit == "pad" else min(size) / shortest_side(spec)
    return max(1, round(spec.width * scale)), max(1, round(spec.height * scale))


def _full_size(size: tuple[int, int], short: int) -> tuple[int, int]:
    """Of the whole picture once its shorter side has `short` pixels, rounded as torchvision does."""
    width, height = size
    return (short, int(short * height / width)) if width <= height else (int(short * width / height), short)


def _middle(picture: Image.Image) -> Image.Image:
    width, height = (min(side, LONGEST_RATIO * min(picture.size)) for side in picture.size)
    left, top = (picture.width - width) // 2, (picture.height - height) // 2
    return picture if (width, height) == picture.size else picture.crop((left, top, left + width, top + height))


def _padded(picture: Image.Image, size: tuple[int, int], spec: Preprocessing) -> Image.Image:
    """Margins in the mean colour, which is 0 once normalised."""
    mean = spec.mean if len(spec.mean) == 3 else spec.mean * 3
    sheet = Image.new("RGB", size, tuple(round(255 * value) for value in mean))
    sheet.paste(picture, ((size[0] - picture.width) // 2, (size[1] - picture.height) // 2))
    return sheet


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


def _size(*sides: int) -> str:
    return "×".join(map(str, sides))


def _step(name: str, picture: Image.Image, caption: str) -> Step:
    small = picture.copy()
    small.thumbnail((STEP_SIDE, STEP_SIDE))
    return Step(name, caption, np.asarray(small))


def _ink_step(name: str, grey: Floats, caption: str) -> Step:
    return Step(name, caption, np.rint(grey * 255).astype(np.uint8))


def _last_step(values: Floats) -> Step:
    low, high = float(values.min()), float(values.max())
    shown = np.rint((values - low) / ((high - low) or 1) * 255).astype(np.uint8)
    picture = shown[0] if len(shown) == 1 else np.ascontiguousarray(shown.transpose(1, 2, 0))
    return Step("Normalise", f"{_size(*values.shape)}, {low:.1f} to {high:.1f}".replace("-", "−"), picture)
