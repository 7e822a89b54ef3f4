"""From a card to a module that answers: the file's weights, ready to answer, or one message."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_models import CLASSES, LAYERS, card_data, random_weights, write_model

from desktop_app.core.errors import BadFile
from desktop_app.core.model.card import ModelCard, read_card
from desktop_app.learn.network.load import load


def test_the_module_has_the_files_weights(tmp_path: Path) -> None:
    net = load(read_card(write_model(tmp_path / "tiny", seed=4)))
    wanted = random_weights(LAYERS, (1, 16, 16), seed=4)
    assert net.state_dict().keys() == wanted.keys()
    for name, value in net.state_dict().items():
        np.testing.assert_array_equal(value.numpy(), wanted[name])
        assert value.dtype == torch.float32 and value.device.type == "cpu"
    assert not net.training
    assert not any(weight.requires_grad for weight in net.parameters())
    assert net(torch.zeros(2, 1, 16, 16)).shape == (2, len(CLASSES))


def with_a_layer_called(name: str, folder: Path) -> ModelCard:
    data = card_data()
    data["architecture"]["layers"][1]["name"] = name
    return read_card(write_model(folder, data))


@pytest.mark.parametrize("name", ["append", "training", "forward", "_modules", "extend"])
def test_a_name_that_torch_keeps_for_itself_is_one_message(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadFile, match=rf"card\.json.*{name}"):
        load(with_a_layer_called(name, tmp_path / "tiny"))


def test_a_layer_may_be_called_weight_or_bias(tmp_path: Path) -> None:
    for name in ("weight", "bias"):
        assert load(with_a_layer_called(name, tmp_path / name))(torch.zeros(1, 1, 16, 16)).shape == (1, len(CLASSES))


def test_broken_weights_are_one_message(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "tiny")
    (folder / "weights.safetensors").write_bytes(b"\x00" * 100)
    with pytest.raises(BadFile, match=r"weights\.safetensors"):
        load(read_card(folder))
