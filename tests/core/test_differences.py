"""Differences of traces and answers against numpy, and which stages of two models belong together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tiny_models import LAYERS, card_data, write_model

from desktop_app.core.compare import deltas, difference, differences, partner
from desktop_app.core.drawing.strokes import Drawing, Stroke
from desktop_app.core.forward.forwards import Forwards
from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.forward.live import Live
from desktop_app.core.forward.request import Frame, MapView, Request
from desktop_app.core.forward.trace import Stage, answer_of, card_stages, with_ends
from desktop_app.core.maps import palette
from desktop_app.core.maps.mosaic import MosaicMaker
from desktop_app.core.maps.tiles import magnitude, tiles
from desktop_app.core.model.card import ModelCard, read_card


def a_frame(card: ModelCard, seed: int) -> Frame:
    drawing = Drawing((Stroke(np.random.default_rng(seed).random((9, 2), np.float32)),))
    return Live(Forwards(NumpyForward))(Request(seed, 0.0, card, drawing, MapView()))


@pytest.fixture
def card(tmp_path: Path) -> ModelCard:
    return read_card(write_model(tmp_path / "tiny"))


def test_differences_are_b_less_a_at_every_stage(card: ModelCard) -> None:
    a, b = a_frame(card, 1).trace, a_frame(card, 2).trace
    found = differences(a, b)
    assert len(found) == len(a.stages)
    for apart, one, two in zip(found, a.outputs, b.outputs, strict=True):
        np.testing.assert_array_equal(apart, two - one)
    assert any(apart.any() for apart in found)


def test_traces_of_different_stages_have_no_differences(card: ModelCard, tmp_path: Path) -> None:
    layers = [dict(LAYERS[0], out=6), *LAYERS[1:]]
    other = read_card(write_model(tmp_path / "other", card_data(layers=layers)))
    with pytest.raises(ValueError, match="different stages"):
        differences(a_frame(card, 1).trace, a_frame(other, 1).trace)


def test_what_is_no_number_stays_none_without_warnings() -> None:
    a = np.array([np.inf, np.nan, 1, -np.inf], np.float32)
    b = np.array([np.inf, 1, np.nan, 2], np.float32)
    apart = difference(a, b)
    assert np.isnan(apart[:3]).all() and apart[3] == np.inf


def test_deltas_are_of_the_classes_that_both_know_by_their_names() -> None:
    a = answer_of(np.log(np.array([0.5, 0.3, 0.2], np.float32)), 1.0)
    b = answer_of(np.log(np.array([0.1, 0.6, 0.3], np.float32)), 1.0)
    found = deltas(a, ("circle", "heart", "star"), b, ("star", "circle", "boat"))
    assert [delta.label for delta in found] == ["circle", "star"]
    assert [delta.a for delta in found] == pytest.approx([0.5, 0.2])
    assert [delta.b for delta in found] == pytest.approx([0.6, 0.1])
    assert [delta.change for delta in found] == pytest.approx([0.1, -0.1])
    assert deltas(a, ("x", "y", "z"), b, ("star", "circle", "boat")) == ()


def test_a_stage_belongs_to_the_one_of_its_shape_and_name(card: ModelCard, tmp_path: Path) -> None:
    stages = with_ends(card_stages(card), card.preprocessing.shape)
    assert [partner(stages, place, stages) for place in range(len(stages))] == list(range(len(stages)))
    other = read_card(write_model(tmp_path / "photos", card_data("photos")))
    others = with_ends(card_stages(other), other.preprocessing.shape)
    assert partner(stages, 0, others) == 0, "inputs belong together though one is grey"
    assert partner(stages, 4, others) == 4
    deeper = (
        Stage("in", "input", (1, 16, 16)),
        Stage("a", "conv", (5, 8, 8)),
        Stage("b", "conv", (5, 16, 16), 0, (1,)),
    )
    assert partner(stages, 1, deeper) == 2, "the shape counts most"


def test_tiles_have_the_colours_of_the_mosaics(card: ModelCard) -> None:
    trace = a_frame(card, 3).trace
    colours = palette.signed(False, 1.0, "#ffffff")
    inner = trace.stages[1:]
    mosaics = MosaicMaker(inner, [3] * len(inner), "layer")(trace.outputs[1:], colours)
    for stage, output, mosaic in zip(inner[:-1], trace.outputs[1:], mosaics, strict=False):
        made = tiles(output.reshape(stage.maps), 3, magnitude(output), colours)
        np.testing.assert_array_equal(made, mosaic.pixels)


def test_tiles_show_what_is_no_number_and_what_is_above_the_scale() -> None:
    colours = palette.signed(False, 1.0, "#ffffff")
    values = np.array([np.nan, np.inf, 9, -9, 0], np.float32).reshape(5, 1, 1)
    made = tiles(values, 3, 2.0, colours, gap=1)
    assert made.shape == (3, 5)
    entries = [palette.NOT_A_NUMBER, palette.NOT_A_NUMBER, palette.HIGHEST, palette.LOWEST, palette.ZERO]
    assert [made[0, 0], made[0, 2], made[0, 4], made[2, 0], made[2, 2]] == [colours[entry] for entry in entries]
    assert made[1, 0] == made[0, 1] == made[2, 4] == colours[palette.PAPER]


def test_the_magnitude_is_of_the_numbers_alone() -> None:
    assert magnitude(np.array([1, -3], np.float32), np.array([2], np.float32)) == 3
    assert magnitude(np.array([1, np.nan, -np.inf], np.float32)) == 1
    assert magnitude(np.array([np.nan], np.float32)) == 0
    assert magnitude() == 0
