"""In which order filters stand, and which pixel speaks for a map."""

from __future__ import annotations

import numpy as np
from made_banks import banks, given, seeded, traced
from torch import nn

from desktop_app.core.filters.order import activities, order_of, strongest_spot

NET = seeded(nn.Conv2d(1, 7, 3), nn.ReLU(), nn.Flatten(), nn.Linear(7 * 36, 4))
TRACE = traced(NET, given(1, 8, 8))


def test_norm_and_activity_put_the_largest_first() -> None:
    bank = banks(TRACE)[0]
    active = activities(TRACE.stages[bank.heard], TRACE.outputs[bank.heard])
    wanted = [float(np.abs(values).mean()) for values in TRACE.outputs[2]]
    np.testing.assert_allclose(active, wanted, rtol=1e-6)
    assert order_of(bank, "number", active).tolist() == list(range(7))
    assert order_of(bank, "norm", active).tolist() == sorted(range(7), key=lambda number: -bank.norms[number])
    assert order_of(bank, "activity", active).tolist() == sorted(range(7), key=lambda number: -wanted[number])


def test_equal_ones_keep_their_order_and_nan_comes_last() -> None:
    bank = banks(TRACE)[0]
    active = np.array([1.0, np.nan, 2.0, 1.0, 0.0, 2.0, 1.0])
    assert order_of(bank, "activity", active).tolist() == [2, 5, 0, 3, 6, 4, 1]


def test_the_strongest_pixel_may_be_negative() -> None:
    position, channel = 1, 3
    spot = strongest_spot(TRACE, position, channel)
    values = TRACE.outputs[position]
    assert abs(values[spot.index]) == np.abs(values[channel]).max() and spot.index[0] == channel
    assert strongest_spot(TRACE, 4, 2).index == (2,)


def test_nan_is_never_the_strongest() -> None:
    values = TRACE.outputs[1].copy()
    values[0] = np.nan
    values[0, 2, 5] = -1
    values[1] = np.nan
    holes = type(TRACE)(TRACE.stages, (TRACE.outputs[0], values, *TRACE.outputs[2:]), TRACE.answer, TRACE.operations)
    assert strongest_spot(holes, 1, 0).index == (0, 2, 5)
    assert strongest_spot(holes, 1, 1).index == (1, 0, 0)
    assert np.isnan(activities(TRACE.stages[1], values)[:2]).all()
