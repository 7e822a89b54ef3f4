"""Where the numbers of a flatten, a permute, a slice or a channel shuffle stood before."""

from __future__ import annotations

from typing import Any

import torch
from torch import fx

from desktop_app.core.arithmetic.operations import Move
from desktop_app.learn.network.traced_graph import TracedGraph, holds_numbers, same


def moved(graph: TracedGraph, node: fx.Node) -> tuple[Move, fx.Node] | None:
    """What the node moves, and out of which stage; None where it does more, or reads several.

    Found by sending the numbers' places through the same nodes, counted from 1 so that zeros put around them can be
    told, and proven by the numbers themselves.
    """
    sources: set[fx.Node] = set()

    def places(each: fx.Node) -> Any:
        value = graph.values[each]
        if not holds_numbers(value) or graph.constant(each) is not None:
            return value
        if each is not node and (each in graph.kept or each.op == "placeholder"):
            sources.add(each)
            return torch.arange(1, value.numel() + 1, dtype=torch.int32).reshape(value.shape)
        before = graph.handed_on(each)
        if before is not None:
            return places(before).contiguous()
        if not graph.moves(each):
            raise _NotMovedError
        args, kwargs = fx.node.map_arg(each.args, places), fx.node.map_arg(each.kwargs, places)
        return graph.run(each, args, kwargs)

    try:
        index = places(node)
    except (_NotMovedError, RuntimeError):  # torch cannot do everything with whole numbers
        return None
    if len(sources) != 1:
        return None
    (source,) = sources
    numbers = graph.values[source].flatten()
    if not same(torch.cat((numbers.new_zeros(1), numbers))[index], graph.values[node]):
        return None
    return Move((index[0] - 1).contiguous().numpy()), source


class _NotMovedError(Exception):
    """A node on the way back computes something."""
