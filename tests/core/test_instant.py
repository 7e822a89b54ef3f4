"""The numpy forward pass equals torch's, stage by stage, whatever the sizes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tiny_models import CLASSES, card_data, random_weights, write_model

from desktop_app.core.errors import BadFile
from desktop_app.core.forward.instant import NumpyForward, convolve, patches
from desktop_app.core.forward.trace import Array
from desktop_app.core.model.architecture import Layer, output_shapes, parse_layers
from desktop_app.core.model.card import read_card
from desktop_app.core.model.registry import find_models
from desktop_app.core.paths import models_folder
from desktop_app.learn.arrival import torch_forward

sizes = st.integers(1, 5)


def assert_close(found: Array, wanted: Array) -> None:
    """Equal up to the order of summing: 1e-5 of the largest value, or of the terms (near 1) where they cancel."""
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-5 * max(0.1, float(np.abs(wanted).max())))


@given(
    channels=st.integers(1, 4), height=st.integers(1, 13), width=st.integers(1, 13), out=st.integers(1, 5),
    kernel=sizes, stride=st.integers(1, 4), padding=st.integers(0, 4), seed=st.integers(0, 999),
)  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_convolution_is_torchs(
    channels: int, height: int, width: int, out: int, kernel: int, stride: int, padding: int, seed: int
) -> None:
    assume(min(height, width) + 2 * padding >= kernel)
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((channels, height, width)).astype(np.float32)
    weight = rng.standard_normal((out, channels, kernel, kernel)).astype(np.float32)
    bias = rng.standard_normal(out).astype(np.float32)
    wanted = torch.nn.functional.conv2d(
        torch.from_numpy(x)[None], torch.from_numpy(weight), torch.from_numpy(bias), stride, padding
    )
    assert_close(convolve(x, weight, bias, Layer("conv", "conv", out, kernel, stride, padding)), wanted.numpy()[0])


@st.composite
def networks(draw: st.DrawFn) -> tuple[list[dict[str, Any]], int]:
    """Layers that fit each other, and the input's side: blocks of conv, ReLU and pool, then dense layers."""
    side = draw(st.integers(6, 24))
    layers: list[dict[str, Any]] = []
    for number in range(draw(st.integers(0, 3))):
        conv = {
            "kind": "conv",
            "out": draw(st.integers(1, 6)),
            "kernel": draw(sizes),
            "stride": draw(st.integers(1, 3)),
            "padding": draw(st.integers(0, 3)),
        }
        pool = {
            "kind": draw(st.sampled_from(["max_pool", "avg_pool"])),
            "kernel": draw(st.integers(1, 4)),
            "stride": draw(st.integers(1, 4)),
        }
        block = draw(st.permutations([conv, {"kind": "relu"}, pool]))
        layers += [{"name": f"{layer['kind']}{number}", **layer} for layer in block]
    layers += [{"name": "flatten", "kind": "flatten"}]
    if draw(st.booleans()):
        layers += [{"name": "fc1", "kind": "dense", "out": draw(st.integers(1, 9))}, {"name": "relu9", "kind": "relu"}]
    layers += [{"name": "fc2", "kind": "dense", "out": len(CLASSES)}]
    return layers, side


@given(network=networks(), reads=st.sampled_from(["drawings", "photos"]), seed=st.integers(0, 999))
@settings(max_examples=60, deadline=None)
def test_every_stage_is_torchs(
    tmp_path_factory: pytest.TempPathFactory, network: tuple[list[dict[str, Any]], int], reads: str, seed: int
) -> None:
    layers, side = network
    shape = (1 if reads == "drawings" else 3, side, side)
    try:
        output_shapes(parse_layers(layers), shape)
    except ValueError:
        assume(False)
    folder = tmp_path_factory.mktemp("net")
    card = read_card(write_model(folder, card_data(reads, side, layers), random_weights(layers, shape, seed)))
    by_numpy, by_torch = NumpyForward(card), torch_forward(card)
    assert by_numpy.stages == by_torch.stages, "or the columns would jump when torch takes over"
    net_input = np.random.default_rng(seed + 1).standard_normal(shape).astype(np.float32)
    found, wanted = by_numpy(net_input), by_torch(net_input)
    assert len(found) == len(wanted) == len(layers)
    for one, other in zip(found, wanted, strict=True):
        assert_close(one, other)


def test_shipped_models_answer_alike_by_numpy_and_by_torch() -> None:
    cards = find_models(models_folder()).cards
    assert cards
    for card in cards:
        by_numpy, by_torch = NumpyForward(card), torch_forward(card)
        assert by_numpy.stages == by_torch.stages
        net_input = np.random.default_rng(5).random(card.preprocessing.shape, np.float32)
        for one, other in zip(by_numpy(net_input), by_torch(net_input), strict=True):
            assert_close(one, other)


def test_a_forward_changes_neither_its_input_nor_an_earlier_answer(tmp_path: Path) -> None:
    forward = NumpyForward(read_card(write_model(tmp_path / "tiny")))
    first = np.random.default_rng(0).random((1, 16, 16), np.float32)
    before = first.copy()
    outputs = forward(first)
    kept = [output.copy() for output in outputs]
    forward(np.ones_like(first))
    np.testing.assert_array_equal(first, before)
    for output, was in zip(outputs, kept, strict=True):
        np.testing.assert_array_equal(output, was)


def test_a_patch_is_what_lies_under_the_window() -> None:
    x = np.arange(2 * 5 * 6, dtype=np.float32).reshape(2, 5, 6)
    windows = patches(x, 3, 2)
    assert windows.shape == (2, 2, 2, 3, 3)
    np.testing.assert_array_equal(windows[1, 1, 0], x[1, 2:5, 0:3])


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_not_a_number_goes_through_as_in_torch(tmp_path: Path, number: float) -> None:
    """And without a warning."""
    card = read_card(write_model(tmp_path / "tiny"))
    net_input = np.zeros((1, 16, 16), np.float32)
    net_input[0, 3, 3] = number
    outputs = NumpyForward(card)(net_input)
    assert np.isnan(outputs[0]).any() == np.isnan(number) and not np.isfinite(outputs[0]).all()
    for one, other in zip(outputs, torch_forward(card)(net_input), strict=True):
        np.testing.assert_array_equal(np.isnan(one), np.isnan(other))


def test_broken_weights_are_told_before_anything_is_computed(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "tiny")
    (folder / "weights.safetensors").write_bytes(b"")
    with pytest.raises(BadFile, match=r"weights\.safetensors"):
        NumpyForward(read_card(folder))
