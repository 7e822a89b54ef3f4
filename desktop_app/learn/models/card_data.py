"""A card as JSON has it, for weights of torchvision's architectures."""

from __future__ import annotations

import math
from typing import Any

from desktop_app.core.model.card import input_data
from desktop_app.learn.models.catalogue import Official
from desktop_app.learn.models.fitting import Fit
from desktop_app.learn.models.own_card import OwnCard
from desktop_app.learn.models.titles import title_of

_IMAGENET = {
    "name": "ImageNet-1K",
    "origin": "Russakovsky and others, 2015",
    "licence": "ImageNet's terms: research and education",
    "used_for": "training; the figures are of its validation split, as torchvision states them",
}


def official_card(official: Official, sha256: str) -> dict[str, Any]:
    """Everything but the weights. sha256: of the file that was added."""
    return {
        "title": official.title,
        "reads": "photos",
        "description": f"{title_of(official.architecture)} tells the 1,000 classes of ImageNet apart. "
        f"Torchvision's weights {official.weights}: {official.top1 * 100:.1f} % right on ImageNet's validation photos, "
        f"{official.top5 * 100:.1f} % among the first five.",
        "input": input_data(official.preprocessing),
        "architecture": {"torchvision": official.architecture},
        "classes": list(official.classes),
        "temperature": 1.0,
        "not_sure": not_sure(len(official.classes)),
        "training": {
            "command": f"python -m desktop_app fetch-model {official.name}",
            "data": [_IMAGENET],
            "file": official.file,
            "file_sha256": sha256,
        },
        "licence": official.licence
        or "BSD-3-Clause (torchvision); ImageNet's terms for what the weights are made from",
        "figures": {"top1": official.top1, "top5": official.top5},
    }


def own_card(own: OwnCard, fit: Fit, file: str, sha256: str) -> dict[str, Any]:
    """Everything but the weights, of a card that was `checked`."""
    return {
        "title": own.title,
        "reads": "photos",
        "description": own.description or f"{title_of(fit.architecture)} with weights of your own, from {file}.",
        "input": input_data(own.preprocessing),
        "architecture": {"torchvision": fit.architecture},
        "classes": list(own.classes),
        "temperature": 1.0,
        "not_sure": not_sure(len(own.classes)),
        "training": {"file": file, "file_sha256": sha256},
        "licence": own.licence or "as its author says",
        "figures": {},
    }


def not_sure(classes: int) -> float:
    """Entropy in bits where half of the probability is one class's and few of the others share the rest: as many as
    with the shipped nets, of ten classes, and growing as slowly as with the nets of ImageNet's thousand."""
    return round(1 + 0.2 * math.log2(max(2, classes) - 1), 2)
