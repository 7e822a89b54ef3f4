"""Maps scaled in the middle of a torch network, against the same done by hooks that the test sets itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from traced_nets import SHAPE, Activations, Branching, Joins, Sums, Transformer, an_input, made, traced, wrong

from desktop_app.core.forward.factors import Factors
from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.forward.trace import Array
from desktop_app.core.model.registry import find_models
from desktop_app.core.paths import models_folder
from desktop_app.learn.arrival import torch_forward
from desktop_app.learn.network.tracing import TorchForward


class Skipping(nn.Module):
    """Identities stand behind what is no module of its own, so that a hook of the test can change it too."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 6, 3, padding=1)
        self.conv = nn.Conv2d(6, 6, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(6)
        self.relu = nn.ReLU(inplace=True)
        self.after_add = nn.Identity()
        self.after_cat = nn.Identity()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.fc = nn.Linear(12, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        out = self.norm(self.conv(x))
        out += x
        out = self.relu(self.after_add(out))
        out = self.after_cat(torch.cat([out, x], 1))
        return self.fc(self.flatten(self.pool(out)))


class SkippingUnderHooks(Skipping):
    """The same where fx cannot follow."""

    def forward(self, x: Tensor) -> Tensor:
        if x.mean() > 1e9:
            x = x * 0
        return super().forward(x)


def net_of(kind: Callable[[], nn.Module]) -> nn.Module:
    torch.manual_seed(5)
    return made(kind())


def place(forward: TorchForward, name: str) -> int:
    return [stage.layer for stage in forward.stages].index(name)


def by_hand(net: nn.Module, net_input: Array, changes: Mapping[str, Mapping[int, float]], axis: int = 0) -> Array:
    """The logits when the test's own hooks multiply channels of modules' outputs. axis: −1 where these come last."""

    def hook_for(channels: Mapping[int, float]) -> Callable[..., Any]:
        def hook(_module: nn.Module, _inputs: Any, output: Any) -> Any:
            value = output[0] if isinstance(output, tuple) else output
            by = torch.ones(value.shape[-1] if axis else value.shape[1])
            for channel, factor in channels.items():
                by[channel] = factor
            value = value * (by if axis else by.reshape(1, -1, *(1 for _ in value.shape[2:])))
            return (value, *output[1:]) if isinstance(output, tuple) else value

        return hook

    handles = [net.get_submodule(name).register_forward_hook(hook_for(channels)) for name, channels in changes.items()]
    logits: Array = net(torch.from_numpy(net_input)[None])[0].numpy()
    for handle in handles:
        handle.remove()
    return logits


@pytest.mark.parametrize(
    ("kind", "stage", "module"),
    [
        (Skipping, "stem", "stem"),
        (Skipping, "norm", "norm"),
        (Skipping, "add", "after_add"),
        (Skipping, "relu", "relu"),
        (Skipping, "cat", "after_cat"),
        (Skipping, "pool", "pool"),
        (Skipping, "flatten", "flatten"),
        (Skipping, "fc", "fc"),
        (SkippingUnderHooks, "stem", "stem"),
        (SkippingUnderHooks, "norm", "norm"),
        (SkippingUnderHooks, "relu", "relu"),
        (SkippingUnderHooks, "fc", "fc"),
        (Sums, "norm", "norm"),
        (Sums, "squeeze", "squeeze"),
        (Joins, "right", "right"),
        (Joins, "shuffle", "shuffle"),
        (Transformer, "norm", "norm"),
        (Transformer, "attention", "attention"),
        (Transformer, "biased", "biased"),
        (Transformer, "mlp.1", "mlp.1"),
        (Branching, "conv", "conv"),
        (Branching, "attention", "attention"),
    ],
)
def test_scaled_maps_are_what_the_next_stages_read(kind: Callable[[], nn.Module], stage: str, module: str) -> None:
    net, net_input = net_of(kind), an_input()
    forward = TorchForward(net, SHAPE)
    position, plain = place(forward, stage), forward(net_input)
    axis = forward.stages[position].channels
    for channels in ({0: 0.0}, {1: -1.5}, {0: 2.0, 1: 0.25}):
        factors = Factors(tuple((position, channel, factor) for channel, factor in channels.items()))
        trace = traced(forward, net_input, factors)
        np.testing.assert_allclose(
            trace.answer.logits, by_hand(net, net_input, {module: channels}, axis), rtol=1e-5, atol=1e-5
        )
        assert wrong(trace, pixels=4) == []
        wanted = np.moveaxis(plain[position - 1].copy(), axis, 0)
        for channel, factor in channels.items():
            wanted[channel] *= np.float32(factor)
        np.testing.assert_array_equal(np.moveaxis(trace.outputs[position], axis, 0), wanted)
        for before in range(1, position):
            np.testing.assert_array_equal(trace.outputs[before], plain[before - 1])
    for once_more, was in zip(forward(net_input), plain, strict=True):
        np.testing.assert_array_equal(once_more, was)


@pytest.mark.parametrize("kind", [Skipping, SkippingUnderHooks])
def test_several_stages_at_once(kind: Callable[[], nn.Module]) -> None:
    net, net_input = net_of(kind), an_input()
    forward = TorchForward(net, SHAPE)
    changes = {"stem": {2: 0.0, 3: 3.0}, "conv": {0: 0.5}, "relu": {5: 0.0}}
    factors = Factors(tuple((place(forward, name), *scaled) for name, at in changes.items() for scaled in at.items()))
    np.testing.assert_allclose(forward(net_input, factors)[-1], by_hand(net, net_input, changes), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("kind", [Skipping, SkippingUnderHooks, Activations, Sums, Joins, Transformer, Branching])
def test_factors_of_one_change_nothing(kind: Callable[[], nn.Module]) -> None:
    forward, net_input = TorchForward(net_of(kind), SHAPE), an_input()
    ones = Factors(tuple((position, 0, 1.0) for position in range(1, len(forward.stages) - 1)))
    for plain, scaled in zip(forward(net_input), forward(net_input, ones), strict=True):
        np.testing.assert_array_equal(plain, scaled)


def test_a_silenced_branch_leaves_only_what_goes_past_it() -> None:
    net, net_input = net_of(Skipping), an_input()
    forward = TorchForward(net, SHAPE)
    silent = Factors(tuple((place(forward, "norm"), channel, 0.0) for channel in range(6)))
    stem = net.stem(torch.from_numpy(net_input)[None])
    wanted = net.fc(torch.cat([stem.relu(), stem], 1).mean((2, 3)))
    np.testing.assert_allclose(forward(net_input, silent)[-1], wanted[0].numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kind", [Skipping, SkippingUnderHooks])
def test_silence_is_nought_even_where_nothing_is_a_number(kind: Callable[[], nn.Module]) -> None:
    net = net_of(kind)
    net.stem.weight[1] = torch.nan
    forward, net_input = TorchForward(net, SHAPE), an_input()
    assert np.isnan(forward(net_input)[-1]).all()
    position = place(forward, "stem")
    silenced = forward(net_input, Factors(((position, 1, 0.0),)))
    assert (silenced[position - 1][1] == 0).all()
    net.stem.weight[1], net.stem.bias[1] = 0, 0
    np.testing.assert_allclose(silenced[-1], TorchForward(net, SHAPE)(net_input)[-1], rtol=1e-5, atol=1e-6)


def test_torch_scales_as_numpy_does() -> None:
    card = find_models(models_folder()).cards[0]
    net_input = an_input(card.preprocessing.shape)
    first, second = NumpyForward(card), torch_forward(card)
    for position in range(1, len(first.stages) - 1):
        factors = Factors(((position, 1, (0.5, 0.0, 2.0)[position % 3]),))
        for one, other in zip(first(net_input, factors), second(net_input, factors), strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("kind", [Skipping, SkippingUnderHooks])
def test_several_threads_may_ask_at_once(kind: Callable[[], nn.Module]) -> None:
    forward = TorchForward(net_of(kind), SHAPE)
    inputs = [an_input(seed=seed) for seed in range(4)]
    wanted = [forward(net_input)[-1] for net_input in inputs]
    with ThreadPoolExecutor(4) as pool:
        for round_ in range(5):
            found = pool.map(lambda net_input: forward(net_input)[-1], inputs)
            for one, other in zip(found, wanted, strict=True):
                np.testing.assert_allclose(one, other, rtol=1e-6, err_msg=f"round {round_}")
