"""Residual layers, two ways for the same numbers and their sum: by numpy as by torch, and explained like others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_models import CLASSES, card_data, random_weights, write_model

from desktop_app.core.arithmetic.explain import explain
from desktop_app.core.errors import BadFile
from desktop_app.core.forward.factors import Factors
from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.forward.trace import card_stages, trace_of
from desktop_app.core.model.architecture import parse_layers, weight_shapes
from desktop_app.core.model.card import ModelCard, read_card
from desktop_app.core.model.unrolled import unrolled
from desktop_app.learn.arrival import torch_forward
from desktop_app.learn.network.nets import build


def conv(name: str, out: int, **sizes: int) -> dict[str, Any]:
    return {"name": name, "kind": "conv", "out": out, "kernel": 3, "padding": 1, **sizes}


def block(name: str, out: int, stride: int, shortcut: bool) -> dict[str, Any]:
    past = [{"name": "conv", "kind": "conv", "out": out, "kernel": 1, "stride": stride}]
    layers = [conv("conv1", out, stride=stride), {"name": "relu", "kind": "relu"}, conv("conv2", out)]
    return {"name": name, "kind": "residual", "layers": layers, "shortcut": past if shortcut else []}


def network(first: int, second: int, stride: int) -> list[dict[str, Any]]:
    """Two blocks, of which the first hands its input on."""
    return [
        conv("conv1", first),
        block("block1", first, 1, shortcut=False),
        {"name": "relu1", "kind": "relu"},
        block("block2", second, stride, shortcut=True),
        {"name": "flatten", "kind": "flatten"},
        {"name": "fc", "kind": "dense", "out": len(CLASSES)},
    ]


def card_of(folder: Path, layers: list[dict[str, Any]], side: int = 6, seed: int = 0) -> ModelCard:
    weights = random_weights(layers, (3, side, side), seed)
    return read_card(write_model(folder, card_data("photos", side, layers), weights))


@given(
    first=st.integers(1, 4), second=st.integers(1, 4), stride=st.integers(1, 3), side=st.integers(1, 9),
    seed=st.integers(0, 99),
)  # fmt: skip
@settings(max_examples=25, deadline=None)
def test_every_stage_is_torchs(
    tmp_path_factory: pytest.TempPathFactory, first: int, second: int, stride: int, side: int, seed: int
) -> None:
    card = card_of(tmp_path_factory.mktemp("net"), network(first, second, stride), side, seed)
    by_numpy, by_torch = NumpyForward(card), torch_forward(card)
    assert by_numpy.stages == by_torch.stages, "or the columns would jump when torch takes over"
    assert list(map(type, by_numpy.operations)) == list(map(type, by_torch.operations))
    net_input = np.random.default_rng(seed).standard_normal((3, side, side)).astype(np.float32)
    factors = Factors(((2, 0, 0.0), (5, 0, 2.5)))
    for one, other in zip(by_numpy(net_input, factors), by_torch(net_input, factors), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)


def test_the_sum_is_of_both_ways(tmp_path: Path) -> None:
    card = card_of(tmp_path, network(2, 3, 2))
    stages = card_stages(card)
    assert [stage.name for stage in stages] == [
        "conv1", "block1.conv1", "block1.relu", "block1.conv2", "add", "relu1",
        "block2.conv1", "block2.relu", "block2.conv2", "block2.shortcut.conv", "add (2)", "flatten", "fc",
    ]  # fmt: skip
    assert [stage.sources for stage in stages] == [
        (0,), (1,), (2,), (3,), (4, 1), (5,), (6,), (7,), (8,), (6,), (9, 10), (11,), (12,)
    ]  # fmt: skip
    assert [stages[n].block for n in (0, 1, 4, 9, 10)] == ["", "block1", "block1", "block2.shortcut", "block2"]
    assert sum(stage.weights for stage in stages) == card.weight_count
    outputs = NumpyForward(card)(np.random.default_rng(0).random((3, 6, 6), np.float32))
    np.testing.assert_array_equal(outputs[4], outputs[3] + outputs[0])
    np.testing.assert_array_equal(outputs[10], outputs[8] + outputs[9])


def test_every_number_can_be_worked_out(tmp_path: Path) -> None:
    card = card_of(tmp_path, network(2, 3, 2))
    forward = NumpyForward(card)
    net_input = np.random.default_rng(1).standard_normal((3, 6, 6)).astype(np.float32)
    trace = trace_of(forward.stages, forward.operations, net_input, forward(net_input), card.temperature)
    for position, stage in enumerate(trace.stages):
        for index in list(np.ndindex(*stage.shape))[::7]:
            assert explain(trace, position, index).equal, stage.name


def test_blocks_may_hold_blocks() -> None:
    inner = block("inner", 4, 1, shortcut=True)
    layers = parse_layers([{"name": "outer", "kind": "residual", "layers": [inner], "shortcut": [conv("conv", 4)]}])
    steps = unrolled(layers, (2, 5, 5))
    assert [step.name for step in steps][-3:] == ["add", "outer.shortcut.conv", "add (2)"]
    assert steps[-1].sources == (5, 6)
    net = build(layers, (2, 5, 5))
    assert {name: tuple(value.shape) for name, value in net.state_dict().items()} == weight_shapes(layers, (2, 5, 5))
    assert net(torch.zeros(1, 2, 5, 5)).shape == (1, 4, 5, 5)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"layers": []}, "needs layers: only its shortcut"),
        ({"layers": "conv1"}, "must be lists of layers"),
        ({"shortcut": None}, "must be lists of layers"),
        ({"kernel": 3}, "takes layers, and shortcut"),
        ({"layers": [{"name": "shortcut", "kind": "relu"}]}, "can be called shortcut"),
        ({"layers": [conv("a", 4), conv("a", 4)]}, "a name of its own"),
        ({"layers": [conv("a", 4, stride=0)]}, "stride must be a whole number"),
        ({"shortcut": []}, "cannot add 4×3×3 and 3×6×6: give it a shortcut that fits"),
        ({"layers": [{"name": "flatten", "kind": "flatten"}]}, "cannot add 108 and 4×3×3"),
        ({"layers": [conv("a", 4, kernel=99)]}, r"block \(residual\): layer a does not fit"),
    ],
)
def test_a_block_that_makes_no_sense_is_named(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    good = [
        block("block", 4, 2, shortcut=True),
        {"name": "flatten", "kind": "flatten"},
        {"name": "fc", "kind": "dense", "out": len(CLASSES)},
    ]
    folder = write_model(tmp_path / "good", card_data("photos", 6, good), random_weights(good, (3, 6, 6)))
    assert read_card(folder).layers[0].shortcut
    bad = [{**good[0], **change}, *good[1:]]
    with pytest.raises(BadFile, match=words):
        read_card(write_model(tmp_path / "bad", card_data("photos", 6, bad), random_weights(good, (3, 6, 6))))
