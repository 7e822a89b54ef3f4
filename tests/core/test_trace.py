"""Softmax, entropy and the stages that a card spells out, against arithmetic done another way."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_models import write_model

from desktop_app.core.arithmetic.operations import Dense
from desktop_app.core.forward.trace import Stage, answer_of, card_stages, trace_of, with_ends
from desktop_app.core.model.card import read_card


@given(
    logits=st.lists(st.floats(-80, 80, width=32), min_size=2, max_size=12),
    temperature=st.floats(0.25, 4),
)
def test_softmax_and_entropy_are_those_of_the_textbook(logits: list[float], temperature: float) -> None:
    answer = answer_of(np.array(logits, np.float32), temperature)
    powers = [math.exp(logit / temperature) for logit in logits]
    probabilities = [power / math.fsum(powers) for power in powers]
    np.testing.assert_allclose(answer.probabilities, probabilities, rtol=2e-6, atol=1e-12)
    entropy = -math.fsum(p * math.log2(p) for p in probabilities if p > 0)
    assert answer.entropy == pytest.approx(entropy, abs=1e-6)
    assert answer.probabilities[answer.best] == max(answer.probabilities)


def test_entropy_of_known_answers() -> None:
    assert answer_of(np.zeros(8, np.float32), 1.0).entropy == pytest.approx(3.0)
    assert answer_of(np.array([0, -1e4], np.float32), 1.0).entropy == 0.0
    third = float(Fraction(1, 3))
    spread = answer_of(np.log(np.array([third, 2 * third], np.float32)), 1.0)
    assert spread.entropy == pytest.approx(0.9182958, abs=1e-6)


def test_giant_logits_do_not_overflow() -> None:
    answer = answer_of(np.array([3e38, -3e38, 0], np.float32), 1.0)
    np.testing.assert_array_equal(answer.probabilities, [1, 0, 0])


@pytest.mark.parametrize("broken", [math.nan, math.inf, -math.inf])
def test_logits_that_are_no_numbers_give_an_answer_without_warnings(broken: float) -> None:
    """A net that overflows is shown as it is. Warnings are errors here."""
    answer = answer_of(np.array([broken, broken, 1.0], np.float32), 1.0)
    if broken == -math.inf:
        np.testing.assert_array_equal(answer.probabilities, [0, 0, 1])
    else:
        assert np.isnan(answer.probabilities).any()
        assert math.isnan(answer.entropy)


def test_stages_of_a_card(tmp_path: Path) -> None:
    stages = with_ends(card_stages(read_card(write_model(tmp_path / "tiny"))), (1, 16, 16))
    assert [(stage.name, stage.kind, stage.shape, stage.weights) for stage in stages] == [
        ("input", "input", (1, 16, 16), 0),
        ("conv1", "conv", (5, 16, 16), 5 * 1 * 9 + 5),
        ("relu1", "ReLU", (5, 16, 16), 0),
        ("pool1", "max pool", (5, 8, 8), 0),
        ("conv2", "conv", (7, 6, 6), 7 * 5 * 9 + 7),
        ("relu2", "ReLU", (7, 6, 6), 0),
        ("pool2", "average pool", (7, 3, 3), 0),
        ("flatten", "flatten", (63,), 0),
        ("fc1", "dense", (11,), 63 * 11 + 11),
        ("relu3", "ReLU", (11,), 0),
        ("fc2", "dense", (4,), 11 * 4 + 4),
        ("softmax", "softmax", (4,), 0),
    ]
    assert [stage.sources for stage in stages] == [(), *((place,) for place in range(11))]


def test_how_a_stage_is_drawn() -> None:
    assert Stage("a", "conv", (3, 4, 5)).maps == (3, 4, 5)
    assert Stage("a", "conv", (3, 4, 5)).shape_words == "3×4×5"
    assert Stage("a", "dense", (7,)).maps == (7, 1, 1)
    assert Stage("a", "linear", (6, 7)).maps == (42, 1, 1), "tokens and units of a transformer"
    assert [Stage("a", "b", shape).is_maps for shape in ((3, 4, 5), (7,), (6, 7))] == [True, False, False]


def test_a_trace_ends_in_the_probabilities() -> None:
    stages = with_ends([Stage("fc", "dense", (2,), 8, (0,))], (1, 2, 2))
    net_input, logits = np.ones((1, 2, 2), np.float32), np.array([0, math.log(3)], np.float32)
    operation = Dense(np.eye(2, 4, dtype=np.float32), None)
    trace = trace_of(stages, (operation,), net_input, (logits,), 1.0)
    assert trace.outputs[0] is net_input
    assert trace.outputs[1] is logits
    np.testing.assert_allclose(trace.outputs[2], [0.25, 0.75], rtol=1e-6)
    np.testing.assert_allclose(
        trace_of(stages, (operation,), net_input, (logits,), 0.5).outputs[2], [0.1, 0.9], rtol=1e-6
    )
    assert [output.shape for output in trace.outputs] == [stage.shape for stage in trace.stages]
