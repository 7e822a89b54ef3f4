"""The training of the everyday model: it learns, it can be interrupted and prolonged, and it says what it did."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from desktop_app.core.errors import UserError
from desktop_app.core.model.architecture import parse_layers
from desktop_app.core.model.card import read_card
from desktop_app.learn.classify import Classifier
from desktop_app.learn.network.nets import build
from desktop_app.learn.training import everyday_batches, everyday_net, train_everyday
from desktop_app.learn.training.everyday_augment import augmentation, mixing
from desktop_app.learn.training.everyday_batches import size_at, strength_at
from desktop_app.learn.training.everyday_card import SIZE
from desktop_app.learn.training.everyday_net import layers, net_to_train
from desktop_app.learn.training.everyday_report import TINY_VGG, Answers, measure
from desktop_app.learn.training.photos_card import MEAN, STD
from desktop_app.learn.training.train_everyday import train
from desktop_app.learn.training.train_loop import folded
from desktop_app.learn.training.trunk import Run, Schedule

NAMES = ("acorn", "bee", "car")


@pytest.fixture(scope="module")
def little_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three folders of 20 photos, each folder in its own colour."""
    data = tmp_path_factory.mktemp("data")
    (data / "everyday").mkdir()
    rng = np.random.default_rng(0)
    with zipfile.ZipFile(data / "everyday" / "everyday64.zip", "w") as archive:
        for name, colour in zip(NAMES, ([200, 60, 60], [60, 200, 60], [60, 60, 200]), strict=True):
            for number in range(20):
                stream = io.BytesIO()
                rgb = np.clip(np.array(colour) + rng.normal(0, 15, (64, 64, 3)), 0, 255).astype(np.uint8)
                Image.fromarray(rgb).save(stream, "WEBP", lossless=True)
                archive.writestr(f"{name}/{number:04}.webp", stream.getvalue())
    return data


@pytest.fixture(scope="module", autouse=True)
def small() -> Iterator[None]:
    """A net and batches that take a moment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(everyday_net, "WIDTHS", (4, 4, 8, 8))
        for name, value in {"BATCH": 9, "WARM_UP": 4, "SEEN": 18, "LOOKED_AT": 2}.items():
            patch.setattr(train_everyday, name, value)
        patch.setattr(everyday_batches, "BATCH", 9)
        yield


@pytest.fixture(scope="module")
def whole(little_data: Path, tmp_path_factory: pytest.TempPathFactory, small: None) -> Path:
    """A model trained in one go."""
    out = tmp_path_factory.mktemp("models") / "whole"
    train(little_data, out, 3, epochs=4)
    return out


def weights_of(folder: Path) -> bytes:
    return (folder / "weights.safetensors").read_bytes()


def test_it_learns_and_writes_a_usable_model(whole: Path) -> None:
    card = read_card(whole)
    assert card.classes == NAMES
    assert card.figures["splits"]["test"]["photos"] == 3
    assert card.figures["top1"] > 0.5  # three colours; guessing gives 0.33
    assert card.training["command"].endswith("--epochs 4 --seed 3")
    assert Classifier(card)(np.zeros((1, 3, SIZE, SIZE), np.float32)).probabilities.shape == (1, 3)


def test_it_may_be_interrupted(
    little_data: Path, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the trunk and in the decay, in the middle of an epoch: the same weights as in one go."""

    def until(epoch: int) -> Any:
        def broken(run: Run, batches: Iterator[Any]) -> float:
            if run.epoch == epoch:
                next(batches)
                raise KeyboardInterrupt
            return plain(run, batches)

        return broken

    plain = Run.train
    for epoch in (1, 3):
        monkeypatch.setattr(Run, "train", until(epoch))
        with pytest.raises(KeyboardInterrupt):
            train(little_data, tmp_path / "parts", 3, epochs=4, checkpoint=tmp_path / "checkpoint")
    monkeypatch.setattr(Run, "train", plain)
    for _ in range(2):  # the second time there is nothing left to do but to write
        train(little_data, tmp_path / "parts", 3, epochs=4, checkpoint=tmp_path / "checkpoint")
        assert weights_of(tmp_path / "parts") == weights_of(whole)
    log = capsys.readouterr().out.splitlines()
    assert len(log) == 4
    assert "epoch 4: 40 px, loss " in log[-1] and "; newest: validation " in log[-1]


def test_a_finished_run_is_prolonged_from_its_trunk(little_data: Path, whole: Path, tmp_path: Path) -> None:
    for epochs in (2, 4):
        train(little_data, tmp_path / "more", 3, epochs=epochs, checkpoint=tmp_path / "checkpoint")
    assert weights_of(tmp_path / "more") == weights_of(whole)
    with pytest.raises(UserError, match="has done 2 epochs without decay"):
        train(little_data, tmp_path / "more", 3, epochs=3, checkpoint=tmp_path / "checkpoint")
    with pytest.raises(UserError, match="another --seed"):
        train(little_data, tmp_path / "more", 4, epochs=4, checkpoint=tmp_path / "checkpoint")
    with pytest.raises(UserError, match="larger --scale"):
        train(little_data, tmp_path / "more", 3, scale=0.1)


def test_the_rate_warms_up_stays_and_falls_to_nothing_twice() -> None:
    schedule = Schedule(epochs=9, steps=10, warm=5, rate=0.2)
    assert (schedule.trunk, schedule.first_decay) == (4, 6)
    rates = [schedule.rate_at(step) for step in range(90)]
    assert rates[:5] == pytest.approx([0.04, 0.08, 0.12, 0.16, 0.2])
    assert rates[5:41] == [0.2] * 36
    assert rates[50] == pytest.approx(0.1)
    assert rates[59] == pytest.approx(0.2 / 20)
    assert rates[60] == pytest.approx(0.1)
    assert rates[75] == pytest.approx(0.05)
    assert rates[89] == pytest.approx(0.1 / 30)
    longer = Schedule(epochs=90, steps=10, warm=5, rate=0.2)
    assert [longer.rate_at(step) for step in range(40)] == rates[:40], "else the trunk could not be prolonged"
    assert [size_at(epoch, longer) for epoch in range(4)] == [size_at(epoch, schedule) for epoch in range(4)]
    sizes = [size_at(epoch, longer) for epoch in (0, 10, 39, 40, 54, 55, 59, 60, 82, 83, 89)]
    assert sizes == [40, 48, 48, 48, 48, 56, 56, 48, 48, 56, 56]


def test_photos_are_changed_the_more_the_larger_but_less_and_less_in_the_last_decay() -> None:
    schedule = Schedule(epochs=90, steps=10, warm=5, rate=0.2)
    shares = [strength_at(epoch, schedule) for epoch in (0, 10, 55, 60, 75, 84, 89)]
    assert shares == pytest.approx([1 / 3, 2 / 3, 1, 2 / 3, 1 / 3, 1 / 5, 1 / 30])


def test_folding_changes_no_answer_and_fits_the_card() -> None:
    torch.manual_seed(0)
    net = net_to_train(3)
    with torch.no_grad():
        for weight in net.parameters():
            weight.add_(0.1 * torch.rand_like(weight))
        for size in (32, 48):  # so that the means are not what they began with
            net(torch.rand(4, 3, size, size))
    plain = build(parse_layers(layers(3)), (3, SIZE, SIZE))
    plain.load_state_dict({name: torch.from_numpy(value) for name, value in folded(net).items()})
    inputs = torch.rand(2, 3, SIZE, SIZE)
    with torch.inference_mode():
        torch.testing.assert_close(plain(inputs), net.eval()(inputs), rtol=1e-4, atol=1e-5)


def test_augmented_photos_are_inputs_and_repeat() -> None:
    photos = np.random.default_rng(0).integers(0, 256, (40, 3, 64, 64), dtype=np.uint8)
    augment = augmentation(48, 2 / 3, MEAN, STD)
    torch.manual_seed(7)
    first = augment(photos)
    assert first.shape == (40, 3, 48, 48)
    assert not torch.equal(first, augment(photos))
    torch.manual_seed(7)
    assert torch.equal(first, augment(photos))
    darkest, brightest = -MEAN / STD, (1 - MEAN) / STD
    assert ((first >= darkest - 1e-5) & (first <= brightest + 1e-5)).all()
    assert 0 < int((first == 0).all(dim=1).flatten(1).any(dim=1).sum()) < 20  # erased, or with margins


def test_mixed_targets_are_shares_of_the_labels() -> None:
    torch.manual_seed(0)
    mix = mixing(5, 1.0)
    seen = set()
    for _ in range(12):
        inputs, labels = torch.rand(6, 3, 8, 8), torch.arange(6) % 5
        mixed, targets = mix(inputs, labels)
        assert mixed.shape == inputs.shape
        torch.testing.assert_close(targets.sum(dim=1), torch.ones(6))
        assert (targets.gather(1, labels[:, None]) > 0).all()
        seen.add(torch.equal(mixed, inputs))
    assert seen == {True, False}
    inputs, labels = torch.rand(6, 3, 8, 8), torch.arange(6) % 5
    assert all(torch.equal(mixing(5, 0.0)(inputs, labels)[0], inputs) for _ in range(12))


def test_figures_by_hand() -> None:
    """Two test photos, of which one is right and the other third; two of validation, both right."""
    logits = np.array([[9, 1, 0], [5, 6, 4]], np.float32)
    test = Answers(logits, np.array([0, 2]))
    assert test.ranks.tolist() == [0, 2]
    assert Answers(np.full((1, 3), np.nan, np.float32), np.array([0])).ranks.tolist() == [3], "not right by mistake"
    validation = Answers(logits, np.array([0, 1]))
    soft = Answers(logits, np.array([2, 2]))
    figures = measure(test, validation, soft, NAMES, temperature=1.0, not_sure=0.5)
    assert (figures["top1"], figures["top5"]) == (0.5, 1.0)
    assert figures["per_class"] == {"acorn": 1.0, "bee": 1.0, "car": 0.0}
    assert figures["not_sure"] == {"threshold_bits": 0.5, "flagged": 0.5, "top1_where_not_flagged": 1.0}
    splits = figures["splits"]
    assert [split["top1"] for split in splits.values()] == [0.5, 1.0, 0.0]


def test_the_ten_of_tiny_vgg_are_measured_alone() -> None:
    names = ("acorn", *sorted(TINY_VGG))
    logits = np.zeros((11, 11), np.float32)
    logits[:, 0] = 3  # everything is taken for an acorn, but then for what it is
    logits[np.arange(11), np.arange(11)] += 2
    answers = Answers(logits, np.arange(11))
    split = measure(answers, answers, answers, names, 1.0, 1.0)["splits"][
        "classes of CNN Explainer's Tiny VGG, test and validation"
    ]
    assert (split["photos"], split["top1"], split["top1_among_the_ten"]) == (20, 0.0, 1.0)
