"""From a node of a traced network to what it computes, and of which stages.

A node's operation is only told when all that it reads is some stage's output, or a weight: else nobody could work its
numbers out from what is on screen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import fx, nn

from desktop_app.core.arithmetic.operations import Operation, Unknown
from desktop_app.learn.network.call_operations import CALLS, NOTHING, Call, Found
from desktop_app.learn.network.layer_operations import attention, layer_operation
from desktop_app.learn.network.moves import moved
from desktop_app.learn.network.traced_graph import TracedGraph

_NAMES = {"input": "x", "self": "x", "tensors": "x", "query": "x"}
"""torch's names of an operation's first argument."""


def operation_of(graph: TracedGraph, stage: fx.Node) -> tuple[Operation, tuple[int, ...]]:
    """What a stage computes, and the positions of the stages that it reads, in the order of its operands.

    Of an unknown operation they are the nearest stages before it.
    """
    node = graph.maker(stage)
    operation, read = _found(graph, node)
    sources = [graph.stage(each) if isinstance(each, fx.Node) else None for each in read]
    stages = tuple(graph.position(each) for each in sources if each is not None)
    if isinstance(operation, Unknown) or len(stages) < len(read):
        return Unknown(), tuple(sorted(graph.nearest(node)))
    return operation, stages


def _found(graph: TracedGraph, node: fx.Node) -> Found:
    layer = graph.layer(node)
    if graph.moves(node):
        move = moved(graph, node)
        return NOTHING if move is None else (move[0], (move[1],))
    known: Callable[..., Found] | None = _layer if layer else CALLS.get(node.target)
    if isinstance(layer, nn.MultiheadAttention):
        known = _attention
    if known is None:
        return NOTHING
    args, kwargs = graph.arguments(node)
    try:
        named = {_NAMES.get(name, name): given for name, given in kwargs.items()}
        return known(Call(graph, node), *args, **named)
    except TypeError:  # called in a way that is not known here
        return NOTHING


def _layer(call: Call, x: fx.Node) -> Found:
    layer = call.graph.layer(call.node)
    if layer is None or layer._forward_hooks or layer._forward_pre_hooks:
        return NOTHING
    return layer_operation(layer, call.shape(x)), (x,)


def _attention(
    call: Call, x: fx.Node, key: fx.Node, value: fx.Node, key_padding_mask: Any = None, need_weights: bool = True,
    attn_mask: Any = None, average_attn_weights: bool = True, is_causal: bool = False,
) -> Found:  # fmt: skip
    layer, tokens = call.graph.layer(call.node), call.graph.stage(x)
    alone = all(call.graph.stage(other) is tokens for other in (key, value))
    masked = key_padding_mask is not None or attn_mask is not None or is_causal
    if not isinstance(layer, nn.MultiheadAttention) or not alone or masked or len(call.shape(x)) != 2:
        return NOTHING
    return attention(layer), (x,)
