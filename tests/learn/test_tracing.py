"""Every stage of a trace equals what torch computed there, and the caller's network stays as it was."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from desktop_app.core.forward.trace import Array
from desktop_app.learn.network.torchvision_compat import make_importable
from desktop_app.learn.network.tracing import TorchForward

SHAPE = (3, 12, 12)


class Residual(nn.Module):
    """A block as in ResNet: batch norm, one in-place ReLU used twice, `out += x`."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 6, 3, padding=1)
        self.conv1 = nn.Conv2d(6, 6, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(6)
        self.conv2 = nn.Conv2d(6, 6, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(6)
        self.relu = nn.ReLU(inplace=True)
        self.fc = nn.Linear(6, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += x
        out = self.relu(out)
        return self.fc(torch.flatten(F.adaptive_avg_pool2d(out, 1), 1))

    def by_hand(self, x: Tensor) -> list[tuple[str, Tensor]]:
        def norm(module: nn.BatchNorm2d, value: Tensor) -> Tensor:
            mean, var = (stat[:, None, None] for stat in (module.running_mean, module.running_var))
            return (value - mean) / torch.sqrt(var + module.eps) * module.weight[:, None, None] + module.bias[
                :, None, None
            ]

        stem = F.conv2d(x, self.stem.weight, self.stem.bias, padding=1)
        conv1 = F.conv2d(stem, self.conv1.weight, padding=1)
        bn1 = norm(self.bn1, conv1)
        relu1 = bn1.clamp(min=0)
        conv2 = F.conv2d(relu1, self.conv2.weight, padding=1)
        bn2 = norm(self.bn2, conv2)
        added = bn2 + stem
        relu2 = added.clamp(min=0)
        pooled = relu2.mean((2, 3), keepdim=True)
        flat = pooled[:, :, 0, 0]
        return [
            ("conv", stem), ("conv", conv1), ("batch norm", bn1), ("ReLU", relu1), ("conv", conv2),
            ("batch norm", bn2), ("add", added), ("ReLU", relu2), ("average pool", pooled), ("flatten", flat),
            ("dense", flat @ self.fc.weight.T + self.fc.bias),
        ]  # fmt: skip


class Parallel(nn.Module):
    """Branches side by side, joined by a concatenation; functional ReLU and pool, in place too."""

    def __init__(self) -> None:
        super().__init__()
        self.narrow = nn.Conv2d(3, 4, 1)
        self.wide = nn.Conv2d(3, 5, 5, padding=2)
        self.fc = nn.Linear(9 * 6 * 6, 4)

    def forward(self, x: Tensor) -> Tensor:
        both = torch.cat([F.relu(self.narrow(x), inplace=True), self.wide(x).relu_()], 1)
        return self.fc(F.max_pool2d(both, 2).view(x.size(0), -1))

    def by_hand(self, x: Tensor) -> list[tuple[str, Tensor]]:
        narrow = F.conv2d(x, self.narrow.weight, self.narrow.bias)
        wide = F.conv2d(x, self.wide.weight, self.wide.bias, padding=2)
        left, right = narrow.clamp(min=0), wide.clamp(min=0)
        both = torch.cat([left, right], 1)
        pooled = both.unfold(2, 2, 2).unfold(3, 2, 2).amax((4, 5))
        flat = pooled.flatten(1)
        return [
            ("conv", narrow), ("ReLU", left), ("conv", wide), ("ReLU", right), ("concat", both), ("max pool", pooled),
            ("flatten", flat), ("dense", flat @ self.fc.weight.T + self.fc.bias),
        ]  # fmt: skip


class Repeated(nn.Module):
    """One convolution that runs three times: three stages."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3, padding=1)
        self.pool = nn.AvgPool2d(4)
        self.fc = nn.Linear(27, 4)

    def forward(self, x: Tensor) -> Tensor:
        for _ in range(3):
            x = torch.tanh(self.conv(x))
        return self.fc(self.pool(x).flatten(1))

    def by_hand(self, x: Tensor) -> list[tuple[str, Tensor]]:
        found = []
        for _ in range(3):
            conv = F.conv2d(x, self.conv.weight, self.conv.bias, padding=1)
            x = 1 - 2 / (torch.exp(2 * conv) + 1)
            found += [("conv", conv), ("tanh", x)]
        pooled = x.unfold(2, 4, 4).unfold(3, 4, 4).mean((4, 5))
        flat = pooled.flatten(1)
        last = ("dense", flat @ self.fc.weight.T + self.fc.bias)
        return [*found, ("average pool", pooled), ("flatten", flat), last]


class Grouped(nn.Module):
    """Depthwise and grouped convolutions, squeeze and excitation, hard swish, dropout, identity."""

    def __init__(self) -> None:
        super().__init__()
        self.expand = nn.Conv2d(3, 8, 1)
        self.depthwise = nn.Conv2d(8, 8, 3, stride=2, padding=1, groups=8)
        self.grouped = nn.Conv2d(8, 4, 3, groups=2)
        self.squeeze = nn.Conv2d(4, 4, 1)
        self.act = nn.Hardswish(inplace=True)
        self.drop = nn.Dropout(0.5)
        self.same = nn.Identity()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.act(self.depthwise(self.expand(x)))
        x = self.grouped(self.same(x))
        x = x * torch.sigmoid(self.squeeze(x.mean((2, 3), keepdim=True)))
        return self.fc(F.dropout(self.drop(x.mean((2, 3))), 0.5, self.training))

    def by_hand(self, x: Tensor) -> list[tuple[str, Tensor]]:
        expand = F.conv2d(x, self.expand.weight, self.expand.bias)
        padded = F.pad(expand, (1, 1, 1, 1))
        depthwise = torch.cat(
            [
                F.conv2d(padded[:, c : c + 1], self.depthwise.weight[c : c + 1], self.depthwise.bias[c : c + 1], 2)
                for c in range(8)
            ],
            1,
        )
        act = depthwise * (depthwise + 3).clamp(0, 6) / 6
        halves = [
            F.conv2d(act[:, 4 * g : 4 * g + 4], self.grouped.weight[2 * g : 2 * g + 2], self.grouped.bias[2 * g :][:2])
            for g in range(2)
        ]
        grouped = torch.cat(halves, 1)
        mean = grouped.mean((2, 3), keepdim=True)
        squeeze = F.conv2d(mean, self.squeeze.weight, self.squeeze.bias)
        gate = 1 / (1 + torch.exp(-squeeze))
        scaled = grouped * gate
        flat = scaled.mean((2, 3))
        return [
            ("conv", expand), ("conv", depthwise), ("hard swish", act), ("conv", grouped), ("average pool", mean),
            ("conv", squeeze), ("sigmoid", gate), ("multiply", scaled), ("average pool", flat),
            ("dense", flat @ self.fc.weight.T + self.fc.bias),
        ]  # fmt: skip


class Attention(nn.Module):
    """Patches as tokens, a class token's worth of multi-head attention, a residual."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 8, 4, stride=4)
        self.norm = nn.LayerNorm(8)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.fc = nn.Linear(8, 4)

    def forward(self, x: Tensor) -> Tensor:
        tokens = self.patches(x).flatten(2).transpose(1, 2)
        normed = self.norm(tokens)
        attended, _ = self.attention(normed, normed, normed, need_weights=False)
        tokens = tokens + attended
        return self.fc(tokens.mean(1))

    def by_hand(self, x: Tensor) -> list[tuple[str, Tensor]]:
        patches = F.conv2d(x, self.patches.weight, self.patches.bias, 4)
        flat = patches.flatten(2)
        tokens = flat.transpose(1, 2)
        centred = tokens - tokens.mean(-1, keepdim=True)
        normed = centred / torch.sqrt((centred**2).mean(-1, keepdim=True) + self.norm.eps)
        normed = normed * self.norm.weight + self.norm.bias
        q, k, v = (normed @ self.attention.in_proj_weight.T + self.attention.in_proj_bias).split(8, -1)
        heads = []
        for head in (slice(0, 4), slice(4, 8)):
            weights = torch.softmax(q[..., head] @ k[..., head].transpose(1, 2) / 2, -1)
            heads.append(weights @ v[..., head])
        out = self.attention.out_proj
        attended = torch.cat(heads, -1) @ out.weight.T + out.bias
        added = tokens + attended
        mean = added.mean(1)
        return [
            ("conv", patches), ("flatten", flat), ("transpose", tokens), ("layer norm", normed),
            ("attention", attended), ("add", added), ("average pool", mean),
            ("dense", mean @ self.fc.weight.T + self.fc.bias),
        ]  # fmt: skip


class Branching(nn.Module):
    """Control flow that depends on the data: fx cannot follow it. Ends in something that is no module."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.conv(x))
        if x.mean() > 1e9:
            x = x * 0
        return self.fc(x.amax((2, 3))) * 3

    def by_hand(self, x: Tensor) -> list[tuple[str, Tensor]]:
        conv = F.conv2d(x, self.conv.weight, self.conv.bias, padding=1)
        relu = conv.clamp(min=0)
        logits = relu.amax((2, 3)) @ self.fc.weight.T + self.fc.bias
        return [("conv", conv), ("ReLU", relu), ("dense", logits), ("output", logits * 3)]


class SideExit(nn.Module):
    """What is computed last is not the answer; an in-place operation whose result nobody takes."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.fc = nn.Linear(400, 4)
        self.other = nn.Linear(400, 2)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        x.relu_()
        flat = x.flatten(1)
        answer = self.fc(flat)
        self.other(flat)
        return answer


NETS = [Residual, Parallel, Repeated, Grouped, Attention, Branching]


def made(kind: Callable[[], nn.Module]) -> nn.Module:
    """With batch norms that have seen data, in eval mode."""
    torch.manual_seed(1)
    net = kind()
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.uniform_(-1, 1)
            module.running_var.uniform_(0.5, 2)
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.5, 0.5)
    return net.eval().requires_grad_(False)


def an_input(seed: int = 0) -> Array:
    return np.random.default_rng(seed).standard_normal(SHAPE).astype(np.float32)


def state(net: nn.Module) -> dict[str, object]:
    """All that a trace might leave behind."""
    return {
        name: (
            type(module), module.training, getattr(module, "inplace", None), len(module._forward_hooks),
            len(module._forward_pre_hooks), tuple(module._modules), tuple(module._parameters),
        )
        for name, module in net.named_modules()
    }  # fmt: skip


@pytest.mark.parametrize("kind", NETS)
def test_every_stage_is_what_arithmetic_gives(kind: Callable[[], nn.Module]) -> None:
    net = made(kind)
    forward = TorchForward(net, SHAPE)
    for seed in range(3):
        net_input = an_input(seed)
        wanted = net.by_hand(torch.from_numpy(net_input)[None])
        outputs = forward(net_input)
        assert [stage.kind for stage in forward.stages] == ["input", *(kind for kind, _ in wanted), "softmax"]
        for stage, output, (_, value) in zip(forward.stages[1:-1], outputs, wanted, strict=True):
            assert output.shape == stage.shape, stage.name
            np.testing.assert_allclose(output, value[0].numpy(), rtol=1e-4, atol=1e-5, err_msg=stage.name)


@pytest.mark.parametrize("kind", [*NETS, SideExit])
def test_the_last_stage_is_the_networks_own_answer(kind: Callable[[], nn.Module]) -> None:
    net = made(kind)
    forward = TorchForward(net, SHAPE)
    for seed in range(3):
        net_input = an_input(seed)
        np.testing.assert_array_equal(forward(net_input)[-1], net(torch.from_numpy(net_input)[None])[0].numpy())
        np.testing.assert_allclose(forward.logits(net_input), forward(net_input)[-1], rtol=1e-4, atol=1e-5)
        np.testing.assert_array_equal(net_input, an_input(seed), "and the input stays")


@pytest.mark.parametrize("kind", [*NETS, SideExit])
def test_the_callers_network_is_unchanged(kind: Callable[[], nn.Module]) -> None:
    net = made(kind)
    before, weights = state(net), copy.deepcopy(net.state_dict())
    forward = TorchForward(net, SHAPE)
    forward(an_input())
    assert state(net) == before
    for name, value in net.state_dict().items():
        assert torch.equal(value, weights[name])
    plain = net(torch.from_numpy(an_input())[None])
    np.testing.assert_array_equal(plain[0].numpy(), forward(an_input())[-1])


@pytest.mark.parametrize("kind", NETS)
def test_an_earlier_trace_and_the_input_stay(kind: Callable[[], nn.Module]) -> None:
    forward, net_input = TorchForward(made(kind), SHAPE), an_input()
    first = forward(net_input)
    kept = [output.copy() for output in first]
    forward(an_input(9))
    np.testing.assert_array_equal(net_input, an_input())
    for output, was in zip(first, kept, strict=True):
        np.testing.assert_array_equal(output, was)


def sources(forward: TorchForward) -> dict[str, set[str]]:
    return {
        stage.name: {forward.stages[place].name for place in stage.sources} for stage in forward.stages if stage.sources
    }


def test_stages_know_what_they_read() -> None:
    """So that a skip connection and parallel branches can be drawn."""
    residual = TorchForward(made(Residual), SHAPE)
    found = sources(residual)
    assert found["stem"] == {"input"}
    assert found["add"] == {"bn2", "stem"}
    assert found["fc"] == {"flatten"}
    parallel = sources(TorchForward(made(Parallel), SHAPE))
    assert parallel["narrow"] == parallel["wide"] == {"input"}
    assert len(parallel["cat"]) == 2
    for forward in (residual, TorchForward(made(Attention), SHAPE)):
        for place, stage in enumerate(forward.stages):
            assert all(before < place for before in stage.sources)
            assert stage.sources or place == 0


def test_a_module_that_runs_again_is_a_stage_again() -> None:
    names = [stage.name for stage in TorchForward(made(Repeated), SHAPE).stages]
    assert names.count("conv") == names.count("conv (2)") == names.count("conv (3)") == 1
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("kind", [Residual, Grouped, Attention])
def test_weights_are_counted(kind: Callable[[], nn.Module]) -> None:
    net = made(kind)
    counted = sum(stage.weights for stage in TorchForward(net, SHAPE).stages)
    assert counted == sum(weight.numel() for weight in net.parameters())


def test_dropout_and_identity_get_no_column() -> None:
    names = [stage.name for stage in TorchForward(made(Grouped), SHAPE).stages]
    assert not {"drop", "same", "dropout"} & set(names)


class Failing(nn.Module):
    """Fails after its first modules have run."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.fc = nn.Linear(4, 4)
        self.fails = True

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        if self.fails and x.mean() < 1e9:
            raise RuntimeError("no memory")
        return self.fc(x.mean((2, 3)))


def hooks(net: nn.Module) -> int:
    return sum(len(module._forward_hooks) for module in net.modules())


def test_no_hook_survives_an_exception() -> None:
    net = Failing().eval()
    with pytest.raises(RuntimeError, match="no memory"):
        TorchForward(net, SHAPE)
    assert hooks(net) == 0
    net.fails = False
    forward = TorchForward(net, SHAPE)
    assert hooks(net) == 0
    np.testing.assert_array_equal(forward(an_input())[-1], net(torch.from_numpy(an_input())[None])[0].detach().numpy())


class TwoWays(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.extra = nn.Conv2d(4, 4, 3)
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        bright = x.mean() > 5
        x = self.conv(x)
        if bright:
            x = self.extra(x)
        return self.fc(x.mean((2, 3)))


def test_another_path_than_before_is_told_and_leaves_no_hook() -> None:
    net = made(TwoWays)
    forward = TorchForward(net, SHAPE)
    np.testing.assert_array_equal(forward(an_input())[-1], net(torch.from_numpy(an_input())[None])[0].numpy())
    with pytest.raises(ValueError, match="another path"):
        forward(np.full(SHAPE, 9, np.float32))
    assert hooks(net) == 0


@pytest.mark.parametrize(
    "net",
    [
        nn.Sequential(nn.Conv2d(3, 4, 3)),
        nn.Sequential(),
        nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(0)),
        nn.Identity(),
    ],
    ids=["maps", "nothing", "no batch", "identity"],
)
def test_a_network_without_one_number_a_class_is_refused(net: nn.Module) -> None:
    with pytest.raises(ValueError, match="one number a class"):
        TorchForward(net.eval(), SHAPE)


class Recorder:
    """torch's own hooks, set by the test: the plain way to see what every module gave."""

    def __init__(self, net: nn.Module) -> None:
        self.seen: dict[str, Tensor] = {}
        self._handles = [
            module.register_forward_hook(lambda _m, _i, out, name=name: self.seen.__setitem__(name, out.clone()))
            for name, module in net.named_modules()
            if not any(module.children())
        ]

    def stop(self) -> None:
        for handle in self._handles:
            handle.remove()


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v3_small", "squeezenet1_1", "googlenet"])
def test_torchvisions_networks_by_torchs_own_hooks(name: str) -> None:
    """Weights are random; modules that run once each are compared with what a hook on them sees."""
    make_importable()
    from torchvision import models

    torch.manual_seed(2)
    extra = {"init_weights": False} if name == "googlenet" else {}
    net = getattr(models, name)(num_classes=7, **extra).eval().requires_grad_(False)
    shape = (3, 64, 64)
    net_input = np.random.default_rng(3).standard_normal(shape).astype(np.float32)
    forward = TorchForward(net, shape)
    outputs = forward(net_input)
    record = Recorder(net)
    logits = net(torch.from_numpy(net_input)[None])
    record.stop()
    np.testing.assert_array_equal(outputs[-1], logits[0].numpy())
    inner = forward.stages[1:-1]
    times = Counter(stage.layer for stage in inner)
    by_name: dict[str, Array] = {stage.layer: output for stage, output in zip(inner, outputs, strict=True)}
    runs_once = [key for key in record.seen if f"{key} (2)" not in by_name and times[key] == 1]
    assert len(runs_once) >= 0.7 * len(record.seen)
    for key in runs_once:
        np.testing.assert_allclose(by_name[key], record.seen[key][0].numpy(), rtol=1e-4, atol=1e-5, err_msg=key)
    assert len({stage.name for stage in inner}) == len(outputs), "every stage has a name of its own"
    for place, stage in enumerate(forward.stages):
        assert all(0 <= before < place for before in stage.sources), stage
