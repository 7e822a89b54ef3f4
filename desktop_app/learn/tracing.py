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

from desktop_app.core.trace import Array, Stage, with_ends
from desktop_app.learn.stage_kinds import SKIPPED, kind_of

Keep = Callable[[Tensor], tuple[Tensor, ...]]


class TorchForward:
    """A network; call it with an input (C, H, W) to get the output of every stage between input and softmax.

    The last stage's output is the logits.
    """

    device = "CPU"

    def __init__(self, net: nn.Module, input_shape: tuple[int, int, int]) -> None:
        """net: in eval mode. Raises ValueError when it has no stage with one output a class."""
        probe = torch.zeros(1, *input_shape)
        with torch.inference_mode():
            try:
                inner, self._keep = _by_graph(net, probe)
            except Exception:  # fx fails in many ways on nets with control flow; hooks always work
                inner, self._keep = _by_hooks(net, probe)
        if not inner or len(inner[-1].shape) != 1:
            raise ValueError("this network does not end in one number a class")
        self.stages = with_ends(inner, input_shape)

    def __call__(self, net_input: Array) -> tuple[Array, ...]:
        with torch.inference_mode():
            outputs = self._keep(torch.from_numpy(net_input).unsqueeze(0))
        return tuple([output.numpy()[0] for output in outputs])


def _by_graph(net: nn.Module, probe: Tensor) -> tuple[list[Stage], Keep]:
    traced = fx.GraphModule(net, fx.Tracer().trace(net))
    _without_inplace(traced)
    values = _Recorder(traced).record(probe)
    kept = [node for node, value in values.items() if _is_stage(traced, node, value)]
    position = {node: index + 1 for index, node in enumerate(kept)}
    names = _Names()
    stages = []
    for node in kept:
        module = traced.get_submodule(str(node.target)) if node.op == "call_module" else None
        value = values[node]
        stages.append(
            Stage(
                names.one(str(node.target) if module else _operation(node)),
                kind_of(module if module else _operation(node), tuple(value.shape[1:])),
                tuple(value.shape[1:]),
                sum(weight.numel() for weight in module.parameters()) if module else 0,
                tuple(sorted(_sources(node, position))),
            )
        )
    output = next(node for node in traced.graph.nodes if node.op == "output")
    output.args = (tuple(kept),)
    traced.graph.eliminate_dead_code()
    traced.recompile()
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


def _is_stage(traced: fx.GraphModule, node: fx.Node, value: Any) -> bool:
    if node.op not in ("call_module", "call_function", "call_method"):
        return False
    if not isinstance(value, Tensor) or not value.is_floating_point() or value.ndim not in (2, 3, 4) or len(value) != 1:
        return False
    what = traced.get_submodule(str(node.target)) if node.op == "call_module" else _operation(node)
    return not isinstance(what, SKIPPED) and what not in ("getitem", "contiguous", "dropout", "detach", "clone")


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


def _by_hooks(net: nn.Module, probe: Tensor) -> tuple[list[Stage], Keep]:
    stages: list[Stage] = []
    names = _Names()

    def describe(module: nn.Module, name: str, value: Tensor) -> None:
        shape = tuple(value.shape[1:])
        count = sum(weight.numel() for weight in module.parameters())
        stages.append(Stage(names.one(name), kind_of(module, shape), shape, count, (len(stages),)))

    _watched(net, probe, describe)

    def keep(batch: Tensor) -> tuple[Tensor, ...]:
        outputs: list[Tensor] = []
        _watched(net, batch, lambda _module, _name, value: outputs.append(value.clone()))
        if [tuple(output.shape[1:]) for output in outputs] != [stage.shape for stage in stages]:
            raise ValueError("this network took another path than before; its stages cannot be compared")
        return tuple(outputs)

    return stages, keep


def _watched(net: nn.Module, batch: Tensor, see: Callable[[nn.Module, str, Tensor], None]) -> None:
    """One forward pass; `see` gets every leaf module's output. No hook outlives it, whatever happens."""

    def hook_for(name: str) -> Callable[..., None]:
        def hook(module: nn.Module, _inputs: Any, output: Any) -> None:
            if isinstance(output, Tensor) and output.is_floating_point() and output.ndim in (2, 3, 4):
                see(module, name, output)

        return hook

    leaves = [
        (name, module)
        for name, module in net.named_modules()
        if name and not any(module.children()) and not isinstance(module, SKIPPED)
    ]
    handles = [module.register_forward_hook(hook_for(name)) for name, module in leaves]
    try:
        net(batch)
    finally:
        for handle in handles:
            handle.remove()
