"""Trains the built-in model of drawn shapes: `python -m desktop_app train-builtin shapes --data FOLDER`."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from desktop_app.core.model.architecture import parse_layers
from desktop_app.core.sketcher import LABELS
from desktop_app.learn.network.nets import build
from desktop_app.learn.training.augment import SIZE
from desktop_app.learn.training.drawing_pool import Pool, Recipe, build_pool, plain_inputs
from desktop_app.learn.training.drawings_data import ORIGINS, Sample, read_samples, split_of
from desktop_app.learn.training.proofread import proofread
from desktop_app.learn.training.shapes_card import write_model
from desktop_app.learn.training.shapes_report import accuracy, calibrate, measure
from desktop_app.learn.training.train_loop import BATCH, Trainer, folded, logits_of, with_batch_norm

LAYERS: list[dict[str, Any]] = [
    {"name": "conv1", "kind": "conv", "out": 16, "kernel": 5, "padding": 2},
    {"name": "relu1", "kind": "relu"},
    {"name": "pool1", "kind": "max_pool", "kernel": 2},
    {"name": "conv2", "kind": "conv", "out": 32, "kernel": 3, "padding": 1},
    {"name": "relu2", "kind": "relu"},
    {"name": "pool2", "kind": "max_pool", "kernel": 2},
    {"name": "conv3", "kind": "conv", "out": 64, "kernel": 3, "padding": 1},
    {"name": "relu3", "kind": "relu"},
    {"name": "pool3", "kind": "max_pool", "kernel": 2},
    {"name": "flatten", "kind": "flatten"},
    {"name": "fc1", "kind": "dense", "out": 80},
    {"name": "relu4", "kind": "relu"},
    {"name": "fc2", "kind": "dense", "out": len(LABELS)},
]
SMOOTHING = 0.03
NONE_WEIGHT = 0.5
"""Weight in the loss of what has no label, or only half of one."""


@dataclass(frozen=True)
class Plan:
    """rounds: times that the pool of inputs is made afresh. epochs: passes through each. scale: of the pool's size.

    without: an origin (drawings_data.ORIGINS) to leave out, or None.
    """

    rounds: int
    epochs: int
    scale: float
    without: str | None = None


def train(data: Path, out: Path, seed: int = 1, *, scale: float = 1.0, runs: Path = Path("runs/shapes")) -> None:
    """Trains and writes card.json and weights.safetensors to `out`; an hour and a half on one core.

    First a short training for each origin of drawings without it, for the leave-one-out figures, then the model
    itself. A training that was interrupted goes on at its checkpoint in `runs`, and what is finished is not done
    again. scale: of the pool's size, for a try. Raises UserError when `data` holds no drawings.
    """
    torch.set_num_threads(1)
    left_out: dict[str, Any] = {}
    for origin in ORIGINS:
        file = runs / f"seed{seed}-without-{origin}.json"
        if not file.exists():
            net = fit(data, seed, Plan(2, 3, 0.35 * scale, origin), runs)
            unseen = [s for s in read_samples(data) if s.source.startswith(origin) and s.label >= 0]
            labels = np.array([s.label for s in unseen])
            file.write_text(json.dumps(accuracy(partial(logits_of, net), plain_inputs(unseen), labels)), "utf-8")
        left_out[origin] = json.loads(file.read_text(encoding="utf-8"))
    net = fit(data, seed, Plan(8, 4, scale), runs)
    finish(net, data, out, seed, left_out)


def fit(data: Path, seed: int, plan: Plan, runs: Path) -> nn.Module:
    """The averaged net after all rounds of the plan."""
    torch.manual_seed(seed)
    parts = _parts(read_samples(data, plan.without))
    recipe = Recipe().scaled(plan.scale)
    net = with_batch_norm(build(parse_layers(LAYERS), (1, SIZE, SIZE)))
    trainer = Trainer(net, steps=plan.rounds * plan.epochs * (recipe.total // BATCH))
    runs.mkdir(parents=True, exist_ok=True)
    checkpoint = runs / f"seed{seed}{f'-without-{plan.without}' if plan.without else ''}-{plan.scale:.2g}.pt"
    proofs = plain_inputs(parts["train"])
    checks = [s for s in parts["validation"] if s.label >= 0]
    check_inputs, check_labels = plain_inputs(checks), np.array([s.label for s in checks])
    for number in range(_resume(checkpoint, trainer), plan.rounds):
        began = time.monotonic()
        chosen = parts["train"] if number == 0 else proofread(parts["train"], proofs, trainer.average)
        pool = build_pool(chosen, recipe, np.random.default_rng([seed, number]))
        for epoch in range(plan.epochs):
            loss = trainer.epoch(_batches(pool, np.random.default_rng([seed, number, epoch])))
            right = accuracy(partial(logits_of, trainer.average), check_inputs, check_labels)
            print(
                f"round {number}, epoch {epoch}: {len(pool.labels)} inputs, loss {loss:.4f}, "
                f"validation {right['top1']} {right['per_class']} ({time.monotonic() - began:.0f} s)",
                flush=True,
            )
        torch.save({"round": number + 1, "trainer": trainer.state}, checkpoint)
    return trainer.average


def finish(net: nn.Module, data: Path, out: Path, seed: int, left_out: dict[str, Any]) -> None:
    """Calibrates and measures the net on people held out, and writes the model."""
    parts = _parts(read_samples(data))
    model = partial(logits_of, net)
    temperature, not_sure = calibrate(model, parts["validation"])
    figures = measure(model, parts["test"], temperature, not_sure)
    figures["splits"]["one origin left out"] = left_out
    write_model(
        out,
        folded(net),
        LAYERS,
        temperature=temperature,
        not_sure=not_sure,
        seed=seed,
        command=f"python -m desktop_app train-builtin shapes --data FOLDER --seed {seed}",
        figures=figures,
    )


def _parts(samples: list[Sample]) -> dict[str, list[Sample]]:
    return {name: [s for s in samples if split_of(s) == name] for name in ("train", "validation", "test")}


def _batches(pool: Pool, rng: np.random.Generator) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    order = rng.permutation(len(pool.labels))
    for start in range(0, len(order) - BATCH + 1, BATCH):
        index = np.sort(order[start : start + BATCH])
        sure = pool.sureness[index] * (1 - SMOOTHING)
        targets = np.repeat((1 - sure)[:, None] / len(LABELS), len(LABELS), axis=1).astype(np.float32)
        targets[np.arange(len(index)), np.maximum(pool.labels[index], 0)] += sure
        weights = np.where(pool.sureness[index] < 1, np.float32(NONE_WEIGHT), np.float32(1))
        inputs = torch.from_numpy(pool.inputs[index]).unsqueeze(1).float() / 255
        yield inputs, torch.from_numpy(targets), torch.from_numpy(weights)


def _resume(checkpoint: Path, trainer: Trainer) -> int:
    """The number of the round to go on with."""
    if not checkpoint.exists():
        return 0
    state = torch.load(checkpoint, weights_only=True)
    trainer.resume(state["trainer"])
    return int(state["round"])
