"""The .npz comes back as it went in, without pickles, under names that every system can unpack."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from tiny_models import card_data, write_model

from desktop_app.core.drawing.strokes import Drawing, Stroke
from desktop_app.core.export import numbers
from desktop_app.core.export.numbers import DEVICES, OWN, array_keys, pack_numbers
from desktop_app.core.forward.factors import Factors
from desktop_app.core.forward.forwards import Forwards
from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.forward.live import Live
from desktop_app.core.forward.request import MapView, Request
from desktop_app.core.model.card import read_card


@pytest.mark.parametrize("large", [numbers.LARGE, 0])
def test_every_stage_comes_back(large: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbers, "LARGE", large)
    data = {**card_data(), "classes": ['<b>&"', "Kreis ○", "", "star"], "title": "Tiny <b>"}
    card = read_card(write_model(tmp_path / "tiny", data))
    drawing = Drawing((Stroke(np.random.default_rng(1).random((9, 2), np.float32)),))
    request = Request(1, 0.0, card, drawing, MapView(), factors=Factors(((1, 2, 0.5),)))
    trace = Live(Forwards(NumpyForward))(request).trace
    with np.load(io.BytesIO(pack_numbers(trace, card)), allow_pickle=False) as read:
        told = json.loads(str(read["stages"]))
        assert told["format"] == 1 and told["model"] == "tiny" and told["title"] == "Tiny <b>"
        assert len(told["stages"]) == len(trace.stages)
        assert [stage["scaled"] for stage in told["stages"]] == [{}, {"2": 0.5}, *[{}] * (len(trace.stages) - 2)]
        for one, stage, output in zip(told["stages"], trace.stages, trace.outputs, strict=True):
            assert (one["name"], one["kind"], one["weights"]) == (stage.name, stage.kind, stage.weights)
            assert (one["block"], one["channels"]) == (stage.block, 0)
            assert (tuple(one["shape"]), tuple(one["sources"])) == (stage.shape, stage.sources)
            np.testing.assert_array_equal(read[one["key"]], output)
            assert read[one["key"]].dtype == np.float32
        np.testing.assert_array_equal(read["logits"], trace.answer.logits)
        np.testing.assert_array_equal(read["probabilities"], trace.answer.probabilities)
        assert tuple(read["classes"].tolist()) == card.classes
        assert len(read.files) == len(trace.stages) + 4


@pytest.mark.parametrize("names", [
    ["conv1", "relu", "relu", "relu"],
    ["aux", "Con", "lpt1.conv"],
    ["file", "logits", "allow_pickle", "stages", "Logits"],
    ["a/b", "a b", "../../etc/passwd", "a:b", "CONV", "conv", "", "...", "größe"],
])  # fmt: skip
def test_keys_are_safe_and_each_only_once(names: list[str]) -> None:
    keys = array_keys(names)
    assert len({key.lower() for key in keys}) == len(names)
    assert not {key.lower() for key in keys} & set(OWN)
    assert not {key.lower().partition(".")[0] for key in keys} & set(DEVICES)
    for key in keys:
        assert key and not key.startswith(".") and all(letter.isascii() and letter not in "/\\: " for letter in key)
    stream = io.BytesIO()
    np.savez(stream, **{key: np.zeros(1) for key in keys})
    stream.seek(0)
    with np.load(stream, allow_pickle=False) as read:
        assert read.files == keys


def test_plain_names_stay_as_they_are() -> None:
    assert array_keys(["input", "layer1.0.conv1", "relu", "relu"]) == ["input", "layer1.0.conv1", "relu", "relu_2"]
