"""A training loop for small image classifiers: soft targets, a moving average of the weights, one thread."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from desktop_app.learn.network.nets import Residual

BATCH = 256


def with_batch_norm(net: nn.Sequential) -> nn.Sequential:
    """The same net with batch normalisation behind every convolution, and each ReLU behind the pooling that follows.

    ReLU and max-pooling may change places: the numbers are the same, and a quarter of them is enough.
    """
    layers: list[tuple[str, nn.Module]] = []
    for name, module in net.named_children():
        if isinstance(module, nn.MaxPool2d) and isinstance(layers[-1][1], nn.ReLU):
            layers.insert(-1, (name, module))
            continue
        if isinstance(module, Residual):
            module = Residual(with_batch_norm(module.layers), with_batch_norm(module.shortcut))
        layers.append((name, module))
        if isinstance(module, nn.Conv2d):
            layers.append((f"{name}_norm", nn.BatchNorm2d(module.out_channels)))
    trained = nn.Sequential()
    for name, module in layers:
        trained.add_module(name, module)
    return trained.to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def folded(net: nn.Module) -> dict[str, NDArray[np.float32]]:
    """The weights without batch normalisation: its factors and shifts go into the convolution before it."""
    modules = dict(net.named_children())
    weights: dict[str, NDArray[np.float32]] = {}
    for name, module in modules.items():
        if isinstance(module, (Residual, nn.Sequential)):
            weights |= {f"{name}.{inner}": value for inner, value in folded(module).items()}
        if not isinstance(module, (nn.Conv2d, nn.Linear)):
            continue
        weight = module.weight.detach().clone()
        bias = torch.zeros(len(weight)) if module.bias is None else module.bias.detach().clone()
        norm = modules.get(f"{name}_norm")
        if isinstance(norm, nn.BatchNorm2d):
            assert norm.running_var is not None
            assert norm.running_mean is not None
            factor = norm.weight.detach() / torch.sqrt(norm.running_var + norm.eps)
            weight *= factor[:, None, None, None]
            bias = (bias - norm.running_mean) * factor + norm.bias.detach()
        weights[f"{name}.weight"] = np.ascontiguousarray(weight.numpy(), np.float32)
        weights[f"{name}.bias"] = np.ascontiguousarray(bias.numpy(), np.float32)
    return weights


class Trainer:
    """AdamW on a cosine, with warm-up; `average` is the moving average of the weights, which is what counts.

    Everything that a later process needs to go on is in `state`.
    """

    def __init__(self, net: nn.Sequential, steps: int, rate: float = 3e-3) -> None:
        self.net, self.steps, self.rate, self.step = net, steps, rate, 0
        self.average = copy.deepcopy(net).eval()
        self.optimiser = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=0.01)

    def epoch(
        self, batches: Iterator[tuple[Tensor, Tensor, Tensor]], should_stop: Callable[[], bool] = lambda: False
    ) -> float:
        """Trains on (inputs, targets, weights) batches; the mean loss. targets: (N, classes) probabilities."""
        self.net.train()
        losses: list[float] = []
        for inputs, targets, weights in batches:
            if should_stop():
                break
            for group in self.optimiser.param_groups:
                group["lr"] = self.rate * self._slope()
            logits = self.net(inputs.contiguous(memory_format=torch.channels_last))
            loss = (weights * -(targets * F.log_softmax(logits, dim=1)).sum(dim=1)).sum() / weights.sum()
            self.optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            self.optimiser.step()
            self.step += 1
            self._follow()
            losses.append(float(loss.detach()))
        return float(np.mean(losses))

    def _slope(self) -> float:
        warm = min(1.0, (self.step + 1) / 200)
        return warm * 0.5 * (1 + math.cos(math.pi * min(1.0, self.step / self.steps)))

    @torch.no_grad()
    def _follow(self) -> None:
        share = min(0.998, self.step / (self.step + 10))
        for mean, value in zip(self.average.state_dict().values(), self.net.state_dict().values(), strict=True):
            if mean.is_floating_point():
                mean.lerp_(value, 1 - share)
            else:
                mean.copy_(value)

    @property
    def state(self) -> dict[str, object]:
        return {
            "net": self.net.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
        }

    def resume(self, state: Mapping[str, object]) -> None:
        self.net.load_state_dict(state["net"])  # type: ignore[arg-type]
        self.average.load_state_dict(state["average"])  # type: ignore[arg-type]
        self.optimiser.load_state_dict(state["optimiser"])  # type: ignore[arg-type]
        self.step = int(state["step"])  # type: ignore[call-overload]


@torch.inference_mode()
def logits_of(net: nn.Module, inputs: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(N, classes) for (N, H, W) inputs of 0..255."""
    net.eval()
    parts = [
        net(torch.from_numpy(part).unsqueeze(1).float() / 255).numpy()
        for part in np.array_split(inputs, max(1, len(inputs) // 512))
    ]
    return np.concatenate(parts).astype(np.float32)
