"""From any torch module to its stages, and a forward pass that keeps the output of every stage.

The module is traced symbolically (torch.fx), so that additions, concatenations and functional ReLUs are stages too
and a module that runs twice is two stages. The graph is then made to return everything at once, which costs hardly
more than the bare forward. A module with control flow that fx cannot follow is watched by hooks on its leaves.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from desktop_app.core.arithmetic.operations import Combine, Operation
from desktop_app.core.forward.factors import UNTOUCHED, Factors
from desktop_app.core.forward.trace import Array, Stage, with_ends
from desktop_app.core.network.stage_names import StageNames
from desktop_app.learn.network import threads
from desktop_app.learn.network.folded import quick
from desktop_app.learn.network.grids import laid_out
from desktop_app.learn.network.operations import operation_of
from desktop_app.learn.network.scaling import by_stage, scale
from desktop_app.learn.network.stage_kinds import kind_of
from desktop_app.learn.network.traced_graph import TracedGraph, operation_name
from desktop_app.learn.network.watched import Keep, by_hooks

SMALL = 8_000_000
"""Weights up to which a network is kept a second time, for quick answers."""


class TorchForward:
    """A network; call it with an input (C, H, W) to get the output of every stage between input and softmax.

    The last stage's output is the logits.  operations: of the same stages; Unknown where nobody taught ConvLens to
    take one apart.  net: the network as it was given, for who wants its gradients.
    """

    device = "CPU"

    def __init__(self, net: nn.Module, input_shape: tuple[int, int, int]) -> None:
        """net: in eval mode. Raises ValueError when it does not answer with one number a class."""
        self.net = net
        probe = torch.randn(1, *input_shape, generator=torch.Generator().manual_seed(0))
        with torch.inference_mode():
            answer = net(probe.clone())
            if not isinstance(answer, Tensor) or answer.ndim != 2 or len(answer) != 1 or answer is probe:
                raise ValueError("this network does not end in one number a class")
            try:
                inner, operations, self._keep = _by_graph(net, probe, answer)
            except Exception:  # fx fails in many ways on nets with control flow; hooks always work
                inner, operations, self._keep = by_hooks(net, probe, answer)
        small = sum(weight.numel() for weight in net.parameters()) <= SMALL
        self._quick = quick(net, probe) if small else net
        self.stages = with_ends(inner, input_shape)
        self.operations = tuple(operations)
        self._threads = threads.threads_for(self.stages[1:-1], self.operations)

    def __call__(self, net_input: Array, factors: Factors = UNTOUCHED) -> tuple[Array, ...]:
        """A scaled channel's output is kept as the next stages read it."""
        threads.use(self._threads)
        with torch.inference_mode():
            outputs = self._keep(torch.from_numpy(net_input).unsqueeze(0), by_stage(factors))
        return tuple([output.numpy()[0] for output in outputs])

    def logits(self, net_input: Array) -> Array:
        """Nothing is kept on the way, so that layers may overwrite what they have read."""
        with torch.inference_mode():
            # A copy: a network whose first layer works in place would change the input.
            answer: Array = self.answers(torch.tensor(net_input).unsqueeze(0))[0].numpy()
        return answer

    def answers(self, inputs: Tensor) -> Tensor:
        """(N, C, H, W), which may be overwritten, to logits (N, classes)."""
        threads.use(self._threads)
        return self._quick(inputs)


def _by_graph(net: nn.Module, probe: Tensor, answer: Tensor) -> tuple[list[Stage], list[Operation], Keep]:
    """Raises one of many exceptions where the graph cannot be had, or does not compute what the network does."""
    graph = TracedGraph(net, probe)
    if not torch.allclose(graph.answer, answer, equal_nan=True):
        raise ValueError("something in this network works behind the graph's back")
    names = StageNames()
    stages: list[Stage] = []
    operations = []
    given = Stage("input", "input", tuple(probe.shape[1:]))
    for node in graph.kept:
        operation, sources = operation_of(graph, node)
        maker = graph.maker(node)
        layer, shape = graph.layer(maker), tuple(graph.values[node].shape[1:])
        kind = kind_of(layer or operation_name(maker), shape)
        name = str(maker.target) if layer else operation_name(maker)
        for_programmers = getattr(maker.target, "__module__", "") == "_operator" or name.startswith("_")
        if for_programmers:  # getitem, truediv
            name = kind
        name, module = names.one(name, kind)
        if isinstance(operation, Combine) and operation.constant is not None:
            kind = f"{kind} constant"
        count = sum(weight.numel() for weight in layer.parameters()) if layer else 0
        stage = Stage(name, kind, shape, count, sources, graph.block(maker), module=module)
        stages.append(laid_out(stage, operation, [given if place == 0 else stages[place - 1] for place in sources]))
        operations.append(operation)
    return stages, operations, _keeping(graph, stages)


def _keeping(graph: TracedGraph, stages: list[Stage]) -> Keep:
    """The graph made to return every stage's output, scaled where a second argument asks for it."""
    nodes = graph.module.graph
    first = next(node for node in graph.values if node.op == "placeholder")
    with nodes.inserting_after(first):
        factors = nodes.placeholder("stages_scaled", default_value=None)
    scaled = []
    for node, position in graph.kept.items():
        with nodes.inserting_after(node):
            scaled.append(nodes.call_function(scale, (node, factors, position, stages[position - 1].channels)))
        node.replace_all_uses_with(scaled[-1], delete_user_cb=lambda user: user is not scaled[-1])
    graph.output.args = (tuple(scaled),)
    nodes.eliminate_dead_code()
    module = graph.module
    module.recompile()
    return lambda batch, factors: module(batch, stages_scaled=factors)
