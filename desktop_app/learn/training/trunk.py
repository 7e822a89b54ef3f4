"""A training that can be prolonged: warm-up, a trunk at a constant rate, and two decays to zero that branch off it.

After the decays the net is finished, yet the trunk is still there: a later call with more epochs grows it further and
lets new decays branch off at its end. The second decay begins anew from a lower rate (warm restarts, Loshchilov and
Hutter 2017).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

SMOOTHING = 0.1
LONGEST_GRADIENT = 2.0
AGAIN = 0.5
"""Share of the trunk's rate that the second decay begins with."""
FOLLOWING = 0.998
"""Share of the average that stays at a step."""


@dataclass(frozen=True)
class Schedule:
    """epochs: of trunk and decays together. steps: an epoch. warm: steps of the warm-up. rate: on the trunk."""

    epochs: int
    steps: int
    warm: int
    rate: float

    @property
    def trunk(self) -> int:
        """Epochs before the decays: four ninths of all."""
        return round(4 / 9 * self.epochs)

    @property
    def first_decay(self) -> int:
        """Epochs until the rate is zero for the first time: six ninths of all."""
        return round(6 / 9 * self.epochs)

    def left(self, epoch: float) -> float:
        """1 to 0: how much of the decay is still ahead; 1 on the trunk."""
        if epoch < self.trunk:
            return 1.0
        if epoch < self.first_decay:
            return (self.first_decay - epoch) / (self.first_decay - self.trunk)
        return (self.epochs - epoch) / (self.epochs - self.first_decay)

    def rate_at(self, step: int) -> float:
        """step: from the very beginning."""
        epoch = step / self.steps
        begins_at = self.rate if epoch < self.first_decay else AGAIN * self.rate
        return min(self.rate * (step + 1) / self.warm, begins_at * self.left(epoch))


class Run:
    """SGD with Nesterov's momentum; `average` is the moving average of the weights. epoch: how many are done."""

    def __init__(self, net: nn.Module, schedule: Schedule) -> None:
        self.net, self.schedule, self.epoch = net, schedule, 0
        self.average = copy.deepcopy(net).eval()
        filters = [weight for weight in net.parameters() if weight.dim() > 1]
        others = [weight for weight in net.parameters() if weight.dim() <= 1]
        self.optimiser = torch.optim.SGD(
            [{"params": filters, "weight_decay": 5e-4}, {"params": others, "weight_decay": 0.0}],
            lr=schedule.rate,
            momentum=0.9,
            nesterov=True,
        )

    def train(self, batches: Iterator[tuple[Tensor, Tensor]]) -> float:
        """One epoch on (inputs, targets); the mean loss. targets: (N, classes) probabilities."""
        self.net.train()
        losses: list[float] = []
        for number, (inputs, targets) in enumerate(batches):
            for group in self.optimiser.param_groups:
                group["lr"] = self.schedule.rate_at(self.epoch * self.schedule.steps + number)
            logits = self.net(inputs.contiguous(memory_format=torch.channels_last))
            loss = F.cross_entropy(logits, targets, label_smoothing=SMOOTHING)
            self.optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(self.net.parameters(), LONGEST_GRADIENT)
            self.optimiser.step()
            self._follow(self.epoch * self.schedule.steps + number + 1)
            losses.append(float(loss.detach()))
        self.epoch += 1
        return float(np.mean(losses))

    @torch.no_grad()
    def _follow(self, step: int) -> None:
        share = min(FOLLOWING, step / (step + 10))
        for mean, value in zip(self.average.state_dict().values(), self.net.state_dict().values(), strict=True):
            if mean.is_floating_point():
                mean.lerp_(value, 1 - share)
            else:
                mean.copy_(value)

    def save(self, file: Path, **more: Any) -> None:
        """Whole or not at all."""
        state = {
            "net": self.net.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "epoch": self.epoch,
            "epochs": self.schedule.epochs,
            **more,
        }
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        torch.save(state, part)
        part.replace(file)

    def load(self, state: dict[str, Any]) -> None:
        self.net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.epoch = int(state["epoch"])
