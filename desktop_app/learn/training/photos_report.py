"""How good photos-simple is, and what all models of photos are measured by: photos never seen, read as the app does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from desktop_app.core.model.card import Preprocessing
from desktop_app.core.source.photo import SourceImage
from desktop_app.core.source.preprocess import prepare_photo
from desktop_app.learn.training.everyday import CLASSES, Everyday, Ints
from desktop_app.learn.training.photos_card import PREPROCESSING
from desktop_app.learn.training.shapes_report import entropy, fit_temperature, probabilities

Model = Callable[[Tensor], Tensor]

ACCEPTED = 0.8
"""Share of a model's own classes' validation photos that get a plain answer; the others are "not sure"."""


def normalised(photos: Everyday, numbers: Ints, spec: Preprocessing = PREPROCESSING) -> Tensor:
    """(N, 3, H, W) inputs, made by the app's own preprocessing."""
    sources = (SourceImage(photos.images[n].transpose(1, 2, 0), (64, 64), "sample") for n in numbers)
    return torch.from_numpy(np.stack([prepare_photo(source, spec).input for source in sources]))


@torch.inference_mode()
def logits_of(net: nn.Module, inputs: Tensor) -> Tensor:
    net.eval()
    return torch.cat([net(part) for part in torch.split(inputs, 512)])


def calibrate(model: Model, photos: Everyday, validation: Ints) -> tuple[float, float]:
    """(temperature, not_sure in bits) from validation photos of the ten classes."""
    mine = validation[~photos.other[validation]]
    return calibration(model(normalised(photos, mine)).numpy(), photos.labels[mine])


def calibration(logits: NDArray[np.float32], labels: Ints) -> tuple[float, float]:
    """(temperature, not_sure in bits): the likeliest answers, and plain ones for ACCEPTED of these photos."""
    temperature = fit_temperature(logits, labels)
    bits = float(np.quantile(entropy(probabilities(logits, temperature)), ACCEPTED))
    return temperature, max(0.01, round(bits, 2))


def measure(model: Model, photos: Everyday, test: Ints, temperature: float, not_sure: float) -> dict[str, Any]:
    """The card's `figures`."""
    mine, others = test[~photos.other[test]], test[photos.other[test]]
    labels = photos.labels[mine]
    chances = probabilities(model(normalised(photos, mine)).numpy(), temperature)
    answers, unsure = chances.argmax(axis=1), entropy(chances) > not_sure
    other_bits = entropy(probabilities(model(normalised(photos, others)).numpy(), temperature))
    right = answers == labels
    second = (np.argsort(-chances, axis=1)[:, :2] == labels[:, None]).any(axis=1)
    confusion = np.zeros((len(CLASSES), len(CLASSES)), np.int64)
    np.add.at(confusion, (labels, answers), 1)
    per_class = {name: share(right[labels == number]) for number, name in enumerate(CLASSES)}
    return {
        "top1": share(right),
        "top2": share(second),
        "mean_of_classes": round(float(np.mean(list(per_class.values()))), 4),
        "per_class": per_class,
        "confusion": confusion.tolist(),
        "splits": {"test photos": {"photos": len(labels), "top1": share(right)}},
        "calibration_error": calibration_error(chances.max(axis=1), right),
        "not_sure": {
            "threshold_bits": not_sure,
            "photos_of_the_ten_flagged": share(unsure),
            "top1_where_not_flagged": share(right[~unsure]),
            "photos_of_other_things": len(others),
            "photos_of_other_things_flagged": share(other_bits > not_sure),
        },
    }


def calibration_error(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Mean distance between confidence and share of right answers over ten bins (Guo et al. 2017)."""
    bins = np.minimum((confidence * 10).astype(int), 9)
    gaps = [abs(float(confidence[bins == b].mean() - right[bins == b].mean())) * (bins == b).mean() for b in set(bins)]
    return round(float(sum(gaps)), 4)


def share(values: NDArray[np.bool_]) -> float:
    """Of those that are true, to four places."""
    return round(float(np.mean(values)), 4)
