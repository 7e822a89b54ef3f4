"""Shapes of layers, checked by counting the places that a window can take."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.model.architecture import Layer, output_shapes, parse_layers, weight_shapes


def places(side: int, kernel: int, stride: int, padding: int) -> int:
    """How often a window fits, counted one by one."""
    count, left = 0, -padding
    while left + kernel <= side + padding:
        count, left = count + 1, left + stride
    return count


@given(
    height=st.integers(1, 40),
    width=st.integers(1, 40),
    kernel=st.integers(1, 7),
    stride=st.integers(1, 5),
    padding=st.integers(0, 4),
)
def test_a_window_stands_where_it_fits(height: int, width: int, kernel: int, stride: int, padding: int) -> None:
    rows, columns = (places(side, kernel, stride, padding) for side in (height, width))
    layer = Layer("conv", "conv", 9, kernel, stride, padding)
    if min(rows, columns) == 0:
        with pytest.raises(ValueError, match="does not fit"):
            output_shapes([layer], (2, height, width))
    else:
        assert output_shapes([layer], (2, height, width)) == [(9, rows, columns)]


def test_shapes_and_weights_of_the_tutorials_net() -> None:
    """SimpleCNN: its numbers stand in the text that people read."""
    layers = parse_layers(
        [
            {"name": "conv1", "kind": "conv", "out": 16, "kernel": 3, "padding": 1},
            {"name": "relu1", "kind": "relu"},
            {"name": "pool1", "kind": "max_pool", "kernel": 2},
            {"name": "conv2", "kind": "conv", "out": 32, "kernel": 3, "padding": 1},
            {"name": "relu2", "kind": "relu"},
            {"name": "pool2", "kind": "max_pool", "kernel": 2},
            {"name": "flatten", "kind": "flatten"},
            {"name": "fc1", "kind": "dense", "out": 128},
            {"name": "relu3", "kind": "relu"},
            {"name": "fc2", "kind": "dense", "out": 10},
        ]
    )
    shapes = output_shapes(layers, (3, 32, 32))
    assert shapes[2] == (16, 16, 16)
    assert shapes[5:7] == [(32, 8, 8), (2048,)]
    assert shapes[-1] == (10,)
    assert weight_shapes(layers, (3, 32, 32)) == {
        "conv1.weight": (16, 3, 3, 3),
        "conv1.bias": (16,),
        "conv2.weight": (32, 16, 3, 3),
        "conv2.bias": (32,),
        "fc1.weight": (128, 2048),
        "fc1.bias": (128,),
        "fc2.weight": (10, 128),
        "fc2.bias": (10,),
    }


@pytest.mark.parametrize(
    "item",
    [
        {"name": "a", "kind": "conv", "out": 4},
        {"name": "a", "kind": "conv", "out": True, "kernel": 3},
        {"name": "a", "kind": "conv", "out": 4, "kernel": 3, "stride": 0},
        {"name": "a", "kind": "conv", "out": 4, "kernel": 3, "padding": -1},
        {"name": "a", "kind": "conv", "out": 10**9, "kernel": 3},
        {"name": "a", "kind": "max_pool", "kernel": 2, "padding": 1},
        {"name": "a", "kind": "relu", "out": 3},
        {"name": "", "kind": "relu"},
        {"kind": "relu"},
        None,
    ],
)
def test_a_layer_that_makes_no_sense_is_named(item: object) -> None:
    with pytest.raises(ValueError, match=r"layer"):
        parse_layers([item])
