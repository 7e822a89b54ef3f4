"""Where a map lies on the source image, what it looks like, and how its faithfulness is judged."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any, cast

import numpy as np
import pytest

from desktop_app.core.attribution.attribution import Attribution
from desktop_app.core.attribution.colours import coloured, viridis
from desktop_app.core.attribution.faithfulness import ELSEWHERE, SHARES, Curves, area, moved, order_of
from desktop_app.core.attribution.layers import lookouts
from desktop_app.core.attribution.placed import CANVAS, Placed, placed
from desktop_app.core.drawing.strokes import Drawing, Stroke
from desktop_app.core.forward.request import Frame, MapView, Photo, Request
from desktop_app.core.forward.trace import Stage, Trace, answer_of
from desktop_app.core.model.card import Fit, ModelCard, Preprocessing
from desktop_app.core.source.photo import SourceImage
from desktop_app.core.source.preprocess import prepare_drawing, prepare_photo

PHOTOS = Preprocessing("rgb", 48, 48, "crop", "bilinear", (0.0,) * 3, (1.0,) * 3, resize=56)
DRAWINGS = Preprocessing("grey", 32, 32, "crop", "bilinear", (0.0,), (1.0,), longest=22.0, pen=2.2)


def frame_of(spec: Preprocessing, source: Photo | Drawing, photo: SourceImage | None, **asked: Any) -> Frame:
    card = cast(ModelCard, type("Card", (), {"preprocessing": spec}))
    if isinstance(source, Drawing):
        net_input = prepare_drawing(source, spec, centred=asked.get("centred", True)).input
    else:
        assert photo is not None
        net_input = prepare_photo(photo, spec, fit=asked.get("fit", "crop")).input
    trace = Trace((), (net_input,), answer_of(np.zeros(2, np.float32), 1), ())
    return Frame(Request(1, 0.0, card, source, MapView(), **asked), trace, (), (), photo, "CPU", 0)


def back_on_source(spec: Preprocessing, where: Placed) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """x of every column's middle and y of every row's, in the picture's pixels."""
    left, top, right, bottom = where.box
    x = left + (np.arange(spec.width) + 0.5) * (right - left) / spec.width
    y = top + (np.arange(spec.height) + 0.5) * (bottom - top) / spec.height
    return x, y


@pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
def test_every_pixel_of_the_input_lies_where_it_came_from(fit: Fit) -> None:
    """A picture whose red says how far right a pixel is and whose green how far down: the input tells where it is
    from. Rounding to whole pixels may cost one of the input's at most."""
    specs = (PHOTOS, replace(PHOTOS, width=64), replace(PHOTOS, resize=None))
    for size, spec in product(((200, 120), (120, 200), (97, 97), (60, 400)), specs):
        width, height = size
        rgb = np.zeros((height, width, 3), np.uint8)
        rgb[..., 0] = np.rint((np.arange(width) + 0.5) / width * 255)
        rgb[..., 1] = np.rint((np.arange(height) + 0.5) / height * 255)[:, None]
        rgb[..., 2] = 255  # 0 where it was padded
        frame = frame_of(spec, Photo("p", b""), SourceImage(rgb, size, "p"), fit=fit)
        where = placed(frame)
        assert not where.as_read and where.picture is rgb
        red, green, blue = frame.trace.outputs[0]
        x, y = back_on_source(spec, where)
        inner = blue > 0.999
        # At the edges resizing has nothing to mix with.
        inner &= ((x > 0.04 * width) & (x < 0.96 * width)) & ((y > 0.04 * height) & (y < 0.96 * height))[:, None]
        assert inner.sum() > 50
        pixel = max((where.box[2] - where.box[0]) / spec.width, (where.box[3] - where.box[1]) / spec.height)
        np.testing.assert_allclose((red * width)[inner], np.broadcast_to(x, red.shape)[inner], atol=pixel + width / 255)
        np.testing.assert_allclose((green * height).T[inner.T], np.broadcast_to(y, green.T.shape)[inner.T],
                                   atol=pixel + height / 255)  # fmt: skip


@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize("spec", [DRAWINGS, replace(DRAWINGS, width=44), replace(DRAWINGS, height=40)])
def test_a_drawings_map_lies_on_its_ink(spec: Preprocessing, centred: bool) -> None:
    """Three dots of which one is heavier: the input's ink, taken back to the canvas, is where it was drawn."""
    corners = np.array([(0.2, 0.3), (0.45, 0.3), (0.2, 0.8)], np.float32)
    drawing = Drawing(tuple(Stroke(np.array([corner]), pen=0.06) for corner in corners))
    frame = frame_of(spec, drawing, None, centred=centred)
    where = placed(frame)
    assert where.picture.shape == (CANVAS, CANVAS, 3)
    x, y = back_on_source(spec, where)
    ink = frame.trace.outputs[0][0]
    for corner in corners:
        near = (np.abs(x - corner[0] * CANVAS) < 0.1 * CANVAS) & (np.abs(y - corner[1] * CANVAS) < 0.1 * CANVAS)[
            :, None
        ]
        weights = np.where(near, ink, 0)
        found = [(weights * x).sum() / weights.sum(), (weights * y[:, None]).sum() / weights.sum()]
        np.testing.assert_allclose(found, corner * CANVAS, atol=1.5)
        shown = where.picture[round(float(corner[1]) * CANVAS), round(float(corner[0]) * CANVAS)]
        assert (shown > 200).all(), "the canvas's picture has its ink there too"


def test_a_drawing_for_a_model_of_photos_is_dark_on_white() -> None:
    drawing = Drawing((Stroke(np.array([(0.3, 0.4), (0.7, 0.4)], np.float32), pen=0.1),))
    frame = frame_of(PHOTOS, drawing, None)
    where = placed(frame)
    assert where.picture.max() == 255 and (where.picture[round(0.4 * CANVAS), CANVAS // 2] < 50).all()
    _, y = back_on_source(PHOTOS, where)
    dark = 1 - frame.trace.outputs[0].mean(axis=0)
    assert (dark * y[:, None]).sum() / dark.sum() == pytest.approx(0.4 * CANVAS, abs=2)


def test_what_cannot_be_placed_is_shown_as_the_network_reads_it() -> None:
    dot = Drawing((Stroke(np.array([(0.5, 0.5)], np.float32)),))
    where = placed(frame_of(DRAWINGS, dot, None))
    assert where.as_read and where.box == (0, 0, 32, 32) and where.picture.shape == (32, 32, 3)
    paper = np.full((90, 90, 3), 240, np.uint8)
    paper[30:60, 40:44] = 10
    photo = frame_of(DRAWINGS, Photo("p", b""), SourceImage(paper, (90, 90), "p"))
    assert placed(photo).as_read and placed(photo).picture.max() > 200


def test_an_empty_canvas_is_placed_where_it_is() -> None:
    assert placed(frame_of(DRAWINGS, Drawing(), None)).box == (0, 0, CANVAS, CANVAS)


# colours


def test_viridis_is_even_to_the_eye_and_known_at_its_ends() -> None:
    table = viridis()
    assert (hex(table[0]), hex(table[128]), hex(table[255])) == ("0xff440154", "0xff21918c", "0xfffde725")
    rgb = np.stack([table >> 16 & 255, table >> 8 & 255, table & 255], axis=1) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    lightness = 116 * np.cbrt(linear @ [0.2126, 0.7152, 0.0722]) - 16
    steps = np.diff(lightness[::5])  # single steps are rounded to bytes
    assert (steps > 0).all(), "it grows lighter all the way, so that a grey copy says the same"
    assert steps.max() < 2 * steps.mean()


def test_colours_go_from_nothing_to_the_top_and_what_is_not_known_is_see_through() -> None:
    values = np.array([[-3, 0, 1, 2, 9, np.nan]], np.float32)
    table = viridis()
    assert coloured(values, 0, 2).tolist() == [[table[0], table[0], table[128], table[255], table[255], 0]]
    assert coloured(np.zeros((1, 1), np.float32), 0, 0).tolist() == [[table[0]]]


def test_a_maps_top_is_its_largest_and_of_a_gradient_map_not_a_single_pixels() -> None:
    values = np.zeros((20, 20), np.float32)
    values[:2], values[5, 5], values[6, 6] = 1, 50, -2
    assert Attribution("occlusion", 0, values).top == 50
    assert Attribution("integrated_gradients", 0, values).top == 1
    assert Attribution("occlusion", 0, values).least == -2
    values[:] = np.nan
    assert Attribution("occlusion", 0, values).top == Attribution("occlusion", 0, values).least == 0
    assert Attribution("occlusion", 0, np.full((2, 2), -1, np.float32)).top == 0


# stages


def test_grad_cam_looks_at_stages_that_are_still_pictures() -> None:
    stages = (
        Stage("input", "input", (3, 64, 64)),
        Stage("conv", "conv", (8, 32, 32), 1, (0,)),
        Stage("last to the end", "permute", (32, 32, 8), 1, (1,), grid=(32, 32), channels=-1),
        Stage("cut into strips", "reshape", (32, 16, 16), 1, (1,), grid=(2, 128)),
        Stage("pool", "average pool", (8, 1, 1), 0, (1,)),
        Stage("tokens", "layer norm", (17, 8), 0, (4,), grid=(4, 4), channels=-1),
        Stage("attention", "attention", (17, 8), 0, (5, 5, 5), grid=(4, 4), channels=-1),
        Stage("after", "add", (17, 8), 0, (5,), grid=(4, 4), channels=-1),
        Stage("logits", "dense", (5,), 0, (6,)),
        Stage("softmax", "softmax", (5,), 0, (7,)),
    )
    assert [stages[position].name for position in lookouts(stages)] == ["tokens", "last to the end", "conv"]


# faithfulness


def curves(own: float, back: float, *elsewhere: float) -> Curves:
    """Straight lines: from 1 to where deletion ends at a tenth of the picture, and the like."""

    def falling(middle: float) -> np.ndarray[Any, Any]:
        return np.interp(SHARES, [0, 0.1, 1], [1, middle, 0])

    chance = np.array([falling(middle) for middle in elsewhere])
    return Curves(falling(own), 1 - falling(1 - back), np.array([chance, 1 - chance]))


def test_faithful_is_better_than_every_chance_order_both_ways() -> None:
    chance = np.linspace(0.5, 0.7, ELSEWHERE).tolist()
    assert curves(0.3, 0.9, *chance).judgement == "faithful"
    assert curves(0.55, 0.9, *chance).judgement == "partly", "taken away, it is no better than one of them"
    assert curves(0.3, 0.3, *chance).judgement == "partly"
    assert curves(0.6, 0.3, *chance).judgement == "chance"


def test_an_area_is_that_of_the_plane() -> None:
    assert area(np.ones_like(SHARES)) == pytest.approx(1)
    assert area(SHARES) == pytest.approx(0.5)
    assert area(SHARES**2) == pytest.approx(1 / 3, abs=1e-3)


def test_pixels_come_in_the_maps_order_and_equals_by_chance() -> None:
    values = np.array([[0, 3, 0], [0, 0, 7]], np.float32)
    orders = {tuple(order_of(values, np.random.default_rng(seed)).tolist()) for seed in range(40)}
    assert {order[:2] for order in orders} == {(5, 1)}
    assert {order[2:] for order in orders} >= {(0, 2, 3, 4), (4, 3, 2, 0)} or len(orders) > 12
    assert {frozenset(order) for order in orders} == {frozenset(range(6))}


@pytest.mark.parametrize("shape", [(12, 12), (9, 17)])
def test_a_map_laid_elsewhere_has_the_same_values_in_other_places(shape: tuple[int, int]) -> None:
    spot = np.zeros(shape, np.float32)
    spot[1, 1] = 1
    for seed in range(30):
        after = moved(spot, np.random.default_rng(seed))
        assert sorted(after.ravel().tolist()) == sorted(spot.ravel().tolist())
        (row,), (column,) = np.nonzero(after)
        far = [min(abs(at - 1), side - abs(at - 1)) / side for at, side in zip((row, column), shape, strict=True)]
        assert max(far) >= 0.25
