"""The net of the everyday model, as its card spells it out and as it is trained."""

from __future__ import annotations

from typing import Any

from torch import nn

from desktop_app.core.model.architecture import parse_layers
from desktop_app.learn.network.nets import Residual, build
from desktop_app.learn.training.everyday_card import SIZE
from desktop_app.learn.training.train_loop import with_batch_norm

WIDTHS, BLOCKS = (32, 64, 160, 384), (1, 2, 2, 1)


def layers(classes: int) -> list[dict[str, Any]]:
    """A small ResNet (He et al. 2016) of basic blocks; the first of each width but the first halves the maps."""
    rows: list[dict[str, Any]] = [
        {"name": "conv1", "kind": "conv", "out": WIDTHS[0], "kernel": 3, "stride": 2, "padding": 1},
        {"name": "relu1", "kind": "relu"},
    ]
    before = WIDTHS[0]
    for stage, (width, blocks) in enumerate(zip(WIDTHS, BLOCKS, strict=True), start=1):
        for number in range(1, blocks + 1):
            stride = 2 if stage > 1 and number == 1 else 1
            name = f"block{stage}_{number}"
            rows += [
                _block(name, width, stride, stride > 1 or width != before),
                {"name": f"{name}_relu", "kind": "relu"},
            ]
            before = width
    return [
        *rows,
        {"name": "mean", "kind": "avg_pool", "kernel": SIZE // 16},
        {"name": "flatten", "kind": "flatten"},
        {"name": "fc", "kind": "dense", "out": classes},
    ]


def _block(name: str, width: int, stride: int, changes: bool) -> dict[str, Any]:
    return {
        "name": name,
        "kind": "residual",
        "layers": [
            {"name": "conv1", "kind": "conv", "out": width, "kernel": 3, "stride": stride, "padding": 1},
            {"name": "relu", "kind": "relu"},
            {"name": "conv2", "kind": "conv", "out": width, "kernel": 3, "padding": 1},
        ],
        "shortcut": [{"name": "conv", "kind": "conv", "out": width, "kernel": 1, "stride": stride}] if changes else [],
    }


def net_to_train(classes: int) -> nn.Module:
    """Fresh weights, batch normalisation behind every convolution, and a mean over maps of whatever size."""
    net = with_batch_norm(build(parse_layers(layers(classes)), (3, SIZE, SIZE)))
    net.mean = nn.AdaptiveAvgPool2d(1)
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            module.bias = None  # the normalisation behind it has one
        elif isinstance(module, nn.ReLU):
            module.inplace = True
        elif isinstance(module, Residual):  # each begins as if it were not there (Goyal et al. 2017)
            nn.init.zeros_(list(module.layers.children())[-1].weight)  # type: ignore[arg-type]
    return net
