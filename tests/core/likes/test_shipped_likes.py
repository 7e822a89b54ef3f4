"""The likes that come with the models: what they claim is what the networks give."""

from __future__ import annotations

import numpy as np
import pytest

from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.likes.likes import Likes
from desktop_app.core.likes.likes_file import likes_file, read_likes
from desktop_app.core.likes.pixels import as_bytes, as_input
from desktop_app.core.model.card import ModelCard
from desktop_app.core.model.registry import find_models
from desktop_app.core.paths import models_folder

CARDS = [card for card in find_models(models_folder()).cards if likes_file(card).exists()]
"""All but everyday: sketches say little of its filters, and nine each of its thousands would be large."""


def shipped(card: ModelCard) -> Likes:
    likes = read_likes(card)
    assert likes is not None
    return likes


def test_they_are_small() -> None:
    sizes = {card.name: likes_file(card).stat().st_size for card in CARDS}
    assert sizes.keys() == {"shapes-lenet", "photos-simple"}
    assert sum(sizes.values()) < 900_000


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_every_value_is_the_networks_own_and_the_pictures_best(card: ModelCard) -> None:
    likes, forward = shipped(card), NumpyForward(card)
    assert likes.origin == "drawings" and likes.seen == 20_000
    position = {stage.name: number for number, stage in enumerate(forward.stages)}
    chosen = np.random.default_rng(0).choice(len(likes.pictures), 60, replace=False)
    compared = 0
    for number in chosen.tolist():
        outputs = forward(as_input(likes.pictures[number], card.preprocessing))
        for name, best in likes.stages.items():
            output = outputs[position[name] - 1]
            for unit, which in np.argwhere(best.picture == number).tolist():
                place = (unit, best.row[unit, which], best.column[unit, which])[: output.ndim]
                assert best.value[unit, which] == pytest.approx(float(output[place]), abs=2e-4, rel=1e-4)
                assert output[unit].max() == pytest.approx(float(output[place]), abs=2e-4)
                compared += 1
    assert compared >= 60


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_every_unit_has_nine_different_ones_the_strongest_first(card: ModelCard) -> None:
    for best in shipped(card).stages.values():
        assert (best.picture >= 0).all()
        assert (np.diff(np.sort(best.picture, axis=1), axis=1) > 0).all()
        assert (np.diff(best.value, axis=1) <= 0).all()


def test_what_excites_a_class_most_is_read_as_that_class() -> None:
    card = find_models(models_folder()).first_for("drawings")
    likes, forward = shipped(card), NumpyForward(card)
    best = likes.stages[forward.stages[-2].name]
    for unit in range(len(card.classes)):
        picture = likes.pictures[best.picture[unit, 0]]
        assert int(forward(as_input(picture, card.preprocessing))[-1].argmax()) == unit


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_bytes_and_inputs_are_the_same_pictures(card: ModelCard) -> None:
    pictures = shipped(card).pictures[:5]
    np.testing.assert_array_equal(as_bytes(as_input(pictures, card.preprocessing), card.preprocessing), pictures)
