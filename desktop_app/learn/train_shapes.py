"""Trains the built-in model of drawn shapes: `python -m desktop_app train-builtin shapes --data FOLDER`."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from desktop_app.core.architecture import parse_layers
from desktop_app.core.sketcher import LABELS
from desktop_app.learn.augment import SIZE
from desktop_app.learn.drawing_pool import Pool, Recipe, build_pool, plain_inputs
from desktop_app.learn.drawings_data import NONE, ORIGINS, UNKNOWN, Sample, read_samples, split_of
from desktop_app.learn.nets import build
from desktop_app.learn.shapes_card import write_model
from desktop_app.learn.shapes_report import accuracy, calibrate, measure
from desktop_app.learn.train_loop import BATCH, Trainer, folded, logits_of, with_batch_norm

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


def train(
    data: Path,
    out: Path,
    seed: int = 1,
    *,
    rounds: int = 8,
    epochs: int = 4,
    scale: float = 1.0,
    without: str | None = None,
    runs: Path = Path("runs/shapes"),
) -> None:
    """Trains and writes card.json and weights.safetensors to `out`.

    A run that was interrupted goes on where it stopped, by its checkpoint in `runs`.
    rounds: times that the pool of inputs is made afresh. epochs: passes through each. scale: of the pool's size.
    without: an origin to leave out, for the leave-one-source-out figures.
    """
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    samples = read_samples(data, without)
    parts = {name: [s for s in samples if split_of(s) == name] for name in ("train", "validation", "test")}
    recipe = Recipe().scaled(scale)
    net = with_batch_norm(build(parse_layers(LAYERS), (1, SIZE, SIZE)))
    trainer = Trainer(net, steps=rounds * epochs * (recipe.total // BATCH))
    runs.mkdir(parents=True, exist_ok=True)
    checkpoint = runs / f"seed{seed}{'-without-' + without.replace(' ', '-') if without else ''}.pt"
    first = _resume(checkpoint, trainer)
    proofs = plain_inputs(parts["train"])
    checks = [s for s in parts["validation"] if s.label >= 0]
    check_inputs = plain_inputs(checks)
    for number in range(first, rounds):
        began = time.monotonic()
        chosen = parts["train"] if number == 0 else proofread(parts["train"], proofs, trainer.average)
        pool = build_pool(chosen, recipe, np.random.default_rng([seed, number]))
        built = time.monotonic() - began
        for epoch in range(epochs):
            loss = trainer.epoch(_batches(pool, np.random.default_rng([seed, number, epoch])))
            answers = logits_of(trainer.average, check_inputs).argmax(axis=1)
            right = np.array([answer == s.label for answer, s in zip(answers, checks, strict=True)])
            by_class = {
                name: round(float(right[[s.label == label for s in checks]].mean()), 4)
                for label, name in enumerate(LABELS)
                if any(s.label == label for s in checks)
            }
            print(
                f"round {number} epoch {epoch}: {len(pool.labels)} inputs made in {built:.0f} s, loss {loss:.4f}, "
                f"validation {right.mean():.4f} {by_class} ({time.monotonic() - began:.0f} s)",
                flush=True,
            )
        torch.save({"round": number + 1, "trainer": trainer.state}, checkpoint)
    finish(out, trainer.average, data, parts, seed, runs, without)


def proofread(samples: Sequence[Sample], inputs: NDArray[np.uint8], net: nn.Module) -> list[Sample]:
    """Samples without those whose label the half-trained net thinks impossible, and with those that it can name.

    A small net on ever new variants cannot learn single wrong labels by heart, so that it can be asked about them.
    """
    logits = logits_of(net, inputs).astype(np.float64)
    probability = np.exp(logits - logits.max(axis=1, keepdims=True))
    probability /= probability.sum(axis=1, keepdims=True)
    kept: list[Sample] = []
    for sample, chances in zip(samples, probability, strict=True):
        if sample.label == UNKNOWN:
            best = int(chances.argmax())
            if chances[best] > 0.9 and LABELS[best] == "heart":
                kept.append(Sample(best, sample.source, sample.person, sample.drawing))
            elif chances[best] < 0.5:
                kept.append(Sample(NONE, sample.source, sample.person, sample.drawing))
        elif sample.label == NONE or chances[sample.label] > 0.03:
            kept.append(sample)
    return kept


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
    if not checkpoint.exists():
        return 0
    state = torch.load(checkpoint, weights_only=True)
    trainer.resume(state["trainer"])
    return int(state["round"])


def finish(
    out: Path, net: nn.Module, data: Path, parts: dict[str, list[Sample]], seed: int, runs: Path, without: str | None
) -> None:
    """Calibrates, measures, and writes the model; or, where a source was left out, the figures on that source."""

    def model(inputs: NDArray[np.uint8]) -> NDArray[np.float32]:
        return logits_of(net, inputs)

    if without is not None:
        left_out = [s for s in read_samples(data) if s.source.startswith(without) and s.label >= 0]
        figures = accuracy(model, plain_inputs(left_out), np.array([s.label for s in left_out]))
        (runs / f"without {without}.json").write_text(json.dumps(figures), encoding="utf-8")
        print(without, figures, flush=True)
        return
    temperature, not_sure = calibrate(model, parts["validation"])
    figures = measure(model, parts["test"], temperature, not_sure)
    left_out_files = {origin: runs / f"without {origin}.json" for origin in ORIGINS}
    figures["splits"]["one source left out"] = {
        origin: json.loads(file.read_text(encoding="utf-8")) for origin, file in left_out_files.items() if file.exists()
    }
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
