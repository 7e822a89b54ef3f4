"""A card's layers as a torch network: the modules that the card names, with the shapes that the core works out."""

from __future__ import annotations

import pytest
import torch
from tiny_models import LAYERS
from torch import nn

from desktop_app.core.model.architecture import output_shapes, parse_layers, weight_shapes
from desktop_app.learn.network.nets import build


def test_the_network_is_what_the_card_spells_out() -> None:
    layers = parse_layers(LAYERS)
    net = build(layers, (1, 16, 16))
    assert [(name, type(module)) for name, module in net.named_children()] == [
        ("conv1", nn.Conv2d),
        ("relu1", nn.ReLU),
        ("pool1", nn.MaxPool2d),
        ("conv2", nn.Conv2d),
        ("relu2", nn.ReLU),
        ("pool2", nn.AvgPool2d),
        ("flatten", nn.Flatten),
        ("fc1", nn.Linear),
        ("relu3", nn.ReLU),
        ("fc2", nn.Linear),
    ]
    assert {name: tuple(value.shape) for name, value in net.state_dict().items()} == weight_shapes(layers, (1, 16, 16))
    x = torch.randn(3, 1, 16, 16)
    for module, shape in zip(net, output_shapes(layers, (1, 16, 16)), strict=True):
        x = module(x)
        assert tuple(x.shape) == (3, *shape)


def test_it_can_be_trained_and_its_relus_keep_their_input() -> None:
    net = build(parse_layers(LAYERS), (1, 16, 16))
    net(torch.randn(2, 1, 16, 16)).sum().backward()
    assert all(weight.grad is not None for weight in net.parameters())
    assert not any(module.inplace for module in net if isinstance(module, nn.ReLU))


def test_layers_that_do_not_fit_are_named() -> None:
    with pytest.raises(ValueError, match="conv2"):
        build(parse_layers(LAYERS), (1, 4, 4))
