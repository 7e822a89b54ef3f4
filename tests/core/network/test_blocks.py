"""Blocks cover all stages in order, open into smaller ones, and are joined as the stages are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.forward.trace import Stage, with_ends
from desktop_app.core.network.block_names import words
from desktop_app.core.network.blocks import Block, blocks_of
from desktop_app.core.network.connections import columns_of, connections_of

SHAPE = (3, 8, 8)


def stages_of(inner: Sequence[tuple[str, str]], joins: dict[int, tuple[int, ...]] | None = None) -> tuple[Stage, ...]:
    """inner: name and kind each, after each other.  joins: the sources of those that do not read the one before."""
    stages = [
        Stage(name, kind, SHAPE, 0, (joins or {}).get(place, (place - 1,)), name.rpartition(".")[0])
        for place, (name, kind) in enumerate(inner, start=1)
    ]
    return with_ends(stages, SHAPE)


def resnet(blocks: int) -> tuple[Stage, ...]:
    """Two layers of so many blocks, whose first has a convolution in its shortcut."""
    inner, joins = [("conv1", "conv"), ("relu", "ReLU")], {}
    for layer in ("layer1", "layer2"):
        for number in range(blocks):
            start, path = len(inner), f"{layer}.{number}"
            inner += [(f"{path}.conv1", "conv"), (f"{path}.relu", "ReLU"), (f"{path}.conv2", "conv")]
            last = start
            if not number:
                inner.append((f"{path}.downsample.0", "conv"))
                joins[len(inner)] = (start,)
                last = len(inner)
            inner += [(f"{path}.add", "add"), (f"{path}.relu (2)", "ReLU")]
            joins[len(inner) - 1] = (start + 3, last)
    return stages_of([*inner, ("flatten", "flatten"), ("fc", "dense")], joins)


def partition(blocks: Sequence[Block], first: int, last: int) -> None:
    place = first
    for block in blocks:
        assert block.first == place <= block.output <= block.last
        assert bool(block.children) == (block.last > block.first)
        if block.children:
            assert len(block.children) > 1
            partition(block.children, block.first, block.last)
        place = block.last + 1
    assert place == last + 1


def test_a_resnet_opens_into_layers_then_blocks_then_stages() -> None:
    stages = resnet(3)
    blocks = blocks_of(stages)
    partition(blocks, 0, len(stages) - 1)
    assert [block.title for block in blocks] == [
        "input", "conv1", "relu", "layer 1", "layer 2", "flatten", "fc", "softmax",
    ]  # fmt: skip
    layer = blocks[3]
    assert [block.title for block in layer.children] == [f"layer 1 · block {number} of 3" for number in (1, 2, 3)]
    assert [block.path for block in layer.children] == ["layer1.0", "layer1.1", "layer1.2"]
    assert [each.title for each in layer.children[1].children][-2:] == ["layer1.1.add", "layer1.1.relu (2)"]
    assert stages[layer.output].name == "layer1.2.relu (2)"


@pytest.mark.parametrize("also_read", [False, True])
def test_a_relu_right_behind_a_blocks_sum_is_its_end(also_read: bool) -> None:
    """Not where the sum is read by others too: then it is the beginning of the next one."""
    inner, joins = [("conv", "conv")], {}
    for number in range(8):
        start, path = len(inner), f"block{number}"
        inner += [
            (f"{path}.conv1", "conv"),
            (f"{path}.relu", "ReLU"),
            (f"{path}.conv2", "conv"),
            (f"{path}.add", "add"),
        ]
        inner.append((f"{path}_relu", "ReLU"))
        joins[start + 4] = (start + 3, start - 1 if also_read and number else start)
    stages = stages_of(inner, joins)
    blocks = blocks_of(stages)
    partition(blocks, 0, len(stages) - 1)
    sizes = [len(block.children) for block in blocks if block.children]
    assert sizes == ([*[4] * 7, 5] if also_read else [5] * 8)
    assert all(stages[block.output].kind == "ReLU" for block in blocks if len(block.children) == 5)


def test_columns_and_their_connections_while_blocks_open() -> None:
    stages = resnet(3)
    blocks = blocks_of(stages)
    closed = columns_of(blocks)
    assert closed == blocks
    assert {(each.source, each.target, each.kind) for each in connections_of(stages, closed)} == {
        (place, place + 1, "next") for place in range(7)
    }
    layer = blocks[3]
    opened = columns_of(blocks, {layer.span, layer.children[0].span})
    assert [column.title for column in opened[3:9]] == [
        "layer1.0.conv1", "layer1.0.relu", "layer1.0.conv2", "layer1.0.downsample.0", "layer1.0.add",
        "layer1.0.relu (2)",
    ]  # fmt: skip
    found = {(each.source, each.target): each.kind for each in connections_of(stages, opened)}
    assert found[(2, 3)] == "next" and found[(2, 6)] == "branch"
    assert found[(5, 7)] == "skip" and found[(6, 7)] == "next"
    assert (5, 6) not in found
    assert found[(8, 9)] == "next" and found[(9, 10)] == "next"


def test_concatenations_and_an_identity_that_is_skipped() -> None:
    inner = [("a", "conv"), ("b", "conv"), ("cat", "concat"), ("c", "conv"), ("add", "add")]
    stages = stages_of(inner, {2: (0,), 3: (1, 2), 5: (4, 3)})
    columns = columns_of(blocks_of(stages))
    found = {(each.source, each.target): each.kind for each in connections_of(stages, columns)}
    assert found == {
        (0, 1): "next", (0, 2): "branch", (1, 3): "concat", (2, 3): "concat", (3, 4): "next", (4, 5): "next",
        (3, 5): "skip", (5, 6): "next",
    }  # fmt: skip


def test_a_long_row_without_modules_is_cut_at_its_poolings() -> None:
    inner: list[tuple[str, str]] = []
    for _ in range(4):
        inner += [("features.conv", "conv"), ("features.relu", "ReLU")] * 3 + [("features.pool", "max pool")]
    stages = stages_of([*inner, ("flatten", "flatten"), ("classifier.0", "dense"), ("classifier.1", "ReLU")])
    blocks = blocks_of(stages)
    partition(blocks, 0, len(stages) - 1)
    assert [block.title for block in blocks] == [
        "input", *(f"block {number} of 4" for number in (1, 2, 3, 4)), "flatten", "classifier", "softmax",
    ]  # fmt: skip
    assert [stages[block.last].kind for block in blocks[1:5]] == ["max pool"] * 4


@pytest.mark.parametrize("tokens", [True, False], ids=["tokens", "maps"])
def test_what_cuts_a_picture_into_tokens_is_a_block_before_a_transformers_own(tokens: bool) -> None:
    before = [("conv_proj", "conv"), ("reshape", "reshape"), ("permute", "permute"), ("encoder.add", "add constant")]
    layers = [
        (f"encoder.layers.encoder_layer_{n}.{name}", name) for n in range(6) for name in ("ln", "att", "mlp", "add")
    ]
    stages = list(stages_of([*before, *layers, ("head", "dense")]))
    if tokens:
        stages[2:-2] = [replace(stage, shape=(64, 3), grid=(8, 8), channels=-1) for stage in stages[2:-2]]
    blocks = blocks_of(stages)
    partition(blocks, 0, len(stages) - 1)
    titles = [block.title for block in blocks]
    assert ("patches" in titles) == tokens and "encoder layer 6" in titles
    if tokens:
        assert (blocks[1].title, blocks[1].first, blocks[1].last, blocks[1].output) == ("patches", 1, 4, 4)
        assert [child.title for child in blocks[1].children] == [name for name, _ in before]


def test_a_short_network_has_one_column_a_stage() -> None:
    stages = stages_of([(f"features.{number}", "conv") for number in range(9)] + [("fc", "dense")])
    assert [block.children for block in blocks_of(stages)] == [()] * len(stages)


@given(
    st.lists(st.sampled_from(["", "a", "a.0", "a.1", "a.0.b", "a.1.c", "b", "b.x.y", "a.0.b.deep"]), max_size=60),
    st.integers(1, 6),
)
def test_any_network_is_partitioned(paths: list[str], times: int) -> None:
    inner = [(f"{path}.{number}".lstrip("."), "conv") for number, path in enumerate(paths) for _ in range(times)]
    stages = stages_of(inner)
    blocks = blocks_of(stages)
    partition(blocks, 0, len(stages) - 1)
    spans = {block.span for block in blocks if block.children}
    columns = columns_of(blocks, spans)
    assert [column.first for column in columns][1:] == [column.last + 1 for column in columns][:-1]
    assert all(each.source < each.target for each in connections_of(stages, columns))


@pytest.mark.parametrize(
    ("name", "beside", "title"),
    [
        ("denselayer12", (), "dense layer 12"),
        ("encoder_layer_3", ("encoder_layer_0", "encoder_layer_3"), "encoder layer 4"),
        ("layer2", ("layer1", "layer2"), "layer 2"),
        ("Mixed_5b", (), "Mixed 5b"),
        ("inception3a", (), "inception 3a"),
        ("Conv2d_1a_3x3", (), "Conv2d 1a 3x3"),
        ("branch7x7_1", (), "branch7x7 1"),
        ("block2_1", ("block1_1", "block2_1"), "block 2.1"),
        ("classifier", (), "classifier"),
    ],
)
def test_names_that_a_person_reads(name: str, beside: tuple[str, ...], title: str) -> None:
    assert words(name, beside) == title
