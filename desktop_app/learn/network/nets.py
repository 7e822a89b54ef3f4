"""From the layers of a card to a torch network."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from torch import Tensor, nn

from desktop_app.core.model.architecture import Layer, Shape, output_shapes


class Residual(nn.Module):
    """What its layers make of the input, plus the input itself or what the shortcut makes of it."""

    def __init__(self, layers: nn.Sequential, shortcut: nn.Sequential) -> None:
        super().__init__()
        for name, layer in layers.named_children():
            self.add_module(name, layer)
        self.shortcut = shortcut

    @property
    def layers(self) -> nn.Sequential:
        """All but the shortcut."""
        return nn.Sequential(OrderedDict(each for each in self.named_children() if each[0] != "shortcut"))

    def forward(self, inputs: Tensor) -> Tensor:
        outputs = inputs
        for name, layer in self.named_children():
            if name != "shortcut":
                outputs = layer(outputs)
        return outputs + self.shortcut(inputs)  # type: ignore[no-any-return]


def build(layers: Sequence[Layer], input_shape: Shape) -> nn.Sequential:
    """The network with fresh weights: (N, C, H, W) in, logits (N, classes) out.

    Raises ValueError where a layer does not fit the one before it.
    """
    inputs = [input_shape, *output_shapes(layers, input_shape)]
    return nn.Sequential(
        OrderedDict((layer.name, _module(layer, shape)) for layer, shape in zip(layers, inputs, strict=False))
    )


def _module(layer: Layer, shape: Shape) -> nn.Module:
    match layer.kind:
        case "conv":
            return nn.Conv2d(shape[0], layer.out, layer.kernel, layer.stride, layer.padding)
        case "relu":
            return nn.ReLU()
        case "max_pool":
            return nn.MaxPool2d(layer.kernel, layer.stride)
        case "avg_pool":
            return nn.AvgPool2d(layer.kernel, layer.stride)
        case "flatten":
            return nn.Flatten()
        case "dense":
            return nn.Linear(shape[0], layer.out)
        case "residual":
            return Residual(build(layer.layers, shape), build(layer.shortcut, shape))
