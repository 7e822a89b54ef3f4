"""Small networks with everything that the usual big ones have in them, and what a trace of one is checked with."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from desktop_app.core.arithmetic.explain import explain
from desktop_app.core.arithmetic.operations import Unknown
from desktop_app.core.forward.factors import UNTOUCHED, Factors
from desktop_app.core.forward.trace import Array, Trace, trace_of
from desktop_app.learn.network.tracing import TorchForward

SHAPE = (3, 12, 12)


class Windows(nn.Module):
    """Every way to pad, step and group a convolution, and to pool, as layers and as functions."""

    def __init__(self) -> None:
        super().__init__()
        self.even = nn.Conv2d(3, 4, (4, 2), padding="same")
        self.same = nn.Conv2d(4, 4, 3, padding="same", dilation=(2, 1), groups=2, bias=False)
        self.uneven = nn.Conv2d(4, 6, (3, 5), stride=(2, 1), padding=(0, 3))
        self.valid = nn.Conv2d(4, 4, (1, 3), padding="valid")
        self.depthwise = nn.Conv2d(6, 12, 3, padding=2, dilation=2, groups=6)
        self.average = nn.AvgPool2d(3, 2, 1, ceil_mode=True, count_include_pad=False)
        self.counting = nn.AvgPool2d(3, 2, 1, ceil_mode=True)
        self.divided = nn.AvgPool2d((2, 3), divisor_override=5)
        self.most = nn.MaxPool2d((3, 2), (2, 1), 1, dilation=(1, 2), ceil_mode=True)
        self.rows = nn.AdaptiveAvgPool2d((5, None))
        self.greatest = nn.AdaptiveMaxPool2d((None, 3))
        self.weight = nn.Parameter(torch.randn(5, 12, 2, 2) / 8)
        self.fc = nn.Linear(5, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.valid(self.same(self.even(x)))
        x = self.depthwise(self.uneven(x))
        x = self.average(x) - 1 + self.counting(x) + F.avg_pool2d(x, 3, stride=2, padding=1, ceil_mode=True)
        x = self.rows(self.divided(x)) + self.rows(F.avg_pool2d(x, (2, 3), divisor_override=5))
        x = F.max_pool2d(F.pad(x, (2, 2, 2, 2)), 3, 1) * self.most(F.pad(x, (2, 2, 2, 2)))[:, :, :1, :1]
        x = F.conv2d(x, self.weight, stride=1, padding=1)
        x = self.greatest(x) + F.adaptive_max_pool2d(x, (None, 3)) + F.adaptive_avg_pool2d(x, (None, 3))
        return F.linear(F.adaptive_avg_pool2d(x, 1).flatten(1), self.fc.weight, bias=self.fc.bias)


class Activations(nn.Module):
    """Every activation function that is known, each after a convolution so that it sees both signs."""

    def __init__(self) -> None:
        super().__init__()
        layers = [
            nn.ReLU(inplace=True), nn.ReLU6(), nn.SiLU(inplace=True), nn.GELU(), nn.GELU("tanh"), nn.Hardswish(),
            nn.Hardsigmoid(), nn.Sigmoid(), nn.Tanh(), nn.LeakyReLU(0.2), nn.ELU(0.7), nn.SELU(), nn.Mish(),
            nn.Hardtanh(0, 6), nn.Softplus(),
        ]  # fmt: skip
        self.layers = nn.ModuleList(layers)
        self.conv = nn.Conv2d(3, 3, 1)
        with torch.no_grad():
            self.conv.weight.mul_(8)

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = layer(self.conv(x))
        for function in (torch.relu, F.relu6, F.silu, F.gelu, F.hardswish, F.hardsigmoid, torch.sigmoid, torch.tanh):
            x = function(self.conv(x))
        x = F.leaky_relu_(self.conv(x), 0.3)
        x = F.elu(self.conv(x), alpha=0.5, inplace=True)
        x = F.gelu(self.conv(x), approximate="tanh").sigmoid()
        x = self.conv(self.conv(x).clamp(min=0)).clamp(0, 6)
        x = torch.softmax(self.conv(x).softmax(-1), 3)
        return x.amax((-1, -2)) * 2


class Sums(nn.Module):
    """Residuals, broadcasting, numbers and weights added and multiplied, what is read twice."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor([0.4, 0.5, 0.6]).view(1, 3, 1, 1))
        self.register_buffer("spread", torch.tensor([0.2, 0.3, 0.25]).view(3, 1, 1))
        self.conv = nn.Conv2d(3, 3, 3, padding=1)
        self.squeeze = nn.Conv2d(3, 3, 1)
        self.drop = nn.Dropout(0.5)
        self.norm = nn.BatchNorm2d(3)
        self.plain = nn.BatchNorm2d(3, affine=False)
        self.flat = nn.BatchNorm1d(3)
        self.scale = nn.Parameter(torch.rand(3, 1, 1))
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        x = (x - self.mean) / self.spread
        out = self.plain(self.norm(self.conv(x)))
        out += self.drop(x)
        out = self.relu(out)
        out = out + out
        out *= torch.sigmoid(self.squeeze(out.mean([2, 3], keepdim=True)))
        out = self.scale * out + 3 - 0.5
        out = 2 * out.contiguous() / 4
        return self.flat(torch.add(out, x).mean((-2, -1)))


class Joins(nn.Module):
    """Concatenations, one of what is read twice, and a channel shuffle as ShuffleNet spells it."""

    def __init__(self) -> None:
        super().__init__()
        self.left = nn.Conv2d(3, 4, 3, padding=1)
        self.right = nn.Conv2d(3, 2, 1)
        self.branch = nn.Conv2d(4, 4, 3, padding=1, groups=4)
        self.shuffle = nn.ChannelShuffle(2)
        self.finer = nn.PixelShuffle(2)
        self.flatten = nn.Flatten()
        self.fc = nn.Linear(2 * 24 * 24, 4)

    def forward(self, x: Tensor) -> Tensor:
        right = self.right(x)
        x = torch.cat((right, self.left(x), right), dim=-3)
        batch, channels, height, width = x.size()
        x = x.view(batch, 2, channels // 2, height, width).transpose(1, 2).contiguous()
        x = x.view(batch, channels, height, width)
        one, other = x.chunk(2, dim=1)
        x = self.shuffle(torch.cat([one, self.branch(other)], 1))
        first, last = torch.split(x, [6, 2], 1)
        x = torch.cat(
            [
                self.finer(torch.cat([first, last], 1)[:, ::2].contiguous()[:, [3, 1, 2, 0]]),
                x.view(1, 2, 24, 24)[:, 1:],
            ],
            1,
        )
        return self.fc(self.flatten(x))


class Transformer(nn.Module):
    """As a vision transformer: patches, a class token, places learned, a block of attention and dense layers."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 8, 4, stride=4)
        self.token = nn.Parameter(torch.randn(1, 1, 8))
        self.places = nn.Parameter(torch.randn(1, 10, 8))
        self.norm = nn.LayerNorm(8)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True, bias=False)
        self.biased = nn.MultiheadAttention(8, 4, batch_first=True)
        self.after = nn.LayerNorm(8, elementwise_affine=False, eps=1e-3)
        self.mlp = nn.Sequential(nn.Linear(8, 16), nn.GELU(), nn.Dropout(0.1), nn.Linear(16, 8, bias=False))
        self.head = nn.Linear(8, 4)
        nn.init.normal_(self.biased.in_proj_bias)
        nn.init.normal_(self.biased.out_proj.bias)

    def forward(self, x: Tensor) -> Tensor:
        tokens = self.patches(x).reshape(x.shape[0], 8, 9).permute(0, 2, 1)
        tokens = torch.cat([self.token.expand(x.shape[0], -1, -1), tokens], 1) + self.places
        normed = self.norm(tokens)
        tokens = tokens + self.attention(normed, normed, normed, need_weights=False)[0]
        attended, _ = self.biased(query=tokens, key=tokens, value=tokens)
        tokens = F.layer_norm(tokens + attended, (8,), self.norm.weight, self.norm.bias)
        tokens = tokens + self.mlp(self.after(tokens))
        return self.head(tokens[:, 0])


class Unheard(nn.Module):
    """Layers that nobody taught ConvLens, that are not what they seem, and numbers out of nowhere."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.circular = nn.Conv2d(4, 4, 3, padding=1, padding_mode="circular")
        self.groups = nn.GroupNorm(2, 4)
        self.fixed = nn.BatchNorm2d(4, track_running_stats=False)
        self.hooked = nn.ReLU()
        self.hooked.register_forward_hook(lambda _module, _inputs, output: output + 1)
        self.across = nn.MultiheadAttention(4, 2, batch_first=True)
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.fixed(self.groups(self.circular(self.conv(x))))
        x = self.hooked(x)
        x = torch.add(x, x, alpha=2) - x.abs() + x.reshape(1, 4, 2, 6, 12).sum(2).repeat(1, 1, 2, 1)
        tokens = x.flatten(2).transpose(1, 2)
        tokens = self.across(tokens, torch.tanh(tokens), tokens)[0]
        return self.fc(tokens.mean(1))


class Branching(nn.Module):
    """Control flow that fx cannot follow, a skip past it, and attention: watched by hooks."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)
        self.skip = nn.Conv2d(3, 8, 3, padding=1)
        self.pool = nn.MaxPool2d(4)
        self.flatten = nn.Flatten(2)
        self.attention = nn.MultiheadAttention(9, 3, batch_first=True)
        self.fc = nn.Linear(8, 4)

    def forward(self, x: Tensor) -> Tensor:
        y = self.relu(self.conv(x))
        if y.mean() > 1e9:
            y = y * 0
        y = self.flatten(self.pool(y + self.skip(x)))
        attended, _ = self.attention(y, y, y, need_weights=False)
        return self.fc(attended.mean(2))


def made(net: nn.Module) -> nn.Module:
    """With batch norms that have seen data, in eval mode."""
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d | nn.BatchNorm1d) and module.track_running_stats:
            module.running_mean.uniform_(-0.5, 0.5)
            module.running_var.uniform_(0.5, 2)
            if module.affine:
                nn.init.uniform_(module.weight, 0.5, 1.5)
                nn.init.uniform_(module.bias, -0.5, 0.5)
    return net.eval().requires_grad_(False)


def an_input(shape: tuple[int, int, int] = SHAPE, seed: int = 0) -> Array:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def traced(forward: TorchForward, net_input: Array, factors: Factors = UNTOUCHED) -> Trace:
    inner = forward(net_input, factors)
    return trace_of(forward.stages, forward.operations, net_input, inner, 1.0, factors)


def unknown(trace: Trace) -> list[str]:
    """Names of the stages that are not taken apart."""
    pairs = zip(trace.stages, trace.operations, strict=True)
    return [stage.name for stage, operation in pairs if isinstance(operation, Unknown)]


def wrong(trace: Trace, pixels: int, seed: int = 1) -> list[str]:
    """Numbers that arithmetic gives otherwise than the network; of every stage the corners, and some at random."""
    rng = np.random.default_rng(seed)
    found = []
    for position, stage in enumerate(trace.stages):
        if stage.name in unknown(trace):
            continue
        corners = [tuple(0 for _ in stage.shape), tuple(side - 1 for side in stage.shape)]
        for index in (*corners, *(tuple(int(rng.integers(side)) for side in stage.shape) for _ in range(pixels))):
            told = explain(trace, position, index)
            if not told.equal or not np.isfinite(told.value):
                found.append(f"{stage.name} {index}: {told.computed} and not {told.value}")
    return found
