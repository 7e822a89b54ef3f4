"""What a replay shows at given times."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.arithmetic.operations import Given, Operation, Pointwise, Softmax, Unknown
from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.forward.trace import Answer, Stage, Trace
from desktop_app.core.model.registry import find_models
from desktop_app.core.paths import models_folder
from desktop_app.core.replay.timeline import LOGITS_SECONDS, MOST_SECONDS, Moment, Timeline


def timeline(*operations: Operation) -> Timeline:
    stages = tuple(Stage(str(number), "", (1,)) for number in range(len(operations)))
    nothing = np.zeros(1, np.float32)
    return Timeline(Trace(stages, (nothing,) * len(stages), Answer(nothing, nothing, 0.0), operations))


def lenet() -> Timeline:
    forward = NumpyForward(find_models(models_folder()).named("shapes-lenet"))
    return timeline(Given(), *forward.operations, Softmax())


def test_the_shapes_model_takes_long_enough_to_be_followed() -> None:
    made = lenet()
    assert 20 <= made.total <= 25
    assert made.segments[0].start == 0
    for one, other in zip(made.segments, made.segments[1:], strict=False):
        assert other.start == pytest.approx(one.start + one.seconds)


def test_the_decisive_stages_are_the_slowest() -> None:
    *early, logits, softmax = (segment.seconds for segment in lenet().segments)
    assert logits == LOGITS_SECONDS
    assert min(logits, softmax) > 1.5 * max(early)


def test_moments_at_given_times() -> None:
    made = timeline(Given(), Pointwise("ReLU"), Softmax())  # 1 s, 3.2 s for the scores, 3.2 s
    first, second, last = made.segments
    assert [segment.seconds for segment in made.segments] == [1.0, LOGITS_SECONDS, 3.2]
    assert made.moment(-1) == Moment(0, 0.0)
    assert made.moment(0) == Moment(0, 0.0)
    assert made.moment(first.moving / 4) == Moment(0, pytest.approx(0.25))
    assert made.moment(first.moving) == Moment(0, 1.0)
    assert made.moment(0.99) == Moment(0, 1.0), "it rests, so that the result can be looked at"
    assert made.moment(1.0) == Moment(1, 0.0)
    assert made.moment(1 + second.moving / 2) == Moment(1, pytest.approx(0.5))
    assert made.moment(made.start(2)) == Moment(2, 0.0)
    assert made.moment(made.start(2) + 1.6) == Moment(2, pytest.approx(0.5))
    assert made.moment(made.total) == Moment(2, 1.0)
    assert made.moment(1e9) == Moment(2, 1.0)
    assert last.moving == last.seconds, "the end is the result"


@pytest.mark.parametrize("count", [26, 175, 2000])
def test_a_long_net_takes_a_minute_at_most(count: int) -> None:
    made = timeline(Given(), *[Unknown() for _ in range(count)], Softmax())
    assert made.total <= MOST_SECONDS + 1e-6
    assert made.segments[-1].seconds == 3.2 and made.segments[-2].seconds == LOGITS_SECONDS
    assert all(segment.seconds > 0 for segment in made.segments)


def test_steps_go_from_end_to_end() -> None:
    made = lenet()
    ends = [made.end(position) for position in range(len(made.segments))]
    assert ends == sorted(ends) and ends[-1] == made.total
    seconds, visited = 0.0, []
    for _ in ends:
        seconds = made.after(seconds)
        visited.append(seconds)
    assert visited == ends
    assert made.after(made.total) == made.total
    for expected in [*reversed(ends[:-1]), 0.0, 0.0]:
        seconds = made.before(seconds)
        assert seconds == expected
    assert made.after(ends[3] + 0.01) == ends[4] and made.before(ends[3] + 0.01) == ends[3]
    assert made.before(made.start(2) + 0.1) == ends[1], "out of the middle of a stage to the end of the one before"


@given(seconds=st.floats(-5, 70), count=st.integers(2, 60))
def test_time_only_goes_forward(seconds: float, count: int) -> None:
    made = timeline(Given(), *[Unknown() for _ in range(count - 2)], Softmax())
    here, later = made.moment(seconds), made.moment(seconds + 0.5)
    assert 0 <= here.progress <= 1 and 0 <= here.position < count
    assert (here.position, here.progress) <= (later.position, later.progress)


def test_stages_that_are_not_on_screen_take_no_time() -> None:
    made = timeline(Given(), *[Unknown()] * 6, Softmax())
    stages = tuple(Stage(str(number), "", (1,)) for number in range(8))
    nothing = np.zeros(1, np.float32)
    trace = Trace(stages, (nothing,) * 8, Answer(nothing, nothing, 0.0), (Given(), *[Unknown()] * 6, Softmax()))
    shown = Timeline(trace, (0, 3, 5, 7))
    assert [segment.seconds for segment in shown.segments] == [
        made.segments[place].seconds if place in (0, 3, 5, 6, 7) else 0 for place in range(8)
    ]
    assert {shown.moment(seconds).position for seconds in np.linspace(-1, shown.total + 1, 500)} == {0, 3, 5, 6, 7}
    assert shown.moment(shown.start(4)) == Moment(5, 0)
    ends = [shown.end(place) for place in (0, 3, 5, 6, 7)]
    seconds, met = 0.0, []
    while seconds < shown.total:
        seconds = shown.after(seconds)
        met.append(seconds)
    assert met == pytest.approx(ends)
    assert shown.before(shown.end(5)) == shown.end(3)
