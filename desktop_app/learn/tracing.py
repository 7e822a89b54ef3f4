"""From any torch module to its stages, and a forward pass that keeps the output of every stage.

The module is traced symbolically (torch.fx), so that additions, concatenations and functional ReLUs are stages too
and a module that runs twice is two stages. The graph is then made to return everything at once, which costs hardly
more than the bare forward. A module with control flow that fx cannot follow is watched by hooks on its leaves.
"""

from __future__ import annotations

import copy
import operator
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, fx, nn

from desktop_app.core.arithmetic.operations import Operation, Unknown
from desktop_app.core.forward.factors import UNTOUCHED, Factors
from desktop_app.core.forward.trace import Array, Stage, with_ends
from desktop_app.learn.stage_kinds import SKIPPED, kind_of

Keep = Callable[[Tensor], tuple[Tensor, ...]]


class TorchForward:
    """A network; call it with an input (C, H, W) to get the output of every stage between input and softmax.

    The last stage's output is the logits.
    """

    device = "CPU"

    def __init__(self, net: nn.Module, input_shape: tuple[int, int, int]) -> None:
        """net: in eval mode. Raises ValueError when it does not answer with one number a class."""
        probe = torch.randn(1, *input_shape, generator=torch.Generator().manual_seed(0))
        with torch.inference_mode():
            answer = net(probe.clone())
            if not isinstance(answer, Tensor) or answer.ndim != 2 or len(answer) != 1 or answer is probe:
                raise ValueError("this network does not end in one number a class")
            try:
                inner, self._keep = _by_graph(net, probe, answer)
            except Exception:  # fx fails in many ways on nets with control flow; hooks always work
                inner, self._keep = _by_hooks(net, probe, answer)
        self.stages = with_ends(inner, input_shape)
        self.operations: tuple[Operation, ...] = (Unknown(),) * len(inner)

    def __call__(self, net_input: Array, factors: Factors = UNTOUCHED) -> tuple[Array, ...]:
        with torch.inference_mode():
            outputs = self._keep(torch.from_numpy(net_input).unsqueeze(0))
        return tuple([output.numpy()[0] for output in outputs])


def _by_graph(net: nn.Module, probe: Tensor, answer: Tensor) -> tuple[list[Stage], Keep]:
    """Raises one of many exceptions where the graph cannot be had, or does not compute what the network does."""
    traced = fx.GraphModule(net, fx.Tracer().trace(net))
    _without_inplace(traced)
    values = _Recorder(traced).record(probe)
    output = next(node for node in traced.graph.nodes if node.op == "output")
    needed = _ancestors(output)
    kept = [node for node, value in values.items() if node in needed and _is_stage(traced, node, value, values)]
    position = {node: index + 1 for index, node in enumerate(kept)}
    names = _Names()
    stages = []
    for node in kept:
        maker = _maker(node, values)
        module = traced.get_submodule(str(maker.target)) if maker.op == "call_module" else None
        shape = tuple(values[node].shape[1:])
        stages.append(
            Stage(
                names.one(str(maker.target) if module else _operation(node)),
                kind_of(module if module else _operation(node), shape),
                shape,
                sum(weight.numel() for weight in module.parameters()) if module else 0,
                tuple(sorted(_sources(node, position))),
            )
        )
    output.args = (tuple(kept),)
    traced.graph.eliminate_dead_code()
    traced.recompile()
    if not torch.allclose(traced(probe)[-1], answer, equal_nan=True):
        raise ValueError("something in this network works behind the graph's back")
    return stages, traced


class _Recorder(fx.Interpreter):
    """Runs the graph once and keeps every node's value."""

    def record(self, probe: Tensor) -> dict[fx.Node, Any]:
        self._values: dict[fx.Node, Any] = {}
        self.run(probe)
        return self._values

    def run_node(self, n: fx.Node) -> Any:
        self._values[n] = super().run_node(n)
        return self._values[n]


def _is_stage(traced: fx.GraphModule, node: fx.Node, value: Any, values: dict[fx.Node, Any]) -> bool:
    if node.op not in ("call_module", "call_function", "call_method"):
        return False
    if not isinstance(value, Tensor) or not value.is_floating_point() or value.ndim not in (2, 3, 4) or len(value) != 1:
        return False
    maker = _maker(node, values)
    if maker.op == "call_module":
        return not isinstance(traced.get_submodule(str(maker.target)), SKIPPED)
    return _operation(node) not in ("getitem", "contiguous", "dropout", "detach", "clone")


def _maker(node: fx.Node, values: dict[fx.Node, Any]) -> fx.Node:
    """The node itself; but of a module that gives several values, as attention does, the first is its output."""
    if node.target is operator.getitem and node.args[1] == 0:
        before = node.args[0]
        if isinstance(before, fx.Node) and before.op == "call_module" and isinstance(values[before], tuple):
            return before
    return node


def _ancestors(node: fx.Node) -> set[fx.Node]:
    """All that the node's value is made from; what a network computes besides has no part in its answer."""
    found: set[fx.Node] = set()
    waiting = [node]
    while waiting:
        before = [each for each in waiting.pop().all_input_nodes if each not in found]
        found.update(before)
        waiting += before
    return found


def _sources(node: fx.Node, position: dict[fx.Node, int]) -> set[int]:
    """Positions of the nearest stages before this one; the input is 0."""
    found: set[int] = set()
    for before in node.all_input_nodes:
        if before in position:
            found.add(position[before])
        elif before.op == "placeholder":
            found.add(0)
        else:
            found |= _sources(before, position)
    return found


def _operation(node: fx.Node) -> str:
    return str(node.target) if isinstance(node.target, str) else getattr(node.target, "__name__", str(node.target))


class _Names:
    """Gives a name that comes again a number: relu, relu (2)."""

    def __init__(self) -> None:
        self._times: dict[str, int] = {}

    def one(self, name: str) -> str:
        self._times[name] = times = self._times.get(name, 0) + 1
        return name if times == 1 else f"{name} ({times})"


def _without_inplace(traced: fx.GraphModule) -> None:
    """In-place operations would overwrite the stage before them. The caller's own modules stay as they are."""
    for name, module in list(traced.named_modules()):
        if getattr(module, "inplace", False):
            quiet = copy.copy(module)
            quiet.inplace = False
            traced.set_submodule(name, quiet)
    for node in traced.graph.nodes:
        if node.op == "call_function":
            if node.target is operator.iadd:
                node.target = operator.add
            elif node.target is operator.imul:
                node.target = operator.mul
            elif node.kwargs.get("inplace"):
                node.kwargs = {**node.kwargs, "inplace": False}
            elif node.target in (torch.relu_, torch.nn.functional.relu_):
                node.target = torch.relu
        elif node.op == "call_method" and node.target.endswith("_") and not node.target.endswith("__"):
            node.target = node.target[:-1]
    traced.recompile()


def _by_hooks(net: nn.Module, probe: Tensor, answer: Tensor) -> tuple[list[Stage], Keep]:
    stages: list[Stage] = []
    names = _Names()
    last = probe

    def describe(module: nn.Module, name: str, value: Tensor) -> None:
        nonlocal last
        last, shape = value.clone(), tuple(value.shape[1:])
        count = sum(weight.numel() for weight in module.parameters())
        stages.append(Stage(names.one(name), kind_of(module, shape), shape, count, (len(stages),)))

    _watched(net, probe, describe)
    more = last.shape != answer.shape or not torch.equal(last, answer)  # the network goes on after its last module
    if more:
        stages.append(Stage(names.one("output"), "output", tuple(answer.shape[1:]), 0, (len(stages),)))

    def keep(batch: Tensor) -> tuple[Tensor, ...]:
        outputs: list[Tensor] = []
        result = _watched(net, batch, lambda _module, _name, value: outputs.append(value.clone()))
        if more:
            outputs.append(result.clone())
        if [tuple(output.shape[1:]) for output in outputs] != [stage.shape for stage in stages]:
            raise ValueError("this network took another path than before; its stages cannot be compared")
        return tuple(outputs)

    return stages, keep


def _watched(net: nn.Module, batch: Tensor, see: Callable[[nn.Module, str, Tensor], None]) -> Tensor:
    """One forward pass; `see` gets every leaf module's output. No hook outlives it, whatever happens."""

    def hook_for(name: str) -> Callable[..., None]:
        def hook(module: nn.Module, _inputs: Any, output: Any) -> None:
            value = output[0] if isinstance(output, tuple) else output  # attention gives its weights too
            if isinstance(value, Tensor) and value.is_floating_point() and value.ndim in (2, 3, 4):
                see(module, name, value)

        return hook

    leaves = [
        (name, module)
        for name, module in net.named_modules()
        if name
        and (isinstance(module, nn.MultiheadAttention) or not any(module.children()))
        and not isinstance(module, SKIPPED)
    ]
    handles = [module.register_forward_hook(hook_for(name)) for name, module in leaves]
    try:
        answer: Tensor = net(batch.clone())  # a network may change its input
    finally:
        for handle in handles:
            handle.remove()
    return answer
