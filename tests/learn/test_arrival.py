"""Torch takes over from numpy: warm, with the same stages and the same numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_models import card_data, write_model

from desktop_app.core.errors import BadFile
from desktop_app.core.forward.forwards import Forwards
from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.model.card import read_card
from desktop_app.learn.arrival import take_over, torch_forward
from desktop_app.learn.network.tracing import TorchForward


def test_after_the_arrival_torch_answers_with_the_same_numbers(tmp_path: Path) -> None:
    drawings = read_card(write_model(tmp_path / "a"))
    photos = read_card(write_model(tmp_path / "b", card_data("photos", side=20)))
    forwards = Forwards(NumpyForward)
    before = forwards(drawings)
    net_input = np.random.default_rng(0).random((1, 16, 16), np.float32)
    by_numpy = before(net_input)
    take_over(forwards)
    after = forwards(drawings)
    assert isinstance(after, TorchForward) and forwards(drawings) is after
    assert after.stages == before.stages
    for one, other in zip(by_numpy, after(net_input), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)
    assert isinstance(forwards(photos), TorchForward)
    assert torch.get_num_threads() == 1, "the other core belongs to the window"


def test_a_model_that_breaks_meanwhile_does_not_keep_torch_away(tmp_path: Path) -> None:
    """Its weights file is replaced while numpy has the old ones: the others go over to torch all the same."""
    good, bad = (read_card(write_model(tmp_path / name)) for name in ("good", "bad"))
    forwards = Forwards(NumpyForward)
    forwards(bad), forwards(good)
    bad.weights_file.write_bytes(b"")
    take_over(forwards)
    assert isinstance(forwards(good), TorchForward)
    with pytest.raises(BadFile, match=r"weights\.safetensors"):
        forwards(bad)


def test_broken_weights_are_told(tmp_path: Path) -> None:
    card = read_card(write_model(tmp_path / "a"))
    card.weights_file.unlink()
    with pytest.raises(BadFile, match=r"weights\.safetensors"):
        torch_forward(card)
