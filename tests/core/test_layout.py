"""Where numbers stand in a stage's picture, whichever axis its channels are on."""

from __future__ import annotations

import numpy as np
import pytest

from desktop_app.core.forward.layout import as_maps, index_at, place_at, stands_apart
from desktop_app.core.forward.spot import Spot
from desktop_app.core.forward.trace import Stage
from desktop_app.core.forward.walk import other_channel, other_stage, strongest

MAPS = Stage("maps", "conv", (5, 3, 4))
UNITS = Stage("units", "dense", (6,))
STRIP = Stage("strip", "reshape", (4, 3))
LAST = Stage("last", "permute", (3, 4, 5), grid=(3, 4), channels=-1)
TOKENS = Stage("tokens", "add", (13, 5), grid=(3, 4), channels=-1)
ROWS = Stage("rows", "reshape", (5, 12), grid=(3, 4), channels=0)


@pytest.mark.parametrize("stage", [MAPS, UNITS, STRIP, LAST, TOKENS, ROWS])
def test_a_pixel_of_the_picture_is_the_number_at_its_index(stage: Stage) -> None:
    values = np.arange(np.prod(stage.shape), dtype=np.float32).reshape(stage.shape)
    maps = as_maps(stage, values)
    assert maps.shape == stage.maps and np.shares_memory(maps, values)
    for place in np.ndindex(maps.shape):
        index = index_at(stage, *place)
        assert values[index] == maps[place]
        assert place_at(stage, index) == place and not stands_apart(stage, index)


def test_channels_and_places() -> None:
    picture = np.random.default_rng(0).normal(size=MAPS.shape).astype(np.float32)
    np.testing.assert_array_equal(as_maps(LAST, picture.transpose(1, 2, 0)), picture)
    rows = picture.reshape(5, 12)
    np.testing.assert_array_equal(as_maps(ROWS, rows), picture)
    np.testing.assert_array_equal(as_maps(TOKENS, np.concatenate((np.full((1, 5), 9), rows.T))), picture)
    assert [stage.apart for stage in (MAPS, UNITS, STRIP, LAST, TOKENS, ROWS)] == [0, 0, 0, 0, 1, 0]
    assert stands_apart(TOKENS, (0, 3)) and place_at(TOKENS, (0, 3)) == (3, 0, 0)


def test_walking_over_tokens_goes_over_the_picture() -> None:
    stages = (MAPS, TOKENS)
    spot = other_stage(stages, Spot(0, (2, 1, 3)), 1)
    assert spot == Spot(1, (1 + 1 * 4 + 3, 2))
    assert other_channel(stages, spot, 1) == Spot(1, (8, 3))
    assert other_stage(stages, spot, -1) == Spot(0, (2, 1, 3))
    values = np.zeros((13, 5), np.float32)
    values[0, 2], values[6, 2] = 9, -4
    assert strongest(TOKENS, 1, values, 2) == Spot(1, (6, 2))
