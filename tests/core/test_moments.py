"""A history as moments: fine where it is young, never more than there is room for, and the same when asked again."""

from __future__ import annotations

import gc

import numpy as np
import pytest

from desktop_app.core.drawing.history import History
from desktop_app.core.drawing.moments import MOST, Moments
from desktop_app.core.drawing.strokes import Drawing, Stroke


def stroke(points: int = 40, seed: int = 0, pressure: bool = False) -> Stroke:
    rng = np.random.default_rng(seed)
    return Stroke(rng.random((points, 2), np.float32), 0.05, rng.random(points, np.float32) if pressure else None)


def drawn(strokes: int, points: int = 40) -> History:
    history = History()
    for seed in range(strokes):
        history.push(history.now.plus(stroke(points, seed)))
    return history


def test_a_stroke_is_cut_into_the_drawings_that_there_were_while_it_grew() -> None:
    history = History()
    first, second = stroke(40, 1, pressure=True), stroke(16, 2)
    history.push(Drawing((first,)))
    history.push(Drawing((first, second)))
    empty, *moments = Moments().of(history)
    assert not empty.drawing and empty.step == 0 and empty.ends
    assert [len(moment.drawing.strokes) for moment in moments] == 8 * [1] + 8 * [2]
    assert [len(moment.drawing.strokes[-1].points) for moment in moments] == [
        *range(5, 41, 5), *range(2, 17, 2)]  # fmt: skip
    assert [moment.step for moment in moments] == 8 * [1] + 8 * [2]
    assert [number for number, moment in enumerate(moments, 1) if moment.ends] == [8, 16]
    for moment in moments:
        grown = moment.drawing.strokes[-1]
        whole = first if moment.step == 1 else second
        np.testing.assert_array_equal(grown.points, whole.points[: len(grown.points)])
        assert grown.pen == whole.pen
        assert np.shares_memory(grown.points, whole.points)
        if whole.pressure is not None and grown.pressure is not None:
            np.testing.assert_array_equal(grown.pressure, whole.pressure[: len(grown.points)])
        else:
            assert whole.pressure is grown.pressure is None
        if moment.step == 2:
            assert moment.drawing.strokes[0] is first
    assert moments[7].drawing is history.steps[1]
    assert moments[-1].drawing is history.now


def test_a_short_stroke_has_no_more_moments_than_points() -> None:
    history = History()
    history.push(Drawing((stroke(1),)))
    history.push(history.now.plus(stroke(3)))
    assert [moment.step for moment in Moments().of(history)] == [0, 1, 2, 2, 2]


def test_what_is_no_new_stroke_is_one_moment() -> None:
    """An eraser's cut, a clearing, and a sample in place of a drawing."""
    history = drawn(2)
    erased = Drawing((history.now.strokes[0], stroke(20, 9)))
    for step in (erased, Drawing(), Drawing((stroke(seed=11), stroke(seed=12)))):
        history.push(step)
    moments = Moments().of(history)
    assert [moment.step for moment in moments if moment.step > 2][:2] == [3, 4]
    assert next(moment for moment in moments if moment.step == 3).drawing is erased
    replaced = history.now
    history.push(Drawing((stroke(seed=21), stroke(seed=22))))
    moments = Moments().of(history)
    assert [moment.drawing for moment in moments if moment.step == 6] == [history.now]
    on_empty = [moment for moment in moments if moment.step == 5]
    assert on_empty[-1].drawing is replaced and sum(moment.ends for moment in on_empty) == 2, "strokes on white paper"


def test_what_was_undone_is_no_moment_until_it_is_redone() -> None:
    history, moments = drawn(3), Moments()
    all_of_them = moments.of(history)
    history.undo()
    assert moments.of(history)[-1].drawing is history.now
    assert [m.drawing for m in moments.of(history)] == [m.drawing for m in all_of_them if m.step <= 2]
    history.redo()
    assert [m.drawing for m in moments.of(history)] == [m.drawing for m in all_of_them]


@pytest.mark.parametrize("strokes", [1, 5, 10, 11, 20, 40, 79, 300])
def test_there_are_never_too_many_and_the_youngest_are_the_finest(strokes: int) -> None:
    history = drawn(strokes)
    moments = Moments().of(history)
    assert len(moments) <= MOST
    assert moments[-1].drawing is history.now
    steps = [moment.step for moment in moments]
    assert steps == sorted(steps)
    assert set(steps) == set(range(steps[0], strokes + 1)), "no step between is left out"
    assert steps.count(strokes) == 8
    assert strokes - steps[0] >= min(strokes, 30)
    parts = [steps.count(step) for step in range(steps[0] or 1, strokes + 1)]
    assert parts == sorted(parts)


def test_a_drawing_of_very_many_strokes_is_one_moment() -> None:
    history = History()
    history.push(Drawing(tuple(stroke(5, seed) for seed in range(300))))
    assert [moment.drawing for moment in Moments().of(history)] == [history.steps[0], history.now]


def test_a_drawing_of_many_strokes_is_cut_into_fewer_pieces_each() -> None:
    history = History()
    history.push(Drawing(tuple(stroke(40, seed) for seed in range(15))))
    moments = Moments().of(history)
    assert len(moments) == 1 + 15 * 4
    assert sum(moment.ends for moment in moments) == 1 + 15


def test_the_same_moment_is_the_same_drawing_however_finely_it_is_cut() -> None:
    moments, history = Moments(), drawn(1)
    before = {moment.drawing for moment in moments.of(history)}
    for seed in range(30):
        history.push(history.now.plus(stroke(seed=100 + seed)))
        now = {moment.drawing for moment in moments.of(history)}
        assert {drawing for drawing in now if len(drawing.strokes) < len(history.now.strokes)} <= before
        before |= now


def test_partial_drawings_go_with_the_step_that_they_belong_to() -> None:
    moments, history = Moments(), drawn(2)
    moments.of(history)
    assert len(moments._partial) == 2
    history.undo()
    history.push(Drawing())
    gc.collect()
    assert len(moments._partial) == 1
