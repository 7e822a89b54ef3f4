"""Trains the built-in model of everyday things: `python -m desktop_app train-builtin everyday --data FOLDER`.

Photos are learned smaller than they are used: cropping makes things larger in training than they are afterwards, and
use at a higher resolution evens that out (Touvron et al. 2019). It is faster, too.
"""

from __future__ import annotations

import copy
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import update_bn

from desktop_app.core.errors import UserError
from desktop_app.learn.training.everyday import Everyday, Ints, read_everyday, split
from desktop_app.learn.training.everyday_augment import softened
from desktop_app.learn.training.everyday_batches import BATCH, batches, size_at
from desktop_app.learn.training.everyday_card import PREPROCESSING, write_model
from desktop_app.learn.training.everyday_net import layers, net_to_train
from desktop_app.learn.training.everyday_report import Answers, measure
from desktop_app.learn.training.photos_report import calibration, logits_of, normalised
from desktop_app.learn.training.train_loop import folded
from desktop_app.learn.training.trunk import Run, Schedule

RATE = 0.2
WARM_UP = 500
SEEN = 2560
"""Training photos that the means of the batch normalisation are taken from in the end."""
LOOKED_AT = 3
"""Epochs between two looks at the validation photos; the last ones are all looked at."""


def train(
    data: Path, out: Path, seed: int = 1, *, epochs: int = 104, checkpoint: Path | None = None, scale: float = 1.0
) -> None:
    """Trains and writes card.json and weights.safetensors to `out`.

    epochs: passes through all photos, the decays being five ninths of them. checkpoint: folder in which an interrupted
    training goes on, and a finished one with more epochs. scale: share of the photos to use, for a try. Raises BadFile
    when `data` holds no photos, UserError when the share is too small or the checkpoint is of a longer training.
    """
    photos = read_everyday(data, first=())
    parts = split(photos, seed, test=0.05, validation=0.05)
    chosen = parts.train[np.random.default_rng(seed).permutation(len(parts.train))][: round(scale * len(parts.train))]
    if len(chosen) < BATCH:
        raise UserError(f"{len(chosen)} photos are too few to train with: use a larger --scale.")
    torch.manual_seed(seed)
    run = Run(net_to_train(len(photos.names)), Schedule(epochs, len(chosen) // BATCH, WARM_UP, RATE))
    held_out = [_Inputs.of(photos, numbers) for numbers in (parts.test, parts.validation)]
    _fit(run, photos, chosen, held_out[1], seed, checkpoint)
    test, validation = (inputs.answers(run.average) for inputs in held_out)
    soft_test, soft = (inputs.softened.answers(run.average) for inputs in held_out)
    temperature, not_sure = calibration(
        np.concatenate([validation.logits, soft.logits]), np.concatenate([validation.labels, soft.labels])
    )
    write_model(
        out,
        folded(run.average),
        layers(len(photos.names)),
        photos.names,
        temperature=temperature,
        not_sure=not_sure,
        seed=seed,
        epochs=epochs,
        figures=measure(test, validation, soft_test, photos.names, temperature, not_sure),
    )


@dataclass(frozen=True, eq=False)
class _Inputs:
    """Photos as the app gives them to the net, (N, 3, SIZE, SIZE), and their labels."""

    inputs: Tensor
    labels: Ints

    @classmethod
    def of(cls, photos: Everyday, numbers: Ints) -> _Inputs:
        return cls(normalised(photos, numbers, PREPROCESSING), photos.labels[numbers])

    @property
    def softened(self) -> _Inputs:
        return _Inputs(softened(self.inputs), self.labels)

    def answers(self, net: nn.Module) -> Answers:
        return Answers(logits_of(net, self.inputs).numpy(), self.labels)


def _fit(run: Run, photos: Everyday, chosen: Ints, checks: _Inputs, seed: int, checkpoint: Path | None) -> None:
    """Leaves in run.average the weights that did best on `checks`, sharp and softened, after an epoch of the decays.

    Those may be the newest ones: when the rate falls, their average lags behind.
    """
    schedule = run.schedule
    seen = normalised(photos, chosen[:SEEN], PREPROCESSING)
    seen[1::2] = softened(seen[1::2])
    soft = checks.softened
    best, state = -1.0, run.average.state_dict()
    if checkpoint is not None:
        best, state = _resume(run, checkpoint, seed, best, state)
    while run.epoch < schedule.epochs:
        began, size = time.monotonic(), size_at(run.epoch, schedule)
        loss = run.train(batches(photos, chosen, run.epoch, schedule, seed))
        speed = schedule.steps * BATCH / (time.monotonic() - began)
        line = f"epoch {run.epoch}: {size} px, loss {loss:.3f}, {speed:.0f} photos/s"
        decays = run.epoch > schedule.trunk
        if run.epoch % LOOKED_AT == 0 or run.epoch > schedule.epochs - LOOKED_AT:
            for name, weights in (("average", run.average), ("newest", run.net)):
                net = _at_size_of_use(weights, seen)
                ranks, soft_ranks = checks.answers(net).ranks, soft.answers(net).ranks
                sharp_right, soft_right = float((ranks < 1).mean()), float((soft_ranks < 1).mean())
                line += f"; {name}: validation {sharp_right:.4f}, softened {soft_right:.4f}"
                right = (sharp_right + soft_right) / 2
                if decays and right > best:
                    best, state = right, net.state_dict()
        print(line, flush=True)
        if checkpoint is not None:
            trunk, decay = _files(checkpoint)
            if decays:
                run.save(decay, seed=seed, best=best, best_average=state)
            else:
                run.save(trunk, seed=seed)
    run.average.load_state_dict(state)


def _at_size_of_use(net: nn.Module, seen: Tensor) -> nn.Module:
    """A copy whose batch normalisation takes its means from photos as they are used, not as they were learned.

    That is worth points: crops that were scaled up are softer than whole photos.
    """
    net = copy.deepcopy(net)
    update_bn(torch.split(seen, BATCH), net)
    return net


def _resume(
    run: Run, checkpoint: Path, seed: int, best: float, state: dict[str, Tensor]
) -> tuple[float, dict[str, Tensor]]:
    """Goes on with decays of as many epochs in all, else with the trunk. Raises UserError where neither fits."""
    saved = [torch.load(file, weights_only=True) for file in _files(checkpoint) if file.exists()]
    if any(one["seed"] != seed for one in saved):
        raise UserError(f"The training in {checkpoint} has another --seed, and with it other photos: name that one.")
    for one in saved:
        if "best" not in one:
            run.load(one)
        elif one["epochs"] == run.schedule.epochs:
            run.load(one)
            return float(one["best"]), one["best_average"]
    if run.epoch > run.schedule.trunk:
        raise UserError(
            f"The training in {checkpoint} has done {run.epoch} epochs without decay: "
            f"{run.schedule.epochs} --epochs would leave it {run.schedule.trunk}. Name more."
        )
    return best, state


def _files(checkpoint: Path) -> tuple[Path, Path]:
    """Of the trunk and of the decay."""
    return checkpoint / "trunk.pt", checkpoint / "decay.pt"
