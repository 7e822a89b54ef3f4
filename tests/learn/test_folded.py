"""Networks whose batch norms were worked into their convolutions answer as before."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, fx, nn

from desktop_app.learn.network.folded import folded, quick
from desktop_app.learn.network.torchvision_nets import torchvision_net


def _trained(net: nn.Module) -> nn.Module:
    """With batch norms that do something, as those of fresh networks do not."""
    torch.manual_seed(1)
    for layer in net.modules():
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.uniform_(layer.weight, 0.5, 1.5)
            nn.init.uniform_(layer.bias, -0.5, 0.5)
            assert layer.running_mean is not None and layer.running_var is not None
            nn.init.uniform_(layer.running_mean, -0.5, 0.5)
            nn.init.uniform_(layer.running_var, 0.5, 2)
    return net.eval().requires_grad_(False)


def _norms(net: fx.GraphModule) -> int:
    called = [net.get_submodule(str(node.target)) for node in net.graph.nodes if node.op == "call_module"]
    return sum(isinstance(layer, nn.BatchNorm2d) for layer in called)


@pytest.mark.parametrize(
    ("name", "left"),
    [("resnet18", 0), ("mobilenet_v3_small", 0), ("shufflenet_v2_x0_5", 0), ("densenet121", 62), ("squeezenet1_1", 0)],
)
def test_same_logits(name: str, left: int) -> None:
    """left: batch norms that stand before a ReLU or behind a concatenation, and have no convolution before them."""
    net = _trained(torchvision_net(name, 10))
    before = {key: value.clone() for key, value in net.state_dict().items()}
    inputs = torch.randn(2, 3, 64, 64).contiguous(memory_format=torch.channels_last)
    inside = folded(net)
    want, got = net(inputs), inside(inputs)
    assert torch.allclose(got, want, atol=1e-4 * float(want.abs().max())) and float(want.std()) > 0
    assert _norms(inside) == left
    after = net.state_dict()
    assert all(
        torch.equal(after[key], value) and after[key].stride() == value.stride() for key, value in before.items()
    )


class _Twice(nn.Module):
    """Its convolution's output is read by the norm and by the sum, and its second one runs twice."""

    def __init__(self) -> None:
        super().__init__()
        self.one, self.two = nn.Conv2d(3, 3, 3, padding=1), nn.Conv2d(3, 3, 3, padding=1, bias=False)
        self.norm, self.other = nn.BatchNorm2d(3), nn.BatchNorm2d(3)

    def forward(self, inputs: Tensor) -> Tensor:
        first = self.one(inputs)
        summed = self.norm(first) + first
        return torch.flatten(self.other(self.two(self.two(summed))), 1)


def test_what_others_read_too_stays() -> None:
    net = _trained(_Twice())
    inputs = torch.randn(2, 3, 8, 8)
    assert torch.allclose(folded(net)(inputs), net(inputs), atol=1e-5)
    assert _norms(folded(net)) == 2


class _Undecided(nn.Module):
    def forward(self, inputs: Tensor) -> Tensor:
        return torch.flatten(inputs if inputs.sum() > 0 else -inputs, 1)


class _Viewed(nn.Module):
    """`view` wants channels first."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, inputs: Tensor) -> Tensor:
        maps: Tensor = self.conv(inputs)
        return maps.view(len(inputs), -1)


@pytest.mark.parametrize("kind", [_Undecided, _Viewed])
def test_a_network_with_no_quicker_way_answers_itself(kind: type[nn.Module]) -> None:
    net = kind()
    assert quick(net, torch.ones(1, 3, 8, 8)) is net


def test_whatever_answers_otherwise_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    net = _trained(nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten()))
    assert quick(net, torch.ones(1, 3, 8, 8)) is not net
    monkeypatch.setattr("desktop_app.learn.network.folded.fuse_conv_bn_eval", lambda conv, norm: conv)
    assert quick(net, torch.ones(1, 3, 8, 8)) is net
