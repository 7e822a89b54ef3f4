"""The nine best places of every unit, against a search of everything at once."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.core.likes.likes import NINE, Gathering, Likes


def pictures(count: int) -> np.ndarray:
    """Each another one: its number in its pixels."""
    return np.arange(count, dtype=np.uint8)[:, None, None, None] * np.ones((1, 1, 2, 2), np.uint8)


def gathered(output: np.ndarray, batch: int) -> Likes:
    """output: (N, units, h, w) or (N, units)."""
    gathering = Gathering({"stage": output.shape[1]}, (1, 2, 2), "drawings")
    shown = pictures(len(output))
    for start in range(0, len(output), batch):
        gathering.add(shown[start : start + batch], {"stage": output[start : start + batch]})
    return gathering.likes()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 40), st.integers(1, 12), st.booleans(), st.booleans())
def test_the_nine_are_those_of_a_search_of_everything(
    seed: int, count: int, batch: int, flat: bool, coarse: bool
) -> None:
    rng = np.random.default_rng(seed)
    output = rng.standard_normal((count, 3) if flat else (count, 3, 4, 5)).astype(np.float32)
    if coarse:
        output = np.round(output)  # many equal ones
    likes = gathered(output, batch)
    best = likes.stages["stage"]
    maps = output.reshape(count, 3, -1)
    for unit in range(3):
        strongest = maps[:, unit].max(axis=1)
        order = sorted(range(count), key=lambda number: (-strongest[number], number))[:NINE]
        numbers = [int(likes.pictures[number, 0, 0, 0]) for number in best.picture[unit] if number >= 0]
        assert numbers == order
        np.testing.assert_array_equal(best.value[unit, : len(order)], strongest[order])
        for which, number in enumerate(order):
            place = best.row[unit, which] * (1 if flat else 5) + best.column[unit, which]
            assert place == maps[number, unit].argmax()
        assert (best.picture[unit, len(order) :] == -1).all()
    assert likes.seen == count
    assert len(likes.pictures) == len(np.unique(best.picture[best.picture >= 0])), "no picture is kept for nothing"


def test_what_is_no_number_excites_nobody() -> None:
    output = np.zeros((4, 2, 2, 2), np.float32)
    output[0, 0, 0, 0] = np.nan
    output[0, 0, 1, 1] = 3
    output[1, 1] = np.nan
    output[2, 0] = np.inf
    best = gathered(output, 2).stages["stage"]
    assert best.value[0, 0] == 3 and (best.row[0, 0], best.column[0, 0]) == (1, 1)
    assert (best.picture >= 0).sum(axis=1).tolist() == [3, 3]


def test_nothing_seen_is_no_likes() -> None:
    likes = Gathering({"stage": 2}, (3, 4, 5), "pictures").likes()
    assert likes.pictures.shape == (0, 3, 4, 5) and likes.seen == 0
    assert (likes.stages["stage"].picture == -1).all()
