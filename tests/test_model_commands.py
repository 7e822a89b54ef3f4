"""fetch-model, add-model and export-onnx as a person who prepares a classroom's machines uses them."""

from __future__ import annotations

import hashlib
import shutil
import urllib.error
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from desktop_app import fetch, model_commands
from desktop_app.cli import main
from desktop_app.core.model.registry import find_models
from desktop_app.core.paths import own_models_folder
from desktop_app.learn.models import add as adding
from desktop_app.learn.models.catalogue import Official, recommended
from desktop_app.learn.network.torchvision_nets import torchvision_net


@pytest.fixture
def own_weights(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    torch.save(torchvision_net("squeezenet1_1", 3).state_dict(), tmp_path / "insects.pth")
    return tmp_path / "insects.pth"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Official:
    """torchvision's downloader gets an official file with random weights from a file:// address."""
    torch.manual_seed(0)
    file = tmp_path / "server" / "weights"
    file.parent.mkdir()
    torch.save(torchvision_net("squeezenet1_1", 1000).state_dict(), file)
    prefix = hashlib.sha256(file.read_bytes()).hexdigest()[:8]
    real = recommended("squeezenet1_1")
    assert real is not None
    name = f"squeezenet1_1-{prefix}.pth"
    official = replace(real, file=name, prefix=prefix, url=file.as_uri())
    monkeypatch.setattr(model_commands, "wanted", lambda _name: official)
    monkeypatch.setattr(adding, "recognised", lambda called: official if called == name else None)
    return official


def test_fetch_model_downloads_checks_and_adds(server: Official, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fetch-model", "squeezenet1_1"]) == 0
    assert "squeezenet1_1: added in" in capsys.readouterr().out
    assert [card.name for card in find_models(own_models_folder()).cards] == ["squeezenet1_1"]
    assert [child.name for child in own_models_folder().iterdir()] == ["squeezenet1_1"], "the download is gone"
    assert main(["fetch-model", "squeezenet1_1"]) == 0
    assert "was there already" in capsys.readouterr().out


def test_a_download_that_was_changed_is_refused(
    server: Official, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(model_commands, "wanted", lambda _name: replace(server, prefix="00000000"))
    assert main(["fetch-model", "squeezenet1_1", "--out", str(tmp_path / "out")]) == 1
    assert "arrived damaged or changed: try again" in capsys.readouterr().err
    assert list((tmp_path / "out").iterdir()) == []


def test_without_a_network_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unreachable(*_: Any) -> None:
        raise urllib.error.URLError("Name or service not known")

    monkeypatch.setattr(fetch.torch.hub, "download_url_to_file", unreachable)
    assert main(["fetch-model", "resnet50", "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert "resnet50-11ad3fa6.pth could not be downloaded" in said and "add-model" in said
    assert list((tmp_path / "out").iterdir()) == []


def test_all_names_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fetch-model", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 100
    assert next(line for line in lines if line.startswith("resnet50 ")).split() == [
        "resnet50", "103", "MB", "81", "%", "right", "ResNet-50",
    ]  # fmt: skip


def test_an_unknown_name_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fetch-model", "resnet51"]) == 1
    assert "fetch-model --list" in capsys.readouterr().err


def test_add_model_with_classes_and_a_title(own_weights: Path, tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text("ant\nbee\nwasp\n", encoding="utf-8")
    out = tmp_path / "models"
    words = ["add-model", str(own_weights), "--classes", str(names), "--title", "Insects", "--out", str(out)]
    assert main(words) == 0
    (card,) = find_models(out).cards
    assert (card.name, card.title, card.classes) == ("insects", "Insects", ("ant", "bee", "wasp"))


def test_wrong_use_of_add_model_is_one_line(
    own_weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = tmp_path / "names.txt"
    names.write_text("ant\nbee\n", encoding="utf-8")
    assert main(["add-model", str(own_weights), "--classes", str(names)]) == 1
    assert "3 classes apart, but 2 are named" in capsys.readouterr().err
    assert main(["add-model", str(tmp_path / "nothing.pth")]) == 2
    assert main(["add-model", str(own_weights)]) == 0
    folder = own_models_folder() / "insects"
    assert main(["add-model", str(folder), "--title", "x"]) == 2
    assert "needs no card" in capsys.readouterr().err
    shutil.rmtree(folder)


def test_export_onnx_says_how_well_it_agrees(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    photo = tmp_path / "photo.png"
    Image.new("RGB", (90, 70), "orange").save(photo)
    assert main(["export-onnx", "shapes-lenet", "--out", str(tmp_path), "--photo", str(photo)]) == 0
    assert "the largest of 5 inputs' logits differs by" in capsys.readouterr().out
    assert (tmp_path / "shapes-lenet.onnx").is_file()
    assert main(["export-onnx", "nothing"]) == 2
