"""The everyday model as it ships: what its card says is so."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from desktop_app.core.model.card import read_card
from desktop_app.core.model.registry import find_models
from desktop_app.core.paths import models_folder
from desktop_app.learn.classify import Classifier
from desktop_app.learn.training.everyday import Everyday, split
from desktop_app.learn.training.everyday_card import PREPROCESSING
from desktop_app.learn.training.everyday_net import layers
from desktop_app.learn.training.everyday_report import TINY_VGG
from desktop_app.learn.training.photos_report import normalised

CARD = read_card(models_folder() / "everyday")


def test_its_card_says_what_it_is() -> None:
    assert find_models(models_folder()).first_for("photos").name == CARD.name == "everyday"
    assert CARD.preprocessing == PREPROCESSING
    assert len(CARD.classes) == 68 and set(TINY_VGG) < set(CARD.classes)
    assert CARD.figures["per_class"].keys() == set(CARD.classes)
    assert 0 < CARD.not_sure < np.log2(68)
    assert "research and education" in CARD.training["data"][0]["licence"]
    assert CARD.weight_count <= 6_000_000
    assert [layer.name for layer in CARD.layers] == [item["name"] for item in layers(68)]


def test_its_figures_are_true(shared_data: Path) -> None:
    """The test photos, split off and read again, are answered as often rightly as the card says."""
    with zipfile.ZipFile(shared_data / "everyday" / "everyday64.zip") as archive:
        paths = sorted(name for name in archive.namelist() if name.endswith(".webp"))
        labels = np.array([CARD.classes.index(path.split("/")[0]) for path in paths])
        whole = Everyday(np.zeros((len(labels), 0), np.uint8), labels, CARD.classes)
        test = split(whole, CARD.training["seed"], test=0.05, validation=0.05).test
        pictures = [np.asarray(Image.open(io.BytesIO(archive.read(paths[n]))).convert("RGB")) for n in test]
    photos = Everyday(np.stack(pictures).transpose(0, 3, 1, 2), labels[test], CARD.classes)
    answers = Classifier(CARD)(normalised(photos, np.arange(len(test)), PREPROCESSING).numpy())
    mine = np.take_along_axis(answers.probabilities, photos.labels[:, None], axis=1)
    ranks = (answers.probabilities > mine).sum(axis=1)
    assert len(test) == CARD.figures["splits"]["test"]["photos"]
    assert CARD.figures["top1"] == pytest.approx((ranks < 1).mean(), abs=0.003)  # another processor rounds otherwise
    assert CARD.figures["top5"] == pytest.approx((ranks < 5).mean(), abs=0.003)
    unsure = answers.entropy > CARD.not_sure
    assert CARD.figures["not_sure"]["flagged"] == pytest.approx(unsure.mean(), abs=0.005)
