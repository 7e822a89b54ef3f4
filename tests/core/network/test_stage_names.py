"""Names that only count say nothing to a class; all others stay as the network's code has them."""

from __future__ import annotations

import pytest

from desktop_app.core.network.stage_names import StageNames


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (["features.0", "features.1", "features.2"], ["conv 1", "ReLU 1", "conv 2"]),
        (["0.0", "0.1", "1"], ["conv 1", "ReLU 1", "conv 2"]),
        (["features.0", "classifier.1", "classifier.4"], ["conv 1", "ReLU 1", "conv 2"]),
        (["conv1", "layer1.0.relu", "layer1.0.downsample.0"], ["conv1", "layer1.0.relu", "layer1.0.downsample.conv 1"]),
        (["features.1.block.0.0", "1", "features.2.block.0.0"],
         ["features.1.block.conv 1", "ReLU 1", "features.2.block.conv 1"]),
        (["0", "relu", "0"], ["conv 1", "relu", "conv 2"]),
        (["add", "add", "add"], ["add", "add (2)", "add (3)"]),
        (["conv 1", "1", "2"], ["conv 1", "ReLU 1", "conv 1 (2)"]),
    ],
)  # fmt: skip
def test_numbers_are_named_by_their_kind(given: list[str], shown: list[str]) -> None:
    """Here every second stage is a ReLU, the others are convolutions."""
    names = StageNames()
    found = [names.one(name, "ReLU" if place % 2 else "conv") for place, name in enumerate(given)]
    assert [name for name, _ in found] == shown
    for (_, module), name in zip(found, given, strict=True):
        assert module == (name if name.split(".")[-1].isdecimal() else "")
