"""ONNX files that give torch's logits, or none."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tiny_models import CLASSES, card_data, write_model
from torch import nn

from desktop_app.core.errors import UserError
from desktop_app.core.model.card import ModelCard, read_card
from desktop_app.learn.models import onnx_export
from desktop_app.learn.models.card_data import own_card
from desktop_app.learn.models.fitting import Fit
from desktop_app.learn.models.model_folder import write_model as write_folder
from desktop_app.learn.models.onnx_export import Proof, Step, export
from desktop_app.learn.models.onnx_pools import FixedPool, with_fixed_pools
from desktop_app.learn.models.own_card import suggestion
from desktop_app.learn.network.load import load
from desktop_app.learn.network.torchvision_nets import torchvision_net

pytest.importorskip("onnx")
runtime = pytest.importorskip("onnxruntime")


@pytest.fixture
def tiny(tmp_path: Path) -> ModelCard:
    return read_card(write_model(tmp_path / "tiny", card_data("photos")))


@pytest.fixture
def squeezenet(tmp_path: Path) -> ModelCard:
    torch.manual_seed(0)
    fit = Fit("squeezenet1_1", 5)
    card = own_card(suggestion(fit, "five"), fit, "five.pth", "")
    for _ in write_folder(tmp_path, "five", torchvision_net("squeezenet1_1", 5), card):
        pass
    return read_card(tmp_path / "five")


def proven(card: ModelCard, file: Path, *inputs: np.ndarray) -> Proof:
    *steps, proof = export(card, file, inputs)
    assert steps == [Step("writing"), Step("comparing")] and isinstance(proof, Proof)
    return proof


@pytest.mark.parametrize("which", ["tiny", "squeezenet"])
def test_the_file_gives_torchs_logits_for_any_number_of_inputs(
    which: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    card = request.getfixturevalue(which)
    photo = np.random.default_rng(1).random(card.preprocessing.shape, np.float32)
    proof = proven(card, tmp_path / "a.onnx", photo)
    assert proof.inputs == 5 and proof.difference <= 1e-4 * proof.largest
    session = runtime.InferenceSession(tmp_path / "a.onnx", providers=["CPUExecutionProvider"])
    for count in (1, 3):
        inputs = torch.randn(count, *card.preprocessing.shape)
        with torch.inference_mode():
            wanted = load(card)(inputs).numpy()
        (found,) = session.run(["logits"], {"input": inputs.numpy()})
        np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)
    notes = session.get_modelmeta().custom_metadata_map
    assert json.loads(notes["classes"]) == list(card.classes)
    assert json.loads(notes["preprocessing"])["mean"] == list(card.preprocessing.mean)
    assert {"title", "input", "output", "licence", "temperature"} <= notes.keys()


def test_a_file_that_answers_otherwise_is_not_kept(
    tiny: ModelCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real: Callable[[Path], Any] = onnx_export._runtime
    monkeypatch.setattr(onnx_export, "_runtime", lambda file: lambda batch: real(file)(batch) + 0.01)
    (tmp_path / "a.onnx").write_bytes(b"of last week")
    with pytest.raises(UserError, match=r"was not saved: .* differ by 0\.01"):
        list(export(tiny, tmp_path / "a.onnx"))
    assert (tmp_path / "a.onnx").read_bytes() == b"of last week"
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["a.onnx"]


def test_stopped_half_way_it_leaves_nothing(tiny: ModelCard, tmp_path: Path) -> None:
    steps = export(tiny, tmp_path / "a.onnx")
    assert [next(steps), next(steps)] == [Step("writing"), Step("comparing")]
    steps.close()  # type: ignore[attr-defined]
    assert not [file for file in tmp_path.iterdir() if file.is_file()]


def test_what_is_missing_is_said_with_what_to_do(
    tiny: ModelCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnx_export, "find_spec", lambda _name: None)
    with pytest.raises(UserError, match=r'onnx and onnxruntime.*pip install "convlens\[onnx\]"'):
        list(export(tiny, tmp_path / "a.onnx"))


def test_a_place_that_cannot_be_written_to_is_one_message(tiny: ModelCard, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(UserError, match=r"could not be written: .* Save it in another place"):
        list(export(tiny, tmp_path / "file" / "a.onnx"))


def test_drawings_are_exported_too(tmp_path: Path) -> None:
    card = read_card(write_model(tmp_path / "tiny"))
    assert proven(card, tmp_path / "a.onnx").largest > 0
    assert len(card.classes) == len(CLASSES)


class Unwritable(nn.Module):
    """Its operator is one that ONNX has not."""

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return torch.special.erfcx(inputs).mean((2, 3))


def test_a_network_that_onnx_cannot_express_is_one_message(
    tiny: ModelCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnx_export, "load", lambda _card: Unwritable())
    with pytest.raises(UserError, match=r"Tiny photos cannot be written as ONNX \(.*: choose another model\."):
        list(export(tiny, tmp_path / "a.onnx"))
    assert not [file for file in tmp_path.iterdir() if file.is_file()]


@pytest.mark.parametrize(("size", "wanted"), [((8, 8), 7), ((4, 9), 6), ((13, 6), (5, 2)), ((5, 5), 1)])
def test_pools_to_any_size_are_the_matrix_products_that_are_written(size: tuple[int, int], wanted: Any) -> None:
    pool = nn.Sequential(nn.AdaptiveAvgPool2d(wanted), nn.Identity())
    maps = torch.randn(2, 3, *size)
    before = pool(maps)
    after = with_fixed_pools(pool, (3, *size))
    assert any(isinstance(module, FixedPool) for module in after) == (wanted != 1)
    torch.testing.assert_close(after(maps), before)
