"""A network for answers alone, in a fifth less time: batch norms are worked into the convolutions before them.

A batch norm that has been trained multiplies every channel by a number and adds another; the convolution before it can
do both by itself. Nobody sees such a network's stages: they are not those of its architecture.
"""

from __future__ import annotations

import copy
import math
from collections import Counter
from collections.abc import Callable

import torch
from torch import Tensor, fx, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from desktop_app.learn.network.traced_graph import trace

Answering = Callable[[Tensor], Tensor]
"""From inputs (N, C, H, W), which it may overwrite, to logits (N, classes)."""


def quick(net: nn.Module, probe: Tensor) -> Answering:
    """The same answers but for rounding; the network itself where that is the quickest way that works.

    net: in eval mode.  probe: (1, C, H, W).
    """
    with torch.inference_mode():
        want = net(probe.clone())
        try:
            inside = folded(net)
            got = inside(_channels_last(probe.clone()))
        except Exception:  # fx fails in many ways on nets with control flow, and `view` on channels that come last
            return net
    slack = 1e-3 * float(want.abs().max())
    right = math.isfinite(slack) and got.shape == want.shape and torch.allclose(got, want, 1e-3, slack)
    return (lambda inputs: inside(_channels_last(inputs))) if right else net


def folded(net: nn.Module) -> fx.GraphModule:
    """Its weights lie channels last, for inputs that do. The net stays as it is; all but convolutions are shared.

    Raises one of many exceptions where fx cannot follow the network.
    """
    inside = fx.GraphModule(net, trace(net))
    calls = [node for node in inside.graph.nodes if node.op == "call_module"]
    times = Counter(node.target for node in calls)
    for node in calls:
        conv = inside.get_submodule(str(node.target))
        if type(conv) is not nn.Conv2d:
            continue
        if times[node.target] == 1 and (norm := _norm_behind(node, inside)) is not None:
            conv = fuse_conv_bn_eval(conv, norm[1])
            norm[0].replace_all_uses_with(node)
            inside.graph.erase_node(norm[0])
        inside.set_submodule(str(node.target), _lying(conv))
    inside.recompile()
    return inside


def _norm_behind(node: fx.Node, inside: fx.GraphModule) -> tuple[fx.Node, nn.BatchNorm2d] | None:
    """The batch norm that alone reads a convolution's output."""
    reader = next(iter(node.users)) if len(node.users) == 1 else None
    if reader is None or reader.op != "call_module":
        return None
    layer = inside.get_submodule(str(reader.target))
    if type(layer) is not nn.BatchNorm2d or layer.running_mean is None:
        return None
    return reader, layer


def _lying(conv: nn.Conv2d) -> nn.Conv2d:
    """A copy with its channels last, whose weights are copied where they lie otherwise."""
    own = copy.copy(conv)
    own._parameters = dict(conv._parameters)
    own.weight = nn.Parameter(_channels_last(conv.weight), requires_grad=False)
    return own


def _channels_last(values: Tensor) -> Tensor:
    return values.contiguous(memory_format=torch.channels_last)
