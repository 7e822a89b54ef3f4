"""What stages of torch networks are said to compute is what they compute, and of the stages that they name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from traced_nets import (
    SHAPE,
    Activations,
    Branching,
    Joins,
    Sums,
    Transformer,
    Unheard,
    Windows,
    an_input,
    made,
    traced,
    unknown,
    wrong,
)

from desktop_app.core.arithmetic.operations import Attention, Combine, Concat, Conv, Dense, LayerNorm, Move, Unknown
from desktop_app.core.forward.layout import as_maps
from desktop_app.core.network.blocks import Block, blocks_of
from desktop_app.learn.network.torchvision_compat import make_importable
from desktop_app.learn.network.tracing import TorchForward


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel:UserWarning")
@pytest.mark.parametrize(
    ("kind", "not_taken_apart"),
    [
        (Windows, set()),
        (Activations, set()),
        (Sums, set()),
        (Joins, set()),
        (Transformer, set()),
        (Unheard, {"circular", "groups", "fixed", "hooked", "add", "abs", "subtract", "sum", "across", "mean"}),
        (Branching, {"pool", "fc"}),
    ],
)
def test_every_number_is_what_its_operation_gives(kind: Callable[[], nn.Module], not_taken_apart: set[str]) -> None:
    torch.manual_seed(3)
    net = made(kind())
    forward = TorchForward(net, SHAPE)
    for seed in range(2):
        trace = traced(forward, an_input(seed=seed))
        assert set(unknown(trace)) == not_taken_apart
        assert wrong(trace, pixels=12, seed=seed) == []
        np.testing.assert_array_equal(trace.answer.logits, net(torch.from_numpy(an_input(seed=seed))[None])[0].numpy())


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel:UserWarning")
def test_windows_kinds_are_all_there() -> None:
    """A net that fx had not followed would be checked with fewer operations."""
    forward = TorchForward(made(Windows()), SHAPE)
    assert [stage.kind for stage in forward.stages].count("average pool") == 9
    assert [stage.kind for stage in forward.stages].count("max pool") == 4


def sources(forward: TorchForward, name: str) -> list[str]:
    stage = next(stage for stage in forward.stages if stage.name == name)
    return [forward.stages[place].name for place in stage.sources]


def operation(forward: TorchForward, name: str) -> object:
    names = [stage.name for stage in forward.stages]
    return forward.operations[names.index(name) - 1]


def test_sources_are_the_operands_in_their_order_with_repeats() -> None:
    joins = TorchForward(made(Joins()), SHAPE)
    assert sources(joins, "cat") == ["right", "left", "right"]
    sums = TorchForward(made(Sums()), SHAPE)
    assert sources(sums, "subtract") == ["input"]
    assert sources(sums, "add") == ["plain", "divide"]
    assert sources(sums, "add (2)") == ["relu", "relu"]
    assert sources(sums, "multiply") == ["add (2)", "sigmoid"]
    assert sources(sums, "multiply (2)") == ["multiply"]
    vit = TorchForward(made(Transformer()), SHAPE)
    assert sources(vit, "cat") == ["permute"]
    assert sources(vit, "attention") == ["norm"]
    assert sources(vit, "head") == ["slice"]
    watched = TorchForward(made(Branching()), SHAPE)
    assert sources(watched, "skip") == ["input"]
    assert sources(watched, "relu") == ["conv"]
    assert sources(watched, "pool") == ["skip"]


def test_weights_are_shared_with_the_network() -> None:
    """A big network is not in memory twice."""
    net = made(Transformer())
    forward = TorchForward(net, SHAPE)
    for name, module in (("patches", net.patches), ("head", net.head), ("norm", net.norm)):
        told = operation(forward, name)
        assert isinstance(told, Conv | Dense | LayerNorm)
        weights = told.scale if isinstance(told, LayerNorm) else told.weight
        assert np.shares_memory(weights, module.weight.numpy())
    attention = operation(forward, "biased")
    assert isinstance(attention, Attention) and attention.heads == 4
    assert np.shares_memory(attention.value, net.biased.in_proj_weight.numpy())
    places = operation(forward, "add")
    assert isinstance(places, Combine) and np.shares_memory(places.constant, net.places.numpy())


class ChannelsLast(nn.Module):
    """As ConvNeXt and Swin work: norms and dense layers over channels that come last, and patches that are merged."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.norm = nn.LayerNorm(4)
        self.dense = nn.Linear(4, 6)
        self.back = nn.Linear(6, 4)
        self.fc = nn.Linear(16, 4)

    def forward(self, x: Tensor) -> Tensor:
        maps = self.conv(x)
        last = self.norm(maps.permute(0, 2, 3, 1))
        last = self.back(F.gelu(self.dense(last)))
        last = last + maps.permute(0, 2, 3, 1)
        merged = torch.cat([last[:, i::2, j::2] for j in (0, 1) for i in (0, 1)], -1)
        return self.fc(merged.permute(0, 3, 1, 2).mean((2, 3)))


def test_stages_know_the_picture_that_their_places_make_up() -> None:
    forward = TorchForward(made(ChannelsLast()), SHAPE)
    by_name = {stage.name: stage for stage in forward.stages}
    assert all(by_name[name].maps == (count, 12, 12) for name, count in {"norm": 4, "dense": 6, "add": 4}.items())
    assert by_name["conv"].grid is None and by_name["permute (3)"].grid is None
    assert by_name["slice"].grid == by_name["cat"].grid == (6, 6)
    trace = traced(forward, an_input())
    assert unknown(trace) == [] and wrong(trace, pixels=12) == []
    names = [stage.name for stage in trace.stages]
    for first, last in (("conv", "permute"), ("conv", "permute (2)"), ("cat", "permute (3)")):
        ones, others = (as_maps(by_name[name], trace.outputs[names.index(name)]) for name in (first, last))
        np.testing.assert_array_equal(ones, others)
    tokens = TorchForward(made(Transformer()), SHAPE)
    laid = {stage.name: (stage.maps[1:], stage.apart) for stage in tokens.stages if stage.grid}
    assert laid["permute"] == ((3, 3), 0) and laid["cat"] == laid["norm"] == laid["attention"] == ((3, 3), 1)


def test_what_is_moved_is_told_in_four_bytes_a_number() -> None:
    forward = TorchForward(made(Joins()), SHAPE)
    pairs = zip(forward.stages[1:-1], forward.operations, strict=True)
    moves = [(stage, told) for stage, told in pairs if isinstance(told, Move)]
    assert len(moves) >= 9
    for stage, move in moves:
        assert move.index.dtype == np.int32 and move.index.shape == stage.shape
    concat = operation(forward, "cat")
    assert isinstance(concat, Concat) and concat.axis == 0


class Masked(nn.Module):
    """Attention in ways that one row of weights over all tokens does not tell."""

    def __init__(self, way: str) -> None:
        super().__init__()
        self.way = way
        self.attention = nn.MultiheadAttention(
            3, 1, batch_first=way != "batch second", add_bias_kv=way == "more tokens"
        )
        self.register_buffer("mask", torch.ones(12, 12).triu(1).bool())
        self.fc = nn.Linear(3, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = x.mean(3).transpose(1, 2)
        mask = self.mask if self.way == "masked" else None
        other = x * 2 if self.way == "other keys" else x
        return self.fc(self.attention(x, other, other, attn_mask=mask)[0].mean(1))


@pytest.mark.parametrize("way", ["masked", "batch second", "more tokens", "other keys"])
def test_other_kinds_of_attention_are_not_taken_apart(way: str) -> None:
    forward = TorchForward(made(Masked(way)), SHAPE)
    assert isinstance(operation(forward, "attention"), Unknown)
    assert sources(forward, "attention")[0] == "transpose"


class Sizes(nn.Module):
    """Reads a size, makes a weight out of another, and sees something else again when it is not a float any more."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = nn.Parameter(torch.randn(1, 3, 1, 1))
        self.fc = nn.Linear(3, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = x * torch.sigmoid(self.gate) * (1 / x.size(2))
        return self.fc((x - x.mean()).mean((2, 3)))


def test_only_what_changes_with_the_input_is_a_stage() -> None:
    net = made(Sizes())
    forward = TorchForward(net, SHAPE)
    assert [stage.name for stage in forward.stages] == [
        "input",
        "multiply",
        "multiply (2)",
        "subtract",
        "mean",
        "fc",
        "softmax",
    ]
    trace = traced(forward, an_input())
    assert unknown(trace) == ["subtract"] and sources(forward, "subtract") == ["multiply (2)"]
    assert wrong(trace, pixels=12) == []


class WatchedOddities(Branching):
    """Modules that read no numbers, more than the batch, or what the test's own hook has changed."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(9, 9)
        self.norm = nn.LayerNorm(9)
        nn.init.constant_(self.norm.bias, 1)
        self.relu.register_forward_hook(lambda _module, _inputs, output: output + 1)

    def forward(self, x: Tensor) -> Tensor:
        pieces = self.norm(self.words(torch.arange(8)).reshape(2, 4, 9)).sum()
        return super().forward(x) + pieces


def test_oddities_under_hooks_are_unknown_and_do_no_harm() -> None:
    net = made(WatchedOddities())
    forward = TorchForward(net, SHAPE)
    trace = traced(forward, an_input())
    assert [stage.name for stage in trace.stages][-2] == "output"
    assert set(unknown(trace)) >= {"relu", "output"} and "norm" not in {stage.name for stage in trace.stages}
    assert wrong(trace, pixels=8) == []
    assert len(net.relu._forward_hooks) == 1


def test_a_second_relu_that_changes_nothing_is_a_stage_all_the_same() -> None:
    net = nn.Sequential(nn.Conv2d(3, 4, 12), nn.ReLU(), nn.ReLU(), nn.Dropout(), nn.Flatten())
    forward = TorchForward(made(net), SHAPE)
    assert [stage.name for stage in forward.stages[1:-1]] == ["conv 1", "ReLU 1", "ReLU 2", "flatten 1"]
    assert sources(forward, "flatten 1") == ["ReLU 2"]


def everything(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        yield from everything(block.children)


@pytest.mark.parametrize(
    ("name", "side", "not_taken_apart", "blocks"),
    [
        ("resnet18", 64, 0, [("layer 2", "layer2", 2), ("layer 2 · block 1 of 2", "layer2.0", 9)]),
        ("mobilenet_v3_small", 64, 0, [("block 4 of 13", "features.3", 9)]),
        (
            "densenet121",
            64,
            0,
            [("dense block 2", "features.denseblock2", 13), ("transition 3", "features.transition3", 4)],
        ),
        ("squeezenet1_1", 64, 0, [("block 1 of 8", "features.3", 7)]),
        ("shufflenet_v2_x0_5", 64, 0, [("stage 2", "stage2", 4), ("stage 2 · block 2 of 4", "stage2.1", 12)]),
        ("googlenet", 64, 0, [("inception 3a", "inception3a", 20)]),
        ("efficientnet_b0", 32, 0, [("block 3 of 9", "features.2", 2), ("block 3 · block 1 of 2", "features.2.0", 14)]),
        ("convnext_tiny", 32, 0, [("block 2 · block 3 of 3", "features.1.2", 9)]),
        ("vision transformer", 32, 0, [("encoder layer 2", "encoder.layers.encoder_layer_1", 8)]),
    ],
)
def test_torchvisions_networks_are_taken_apart(
    name: str, side: int, not_taken_apart: int, blocks: list[tuple[str, str, int]]
) -> None:
    """Into numbers, and into the blocks that they are known for."""
    make_importable()
    from torchvision import models

    torch.manual_seed(4)
    if name == "vision transformer":
        sizes = {"num_layers": 2, "num_heads": 4, "hidden_dim": 32, "mlp_dim": 64}
        net = models.VisionTransformer(image_size=side, patch_size=8, num_classes=7, **sizes)
        nn.init.normal_(net.heads.head.weight)
    else:
        net = getattr(models, name)(num_classes=7, **({"init_weights": False} if name == "googlenet" else {}))
    forward = TorchForward(made(net), (3, side, side))
    trace = traced(forward, an_input((3, side, side), seed=6))
    assert len(unknown(trace)) == not_taken_apart
    assert wrong(trace, pixels=1) == []
    found = {(block.title, block.path, len(block.children)) for block in everything(blocks_of(trace.stages))}
    assert found.issuperset(blocks)
