"""The answer in words: not sure above the card's entropy, and never 0 % or 100 %."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from tiny_models import card_data, write_model

from desktop_app.core.forward.trace import Answer, answer_of
from desktop_app.core.forward.verdict import percent, verdict_of
from desktop_app.core.model.card import ModelCard, read_card


@pytest.fixture
def card(tmp_path: Path) -> ModelCard:
    return read_card(write_model(tmp_path / "tiny", {**card_data(), "not_sure": 1.2}))


def answer(*probabilities: float) -> Answer:
    return answer_of(np.log(np.array(probabilities, np.float32)), 1.0)


@pytest.mark.parametrize(
    ("probabilities", "label", "sureness"),
    [
        ((0.97, 0.01, 0.01, 0.01), "circle", "sure"),
        ((0.01, 0.01, 0.01, 0.97), "star", "sure"),
        ((0.1, 0.85, 0.03, 0.02), "square", "fairly sure"),
        ((0.25, 0.25, 0.26, 0.24), "triangle", "not sure"),
        ((0.5, 0.2, 0.2, 0.1), "circle", "not sure"),
    ],
)
def test_how_sure(card: ModelCard, probabilities: tuple[float, ...], label: str, sureness: str) -> None:
    verdict = verdict_of(answer(*probabilities), card)
    assert (verdict.label, verdict.sureness) == (label, sureness)
    assert verdict.probability == pytest.approx(max(probabilities), abs=1e-6)
    assert verdict.entropy == pytest.approx(-sum(p * math.log2(p) for p in probabilities), abs=1e-5)
    assert verdict.most_entropy == 2.0


def test_the_border_is_the_cards_entropy(card: ModelCard) -> None:
    exactly = Answer(np.zeros(4, np.float32), np.array([0.7, 0.1, 0.1, 0.1], np.float32), card.not_sure)
    assert verdict_of(exactly, card).sureness == "fairly sure"
    above = Answer(exactly.logits, exactly.probabilities, math.nextafter(card.not_sure, 9))
    assert verdict_of(above, card).sureness == "not sure"


def test_a_net_that_gives_no_numbers_is_not_sure(card: ModelCard) -> None:
    verdict = verdict_of(answer_of(np.full(4, np.nan, np.float32), 1.0), card)
    assert verdict.sureness == "not sure"
    assert percent(verdict.probability) == "NaN"


@pytest.mark.parametrize(
    ("probability", "text"),
    [
        (0.0, "<1 %"),
        (0.0049, "<1 %"),
        (0.0051, "1 %"),
        (0.123, "12 %"),
        (0.5, "50 %"),
        (0.994, "99 %"),
        (0.9951, ">99 %"),
        (1.0, ">99 %"),
        (math.nan, "NaN"),
    ],
)
def test_percent(probability: float, text: str) -> None:
    assert percent(probability) == text
