"""Trains the built-in model of photos: `python -m desktop_app train-builtin photos-simple --data FOLDER`.

The net is the tutorial's, to the last weight; what is done for it happens in training only. First it learns all 68
kinds of photos, which teaches its filters more than ten could; then a new last layer learns the ten classes.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from desktop_app.core.errors import UserError
from desktop_app.core.model.architecture import parse_layers
from desktop_app.learn.network.nets import build
from desktop_app.learn.training.everyday import CLASSES, Everyday, Ints, read_everyday, split
from desktop_app.learn.training.photo_augment import SIZE, augmented
from desktop_app.learn.training.photos_card import MEAN, STD, write_model
from desktop_app.learn.training.photos_report import calibrate, logits_of, measure, normalised
from desktop_app.learn.training.train_loop import Trainer, folded, with_batch_norm

BATCH = 128
SMOOTHING = 0.1
MIXING = 0.3
"""Of the beta distribution with which pairs of photos are mixed (mixup, Zhang et al. 2018)."""


def layers(classes: int) -> list[dict[str, Any]]:
    return [
        {"name": "conv1", "kind": "conv", "out": 16, "kernel": 3, "padding": 1},
        {"name": "relu1", "kind": "relu"},
        {"name": "pool1", "kind": "max_pool", "kernel": 2},
        {"name": "conv2", "kind": "conv", "out": 32, "kernel": 3, "padding": 1},
        {"name": "relu2", "kind": "relu"},
        {"name": "pool2", "kind": "max_pool", "kernel": 2},
        {"name": "flatten", "kind": "flatten"},
        {"name": "fc1", "kind": "dense", "out": 128},
        {"name": "relu3", "kind": "relu"},
        {"name": "fc2", "kind": "dense", "out": classes},
    ]


def train(
    data: Path, out: Path, seed: int = 1, *, first_epochs: int = 18, epochs: int = 45, scale: float = 1.0
) -> None:
    """Trains and writes card.json and weights.safetensors to `out`.

    first_epochs: passes through all 68 kinds. epochs: passes through the ten classes. scale: share of the photos to
    use, for a try. Raises BadFile when `data` holds no photos, UserError when the share is too small.
    """
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    photos = read_everyday(data)
    parts = split(photos, seed)
    rng = np.random.default_rng(seed)
    everything = rng.permutation(parts.train)[: round(scale * len(parts.train))]
    ten = everything[photos.labels[everything] < len(CLASSES)]
    if len(ten) < BATCH:
        raise UserError(f"{len(ten)} photos of the ten classes are too few to train with: use a larger --scale.")
    checks = parts.validation[photos.labels[parts.validation] < len(CLASSES)]

    start = _fit(_net(len(photos.names)), photos, everything, first_epochs, 0.0, checks, seed)
    net = _net(len(CLASSES))
    kept = {name: value for name, value in start.state_dict().items() if not name.startswith("fc2")}
    net.load_state_dict(kept, strict=False)
    best = _fit(net, photos, ten, epochs, MIXING, checks, seed + 1)

    def model(inputs: Tensor) -> Tensor:
        return logits_of(best, inputs)

    temperature, not_sure = calibrate(model, photos, parts.validation)
    write_model(
        out,
        folded(best),
        layers(len(CLASSES)),
        temperature=temperature,
        not_sure=not_sure,
        seed=seed,
        figures=measure(model, photos, parts.test, temperature, not_sure),
    )


def _net(classes: int) -> nn.Sequential:
    return with_batch_norm(build(parse_layers(layers(classes)), (3, SIZE, SIZE)))


def _fit(
    net: nn.Sequential, photos: Everyday, chosen: Ints, epochs: int, mixing: float, checks: Ints, seed: int
) -> nn.Module:
    """The net whose averaged weights did best on `checks` after an epoch."""
    classes = int(net[-1].out_features)  # type: ignore[arg-type]
    trainer = Trainer(net, steps=epochs * (len(chosen) // BATCH))
    inputs, labels = normalised(photos, checks), photos.labels[checks]
    best, state = -1.0, trainer.average.state_dict()
    for epoch in range(epochs):
        began = time.monotonic()
        loss = trainer.epoch(_batches(photos, chosen, classes, mixing, [seed, epoch]))
        answers = logits_of(trainer.average, inputs)[:, : len(CLASSES)].argmax(dim=1).numpy()
        right = float(np.mean([(answers[labels == k] == k).mean() for k in range(len(CLASSES))]))
        if right > best:
            best, state = right, {name: value.clone() for name, value in trainer.average.state_dict().items()}
        print(f"epoch {epoch}: loss {loss:.3f}, validation {right:.4f} ({time.monotonic() - began:.0f} s)", flush=True)
    trainer.average.load_state_dict(state)
    return trainer.average


def _batches(
    photos: Everyday, chosen: Ints, classes: int, mixing: float, seed: list[int]
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """(inputs, targets, weights) with new random changes; `mixing` above 0 blends each photo with another one."""
    rng = np.random.default_rng(seed)
    counts = np.bincount(photos.labels[chosen], minlength=classes)
    # A class with more photos is no likelier in life.
    balance = torch.from_numpy(counts.mean() / np.maximum(counts, 1)).float()
    torch_rng = torch.Generator().manual_seed(int(rng.integers(2**62)))
    order = rng.permutation(chosen)
    for start in range(0, len(order) - BATCH + 1, BATCH):
        index = order[start : start + BATCH]
        inputs = (augmented(photos.images[index], MEAN, torch_rng) - MEAN) / STD
        labels = torch.from_numpy(photos.labels[index])
        targets = (1 - SMOOTHING) * F.one_hot(labels, classes).float() + SMOOTHING / classes
        weights = balance[labels]
        if mixing:
            share = float(rng.beta(mixing, mixing))
            partner = torch.from_numpy(rng.permutation(BATCH))
            inputs = share * inputs + (1 - share) * inputs[partner]
            targets = share * targets + (1 - share) * targets[partner]
            weights = share * weights + (1 - share) * weights[partner]
        yield inputs, targets, weights
