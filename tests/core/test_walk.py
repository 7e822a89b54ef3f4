"""Walking from number to number: never out of a stage, and back again where that is possible."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.forward.spot import Spot, place_of
from desktop_app.core.forward.trace import Stage
from desktop_app.core.forward.walk import fits, neighbour, other_channel, other_stage, strongest

STAGES = (
    Stage("input", "input", (1, 8, 8)),
    Stage("conv", "conv", (5, 8, 8), 0, (0,)),
    Stage("pool", "max pool", (5, 4, 4), 0, (1,)),
    Stage("flatten", "flatten", (80,), 0, (2,)),
    Stage("tokens", "dense", (16, 6), 0, (3,)),
    Stage("one", "average pool", (5, 1, 1), 0, (2,)),
    Stage("softmax", "softmax", (3,), 0, (3,)),
)


@st.composite
def spots(draw: st.DrawFn) -> Spot:
    position = draw(st.integers(0, len(STAGES) - 1))
    return Spot(position, tuple(draw(st.integers(0, side - 1)) for side in STAGES[position].shape))


@given(spots(), st.integers(-9, 9), st.integers(-9, 9), st.integers(1, 9))
def test_no_step_leaves_the_stage(spot: Spot, down: int, right: int, across: int) -> None:
    for there in (
        neighbour(STAGES, spot, down, right, across),
        other_channel(STAGES, spot, down),
        other_stage(STAGES, spot, right),
    ):
        assert fits(STAGES, there)


def test_arrows_move_the_pixel_and_stop_at_the_edge() -> None:
    spot = Spot(1, (3, 0, 7))
    assert neighbour(STAGES, spot, 1, 0, 2) == Spot(1, (3, 1, 7))
    assert neighbour(STAGES, spot, 0, -1, 2) == Spot(1, (3, 0, 6))
    assert neighbour(STAGES, spot, -1, 1, 2) == spot


def test_units_stand_as_they_are_drawn() -> None:
    """Down is the unit below, so many further as stand side by side; beyond the last nothing moves."""
    assert neighbour(STAGES, Spot(3, (10,)), 1, 0, across=7) == Spot(3, (17,))
    assert neighbour(STAGES, Spot(3, (10,)), 0, -1, across=7) == Spot(3, (9,))
    assert neighbour(STAGES, Spot(3, (76,)), 1, 0, across=7) == Spot(3, (76,))
    assert neighbour(STAGES, Spot(4, (2, 5)), 0, 1, across=7) == Spot(4, (3, 0)), "tokens are drawn one after the other"


def test_channels_tokens_and_units() -> None:
    assert other_channel(STAGES, Spot(1, (3, 2, 5)), 1) == Spot(1, (4, 2, 5))
    assert other_channel(STAGES, Spot(1, (4, 2, 5)), 1) == Spot(1, (4, 2, 5))
    assert other_channel(STAGES, Spot(4, (3, 2)), -1) == Spot(4, (2, 2))
    assert other_channel(STAGES, Spot(6, (1,)), 1) == Spot(6, (2,))


@pytest.mark.parametrize(
    ("spot", "by", "there"),
    [
        (Spot(1, (3, 5, 2)), 1, Spot(2, (3, 2, 1))),
        (Spot(2, (3, 2, 1)), -1, Spot(1, (3, 5, 3))),
        (Spot(2, (3, 2, 1)), 1, Spot(3, (3 * 16 + 2 * 4 + 1,))),
        (Spot(3, (57,)), -1, Spot(2, (3, 2, 1))),
        (Spot(0, (0, 7, 7)), -1, Spot(0, (0, 7, 7))),
        (Spot(6, (2,)), 1, Spot(6, (2,))),
    ],
)
def test_another_stage_keeps_the_relative_place(spot: Spot, by: int, there: Spot) -> None:
    assert other_stage(STAGES, spot, by) == there


def test_the_strongest_pixel_may_be_negative_and_is_never_nan() -> None:
    output = np.zeros((5, 8, 8), np.float32)
    output[2, 3, 4], output[2, 5, 5], output[2, 0, 0] = -7, 3, np.nan
    assert strongest(STAGES[1], 1, output, 2) == Spot(1, (2, 3, 4))
    assert strongest(STAGES[4], 4, np.zeros((16, 6), np.float32), 20) == Spot(4, (3, 2))


@given(spots())
def test_a_spot_that_fits_has_its_place_on_screen(spot: Spot) -> None:
    stage = STAGES[spot.position]
    assert all(0 <= place < side for place, side in zip(place_of(stage, spot), stage.maps, strict=True))


def test_what_another_model_has_not_does_not_fit() -> None:
    for spot in (Spot(7, (0,)), Spot(1, (5, 0, 0)), Spot(1, (0,)), Spot(3, (80,)), Spot(-1, (0,))):
        assert not fits(STAGES, spot)
