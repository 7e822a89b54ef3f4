"""Undo and redo, over the whole history."""

from __future__ import annotations

import numpy as np
import pytest

from desktop_app.core.drawing.history import History
from desktop_app.core.drawing.pen_down import PenDown
from desktop_app.core.drawing.strokes import Drawing, Stroke


def drawings(count: int) -> list[Drawing]:
    made = [Drawing()]
    for number in range(count):
        made.append(made[-1].plus(Stroke(np.full((3, 2), number, np.float32))))
    return made


def test_a_thousand_steps_go_back_to_the_first_and_forth_to_the_last() -> None:
    steps = drawings(1000)
    history = History()
    for step in steps[1:]:
        history.push(step)
    assert [history.undo() for _ in range(1000)][-1] == history.now
    assert history.now.strokes == ()
    assert not history.can_undo
    assert history.undo() is history.now
    for step in steps[1:]:
        assert history.redo() is step
    assert not history.can_redo
    assert history.redo() is steps[-1]


def test_a_new_step_after_undo_drops_what_had_been_undone() -> None:
    first, second, third = drawings(3)[1:]
    history = History()
    history.push(first)
    history.push(second)
    history.undo()
    history.push(third)
    assert not history.can_redo
    assert history.undo() is first


def test_a_snapshot_of_a_growing_stroke_neither_changes_nor_can_be_changed() -> None:
    pen = PenDown(0.05)
    snapshots = []
    for number in range(5000):
        pen.add(number / 5000, 0.5)
        if number % 100 == 0:
            snapshots.append((number, pen.stroke()))
    for number, stroke in snapshots:
        assert len(stroke.points) == number + 1
        np.testing.assert_array_equal(stroke.points[:, 0], np.arange(number + 1, dtype=np.float32) / np.float32(5000))
        assert not stroke.points.flags.writeable
    assert stroke.pressure is None
    assert len(pen) == 5000
    assert len(pen.stroke(4990).points) == 10


def test_pressure_is_kept_where_a_pen_gives_it() -> None:
    pen = PenDown(0.05, pressed=True)
    pen.add(0.1, 0.1, 0.5)
    pen.add(0.2, 0.1, 1.5)
    pressure = pen.stroke().pressure
    assert pressure is not None
    np.testing.assert_array_equal(pressure, np.array([0.5, 1.5], np.float32))


def test_any_step_can_be_gone_to_and_what_follows_can_be_redone() -> None:
    history = History()
    steps = [history.now, *drawings(5)[1:]]
    for step in steps[1:]:
        history.push(step)
    assert history.steps == tuple(steps) and history.index == 5
    assert history.go_to(2) is steps[2]
    assert history.steps == tuple(steps[:3]) and history.index == 2
    assert history.redo() is steps[3]
    assert history.go_to(5) is steps[5]
    for wrong in (-1, 6):
        with pytest.raises(IndexError):
            history.go_to(wrong)
    assert history.now is steps[5]
