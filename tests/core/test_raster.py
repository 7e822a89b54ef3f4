"""The rasteriser against the plain definition: which share of each pixel lies under the pen."""

import itertools

import numpy as np
import pytest

from desktop_app.core.drawing.raster import rasterise, rasterise_many
from desktop_app.core.drawing.strokes import Drawing, Stroke, drawing_from_lists


def share_under_pen(strokes, size, width, samples=12):
    """(size, size) of the share of samples * samples points of each pixel within width / 2 of any segment."""
    axis = (np.arange(size * samples) + 0.5) / samples
    x, y = np.meshgrid(axis, axis)
    under = np.zeros(x.shape, bool)
    for stroke in strokes:
        corners = np.asarray(stroke, float) * size
        for (ax, ay), (bx, by) in zip(corners, corners[1:] if len(corners) > 1 else corners, strict=False):
            dx, dy = bx - ax, by - ay
            along = np.clip(((x - ax) * dx + (y - ay) * dy) / max(dx * dx + dy * dy, 1e-12), 0, 1)
            under |= np.hypot(x - ax - along * dx, y - ay - along * dy) <= width / 2
    return under.reshape(size, samples, size, samples).mean(axis=(1, 3))


@pytest.mark.parametrize("width", [1.4, 2.2, 4.0, 7.0])
@pytest.mark.parametrize("seed", range(4))
def test_brightness_is_the_share_of_the_pixel_under_the_pen(width, seed):
    rng = np.random.default_rng(seed)
    strokes = [rng.uniform(0.05, 0.95, (count, 2)) for count in (1, 2, 5)]
    picture = rasterise(drawing_from_lists(strokes), 32, longest=None, pen=width)
    error = np.abs(picture - share_under_pen(strokes, 32, width))
    assert error.mean() < 0.008
    assert np.quantile(error, 0.99) < 0.12


def test_dense_points_paint_what_sparse_points_paint():
    sparse = [(0.2, 0.3), (0.8, 0.4), (0.5, 0.9)]
    dense = [
        np.array(a) + (np.array(b) - a) * t for a, b in itertools.pairwise(sparse) for t in np.linspace(0, 1, 3000)
    ]
    one, other = (rasterise(drawing_from_lists([points]), 32, longest=24, pen=2.2) for points in (sparse, dense))
    assert np.abs(one - other).max() < 0.12


@pytest.mark.parametrize(("scale", "shift"), [(1.0, 0.0), (0.2, 0.7), (255.0, -40.0), (1e-4, 1e3), (3e5, 1e6)])
def test_centring_does_not_care_about_place_and_range(scale, shift):
    points = np.array([(0.1, 0.2), (0.7, 0.5), (0.4, 0.9)])
    here = rasterise(drawing_from_lists([points]), 32, longest=24, pen=2.2)
    there = rasterise(drawing_from_lists([points * scale + shift]), 32, longest=24, pen=2.2)
    # Far away, float32 coordinates are coarse: the allowed difference is what that costs.
    assert np.abs(here - there).max() < 0.02 + 100 * abs(shift) / scale * 6e-8


def test_the_longest_side_gets_its_length_in_the_middle():
    picture = rasterise(drawing_from_lists([[(3, 5), (43, 5)], [(3, 5), (3, 15)]]), 32, longest=24, pen=2.0)
    rows, columns = (np.flatnonzero(picture.max(axis=axis) > 0.5) for axis in (1, 0))
    assert (columns[0], columns[-1]) == (3, 28)  # 24 px of points from 4 to 28, and half a pen on either side
    assert (rows[0], rows[-1]) == (12, 19)


def test_off_centre_ink_stays_where_it_is():
    picture = rasterise(drawing_from_lists([[(0.75, 0.25)]]), 32, longest=None, pen=4)
    y, x = np.unravel_index(picture.argmax(), picture.shape)
    assert (x, y) in {(23, 7), (24, 7), (23, 8), (24, 8)}
    assert picture.sum() == pytest.approx(np.pi * 4, rel=0.1)


def test_a_batch_is_the_drawings_one_by_one():
    rng = np.random.default_rng(1)
    drawings = [drawing_from_lists([rng.uniform(-0.2, 1.2, (int(rng.integers(1, 40)), 2))]) for _ in range(40)]
    drawings.insert(7, Drawing())
    for longest in (None, 24.0):
        batch = rasterise_many(drawings, 32, longest=longest, pen=2.2)
        single = [rasterise(drawing, 32, longest=longest, pen=2.2) for drawing in drawings]
        # A batch is cut at other places where one of its drawings needs longer pieces: rounding only.
        np.testing.assert_allclose(batch, single, atol=1e-3)
    assert rasterise_many([], 32, longest=24).shape == (0, 32, 32)


def test_pressure_and_pen_make_the_line_wider():
    points = np.array([(0.1, 0.5), (0.9, 0.5)], np.float32)
    light, heavy = (Stroke(points, pen=0.1, pressure=np.array(p, np.float32)) for p in ((0.5, 0.5), (0.5, 2)))
    thin = rasterise(Drawing((light,)), 64, longest=None)
    tapered = rasterise(Drawing((heavy,)), 64, longest=None)
    assert thin[:, 20].sum() == pytest.approx(3.2, rel=0.1)
    assert tapered[:, 56].sum() == pytest.approx(6.4 * 1.96, rel=0.1)
    hair = rasterise(Drawing((Stroke(points, pen=1e-4),)), 64, longest=None)
    assert hair[:, 32].sum() == pytest.approx(1.2, rel=0.15)  # kept legible


def test_a_dot_and_a_far_away_stroke_do_no_harm():
    dot = rasterise(drawing_from_lists([[(7.0, 9.0)]]), 32, longest=24, pen=3)
    assert dot[15:17, 15:17].min() > 0.9
    assert dot.sum() == pytest.approx(np.pi * 2.25, rel=0.1)
    away = rasterise(drawing_from_lists([[(50.0, 60.0), (1e7, 60.0)]]), 32, longest=None, pen=2)
    assert not away.any()
    through = rasterise(drawing_from_lists([[(-0.9, 0.5), (1.9, 0.5)]]), 32, longest=None, pen=2)
    assert through[15:17].min() > 0.9
