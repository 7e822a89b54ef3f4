"""The eraser: exact cuts, splits, and nothing touched that it does not reach."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.drawing.eraser import Eraser
from desktop_app.core.drawing.strokes import Drawing, Stroke

PEN = 0.02
RADIUS = 0.05


def line(*points: tuple[float, float], pen: float = PEN) -> Stroke:
    return Stroke(np.array(points, np.float32), pen)


def test_a_line_is_cut_in_two_just_outside_the_eraser() -> None:
    eraser = Eraser(Drawing((line((0, 0.5), (1, 0.5)),)), RADIUS)
    assert eraser.move((0.5, 0.5), (0.5, 0.5))
    left, right = eraser.drawing.strokes
    np.testing.assert_allclose(left.points, [(0, 0.5), (0.5 - RADIUS - PEN / 2, 0.5)], atol=1e-6)
    np.testing.assert_allclose(right.points, [(0.5 + RADIUS + PEN / 2, 0.5), (1, 0.5)], atol=1e-6)


def test_a_fast_sweep_erases_all_between_two_events() -> None:
    bars = Drawing(tuple(line((x, 0.2), (x, 0.8)) for x in np.linspace(0.1, 0.9, 9)))
    eraser = Eraser(bars, RADIUS)
    assert eraser.move((0, 0.5), (1, 0.5))
    assert len(eraser.drawing.strokes) == 18
    for stroke in eraser.drawing.strokes:
        assert np.abs(stroke.points[:, 1] - 0.5).min() == pytest.approx(RADIUS + PEN / 2, abs=1e-6)


def test_dots_and_whole_strokes_go_and_the_others_stay_the_same_objects() -> None:
    dot, far, short = line((0.5, 0.5)), line((0.1, 0.1), (0.2, 0.1)), line((0.48, 0.5), (0.52, 0.5))
    eraser = Eraser(Drawing((dot, far, short)), RADIUS)
    assert eraser.move((0.5, 0.5), (0.5, 0.51))
    assert eraser.drawing.strokes == (far,)


def test_a_miss_changes_nothing() -> None:
    drawing = Drawing((line((0, 0.5), (1, 0.5)),))
    eraser = Eraser(drawing, RADIUS)
    assert not eraser.move((0.5, 0.1), (0.6, 0.1))
    assert eraser.drawing is drawing


def test_pressure_is_cut_with_its_points() -> None:
    stroke = Stroke(np.array([(0, 0.5), (1, 0.5)], np.float32), 0.02, np.array([0, 1], np.float32))
    eraser = Eraser(Drawing((stroke,)), 0.09)
    eraser.move((0.5, 0.5), (0.5, 0.5))
    left, right = eraser.drawing.strokes
    assert left.pressure is not None
    assert right.pressure is not None
    np.testing.assert_allclose(left.pressure, [0, 0.4], atol=1e-6)
    np.testing.assert_allclose(right.pressure, [0.6, 1], atol=1e-6)


unit = st.floats(0, 1, width=32)
place = st.tuples(unit, unit)


@given(st.lists(place, min_size=2, max_size=12), place, place)
def test_no_ink_is_left_under_the_eraser_and_none_goes_elsewhere(
    points: list[tuple[float, float]], a: tuple[float, float], b: tuple[float, float]
) -> None:
    stroke = line(*points)
    eraser = Eraser(Drawing((stroke,)), RADIUS)
    eraser.move(a, b)
    before = samples(stroke)
    far = distance(before, a, b) > RADIUS + PEN / 2 + 2e-3
    after = np.concatenate([samples(rest) for rest in eraser.drawing.strokes] or [np.full((1, 2), 9.0)])
    assert distance(after, a, b).min() > RADIUS + PEN / 2 - 1e-4
    for point in before[far]:
        assert np.hypot(*(after - point).T).min() < 0.06  # the distance of samples


def samples(stroke: Stroke) -> np.ndarray:
    shares = np.linspace(0, 1, 41)[:, None]
    points = stroke.points.astype(np.float64)
    pieces = [p + shares * (q - p) for p, q in pairwise(points)]
    return np.concatenate(pieces or [points])


def distance(points: np.ndarray, a: tuple[float, float], b: tuple[float, float]) -> np.ndarray:
    start, along = np.array(a), np.array(b) - np.array(a)
    share = np.clip((points - start) @ along / max(along @ along, 1e-18), 0, 1)
    return np.hypot(*(points - start - share[:, None] * along).T)
