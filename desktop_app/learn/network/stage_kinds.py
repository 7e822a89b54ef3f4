"""What kind of stage a torch module or function is, in the words that stand over its column."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

SKIPPED = (nn.Dropout, nn.Dropout2d, nn.AlphaDropout, nn.Identity)
"""Modules that do nothing when a network only answers: no column for them."""

_MODULES: dict[type[nn.Module], str] = {
    nn.Conv1d: "conv",
    nn.Conv2d: "conv",
    nn.BatchNorm1d: "batch norm",
    nn.BatchNorm2d: "batch norm",
    nn.MultiheadAttention: "attention",
    nn.ReLU: "ReLU",
    nn.ReLU6: "ReLU6",
    nn.SiLU: "SiLU",
    nn.GELU: "GELU",
    nn.Hardswish: "hard swish",
    nn.Hardsigmoid: "hard sigmoid",
    nn.LeakyReLU: "leaky ReLU",
    nn.Sigmoid: "sigmoid",
    nn.Tanh: "tanh",
    nn.MaxPool2d: "max pool",
    nn.AvgPool2d: "average pool",
    nn.AdaptiveAvgPool2d: "average pool",
    nn.AdaptiveMaxPool2d: "max pool",
    nn.Flatten: "flatten",
    nn.Linear: "dense",
    nn.Softmax: "softmax",
}

_FUNCTIONS = {
    "relu": "ReLU",
    "relu6": "ReLU6",
    "silu": "SiLU",
    "gelu": "GELU",
    "hardswish": "hard swish",
    "hardsigmoid": "hard sigmoid",
    "leaky_relu": "leaky ReLU",
    "elu": "ELU",
    "conv2d": "conv",
    "linear": "dense",
    "batch_norm": "batch norm",
    "layer_norm": "layer norm",
    "max_pool2d": "max pool",
    "avg_pool2d": "average pool",
    "adaptive_avg_pool2d": "average pool",
    "adaptive_max_pool2d": "max pool",
    "add": "add",
    "mul": "multiply",
    "cat": "concat",
    "concat": "concat",
    "mean": "average pool",
    "amax": "max pool",
    "sub": "subtract",
    "truediv": "divide",
    "div": "divide",
    "getitem": "slice",
    "_patch_merging_pad": "patch merging",
    "shifted_window_attention": "window attention",
    "softmax": "softmax",
    "flatten": "flatten",
}


def may_be_stage(value: Any) -> bool:
    """Whether a value in the middle of a network can be shown: one input's maps (1, C, H, W), tokens or units."""
    return isinstance(value, Tensor) and value.is_floating_point() and value.ndim in (2, 3, 4) and len(value) == 1


def kind_of(what: nn.Module | str, shape: tuple[int, ...]) -> str:
    """what: a module, or the name of a function. shape: of its output, without the batch."""
    if isinstance(what, nn.Module):
        return "layer norm" if isinstance(what, nn.LayerNorm) else _MODULES.get(type(what), type(what).__name__)
    if what in ("view", "reshape", "squeeze") and len(shape) == 1:
        return "flatten"
    return _FUNCTIONS.get(what, what)
