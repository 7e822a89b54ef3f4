"""What a layer of torch computes, in the words of core/arithmetic/operations; its arrays are views of its own weights.

Only torch's own layers are known, and torchvision's LayerNorm2d: whoever derives a class may compute anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from desktop_app.core.arithmetic.operations import (
    AdaptivePool,
    Array,
    Attention,
    BatchNorm,
    Conv,
    Dense,
    LayerNorm,
    Mode,
    Operation,
    Pair,
    Pointwise,
    Pool,
    Softmax,
    Unknown,
)

MAPS = 3
"""Dimensions of maps (C, H, W)."""

MOVING_LAYERS = (nn.Flatten, nn.Unflatten, nn.ChannelShuffle, nn.PixelShuffle, nn.PixelUnshuffle)
"""What they compute is where each number goes."""

_SIMPLE: dict[type[nn.Module], str] = {
    nn.ReLU: "ReLU",
    nn.ReLU6: "ReLU6",
    nn.SiLU: "SiLU",
    nn.Mish: "Mish",
    nn.SELU: "SELU",
    nn.Hardswish: "hard swish",
    nn.Hardsigmoid: "hard sigmoid",
    nn.Sigmoid: "sigmoid",
    nn.Tanh: "tanh",
}


def is_channel_norm(layer: nn.Module) -> bool:
    """torchvision's LayerNorm2d, known by its name: not everyone has torchvision, and its import is slow."""
    kind = type(layer)
    return kind.__name__ == "LayerNorm2d" and kind.__module__.startswith("torchvision.")


def layer_operation(layer: nn.Module, shape: tuple[int, ...]) -> Operation:
    """What a layer computes of its one input. shape: of that input, without the batch."""
    if not type(layer).__module__.startswith("torch.nn.modules.") and not is_channel_norm(layer):
        return Unknown()
    if type(layer) in _SIMPLE:
        return Pointwise(_SIMPLE[type(layer)])
    maps = len(shape) == MAPS
    match layer:
        case nn.Linear():
            return Dense(array(layer.weight), maybe(layer.bias))
        case nn.GELU():
            return gelu(layer.approximate)
        case nn.LeakyReLU():
            return Pointwise("leaky ReLU", layer.negative_slope)
        case nn.ELU():
            return Pointwise("ELU", layer.alpha)
        case nn.Softplus(beta=1, threshold=20):  # what torch leaves out above the threshold, float32 cannot hold
            return Pointwise("softplus")
        case nn.Hardtanh():
            return clamp(layer.min_val, layer.max_val)
        case nn.Softmax(dim=dim) if dim in (-1, len(shape)):
            return Softmax()
        case nn.LayerNorm(normalized_shape=(_,)) if not is_channel_norm(layer) or maps:
            axis = 0 if is_channel_norm(layer) else -1
            return LayerNorm(axis, maybe(layer.weight), maybe(layer.bias), layer.eps)
        case nn.Conv2d(padding_mode="zeros") if maps:
            return conv(layer.weight, layer.bias, layer.stride, layer.padding, layer.dilation, layer.groups)
        case nn.BatchNorm2d(training=False) | nn.BatchNorm1d(training=False):
            mean, variance = layer.running_mean, layer.running_var
            if mean is None or variance is None:  # they are those of the input itself
                return Unknown()
            return batch_norm(mean, variance, layer.weight, layer.bias, layer.eps)
        case nn.MaxPool2d() if maps:
            return max_pool(layer.kernel_size, layer.stride, layer.padding, layer.dilation)
        case nn.AvgPool2d() if maps:
            counts, divisor = layer.count_include_pad, layer.divisor_override
            return average_pool(layer.kernel_size, layer.stride, layer.padding, counts, divisor)
        case nn.AdaptiveAvgPool2d() if maps:
            return adaptive_pool("average", layer.output_size, shape)
        case nn.AdaptiveMaxPool2d() if maps:
            return adaptive_pool("max", layer.output_size, shape)
    return Unknown()


def attention(layer: nn.MultiheadAttention) -> Operation:
    """Of tokens (L, E) that look at themselves; the caller makes sure that they do, and that nothing is masked."""
    weights: dict[str, Tensor] = dict(layer.named_parameters())
    plain = "in_proj_weight" in weights and "bias_k" not in weights and not layer.add_zero_attn
    if type(layer) is not nn.MultiheadAttention or not layer.batch_first or not plain:
        return Unknown()
    none = torch.zeros(3 * layer.embed_dim)
    query, key, value = map(array, weights["in_proj_weight"].chunk(3))
    query_bias, key_bias, value_bias = map(array, weights.get("in_proj_bias", none).chunk(3))
    out, out_bias = weights["out_proj.weight"], weights.get("out_proj.bias", none[: layer.embed_dim])
    heads = layer.num_heads
    return Attention(heads, query, key, value, query_bias, key_bias, value_bias, array(out), array(out_bias))


def conv(weight: Tensor, bias: Tensor | None, stride: Any, padding: Any, dilation: Any, groups: int) -> Operation:
    steps = pair(dilation)
    if padding == "same":  # an even kernel reaches one farther down and to the right
        across = [step * (side - 1) for step, side in zip(steps, weight.shape[2:], strict=True)]
        vertical, horizontal = ((all_of // 2, all_of - all_of // 2) for all_of in across)
    else:
        above, left = (0, 0) if padding == "valid" else pair(padding)
        vertical, horizontal = (above, above), (left, left)
    return Conv(array(weight), maybe(bias), pair(stride), (vertical, horizontal), steps, groups)


def batch_norm(mean: Tensor, variance: Tensor, scale: Tensor | None, shift: Tensor | None, epsilon: float) -> Operation:
    scale = torch.ones_like(mean) if scale is None else scale
    shift = torch.zeros_like(mean) if shift is None else shift
    return BatchNorm(array(mean), array(variance), array(scale), array(shift), epsilon)


def max_pool(kernel: Any, stride: Any, padding: Any, dilation: Any) -> Operation:
    return Pool("max", pair(kernel), pair(stride or kernel), pair(padding), pair(dilation))


def average_pool(kernel: Any, stride: Any, padding: Any, counts_padding: bool, divisor: int | None) -> Operation:
    steps = pair(stride or kernel)
    return Pool("average", pair(kernel), steps, pair(padding), counts_padding=counts_padding, divisor=divisor)


def adaptive_pool(mode: Mode, output: Any, shape: tuple[int, ...]) -> Operation:
    """output: one side or two, None for one that stays as it is in `shape` (C, H, W)."""
    rows, columns = output if isinstance(output, Sequence) else (output, output)
    return AdaptivePool(mode, (shape[1] if rows is None else rows, shape[2] if columns is None else columns))


def gelu(approximate: str) -> Operation:
    return Pointwise("GELU" if approximate == "none" else "GELU (tanh)")


def clamp(lowest: Any, highest: Any) -> Operation:
    return {(0, None): Pointwise("ReLU"), (0, 6): Pointwise("ReLU6")}.get((lowest, highest), Unknown())


def pair(sides: Any) -> Pair:
    """torch takes one number for both."""
    first, *others = sides if isinstance(sides, Sequence) else (sides,)
    return (int(first), int(others[0] if others else first))


def array(weight: Tensor) -> Array:
    """A view, where the weight is float32 on the CPU as it should be."""
    numbers: Array = weight.detach().float().cpu().numpy()
    return numbers


def maybe(weight: Tensor | None) -> Array | None:
    return None if weight is None else array(weight)
