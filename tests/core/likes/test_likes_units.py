"""Which convolution or dense unit a chosen number belongs to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tiny_models import write_model

from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.forward.spot import Spot
from desktop_app.core.forward.trace import Stage, Trace, trace_of
from desktop_app.core.likes.units import MOST_UNITS, liked_stages, unit_at, usual_unit
from desktop_app.core.model.card import read_card


@pytest.fixture
def trace(tmp_path: Path) -> Trace:
    card = read_card(write_model(tmp_path / "tiny"))
    forward = NumpyForward(card)
    net_input = np.random.default_rng(0).random(card.preprocessing.shape, np.float32)
    return trace_of(forward.stages, forward.operations, net_input, forward(net_input), 1.0)


def test_convolutions_and_dense_stages_have_likes(trace: Trace) -> None:
    assert [trace.stages[position].name for position in liked_stages(trace.stages)] == ["conv1", "conv2", "fc1", "fc2"]
    assert liked_stages((Stage("input", "input", (1, 4, 4)), Stage("fc", "dense", (MOST_UNITS + 1,)))) == ()


def test_a_spot_leads_to_the_unit_that_made_it(trace: Trace) -> None:
    position = {stage.name: number for number, stage in enumerate(trace.stages)}

    def unit(name: str, *index: int) -> tuple[str, int] | None:
        found = unit_at(trace.stages, Spot(position[name], index))
        return found and (trace.stages[found[0]].name, found[1])

    assert unit("conv1", 3, 0, 0) == ("conv1", 3)
    assert unit("pool1", 4, 2, 1) == ("conv1", 4)
    assert unit("relu2", 6, 2, 1) == ("conv2", 6)
    maps, height, width = trace.outputs[position["pool2"]].shape
    assert unit("flatten", 5 * height * width) == ("conv2", 5)
    assert unit("flatten", maps * height * width - 1) == ("conv2", maps - 1)
    assert unit("relu3", 10) == ("fc1", 10)
    assert unit("softmax", 2) == ("fc2", 2)
    assert unit("input", 0, 3, 3) is None


def test_without_a_choice_it_is_the_filter_that_answers_most(trace: Trace) -> None:
    found = usual_unit(trace.stages, trace)
    assert found is not None
    position, unit = found
    assert trace.stages[position].name == "conv2"
    assert trace.outputs[position].max() == trace.outputs[position][unit].max()
    assert usual_unit(trace.stages, None) == (position, 0)
    assert usual_unit(trace.stages[:1], trace) is None
