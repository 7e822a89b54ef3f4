"""Cards and weights: what is right is read, and whatever is wrong becomes one message that names the file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save
from tiny_models import CLASSES, LAYERS, card_data, random_weights, write_card, write_model

from desktop_app.core.errors import BadFile
from desktop_app.core.model.card import read_card, read_weights
from desktop_app.core.paths import models_folder

Change = Callable[[dict[str, Any]], None]


def test_a_card_says_what_its_file_says(tmp_path: Path) -> None:
    card = read_card(write_model(tmp_path / "tiny", card_data("photos", side=20)))
    assert (card.name, card.title, card.reads) == ("tiny", "Tiny photos", "photos")
    assert card.preprocessing.shape == (3, 20, 20)
    assert card.preprocessing.mean == (0.5, 0.4, 0.3)
    assert card.classes == CLASSES
    assert [(layer.name, layer.kind) for layer in card.layers] == [(item["name"], item["kind"]) for item in LAYERS]
    assert card.layers[2].stride == 2, "a pool's stride is its kernel unless the card says more"


def test_the_weights_are_those_of_the_file_and_are_counted(tmp_path: Path) -> None:
    card = read_card(write_model(tmp_path / "tiny", seed=3))
    wanted = random_weights(LAYERS, (1, 16, 16), seed=3)
    found = read_weights(card)
    assert found.keys() == wanted.keys()
    for name, array in wanted.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == np.float32
    assert card.weight_count == sum(array.size for array in wanted.values())


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "3", '"card"', "{}", "\ufeff{}", "[" * 200_000, '{"format": 1e999}', "nan"],
    ids=lambda text: f"{text[:12]!r}",
)
def test_a_file_that_is_no_card_is_refused_by_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "card.json").write_text(text, encoding="utf-8")
    with pytest.raises(BadFile, match=r"card\.json"):
        read_card(tmp_path)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "card.json").write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(BadFile, match=r"card\.json"):
        read_card(tmp_path)


def test_a_folder_without_a_card_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="there is no card"):
        read_card(tmp_path)


def _set(*path: str | int, to: Any) -> Change:
    def change(data: dict[str, Any]) -> None:
        here: Any = data
        for key in path[:-1]:
            here = here[key]
        here[path[-1]] = to

    return change


BROKEN: dict[str, Change] = {
    **{f"no {key}": (lambda data, key=key: data.pop(key)) for key in card_data() if key != "temperature"},
    "another format": _set("format", to=2),
    "reads music": _set("reads", to="music"),
    "reads a list": _set("reads", to=["drawings"]),
    "no input height": lambda data: data["input"].pop("height"),
    "an input of no pixels": _set("input", "height", to=0),
    "a giant input": _set("input", "width", to=100_000),
    "an endless input": _set("input", "height", to=float("inf")),
    "an input that is no number": _set("input", "height", to=float("nan")),
    "two means": _set("input", "mean", to=[0.0, 0.0]),
    "a mean that is no number": _set("input", "mean", to=[float("nan")]),
    "an endless std": _set("input", "std", to=[float("inf")]),
    "a std of zero": _set("input", "std", to=[0.0]),
    "a negative resize": _set("input", "resize", to=-1),
    "a giant resize": _set("input", "resize", to=100_000),
    "a resize to nothing": _set("input", "resize", to=0.3),
    "a giant mean": _set("input", "mean", to=[1e30]),
    "a std too small for float32": _set("input", "std", to=[1e-60]),
    "grey for torchvision": lambda data: data.update(
        architecture={"torchvision": "resnet18"}, weights=data["weights"] | {"count": 1}
    ),
    "a pen of no width": _set("input", "pen", to=0),
    "an unknown fit": _set("input", "fit", to="zoom"),
    "a temperature of zero": _set("temperature", to=0),
    "a temperature that is no number": _set("temperature", to=float("nan")),
    "a giant temperature": _set("temperature", to=10**400),
    "no layers": _set("architecture", "layers", to=[]),
    "a layer that is a word": _set("architecture", "layers", 0, to="conv"),
    "an unknown layer": _set("architecture", "layers", 0, "kind", to="attention"),
    "two layers of one name": _set("architecture", "layers", 1, "name", to="conv1"),
    "a name with a dot": _set("architecture", "layers", 0, "name", to="a.b"),
    "a kernel in words": _set("architecture", "layers", 0, "kernel", to="3"),
    "a kernel of nothing": _set("architecture", "layers", 0, "kernel", to=0),
    "a size that a layer has not": _set("architecture", "layers", 1, "kernel", to=3),
    "a kernel larger than its input": _set("architecture", "layers", 3, "kernel", to=12),
    "a dense layer on maps": lambda data: data["architecture"]["layers"].pop(6),
    "a convolution after the flatten": _set(
        "architecture", "layers", 8, to={"name": "late", "kind": "conv", "out": 4, "kernel": 1}
    ),
    "more classes than outputs": _set("classes", to=[*CLASSES, "house"]),
    "a class twice": _set("classes", to=["a", "b", "c", "a"]),
    "weights in another folder": _set("weights", "file", to="../weights.safetensors"),
    "weights at an absolute place": _set("weights", "file", to="/etc/passwd"),
    "weights whose name has a NUL": _set("weights", "file", to="a\0b"),
    "weights that are a number": _set("weights", "file", to=7),
}


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN)
def test_a_card_with_one_thing_wrong_is_refused_by_name(tmp_path: Path, change: Change) -> None:
    data = card_data()
    change(data)
    write_card(tmp_path, data)
    with pytest.raises(BadFile) as caught:
        read_card(tmp_path)
    message = str(caught.value)
    assert str(tmp_path / "card.json") in message
    assert "\n" not in message and len(message) < 500


def test_the_same_card_unbroken_is_read(tmp_path: Path) -> None:
    """Or the test above would prove nothing."""
    write_card(tmp_path, card_data())
    assert read_card(tmp_path).title == "Tiny drawings"


def _broken_weights(card_folder: Path, packed: bytes) -> None:
    """Weights whose SHA-256 is right and whose contents are not."""
    data = json.loads((card_folder / "card.json").read_text())
    data["weights"]["sha256"] = hashlib.sha256(packed).hexdigest()
    (card_folder / "weights.safetensors").write_bytes(packed)
    write_card(card_folder, data)


def test_changed_weights_are_not_used(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "tiny")
    packed = bytearray((folder / "weights.safetensors").read_bytes())
    packed[-1] ^= 1
    (folder / "weights.safetensors").write_bytes(packed)
    with pytest.raises(BadFile, match=r"weights\.safetensors.*SHA-256"):
        read_weights(read_card(folder))


@pytest.mark.parametrize("packed", [b"", b"hello", b"\xff" * 64, b"\x80\x04\x95pickle"], ids=repr)
def test_weights_that_are_no_safetensors_are_refused(tmp_path: Path, packed: bytes) -> None:
    folder = write_model(tmp_path / "tiny")
    _broken_weights(folder, packed)
    with pytest.raises(BadFile, match=r"weights\.safetensors"):
        read_weights(read_card(folder))


@pytest.mark.parametrize("wrong", ["missing", "more", "shape"])
def test_weights_of_another_architecture_are_refused(tmp_path: Path, wrong: str) -> None:
    folder = write_model(tmp_path / "tiny")
    weights = random_weights(LAYERS, (1, 16, 16))
    if wrong == "missing":
        del weights["fc2.bias"]
    elif wrong == "more":
        weights["fc3.bias"] = np.zeros(3, np.float32)
    else:
        weights["fc2.bias"] = np.zeros(5, np.float32)
    _broken_weights(folder, save(weights))
    with pytest.raises(BadFile, match=r"fc[23]\.bias"):
        read_weights(read_card(folder))


def test_missing_weights_are_a_message(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "tiny")
    (folder / "weights.safetensors").unlink()
    with pytest.raises(BadFile, match=r"weights\.safetensors"):
        read_weights(read_card(folder))


def test_half_precision_weights_are_widened(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "tiny")
    half = {name: array.astype(np.float16) for name, array in random_weights(LAYERS, (1, 16, 16)).items()}
    _broken_weights(folder, save(half))
    found = read_weights(read_card(folder))
    assert {array.dtype for array in found.values()} == {np.dtype(np.float32)}
    np.testing.assert_array_equal(found["fc1.weight"], half["fc1.weight"].astype(np.float32))


def test_shipped_cards_are_whole() -> None:
    """Every model that ships: card and weights fit, and it says under which licence and how it was trained."""
    folders = [folder for folder in models_folder().iterdir() if (folder / "card.json").exists()]
    assert folders
    for folder in folders:
        card = read_card(folder)
        weights = read_weights(card)
        assert all(np.isfinite(array).all() for array in weights.values())
        assert card.licence and card.training["command"].startswith("python -m desktop_app train-builtin")
        assert card.weight_count <= (6_000_000 if folder.name == "everyday" else 300_000)
