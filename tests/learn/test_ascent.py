"""Gradient ascent on the input: the number that is told is the network's, and it grows."""

from __future__ import annotations

import threading
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_models import LAYERS, card_data, random_weights, write_model

from desktop_app.core.errors import BadFile
from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.likes.likes_file import read_likes
from desktop_app.core.likes.pixels import as_input
from desktop_app.core.model.card import ModelCard, read_card
from desktop_app.core.model.registry import find_models
from desktop_app.core.paths import models_folder
from desktop_app.learn.arrival import torch_forward
from desktop_app.learn.ascent import STEPS, Climbed, ascend

REGISTRY = find_models(models_folder())
SHAPES, PHOTOS = REGISTRY.named("shapes-lenet"), REGISTRY.named("photos-simple")

AIMS = [
    (SHAPES, "conv1", (3, 16, 16), 5),
    (SHAPES, "conv3", (20, 4, 4), 20),
    (SHAPES, "fc2", (3,), 32),  # from its first noise every way up is cut off by a ReLU
    (PHOTOS, "fc2", (3,), 32),
]


def number(card: ModelCard, stage: str, index: tuple[int, ...], picture: np.ndarray) -> float:
    """By numpy."""
    forward = NumpyForward(card)
    position = [each.name for each in forward.stages].index(stage)
    return float(forward(as_input(picture, card.preprocessing))[position - 1][index])


@pytest.mark.parametrize(("card", "stage", "index", "reach"), AIMS, ids=[f"{a[0].name} {a[1]}" for a in AIMS])
def test_the_activation_rises_above_noise_and_above_the_best_drawing(
    card: ModelCard, stage: str, index: tuple[int, ...], reach: int
) -> None:
    steps = list(ascend(card, stage, index, reach))
    assert [each.step for each in steps] == list(range(STEPS + 1))
    start, end = steps[0], steps[-1]
    rng = np.random.default_rng(0)
    noise = [
        number(card, stage, index, rng.integers(0, 256, card.preprocessing.shape, dtype=np.uint8)) for _ in range(30)
    ]
    likes = read_likes(card)
    assert likes is not None
    assert end.activation > max(start.activation, *noise, float(likes.stages[stage].value[index[0], 0]))
    for each in (start, steps[STEPS // 2], end):
        assert each.activation == pytest.approx(number(card, stage, index, each.picture), rel=1e-4, abs=1e-4)
        assert each.picture.dtype == np.uint8 and each.picture.shape == card.preprocessing.shape


@pytest.fixture
def tiny(tmp_path: Path) -> ModelCard:
    return read_card(write_model(tmp_path / "tiny", card_data("photos"), seed=2))


def grown(card: ModelCard, seed: int, steps: int = 60) -> list[Climbed]:
    """The first steps for a pixel of conv2."""
    return list(islice(ascend(card, "conv2", (1, 2, 2), 8, seed), steps))


def test_the_seed_says_what_comes_out(tiny: ModelCard) -> None:
    one, same, other = grown(tiny, 1), grown(tiny, 1), grown(tiny, 2)
    assert [each.activation for each in one] == [each.activation for each in same]
    np.testing.assert_array_equal(one[-1].picture, same[-1].picture)
    assert (one[0].picture != other[0].picture).any()


def test_what_the_unit_does_not_see_goes_back_to_the_background(tiny: ModelCard) -> None:
    steps = grown(tiny, 0)
    start, end = steps[0].picture.astype(int), steps[-1].picture.astype(int)
    far = (slice(None), slice(13, None), slice(13, None))
    assert np.abs(end[far] - 127.5).mean() < np.abs(start[far] - 127.5).mean()


def test_a_unit_that_can_never_grow_ends_in_peace(tmp_path: Path) -> None:
    weights = random_weights(LAYERS, (1, 16, 16))
    weights["conv2.weight"][:] = 0
    card = read_card(write_model(tmp_path / "dead", weights=weights))
    steps = grown(card, 0)
    assert len(steps) == 60 and np.isfinite([each.activation for each in steps]).all()


def test_a_network_of_nan_gives_pictures_all_the_same(tmp_path: Path) -> None:
    weights = random_weights(LAYERS, (1, 16, 16))
    weights["conv1.weight"][0] = np.nan
    steps = grown(read_card(write_model(tmp_path / "nan", weights=weights)), 0)
    assert len(steps) == 60 and np.isnan([each.activation for each in steps]).all()


def test_broken_weights_are_said(tiny: ModelCard) -> None:
    tiny.weights_file.write_bytes(b"others")
    with pytest.raises(BadFile, match="weights"):
        next(ascend(tiny, "conv1", (0, 0, 0), 3))


def test_it_goes_on_while_another_network_is_traced(tiny: ModelCard) -> None:
    """Tracing changes how torch calls modules, for all threads."""
    done = threading.Event()

    def trace() -> None:
        while not done.is_set():
            torch_forward(SHAPES)

    tracers = [threading.Thread(target=trace) for _ in range(2)]
    called = torch.nn.Module.__call__
    for tracer in tracers:
        tracer.start()
    try:
        assert len(grown(tiny, 0, 150)) == 150
    finally:
        done.set()
        for tracer in tracers:
            tracer.join()
    assert torch.nn.Module.__call__ is called
