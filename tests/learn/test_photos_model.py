"""photos-simple: the tutorial's net to the last weight, its figures true, its training repeatable."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from desktop_app.core.errors import BadFile
from desktop_app.core.model.card import read_card, read_weights
from desktop_app.core.paths import models_folder
from desktop_app.learn.classify import Classifier
from desktop_app.learn.network.load import load
from desktop_app.learn.network.torchvision_compat import make_importable
from desktop_app.learn.training.everyday import CLASSES, Everyday, read_everyday, split
from desktop_app.learn.training.photo_augment import SIZE, augmented
from desktop_app.learn.training.photos_card import MEAN, PREPROCESSING
from desktop_app.learn.training.photos_report import calibration_error, normalised
from desktop_app.learn.training.train_photos import train

CARD = read_card(models_folder() / "photos-simple")


def tutorial_net() -> nn.Module:
    """As the tutorial writes it."""
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(2048, 128), nn.ReLU(), nn.Linear(128, 10),
    )  # fmt: skip


def test_it_is_the_tutorials_net() -> None:
    """Its weights, put into the tutorial's own modules, give the same logits."""
    net, weights = tutorial_net(), list(read_weights(CARD).items())
    order = ["conv1", "conv2", "fc1", "fc2"]
    given = [torch.from_numpy(dict(weights)[f"{name}.{part}"]) for name in order for part in ("weight", "bias")]
    net.load_state_dict(dict(zip(net.state_dict(), given, strict=True)))
    inputs = torch.randn(5, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        assert torch.allclose(net(inputs), load(CARD)(inputs), atol=1e-5)
    assert CARD.weight_count == sum(p.numel() for p in net.parameters()) == 268_650
    assert [layer.kind for layer in CARD.layers] == [
        "conv", "relu", "max_pool", "conv", "relu", "max_pool", "flatten", "dense", "relu", "dense"
    ]  # fmt: skip


def test_its_card_says_what_it_is() -> None:
    assert CARD.reads == "photos"
    assert CARD.preprocessing == PREPROCESSING
    assert CARD.classes == CLASSES
    assert {"dog", "cat", "car"} < set(CARD.classes)
    assert CARD.figures["per_class"].keys() == set(CLASSES)
    assert 0 < CARD.not_sure < np.log2(10)
    assert CARD.training["data"]
    assert len(CARD.notes) >= 3


def test_its_figures_are_true(shared_data: Path) -> None:
    """The test photos, split off and read again, get the answers that the card counts."""
    with zipfile.ZipFile(shared_data / "everyday" / "everyday64.zip") as archive:
        paths = sorted(name for name in archive.namelist() if name.endswith(".webp"))
        folders = [path.split("/")[0] for path in paths]
        names = (*CLASSES, *sorted(set(folders) - set(CLASSES)))
        labels = np.array([names.index(folder) for folder in folders])
        parts = split(Everyday(np.zeros((len(labels), 0), np.uint8), labels, names), CARD.training["seed"])
        test = parts.test[labels[parts.test] < len(CLASSES)]
        pictures = [np.asarray(Image.open(io.BytesIO(archive.read(paths[n]))).convert("RGB")) for n in test]
    photos = Everyday(np.stack(pictures).transpose(0, 3, 1, 2), labels[test], names)
    answers = Classifier(CARD)(normalised(photos, np.arange(len(test))).numpy())
    best = answers.probabilities.argmax(axis=1)
    confusion = np.zeros((10, 10), int)
    np.add.at(confusion, (photos.labels, best), 1)
    figures = CARD.figures
    assert np.abs(confusion - figures["confusion"]).sum() <= 4  # another processor rounds otherwise
    assert figures["top1"] == pytest.approx((best == photos.labels).mean(), abs=0.003)
    unsure = answers.entropy > CARD.not_sure
    assert figures["not_sure"]["photos_of_the_ten_flagged"] == pytest.approx(unsure.mean(), abs=0.005)
    for number, name in enumerate(CLASSES):
        share = (best == number)[photos.labels == number].mean()
        assert figures["per_class"][name] == pytest.approx(share, abs=0.02)
    assert figures["top1"] > 0.68  # a net of this size can do that, and guessing gives 0.1


def test_answers_are_calibrated_probabilities() -> None:
    inputs = np.random.default_rng(0).standard_normal((6, 3, 32, 32)).astype(np.float32)
    answers = Classifier(CARD)(inputs)
    with torch.inference_mode():
        logits = load(CARD)(torch.from_numpy(inputs)).numpy().astype(np.float64) / CARD.temperature
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    want = powers / powers.sum(axis=1, keepdims=True)
    assert np.allclose(answers.probabilities, want, atol=1e-6)
    assert np.allclose(answers.entropy, -(want * np.log2(want)).sum(axis=1), atol=1e-5)


def test_calibration_error_by_hand() -> None:
    """Two bins: 0.8 confident and half right, 0.6 confident and all right."""
    confidence, right = np.array([0.85, 0.85, 0.65, 0.65]), np.array([True, False, True, True])
    assert calibration_error(confidence, right) == pytest.approx(0.5 * 0.35 + 0.5 * 0.35)


# Training


@pytest.fixture(scope="module")
def little_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve folders of 20 photos, each folder in its own colour."""
    data = tmp_path_factory.mktemp("data")
    (data / "everyday").mkdir()
    rng = np.random.default_rng(0)
    colours = rng.integers(30, 220, (12, 3))
    with zipfile.ZipFile(data / "everyday" / "everyday64.zip", "w") as archive:
        for name, colour in zip((*CLASSES, "acorn", "zebra"), colours, strict=True):
            for number in range(20):
                stream = io.BytesIO()
                rgb = np.clip(colour + rng.normal(0, 15, (64, 64, 3)), 0, 255).astype(np.uint8)
                Image.fromarray(rgb).save(stream, "WEBP", lossless=True)
                archive.writestr(f"{name}/{number:04}.webp", stream.getvalue())
    return data


def test_splits_are_apart_and_hold_every_class(little_data: Path) -> None:
    photos = read_everyday(little_data)
    assert photos.images.shape == (240, 3, 64, 64)
    assert photos.names == (*CLASSES, "acorn", "zebra")
    parts = split(photos, 1)
    together = np.concatenate([parts.train, parts.validation, parts.test])
    assert sorted(together) == list(range(240))
    for numbers, each in ((parts.test, 3), (parts.validation, 2), (parts.train, 15)):
        assert np.bincount(photos.labels[numbers]).tolist() == [each] * 12
    assert set(split(photos, 2).test) != set(parts.test) == set(split(photos, 1).test)


def test_training_learns_writes_a_usable_model_and_repeats(little_data: Path, tmp_path: Path) -> None:
    """Two dozen steps on photos that differ in colour only: far better than guessing already."""
    for out in ("a", "b"):
        train(little_data, tmp_path / out, seed=4, first_epochs=12, epochs=12)
    card = read_card(tmp_path / "a")
    assert card.classes == CLASSES
    assert card.figures["top1"] > 0.25
    assert card.training["command"].endswith("--seed 4")
    assert Classifier(card)(np.zeros((1, 3, 32, 32), np.float32)).probabilities.shape == (1, 10)
    first, second = ((tmp_path / out / "weights.safetensors").read_bytes() for out in "ab")
    assert first == second


def test_a_missing_or_other_archive_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"everyday64\.zip"):
        read_everyday(tmp_path)
    (tmp_path / "everyday").mkdir()
    with zipfile.ZipFile(tmp_path / "everyday" / "everyday64.zip", "w"):
        pass
    with pytest.raises(BadFile, match="lacks photos of"):
        read_everyday(tmp_path)


def test_augmented_photos_stay_photos_and_repeat() -> None:
    images = np.random.default_rng(0).integers(0, 256, (40, 3, 64, 64), dtype=np.uint8)
    first, again = (augmented(images, MEAN, torch.Generator().manual_seed(7)) for _ in range(2))
    assert torch.equal(first, again)
    assert first.shape == (40, 3, SIZE, SIZE)
    assert 0 <= float(first.min()) < float(first.max()) <= 1
    assert not torch.equal(first, augmented(images, MEAN, torch.Generator().manual_seed(8)))
    padded = (first == MEAN).all(dim=1).flatten(1).any(dim=1)
    assert 1 <= int(padded.sum()) <= 20


def test_normalised_is_what_the_app_makes_of_a_photo(little_data: Path) -> None:
    photos = replace(read_everyday(little_data), names=CLASSES)
    got = normalised(photos, np.array([0, 5]))[1].numpy()
    small = np.asarray(Image.fromarray(photos.images[5].transpose(1, 2, 0)).resize((32, 32), Image.Resampling.BILINEAR))
    want = (small / 255 - PREPROCESSING.mean) / PREPROCESSING.std
    assert np.allclose(got, want.transpose(2, 0, 1), atol=1e-5)


def test_torchvision_can_be_imported_beside_a_cpu_torch() -> None:
    make_importable()
    make_importable()
    import torchvision

    assert hasattr(torch.ops.torchvision, "nms")
    assert torchvision.models.squeezenet1_0(weights=None)
