"""What kind of stage a torch module or function is, in the words that stand over its column."""

from __future__ import annotations

from torch import nn

SKIPPED = (nn.Dropout, nn.Dropout2d, nn.AlphaDropout, nn.Identity)
"""Modules that do nothing when a network only answers: no column for them."""

_MODULES: dict[type[nn.Module], str] = {
    nn.Conv1d: "conv",
    nn.Conv2d: "conv",
    nn.BatchNorm2d: "batch norm",
    nn.LayerNorm: "layer norm",
    nn.MultiheadAttention: "attention",
    nn.ReLU: "ReLU",
    nn.ReLU6: "ReLU6",
    nn.SiLU: "SiLU",
    nn.GELU: "GELU",
    nn.Hardswish: "hard swish",
    nn.Sigmoid: "sigmoid",
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
    "max_pool2d": "max pool",
    "avg_pool2d": "average pool",
    "adaptive_avg_pool2d": "average pool",
    "boolean_dispatch": "max pool",
    "add": "add",
    "mul": "multiply",
    "cat": "concat",
    "mean": "average pool",
    "softmax": "softmax",
    "flatten": "flatten",
}


def kind_of(what: nn.Module | str, shape: tuple[int, ...]) -> str:
    """what: a module, or the name of a function. shape: of its output, without the batch."""
    if isinstance(what, nn.Module):
        return _MODULES.get(type(what), type(what).__name__)
    if what in ("view", "reshape", "squeeze") and len(shape) == 1:
        return "flatten"
    return _FUNCTIONS.get(what, what)
