"""What is cut out of an input for a unit, against what the unit really depends on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tiny_models import write_model

from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.forward.trace import Trace, trace_of
from desktop_app.core.likes.likes import Best, Likes
from desktop_app.core.likes.patches import Box, Fields, Patch, patches_of, size_of
from desktop_app.core.model.card import read_card


@pytest.fixture
def forward(tmp_path: Path) -> NumpyForward:
    return NumpyForward(read_card(write_model(tmp_path / "tiny")))


def traced(forward: NumpyForward, net_input: np.ndarray) -> Trace:
    return trace_of(forward.stages, forward.operations, net_input, forward(net_input), 1.0)


@pytest.mark.parametrize(
    ("name", "index"), [("conv1", (2, 0, 7)), ("conv2", (3, 2, 5)), ("conv2", (0, 0, 0)), ("fc1", (4,))]
)
def test_only_what_lies_in_the_box_matters(forward: NumpyForward, name: str, index: tuple[int, ...]) -> None:
    position = [stage.name for stage in forward.stages].index(name)
    rng = np.random.default_rng(0)
    net_input = rng.random((1, 16, 16), np.float32)
    box = Fields(traced(forward, net_input)).box(position, index)
    assert 0 <= box.top < box.bottom <= 16 and 0 <= box.left < box.right <= 16
    inside = np.zeros((16, 16), bool)
    inside[box.top : box.bottom, box.left : box.right] = True
    value = forward(net_input)[position - 1][index]
    others = np.where(inside, net_input, rng.random((1, 16, 16), np.float32))
    assert forward(others)[position - 1][index] == pytest.approx(value, abs=1e-5)
    for edge in (
        (box.top, slice(None)),
        (box.bottom - 1, slice(None)),
        (slice(None), box.left),
        (slice(None), box.right - 1),
    ):
        changed = []
        for _ in range(40):  # a max pool may pass over it now and then
            other = rng.random((1, 16, 16), np.float32)
            line = other.copy()
            line[0][edge] = np.where(inside[edge], rng.random(16), other[0][edge])
            changed.append(forward(line)[position - 1][index] != forward(other)[position - 1][index])
        assert any(changed), "no row or column of the box is there for nothing"


def test_a_cut_that_the_inputs_edge_shortens_stands_where_it_belongs() -> None:
    picture = np.zeros((1, 10, 12), np.uint8)

    def patch(*box: int) -> Patch:
        return Patch(picture, Box(*box), (0, 0, 0), 1.0)

    whole, corner, end = patch(2, 3, 7, 8), patch(0, 0, 3, 4), patch(8, 9, 10, 12)
    assert size_of([whole, corner, end]) == (5, 5)
    assert whole.offset((5, 5)) == (0, 0)
    assert corner.offset((5, 5)) == (2, 1)
    assert end.offset((5, 5)) == (0, 0)
    assert patch(0, 0, 10, 12).offset((10, 12)) == (0, 0)
    assert end.cut.shape == (1, 2, 3)


def test_a_units_patches_come_in_their_order(forward: NumpyForward) -> None:
    pictures = np.random.default_rng(1).integers(0, 256, (3, 1, 16, 16), dtype=np.uint8)
    empty = np.zeros((7, 9), np.int32)
    best = Best(empty - 1, empty.copy(), empty.copy(), np.full((7, 9), -np.inf, np.float32))
    best.picture[4, :2], best.row[4, :2], best.column[4, :2], best.value[4, :2] = (2, 0), (1, 3), (5, 0), (8.0, 7.0)
    fields = Fields(traced(forward, np.zeros((1, 16, 16), np.float32)))
    position = [stage.name for stage in forward.stages].index("conv2")
    likes = Likes(pictures, {"conv2": best}, "pictures", 3)
    first, second = patches_of(likes, fields, position, 4)
    assert (first.index, first.value, second.index) == ((4, 1, 5), 8.0, (4, 3, 0))
    np.testing.assert_array_equal(first.picture, pictures[2])
    # conv1 3×3 with padding, pool 2×2, conv2 3×3 without: 8 pixels a side, 2 apart, here one beyond the edge
    assert first.box == Box(1, 9, 9, 16)
    np.testing.assert_array_equal(second.cut, pictures[0][:, second.box.top : second.box.bottom, : second.box.right])
    assert patches_of(likes, fields, position, 0) == ()
