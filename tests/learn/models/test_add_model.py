"""From a file of weights to a model that answers; all of its folder, or nothing."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from official_nets import official_state
from safetensors.torch import save_file
from tiny_models import write_model

from desktop_app.core.errors import BadFile, UserError
from desktop_app.core.model.card import ModelCard, read_card
from desktop_app.core.model.registry import find_models
from desktop_app.core.model.removal import HIDDEN
from desktop_app.core.source.photo import load_photo
from desktop_app.core.source.preprocess import prepare_photo
from desktop_app.learn.models import add as adding
from desktop_app.learn.models import card_data, model_folder
from desktop_app.learn.models.add import Added, Examined, OfficialFile, OwnWeights, WholeModel, add, examine
from desktop_app.learn.models.catalogue import imagenet_classes, recommended
from desktop_app.learn.models.fitting import Fit
from desktop_app.learn.models.model_folder import WEIGHTS, write_card
from desktop_app.learn.models.own_card import OwnCard, checked, distinct, suggestion
from desktop_app.learn.models.progress import Progress
from desktop_app.learn.network.load import load
from desktop_app.learn.network.torchvision_nets import torchvision_net
from desktop_app.learn.training.model_files import write_files

BEES = ("ant", "bee", "wasp")


@pytest.fixture(scope="module")
def bees(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Own weights: SqueezeNet 1.1 with three classes."""
    torch.manual_seed(1)
    file = tmp_path_factory.mktemp("weights") / "bees.pth"
    torch.save(torchvision_net("squeezenet1_1", 3).state_dict(), file)
    return file


@pytest.fixture
def own(bees: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(bees, tmp_path))


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


def found_in(path: Path) -> Examined:
    *steps, found = examine(path)
    assert all(isinstance(step, Progress) for step in steps)
    assert not isinstance(found, Progress)
    return found


def added(found: Examined, folder: Path, card: OwnCard | None = None) -> Added:
    *steps, last = add(found, folder, card)
    assert all(isinstance(step, Progress) and step.done <= step.total for step in steps)
    assert isinstance(last, Added)
    return last


def logits(card: ModelCard, seed: int = 0) -> torch.Tensor:
    torch.manual_seed(seed)
    with torch.inference_mode():
        return load(card)(torch.randn(2, *card.preprocessing.shape))


def official_file(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch, **saving: Any
) -> tuple[Path, dict[str, torch.Tensor]]:
    """Random weights in a file that is called as an official one would be, and counts as one."""
    state = official_state(name)
    file = folder / "new.pth"
    torch.save(state, file, **saving)
    prefix = hashlib.sha256(file.read_bytes()).hexdigest()[:8]
    file = file.rename(folder / f"{name}-{prefix}.pth")
    real = recommended(name)
    assert real is not None
    pretended = replace(real, file=file.name, prefix=prefix)
    monkeypatch.setattr(adding, "recognised", lambda called: pretended if called.startswith(file.stem) else None)
    monkeypatch.setattr(adding, "of_digest", lambda sha: pretended if sha.startswith(prefix) else None)
    return file, state


@pytest.mark.parametrize("new", [True, False], ids=["zip", "old format"])
def test_an_official_file_becomes_a_model_without_a_question(
    new: bool, tmp_path: Path, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, state = official_file("squeezenet1_1", tmp_path, monkeypatch, _use_new_zipfile_serialization=new)
    found = found_in(file)
    assert isinstance(found, OfficialFile)
    assert added(found, models) == Added("squeezenet1_1", models / "squeezenet1_1")
    (card,) = find_models(models).cards
    assert (card.title, card.torchvision, card.reads) == ("SqueezeNet 1.1", "squeezenet1_1", "photos")
    assert card.classes == imagenet_classes() and card.weight_count == 1_235_496
    assert card.preprocessing == found.official.preprocessing
    assert card.figures == {"top1": 0.58178, "top5": 0.80624}
    assert all(torch.equal(value, state[name]) for name, value in load(card).state_dict().items())
    assert sorted(child.name for child in models.iterdir()) == ["squeezenet1_1"]


def test_an_official_file_is_known_by_its_contents_too_and_added_once(
    tmp_path: Path, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, _ = official_file("squeezenet1_1", tmp_path, monkeypatch)
    added(found_in(file), models)
    again = file.rename(tmp_path / "download.pth")
    assert added(found_in(again), models).already


def test_half_precision_files_become_float32_with_torchvisions_numbers(
    tmp_path: Path, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "half.pth"
    state = official_state("squeezenet1_1", dtype=torch.float16)
    torch.save(state, file)
    card = read_card(added(found_in(file), models).folder)
    assert all(torch.equal(value, state[name].float()) for name, value in load(card).state_dict().items())


def test_own_weights_ask_for_a_card_and_suggest_one(own: Path, models: Path) -> None:
    found = found_in(own)
    assert isinstance(found, OwnWeights)
    assert (found.fit, found.from_card) == (Fit("squeezenet1_1", 3), False)
    assert found.suggested.classes == ("class 1", "class 2", "class 3") and found.suggested.title == "bees"
    spec = replace(found.suggested.preprocessing, height=96, width=96, resize=100, mean=(0.5, 0.4, 0.3))
    card = replace(found.suggested, title=" Bees & co. ", classes=BEES, preprocessing=spec)
    done = added(found, models, card)
    (written,) = find_models(models).cards
    assert (done.name, written.title, written.classes) == ("bees-co", "Bees & co.", BEES)
    assert written.preprocessing == spec
    assert logits(written).shape == (2, 3)
    assert added(found, models, card).name == "bees-co-2", "another of the same title has a name of its own"


def test_no_model_takes_the_name_of_a_shipped_one(own: Path, models: Path) -> None:
    found = found_in(own)
    assert isinstance(found, OwnWeights)
    assert added(found, models, replace(found.suggested, title="Shapes-LeNet")).name == "shapes-lenet-2"


@pytest.mark.parametrize("name", ["card.json", "bees.json"])
def test_a_small_card_beside_the_file_is_read(name: str, own: Path, models: Path) -> None:
    (own.parent / "names.txt").write_text("ant\n bee \n\nwasp\n", encoding="utf-8")
    card = {"title": "Insects", "classes": "names.txt", "size": 128, "mean": [0, 0, 0], "std": [1, 1, 1], "fit": "pad"}
    (own.parent / name).write_text(json.dumps(card), encoding="utf-8")
    found = found_in(own)
    assert isinstance(found, OwnWeights) and found.from_card
    written = read_card(added(found, models).folder)
    assert (written.title, written.classes) == ("Insects", BEES)
    spec = written.preprocessing
    assert (spec.height, spec.width, spec.resize, spec.fit, spec.mean) == (128, 128, 128, "pad", (0, 0, 0))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "bees.json is no card"),
        ("[1]", "bees.json is no card"),
        ('{"mean": "grey"}', "bees.json is no card"),
        ('{"fit": "zoom"}', "zoom"),
        ('{"size": [1, 2, 3]}', "bees.json is no card"),
        ('{"classes": "nowhere.txt"}', "nowhere.txt cannot be read"),
    ],
)
def test_a_broken_small_card_is_one_message(text: str, words: str, own: Path) -> None:
    own.with_suffix(".json").write_text(text, encoding="utf-8")
    with pytest.raises(BadFile, match=words):
        found_in(own)


def test_a_whole_model_is_copied_by_its_folder_or_its_weights(models: Path, tmp_path: Path) -> None:
    folder = write_model(tmp_path / "tiny")
    for path in (folder, folder / "weights.safetensors"):
        found = found_in(path)
        assert isinstance(found, WholeModel)
        done = added(found, models)
        assert (done.folder / "card.json").read_bytes() == (folder / "card.json").read_bytes()
    assert [card.name for card in find_models(models).cards] == ["tiny", "tiny-2"]
    (folder / "weights.safetensors").write_bytes(b"changed")
    with pytest.raises(BadFile, match="SHA-256"):
        found_in(folder)


FIT = Fit("squeezenet1_1", 3)
CARD = replace(suggestion(FIT, "bees"), classes=BEES)


@pytest.mark.parametrize(
    ("card", "words"),
    [
        (replace(CARD, classes=("ant", "bee")), "3 classes apart, but 2 are named"),
        (replace(CARD, classes=("ant", " ", "bee")), "Class 2 has no name"),
        (replace(CARD, title="  "), "no title"),
        (replace(CARD, preprocessing=replace(CARD.preprocessing, height=0)), "between 1 and 4096"),
        (replace(CARD, preprocessing=replace(CARD.preprocessing, resize=5000)), "between 1 and 4096"),
        (replace(CARD, preprocessing=replace(CARD.preprocessing, mean=(1e30, 0, 0))), "none above 100,000"),
        (replace(CARD, preprocessing=replace(CARD.preprocessing, height=9, width=9)), "9×9 pixels: give a larger"),
        (replace(CARD, preprocessing=replace(CARD.preprocessing, std=(1, 0, 1))), "above zero"),
        (replace(CARD, preprocessing=replace(CARD.preprocessing, mean=(1, 0))), "three numbers"),
    ],
)
def test_what_a_person_says_is_checked(card: OwnCard, words: str) -> None:
    assert checked(CARD, FIT) == CARD
    with pytest.raises(UserError, match=words):
        checked(card, FIT)


def test_a_transformer_keeps_the_size_of_its_weights() -> None:
    fit = Fit("vit_b_16", 1000, 384)
    card = suggestion(fit, "x")
    assert checked(card, fit).preprocessing.height == 384
    with pytest.raises(UserError, match="reads 384×384 pixels"):
        checked(replace(card, preprocessing=replace(card.preprocessing, height=224, width=224)), fit)


def test_classes_of_one_name_are_told_apart() -> None:
    assert distinct(("crane", "maillot", "crane", "crane", "crane (2)")) == (
        "crane", "maillot", "crane (3)", "crane (4)", "crane (2)",
    )  # fmt: skip


def test_stopped_half_way_it_leaves_nothing(own: Path, models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_folder, "CHUNK", 100_000)
    steps = add(found_in(own), models)
    for _ in range(5):
        next(steps)
    assert any(models.iterdir()) and not find_models(models).cards and not find_models(models).problems
    steps.close()  # type: ignore[attr-defined]
    assert list(models.iterdir()) == []


def test_what_a_crash_left_is_removed_by_the_next_and_nothing_else(own: Path, models: Path) -> None:
    """A person may well choose the own home as a folder of models."""
    long_ago = 2 * model_folder.ABANDONED
    for name, age in ((f"{HIDDEN}old-0123", long_ago), (f"{HIDDEN}new-4567", 10), (".ssh", long_ago)):
        (models / name).mkdir(parents=True)
        (models / name / "file").touch()
        os.utime(models / name, (time.time() - age,) * 2)
    added(found_in(own), models)
    assert sorted(child.name for child in models.iterdir()) == [f"{HIDDEN}new-4567", ".ssh", "bees"]
    assert (models / ".ssh" / "file").exists()


def test_a_full_disk_is_one_message_and_leaves_nothing(
    own: Path, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = found_in(own)
    usage = shutil.disk_usage(own)._replace(free=10**6)
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: usage)
    with pytest.raises(UserError, match=r"takes 3 MB, but 1 MB are free in .*models: make room"):
        added(found, models)
    assert list(models.iterdir()) == []


def test_a_disk_that_fills_while_writing_too(own: Path, models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_file: Path) -> None:
        raise OSError(28, "No space left on device")

    found = found_in(own)
    monkeypatch.setattr(model_folder, "_flush", full)
    with pytest.raises(UserError, match="No space left on device"):
        added(found, models)
    assert list(models.iterdir()) == []


def test_a_folder_that_cannot_be_written_to_is_one_message(own: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(UserError, match=r"could not be written to .*check its permissions"):
        added(found_in(own), tmp_path / "file" / "models")


def test_a_model_that_is_trained_anew_stays_whole_when_its_card_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, card = tmp_path / "net", {"title": "first"}
    write_files(out, {"a": np.zeros(3, np.float32)}, card)
    first = (out / "card.json").read_text()
    assert json.loads(first)["weights"]["sha256"] == hashlib.sha256((out / WEIGHTS).read_bytes()).hexdigest()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    for written in (lambda: write_card(out, {"title": "second"}, {}), lambda: write_files(out, {}, card)):
        with pytest.raises(UserError, match="No space left"):
            written()
    assert (out / "card.json").read_text() == first
    assert sorted(child.name for child in out.iterdir()) == ["card.json", WEIGHTS]


def test_safetensors_are_read_as_well(own: Path, models: Path) -> None:
    state = torch.load(own, weights_only=True)
    file = own.with_suffix(".safetensors")
    save_file(state, file)
    card = read_card(added(found_in(file), models).folder)
    assert all(torch.equal(value, state[name]) for name, value in load(card).state_dict().items())


def test_with_the_shared_weights_a_cat_is_called_a_cat(shared_data: Path, models: Path) -> None:
    found = found_in(shared_data / "weights" / "squeezenet1_0_rgb.pth")
    assert isinstance(found, OwnWeights) and found.suggested.classes == imagenet_classes()
    mean, std = (123 / 255, 117 / 255, 104 / 255), (1 / 255,) * 3
    spec = replace(found.suggested.preprocessing, height=227, width=227, resize=256, mean=mean, std=std)
    card = read_card(added(found, models, replace(found.suggested, preprocessing=spec)).folder)
    net = load(card)
    for name in ("cat_1080p.jpg", "cat_720p.jpg"):
        photo = load_photo(shared_data / "photos" / name, at_least=512)
        with torch.inference_mode():
            answer = net(torch.from_numpy(prepare_photo(photo, card.preprocessing).input)[None])[0]
        best = [card.classes[index] for index in np.argsort(-answer.numpy())[:3]]
        assert set(best) == {"tabby", "tiger cat", "Egyptian cat"}, name


def test_an_architecture_whose_layout_has_a_version_loads_from_its_card(models: Path) -> None:
    name = "mnasnet0_5"
    torch.manual_seed(2)
    net, fit = torchvision_net(name, 4), Fit(name, 4)
    for _ in model_folder.write_model(models, "net", net, card_data.own_card(suggestion(fit, "net"), fit, "", "")):
        pass
    card = read_card(models / "net")
    inputs = torch.randn(1, 3, 64, 64)
    with torch.inference_mode():
        assert torch.equal(load(card)(inputs), net.eval()(inputs))
    assert card.weight_count == sum(weight.numel() for weight in net.parameters())
