"""Sketches: the same for the same seed, never twice the same otherwise, and shaped as their label says."""

import numpy as np
import pytest

from desktop_app.core.sketcher import LABELS, sketch, sketch_other


def all_points(drawing):
    return np.concatenate([stroke.points for stroke in drawing.strokes])


def hull_area(points):
    """Area of the convex hull (Andrew's monotone chain, then the shoelace formula)."""
    ordered = sorted(map(tuple, points.astype(float)))

    def chain(run):
        line = []
        for x, y in run:
            while len(line) > 1:
                (ax, ay), (bx, by) = line[-2:]
                if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                    break
                line.pop()
            line.append((x, y))
        return line[:-1]

    x, y = np.array(chain(ordered) + chain(ordered[::-1])).T
    return abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2


def fullness(drawing):
    """Hull area through the area of the bounding box."""
    points = all_points(drawing)
    return hull_area(points) / np.prod(np.ptp(points, axis=0))


@pytest.mark.parametrize("label", LABELS)
def test_a_seed_gives_one_drawing_and_the_next_call_another(label):
    first, again, other_seed = (sketch(label, np.random.default_rng(seed)) for seed in (5, 5, 6))
    assert first.to_json() == again.to_json()
    assert first.to_json() != other_seed.to_json()
    rng = np.random.default_rng(5)
    assert sketch(label, rng).to_json() != sketch(label, rng).to_json()


@pytest.mark.parametrize("label", [*LABELS, None])
def test_sketches_lie_on_the_canvas_with_their_whole_pen(label):
    rng = np.random.default_rng(3)
    for _ in range(60):
        drawing = sketch(label, rng) if label else sketch_other(rng)
        pen = max(stroke.pen for stroke in drawing.strokes)
        left, top, right, bottom = drawing.bounds()
        assert np.isfinite(all_points(drawing)).all()
        assert min(left, top) >= pen / 2
        assert max(right, bottom) <= 1 - pen / 2
        assert max(right - left, bottom - top) > 0.2
        assert 0.04 <= pen <= 0.1
        for stroke in drawing.strokes:
            assert stroke.pressure is None or stroke.pressure.shape == (len(stroke.points),)


def test_there_are_ten_and_no_others():
    assert LABELS == (
        "circle", "square", "triangle", "diamond", "star", "heart", "cross", "arrow", "check", "smiley",
    )  # fmt: skip
    with pytest.raises(KeyError):
        sketch("hexagon", np.random.default_rng(0))


@pytest.mark.parametrize(
    ("label", "low", "high"), [("triangle", 0.4, 0.62), ("diamond", 0.42, 0.72), ("square", 0.6, 1.0)]
)
def test_outlines_fill_their_box_as_geometry_says(label, low, high):
    """Half of it for a triangle or a diamond, nearly all of it for a square; a hand bends that a little."""
    rng = np.random.default_rng(11)
    middle = np.quantile([fullness(sketch(label, rng)) for _ in range(150)], [0.15, 0.85])
    assert low < middle[0] < middle[1] < high


def test_a_round_is_as_full_as_an_ellipse():
    rng = np.random.default_rng(12)
    # Pi / 4 where it lies level, less where it leans.
    assert np.median([fullness(sketch("circle", rng)) for _ in range(150)]) == pytest.approx(0.745, abs=0.045)


def test_people_differ_in_strokes_place_size_and_device():
    rng = np.random.default_rng(13)
    drawings = [sketch(label, rng) for label in LABELS for _ in range(80)]
    boxes = np.array([drawing.bounds() for drawing in drawings])
    centres, sizes = (boxes[:, :2] + boxes[:, 2:]) / 2, (boxes[:, 2:] - boxes[:, :2]).max(axis=1)
    assert centres.std(axis=0).min() > 0.05
    assert sizes.min() < 0.4
    assert sizes.max() > 0.8
    for label in LABELS:
        assert len({len(sketch(label, rng).strokes) for _ in range(60)}) > 1, f"{label} is always drawn in as many goes"


def test_arrows_point_everywhere():
    rng = np.random.default_rng(14)
    points = [all_points(sketch("arrow", rng)) for _ in range(200)]
    # The head is where most ink is: from the middle of the box to the mean of the points.
    ways = np.array([p.mean(axis=0) - (p.max(axis=0) + p.min(axis=0)) / 2 for p in points])
    octants = np.floor(np.arctan2(ways[:, 1], ways[:, 0]) / (np.pi / 4)).astype(int) % 8
    assert np.bincount(octants, minlength=8).min() >= 8
