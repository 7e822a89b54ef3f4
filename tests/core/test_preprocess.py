"""The input that a network gets, against torchvision's own steps and against arithmetic done here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from desktop_app.core.drawing.strokes import Drawing, drawing_from_lists
from desktop_app.core.model.card import Fit, Preprocessing
from desktop_app.core.source.fitting import decoded_side, frames
from desktop_app.core.source.photo import SourceImage, load_photo
from desktop_app.core.source.preprocess import (
    STEP_SIDE,
    prepare_bitmap,
    prepare_crops,
    prepare_drawing,
    prepare_photo,
)
from desktop_app.learn.network.torchvision_compat import make_importable

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
PHOTOS = Preprocessing("rgb", 32, 32, "crop", "bilinear", MEAN, STD)
DRAWINGS = Preprocessing("grey", 32, 32, "crop", "bilinear", (0.0,), (1.0,), longest=24.0, pen=2.2)


def source(width: int, height: int, seed: int = 0) -> SourceImage:
    """Smooth colours with noise on them."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 256, (5, 7, 3), dtype=np.uint8)).resize((width, height))
    noise = rng.integers(-20, 20, (height, width, 3))
    return SourceImage(np.clip(np.asarray(coarse) + noise, 0, 255).astype(np.uint8), (width, height), "made up")


def circle(x: float, y: float, radius: float) -> Drawing:
    angle = np.linspace(0, 2 * np.pi, 60)
    return drawing_from_lists([np.stack([x + radius * np.cos(angle), y + radius * np.sin(angle)], axis=1).tolist()])


def torchvision_input(rgb: np.ndarray, spec: Preprocessing) -> np.ndarray:
    make_importable()
    from torchvision import transforms as t

    method = {"bilinear": t.InterpolationMode.BILINEAR, "bicubic": t.InterpolationMode.BICUBIC}[spec.interpolation]
    steps = [
        t.Resize(spec.resize or spec.height, interpolation=method),
        t.CenterCrop((spec.height, spec.width)),
        *([t.Grayscale()] if spec.channels == "grey" else []),
        t.ToTensor(),
        t.Normalize(spec.mean, spec.std),
    ]
    tensor: torch.Tensor = t.Compose(steps)(Image.fromarray(rgb))
    return tensor.numpy()


@pytest.mark.parametrize("size", [(640, 480), (480, 640), (333, 257), (32, 32), (20, 31), (31, 20), (1000, 90)])
@pytest.mark.parametrize(
    "spec",
    [
        PHOTOS,
        replace(PHOTOS, height=224, width=224, resize=256),
        replace(PHOTOS, height=227, width=227, resize=227, interpolation="bicubic"),
        replace(PHOTOS, height=48, width=40, resize=57),
        replace(PHOTOS, channels="grey", mean=(0.4,), std=(0.3,)),
    ],
)
def test_cropping_equals_torchvision(size: tuple[int, int], spec: Preprocessing) -> None:
    picture = source(*size)
    got = prepare_photo(picture, spec).input
    assert got.shape == spec.shape
    assert got.dtype == np.float32
    assert got.flags.c_contiguous
    # Grey is made last here and first of the two there: each rounds to whole numbers once.
    tolerance = 1e-6 if spec.channels == "rgb" else 1.01 / 255 / spec.std[0]
    assert np.abs(got - torchvision_input(picture.rgb, spec)).max() <= tolerance


@pytest.mark.parametrize("size", [(640, 480), (480, 640), (333, 257), (64, 64), (20, 31), (1000, 90)])
@pytest.mark.parametrize(
    "spec",
    [replace(PHOTOS, height=224, width=224, resize=256), replace(PHOTOS, height=48, width=40, resize=57), PHOTOS],
)
def test_five_crops_equal_torchvisions(size: tuple[int, int], spec: Preprocessing) -> None:
    make_importable()
    from torchvision import transforms as t

    picture = source(*size)
    got = prepare_crops(picture, spec)
    assert got.shape == (5, *spec.shape)
    np.testing.assert_array_equal(got[0], prepare_photo(picture, spec).input)
    side = max(spec.resize or 0, -(-8 * max(spec.height, spec.width) // 7))  # else corners of squares are all the same
    five = t.Compose([t.Resize(side), t.FiveCrop((spec.height, spec.width))])(Image.fromarray(picture.rgb))
    for ours, theirs in zip(got[1:], five[:4], strict=True):  # of theirs the one in the middle is the last
        wanted = t.Normalize(spec.mean, spec.std)(t.ToTensor()(theirs)).numpy()
        assert np.abs(ours - wanted).max() <= 1e-6
    plain = prepare_photo(picture, spec, fit="crops", with_steps=True)
    assert plain.steps[1].name == "Crops" and len(plain.others) == 4


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1)])
def test_five_crops_of_next_to_nothing_can_be_shown(size: tuple[int, int]) -> None:
    prepared = prepare_photo(source(*size), PHOTOS, fit="crops", with_steps=True)
    assert prepared.steps[1].name == "Crops" and [each.shape for each in prepared.others] == [PHOTOS.shape] * 4


def test_a_model_that_reads_drawings_has_one_crop() -> None:
    assert prepare_crops(source(64, 48), DRAWINGS).shape == (1, *DRAWINGS.shape)


@pytest.mark.parametrize("size", [(640, 480), (90, 1000), (64, 64), (50, 3000)])
def test_frames_show_where_the_crops_were_cut(size: tuple[int, int]) -> None:
    """The crop of a picture whose colours are its places says where it was taken."""
    spec = replace(PHOTOS, height=56, width=56, resize=64, mean=(0.0,) * 3, std=(1.0,) * 3)
    width, height = size
    x, y = np.linspace(0, 255, width), np.linspace(0, 255, height)
    rgb = np.stack([*np.meshgrid(x, y), np.zeros(size[::-1])], axis=2).round().astype(np.uint8)
    crops = prepare_crops(SourceImage(rgb, size, "places"), spec)
    for crop, (left, top, right, bottom) in zip(crops, frames(size, spec, "crops"), strict=True):
        middle = crop[:2].mean(axis=(1, 2))
        wanted = ((left + right) / 2 / width, (top + bottom) / 2 / height)
        assert np.abs(middle - wanted).max() < 0.015


def test_real_photos_equal_torchvision_and_draft_decoding_stays_close(shared_data: Path) -> None:
    spec = replace(PHOTOS, height=224, width=224, resize=256)
    for name in ("photos/cat_1080p.jpg", "photos/parrot.jpg", "nasty/exif_landscape_6.jpg", "nasty/webp.webp"):
        full = load_photo(shared_data / name, at_least=10_000)
        want = torchvision_input(full.rgb, spec)
        assert np.abs(prepare_photo(full, spec).input - want).max() <= 1e-6
        quick = load_photo(shared_data / name, at_least=decoded_side(spec, "crop"))
        assert np.abs(prepare_photo(quick, spec).input - want).mean() < 0.1


def test_stretch_keeps_the_whole_picture() -> None:
    rgb = np.zeros((50, 200, 3), np.uint8)
    rgb[:, :100] = 255
    got = prepare_photo(SourceImage(rgb, (200, 50), "halves"), replace(PHOTOS, mean=(0.0,) * 3, std=(1.0,) * 3),
                        fit="stretch").input  # fmt: skip
    assert np.allclose(got[:, :, :15], 1)
    assert np.allclose(got[:, :, 17:], 0)


@pytest.mark.parametrize(("size", "inner"), [((200, 100), (16, 32)), ((100, 200), (32, 16)), ((77, 77), (32, 32))])
def test_pad_keeps_the_whole_picture_and_its_proportions(size: tuple[int, int], inner: tuple[int, int]) -> None:
    """Margins are the mean colour, which is about 0 after normalising."""
    white = SourceImage(np.full((size[1], size[0], 3), 255, np.uint8), size, "white")
    got = prepare_photo(white, PHOTOS, fit="pad").input
    inked = np.abs(got[0]) > 1
    assert (inked.any(axis=1).sum(), inked.any(axis=0).sum()) == inner
    assert np.abs(got[:, ~inked]).max(initial=0) < 0.5 / 255 / min(STD) + 1e-6
    rows, columns = (np.flatnonzero(inked.any(axis=axis)) for axis in (1, 0))
    assert abs(rows[0] - (31 - rows[-1])) <= 1  # in the middle
    assert abs(columns[0] - (31 - columns[-1])) <= 1


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1), (3, 200_000)])
@pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
def test_odd_shapes_of_pictures_work(size: tuple[int, int], fit: Fit) -> None:
    picture = SourceImage(np.full((size[1], size[0], 3), 128, np.uint8), size, "thin")
    prepared = prepare_photo(picture, PHOTOS, fit=fit, with_steps=True)
    assert np.isfinite(prepared.input).all()
    assert all(0 < min(step.picture.shape[:2]) <= max(step.picture.shape[:2]) <= STEP_SIDE for step in prepared.steps)


def test_the_steps_of_a_photo() -> None:
    picture = source(640, 480)
    prepared = prepare_photo(replace(picture, full_size=(1280, 960)), PHOTOS, with_steps=True)
    assert [(step.name, step.caption.split(",")[0]) for step in prepared.steps] == [
        ("Source", "1280×960"),
        ("Crop", "960×960"),
        ("Resize", "32×32"),
        ("Colour", "3×32×32"),
        ("Normalise", "3×32×32"),
    ]
    assert np.array_equal(prepared.input, prepare_photo(picture, PHOTOS).input)
    pictures = [step.picture for step in prepared.steps]
    assert pictures[0].shape == (72, 96, 3)
    back = prepared.input.transpose(1, 2, 0) * np.array(STD) + np.array(MEAN)  # the input, made a picture again
    assert np.abs(back * 255 - pictures[3]).max() < 0.01
    assert pictures[4].min() == 0
    assert pictures[4].max() == 255
    fits: tuple[Fit, ...] = ("crop", "pad", "stretch")
    captions = [prepare_photo(picture, PHOTOS, fit=fit, with_steps=True).steps[1].caption for fit in fits]
    assert captions == ["480×480", "640×640", "640×480"]
    assert prepare_photo(picture, PHOTOS).steps == ()


def test_the_crop_that_is_shown_is_the_crop_that_is_used() -> None:
    """A picture whose left and right thirds are red: a square cut out of its middle has none of it."""
    rgb = np.zeros((100, 300, 3), np.uint8)
    rgb[:, :98], rgb[:, 202:] = (255, 0, 0), (255, 0, 0)
    prepared = prepare_photo(SourceImage(rgb, (300, 100), "thirds"), PHOTOS, with_steps=True)
    assert prepared.steps[1].picture[:, 2:-2, 0].max() < 60
    assert (prepared.input[0, :, 1:-1] < -1).all()


def test_a_drawing_is_centred_unless_that_is_off() -> None:
    small = circle(0.2, 0.25, 0.1)
    centred = prepare_drawing(small, DRAWINGS).input[0]
    assert centred.shape == (32, 32)
    rows = np.flatnonzero(centred.max(axis=1) > 0.5)
    assert rows[0] + rows[-1] == 31
    assert abs(rows[-1] - rows[0] + 1 - (24 + 2.2)) <= 1.5
    plain = prepare_drawing(small, DRAWINGS, centred=False).input[0]
    rows = np.flatnonzero(plain.max(axis=1) > 0.5)
    assert abs((rows[0] + rows[-1] + 1) / 2 - 0.25 * 32) <= 1
    assert rows[-1] - rows[0] < 12


def test_a_drawing_is_normalised_and_has_its_steps() -> None:
    spec = replace(DRAWINGS, mean=(0.2,), std=(0.4,))
    plain = prepare_drawing(circle(0.5, 0.5, 0.3), DRAWINGS).input
    prepared = prepare_drawing(circle(0.5, 0.5, 0.3), spec, with_steps=True)
    assert np.allclose(prepared.input, (plain - 0.2) / 0.4, atol=1e-6)
    assert [step.name for step in prepared.steps] == ["Source", "Centre", "Resize", "Normalise"]
    assert prepared.steps[-1].caption == "1×32×32, −0.5 to 2.0"
    off = prepare_drawing(circle(0.5, 0.5, 0.3), spec, centred=False, with_steps=True)
    assert [step.name for step in off.steps] == ["Source", "Resize", "Normalise"]


def test_no_drawing_is_an_empty_input() -> None:
    prepared = prepare_drawing(Drawing(), DRAWINGS, with_steps=True)
    assert not prepared.input.any()
    assert prepared.steps


def test_a_photo_of_a_drawing_looks_like_the_drawing() -> None:
    """A circle in ink on paper, far from the middle: nearly what the canvas would have given."""
    want = prepare_drawing(circle(0.5, 0.5, 0.3), DRAWINGS).input
    y, x = np.mgrid[:300, :400]
    ring = np.abs(np.hypot(x - 260, y - 110) - 70) < 3
    paper = np.where(ring[:, :, None], 40, 225).astype(np.uint8).repeat(3, axis=2)
    prepared = prepare_photo(SourceImage(paper, (400, 300), "scan"), DRAWINGS, with_steps=True)
    assert prepared.input.shape == (1, 32, 32)
    assert np.corrcoef(prepared.input.ravel(), want.ravel())[0, 1] > 0.85
    assert [step.name for step in prepared.steps] == ["Source", "Ink", "Centre", "Normalise"]
    bitmap = prepare_bitmap(np.where(ring, 255, 0).astype(np.uint8), DRAWINGS)
    assert np.corrcoef(bitmap.input.ravel(), want.ravel())[0, 1] > 0.85


def test_a_drawing_on_a_photo_model_is_dark_ink_on_white_paper() -> None:
    spec = replace(PHOTOS, mean=(0.0,) * 3, std=(1.0,) * 3)
    got = prepare_drawing(circle(0.5, 0.5, 0.3), spec, with_steps=True)
    assert got.input.shape == (3, 32, 32)
    assert got.input[:, 0, 0].tolist() == [1, 1, 1]
    assert got.input.min() < 0.3
    assert got.steps[0].name == "Source"
    bitmap = np.zeros((64, 64), np.uint8)
    bitmap[20:40, 20:40] = 255
    assert prepare_bitmap(bitmap, spec).input[:, 15, 15].max() == 0


@pytest.mark.parametrize("shape", [(40, 32), (32, 40)])
def test_inputs_that_are_no_square_get_margins(shape: tuple[int, int]) -> None:
    spec = replace(DRAWINGS, channels="rgb", height=shape[0], width=shape[1], mean=(0.0,) * 3, std=(1.0,) * 3)
    got = prepare_drawing(circle(0.5, 0.5, 0.3), spec).input
    square = prepare_drawing(circle(0.5, 0.5, 0.3), DRAWINGS).input[0]
    top, left = (shape[0] - 32) // 2, (shape[1] - 32) // 2
    for channel in got:
        assert np.array_equal(channel[top : top + 32, left : left + 32], square)
    assert np.isclose(got.sum(), 3 * square.sum())
