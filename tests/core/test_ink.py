"""Bitmaps and photos of drawings must end up as the canvas itself would have shown them."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from desktop_app.core.drawing.ink import centre_ink, ink_of_photo
from desktop_app.core.drawing.raster import rasterise
from desktop_app.core.drawing.strokes import drawing_from_lists

HOUSE = [(0.3, 0.8), (0.3, 0.5), (0.5, 0.3), (0.7, 0.5), (0.7, 0.8), (0.3, 0.8)]
"""Lines of all directions, in the middle of the canvas and clear of its rim."""
WANTED = rasterise(drawing_from_lists([HOUSE]), 32, longest=24, pen=2.2)


def bitmap(side, width, shift=(0.0, 0.0)):
    """White lines on black, drawn by Pillow four times too big and shrunk."""
    picture = Image.new("L", (side * 4, side * 4))
    points = [((x + shift[0]) * side * 4, (y + shift[1]) * side * 4) for x, y in HOUSE]
    pen = ImageDraw.Draw(picture)
    pen.line(points, fill=255, width=round(width * 4), joint="curve")
    for x, y in points:
        pen.ellipse((x - width * 2, y - width * 2, x + width * 2, y + width * 2), fill=255)
    return np.asarray(picture.resize((side, side), Image.Resampling.BOX))


def centred(picture):
    return centre_ink(picture, 32, longest=24, pen=2.2)


def likeness(picture, wanted=WANTED):
    """Correlation of two pictures: 1 is the same, a line beside its place is near 0."""
    return np.corrcoef(picture.ravel(), wanted.ravel())[0, 1]


@pytest.mark.parametrize(
    ("side", "width"),
    [(28, 1.2), (48, 1.0), (64, 2), (70, 3), (128, 1), (128, 6), (256, 1), (256, 5), (512, 1), (512, 20)],
)
def test_any_size_and_thickness_looks_like_the_canvas(side, width):
    picture = centred(bitmap(side, width))
    assert picture.shape == (32, 32)
    assert picture.dtype == np.float32
    assert 0 <= picture.min() <= picture.max() <= 1
    assert likeness(picture) > (0.88 if side > 32 else 0.8)
    assert picture.sum() == pytest.approx(WANTED.sum(), rel=0.35)  # thin lines have become as thick as the pen's


@pytest.mark.parametrize("shift", [(-0.28, -0.28), (0.28, 0.18), (0.0, -0.25)])
def test_the_place_in_the_picture_does_not_matter(shift):
    assert likeness(centred(bitmap(128, 3, shift)), centred(bitmap(128, 3))) > 0.95


def test_fat_lines_stay_fat():
    assert centred(bitmap(128, 14)).sum() > 1.5 * WANTED.sum()


def test_no_ink_gives_black():
    for picture in (np.zeros((40, 60), np.uint8), np.full((28, 28), 255, np.uint8), np.full((64, 64), 9, np.uint8)):
        assert not centred(picture).any()


def test_a_grey_background_and_its_noise_are_no_ink():
    noise = np.random.default_rng(0).normal(0, 8, (200, 200))
    picture = np.clip(40 + 0.6 * bitmap(200, 3) + noise, 0, 255).astype(np.uint8)
    assert likeness(centred(picture)) > 0.85


def test_the_picture_that_was_given_is_left_alone():
    picture = bitmap(64, 2)
    before = picture.copy()
    picture.flags.writeable = False
    centred(picture)
    np.testing.assert_array_equal(picture, before)


@pytest.mark.parametrize("paper", ["white", "blackboard"])
def test_a_photo_of_paper_in_uneven_light(paper):
    lines = np.repeat(bitmap(300, 4)[:, :, None], 3, axis=2) / 255
    light = np.linspace(0.55, 1, 300)[None, :, None]
    noise = np.random.default_rng(1).normal(0, 3, (300, 300, 3))
    scene = (0.92 - 0.7 * lines) if paper == "white" else (0.25 + 0.6 * lines)
    photo = np.clip(255 * scene * light + noise, 0, 255).astype(np.uint8)
    ink = ink_of_photo(photo)
    assert ink.shape == (300, 300)
    assert ink.dtype == np.uint8
    assert likeness(centred(ink)) > 0.85


def test_coloured_ink_is_seen_on_white():
    photo = np.full((200, 200, 3), 250, np.uint8)
    photo[bitmap(200, 4) > 127] = (255, 225, 40)  # yellow is nearly as bright as the paper, but for its blue
    assert likeness(centred(ink_of_photo(photo))) > 0.85


def test_big_photos_are_reduced():
    assert max(ink_of_photo(np.full((1500, 2000, 3), 255, np.uint8)).shape) <= 768
