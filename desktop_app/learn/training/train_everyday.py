"""Trains the built-in model of everyday things: `python -m desktop_app train-builtin everyday --data FOLDER`.

Photos are learned smaller than they are used: cropping makes things larger in training than they are afterwards, and
use at a higher resolution evens that out (Touvron et al. 2019). It is faster, too.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from desktop_app.core.errors import UserError
from desktop_app.core.model.architecture import parse_layers
from desktop_app.learn.network.nets import Residual, build
from desktop_app.learn.training.everyday import Everyday, Ints, read_everyday, split
from desktop_app.learn.training.everyday_augment import augmentation, mixing
from desktop_app.learn.training.photos_card import MEAN, STD
from desktop_app.learn.training.photos_report import logits_of
from desktop_app.learn.training.train_loop import with_batch_norm
from desktop_app.learn.training.trunk import Run, Schedule

BATCH = 128
RATE = 0.2
WARM_UP = 500
SIZE = 64
WIDTHS, BLOCKS = (32, 64, 160, 384), (1, 2, 2, 1)


def layers(classes: int) -> list[dict[str, Any]]:
    """A small ResNet (He et al. 2016) of basic blocks; the first of each width but the first halves the maps."""
    rows: list[dict[str, Any]] = [
        {"name": "conv1", "kind": "conv", "out": WIDTHS[0], "kernel": 3, "stride": 2, "padding": 1},
        {"name": "relu1", "kind": "relu"},
    ]
    before = WIDTHS[0]
    for stage, (width, blocks) in enumerate(zip(WIDTHS, BLOCKS, strict=True), start=1):
        for number in range(1, blocks + 1):
            stride = 2 if stage > 1 and number == 1 else 1
            name = f"block{stage}_{number}"
            rows += [_block(name, width, stride, width != before), {"name": f"{name}_relu", "kind": "relu"}]
            before = width
    return [
        *rows,
        {"name": "mean", "kind": "avg_pool", "kernel": SIZE // 16},
        {"name": "flatten", "kind": "flatten"},
        {"name": "fc", "kind": "dense", "out": classes},
    ]


def _block(name: str, width: int, stride: int, widens: bool) -> dict[str, Any]:
    return {
        "name": name,
        "kind": "residual",
        "layers": [
            {"name": "conv1", "kind": "conv", "out": width, "kernel": 3, "stride": stride, "padding": 1},
            {"name": "relu", "kind": "relu"},
            {"name": "conv2", "kind": "conv", "out": width, "kernel": 3, "padding": 1},
        ],
        "shortcut": [{"name": "conv", "kind": "conv", "out": width, "kernel": 1, "stride": stride}] if widens else [],
    }


def train(
    data: Path, out: Path, seed: int = 1, *, epochs: int = 100, checkpoint: Path | None = None, scale: float = 1.0
) -> None:
    """Trains and writes card.json and weights.safetensors to `out`.

    epochs: passes through all photos, the decay being the last quarter. checkpoint: folder in which an interrupted
    training goes on, and a finished one with more epochs. scale: share of the photos to use, for a try. Raises BadFile
    when `data` holds no photos, UserError when the share is too small or the checkpoint is of a longer training.
    """
    torch.set_num_threads(1)
    photos = read_everyday(data, first=())
    parts = split(photos, seed, test=0.05, validation=0.05)
    chosen = parts.train[np.random.default_rng(seed).permutation(len(parts.train))][: round(scale * len(parts.train))]
    if len(chosen) < BATCH:
        raise UserError(f"{len(chosen)} photos are too few to train with: use a larger --scale.")
    torch.manual_seed(seed)
    run = Run(_net(len(photos.names)), Schedule(epochs, len(chosen) // BATCH, WARM_UP, RATE))
    _fit(run, photos, chosen, parts.validation, seed, checkpoint)


def size_at(epoch: int, schedule: Schedule) -> int:
    """Side of the inputs in pixels. On the trunk it depends on the epoch only, so that the trunk can be prolonged."""
    if epoch >= schedule.trunk:
        return 48 if epoch < (schedule.trunk + schedule.epochs) / 2 else 56
    return 32 if epoch < 3 else 40 if epoch < 7 else 48


def _fit(run: Run, photos: Everyday, chosen: Ints, checks: Ints, seed: int, checkpoint: Path | None) -> None:
    """Leaves in run.average the weights that did best on `checks` after an epoch of the decay."""
    schedule = run.schedule
    inputs, labels = _plain(photos, checks), photos.labels[checks]
    best, state = -1.0, run.average.state_dict()
    if checkpoint is not None:
        best, state = _resume(run, checkpoint, best, state)
    while run.epoch < schedule.epochs:
        began, epoch = time.monotonic(), run.epoch
        size = size_at(epoch, schedule)
        loss = run.train(_batches(photos, chosen, size, [seed, epoch]))
        speed = schedule.steps * BATCH / (time.monotonic() - began)
        ranks = _ranks(logits_of(run.average, inputs), labels)
        right = float((ranks < 1).mean())
        decays = run.epoch > schedule.trunk
        if decays and right > best:
            best, state = right, {name: value.clone() for name, value in run.average.state_dict().items()}
        print(
            f"epoch {run.epoch}: {size} px, loss {loss:.3f}, validation {right:.4f}, "
            f"of five {float((ranks < 5).mean()):.4f}, {speed:.0f} photos/s",
            flush=True,
        )
        if checkpoint is not None:
            if decays:
                run.save(checkpoint / "decay.pt", best=best, best_average=state)
            else:
                run.save(checkpoint / "trunk.pt")
    run.average.load_state_dict(state)


def _resume(run: Run, checkpoint: Path, best: float, state: dict[str, Tensor]) -> tuple[float, dict[str, Tensor]]:
    """Goes on with a decay of as many epochs in all, else with the trunk. Raises UserError where that is too long."""
    decay, trunk = checkpoint / "decay.pt", checkpoint / "trunk.pt"
    if decay.exists():
        saved = torch.load(decay, weights_only=True)
        if saved["epochs"] == run.schedule.epochs:
            run.load(saved)
            return float(saved["best"]), saved["best_average"]
    if trunk.exists():
        run.load(torch.load(trunk, weights_only=True))
    if run.epoch > run.schedule.trunk:
        raise UserError(
            f"The training in {checkpoint} has done {run.epoch} epochs without decay: "
            f"{run.schedule.epochs} --epochs would leave it {run.schedule.trunk}. Name more."
        )
    return best, state


def _net(classes: int) -> nn.Module:
    """The net to train: batch normalisation everywhere, and a mean over maps of whatever size."""
    net = with_batch_norm(build(parse_layers(layers(classes)), (3, SIZE, SIZE)))
    net.mean = nn.AdaptiveAvgPool2d(1)
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            module.bias = None  # the normalisation behind it has one
        elif isinstance(module, nn.ReLU):
            module.inplace = True
        elif isinstance(module, Residual):  # each begins as if it were not there (Goyal et al. 2017)
            nn.init.zeros_(list(module.layers.children())[-1].weight)  # type: ignore[arg-type]
    return net


def _plain(photos: Everyday, numbers: Ints) -> Tensor:
    """(N, 3, 64, 64) as they are."""
    return (torch.from_numpy(photos.images[numbers]).float() / 255 - MEAN) / STD


def _ranks(logits: Tensor, labels: Ints) -> np.ndarray[Any, np.dtype[np.int64]]:
    """(N,) how many classes are found likelier than the right one."""
    mine = logits.gather(1, torch.from_numpy(labels)[:, None])
    return (logits > mine).sum(dim=1).numpy()


def _batches(photos: Everyday, chosen: Ints, size: int, seed: list[int]) -> Iterator[tuple[Tensor, Tensor]]:
    """(inputs, targets) of an epoch, the same for the same seed."""
    torch.manual_seed(int(np.random.SeedSequence(seed).generate_state(1)[0]))
    augment, mix = augmentation(size, MEAN, STD), mixing(len(photos.names))
    order = chosen[torch.randperm(len(chosen)).numpy()]
    for start in range(0, len(order) - BATCH + 1, BATCH):
        index = order[start : start + BATCH]
        yield mix(augment(photos.images[index]), torch.from_numpy(photos.labels[index]))
