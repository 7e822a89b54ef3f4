"""A network traced by torch.fx, with every node's value for one input: which nodes are stages, and what they read."""

from __future__ import annotations

import copy
import operator
import threading
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, fx, nn

from desktop_app.learn.network.layer_operations import MOVING_LAYERS, is_channel_norm
from desktop_app.learn.network.stage_kinds import SKIPPED, may_be_stage

_HANDING_ON = {
    "alpha_dropout", "clone", "contiguous", "detach", "dropout", "dropout1d", "dropout2d", "feature_dropout", "float",
    "getitem", "stochastic_depth", "to",
}  # fmt: skip
_MOVING = {
    "broadcast_to", "channel_shuffle", "chunk", "expand", "flatten", "flip", "getitem", "moveaxis", "movedim",
    "native_channel_shuffle", "narrow", "permute", "pixel_shuffle", "pixel_unshuffle", "repeat", "reshape", "roll",
    "select", "split", "squeeze", "swapaxes", "swapdims", "tensor_split", "transpose", "unbind", "unflatten",
    "unsqueeze", "view", "pad", "_patch_merging_pad",
}  # fmt: skip
_SIZES = {"device", "dim", "dtype", "ndim", "numel", "shape", "size"}


class TracedGraph:
    """module: the network as a graph without in-place operations.  kept: the nodes that are stages, in order."""

    def __init__(self, net: nn.Module, probe: Tensor) -> None:
        """Raises one of many exceptions where fx cannot follow the network."""
        self.module = fx.GraphModule(net, trace(net))
        _without_inplace(self.module)
        self._recorder = _Recorder(self.module)
        self.values = self._recorder.record(probe)
        self._from_input = _downstream(self.values)
        self.output = next(node for node in self.values if node.op == "output")
        needed = _ancestors(self.output)
        stages = (node for node in self.values if node in needed and self._is_stage(node))
        self.kept = {node: position for position, node in enumerate(stages, start=1)}

    @property
    def answer(self) -> Any:
        """What the graph makes of the probe."""
        return self.values[self.output]

    def layer(self, node: fx.Node) -> nn.Module | None:
        return self.module.get_submodule(str(node.target)) if node.op == "call_module" else None

    def block(self, node: fx.Node) -> str:
        """Dotted path of the module in whose forward it is called; fx adds @1 when one is called once more."""
        path = str(next(reversed(node.meta.get("nn_module_stack", {})), "")).partition("@")[0]
        return path.rpartition(".")[0] if node.op == "call_module" else path

    def maker(self, node: fx.Node) -> fx.Node:
        """The node itself; but of a module that gives several values, as attention does, the first is its output."""
        if node.target is operator.getitem and node.args[1] == 0:
            before = node.args[0]
            if isinstance(before, fx.Node) and before.op == "call_module" and isinstance(self.values[before], tuple):
                return before
        return node

    def stage(self, node: fx.Node) -> fx.Node | None:
        """The stage, or the input, whose output this node's value is; None where it is something else."""
        while node not in self.kept:
            if node.op == "placeholder":
                return node
            before = self.handed_on(node)
            if before is None:
                return None
            node = before
        return node

    def position(self, node: fx.Node) -> int:
        """Of a stage, or of the input, which is 0."""
        return self.kept.get(node, 0)

    def nearest(self, node: fx.Node) -> set[int]:
        """Positions of the nearest stages before this one."""
        found: set[int] = set()
        waiting, met = [node], {node}
        while waiting:
            for before in waiting.pop().all_input_nodes:
                if before in self.kept or before.op == "placeholder":
                    found.add(self.position(before))
                elif before not in met and before in self._from_input:
                    met.add(before)
                    waiting.append(before)
        return found

    def handed_on(self, node: fx.Node) -> fx.Node | None:
        """The node before a dropout or the like, which does nothing when a network only answers."""
        if not (isinstance(self.layer(node), SKIPPED) or operation_name(node) in _HANDING_ON):
            return None
        before = node.args[0] if node.args else node.kwargs.get("input")
        if not isinstance(before, fx.Node):
            return None
        return before if same(self.values[node], self.values[before]) else None

    def moves(self, node: fx.Node) -> bool:
        """Whether it might only move numbers; to be proven."""
        layer = self.layer(node)
        return isinstance(layer, MOVING_LAYERS) if layer else operation_name(node) in _MOVING

    def constant(self, node: fx.Node) -> Tensor | None:
        """A weight that the network uses by itself, or what it makes of one; None for what comes from the input."""
        value = self.values[node]
        return value if isinstance(value, Tensor) and node not in self._from_input else None

    def arguments(self, node: fx.Node) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """As it is called, with numbers in place of the nodes that are sizes."""

        def known(each: fx.Node) -> Any:
            return each if holds_numbers(self.values[each]) else self.values[each]

        args: Any = fx.node.map_arg(node.args, known)
        kwargs: Any = fx.node.map_arg(node.kwargs, known)
        return args, kwargs

    def run(self, node: fx.Node, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The same node on other values."""
        return getattr(self._recorder, node.op)(node.target, args, kwargs)

    def _is_stage(self, node: fx.Node) -> bool:
        if node.op not in ("call_module", "call_function", "call_method") or not may_be_stage(self.values[node]):
            return False
        return node in self._from_input and self.handed_on(node) is None


def holds_numbers(value: Any) -> bool:
    """Whether a node's value is a tensor, or several as of a chunk, rather than a size."""
    return isinstance(value, Tensor) or (isinstance(value, tuple | list) and any(map(holds_numbers, value)))


def same(one: Any, other: Any) -> bool:
    if not isinstance(one, Tensor) or not isinstance(other, Tensor) or one.shape != other.shape:
        return False
    return one is other or torch.allclose(one, other, rtol=0, atol=0, equal_nan=True)


def operation_name(node: fx.Node) -> str:
    return str(node.target) if isinstance(node.target, str) else getattr(node.target, "__name__", str(node.target))


def trace(net: nn.Module) -> fx.Graph:
    """Raises one of many exceptions where fx cannot follow the network."""
    with _TRACING:
        return _Tracer().trace(net)


_TRACING = threading.Lock()
"""While fx traces it changes how every module is called; two that take that back in turn would leave it changed."""


class _Tracer(fx.Tracer):
    """Other threads run their networks meanwhile, and shall not notice."""

    def __init__(self) -> None:
        super().__init__()
        self._thread = threading.get_ident()

    def call_module(
        self, m: nn.Module, forward: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        if threading.get_ident() != self._thread:
            return forward(*args, **kwargs)
        return super().call_module(m, forward, args, kwargs)

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return is_channel_norm(m) or super().is_leaf_module(m, module_qualified_name)


class _Recorder(fx.Interpreter):
    """Runs the graph once and keeps every node's value."""

    def record(self, probe: Tensor) -> dict[fx.Node, Any]:
        self._values: dict[fx.Node, Any] = {}
        self.run(probe)
        return self._values

    def run_node(self, n: fx.Node) -> Any:
        self._values[n] = super().run_node(n)
        return self._values[n]


def _downstream(nodes: Iterable[fx.Node]) -> set[fx.Node]:
    """All that changes with the input; its sizes do not."""
    found: set[fx.Node] = set()
    for node in nodes:
        size = operation_name(node) in _SIZES or (node.target is getattr and node.args[1] in _SIZES)
        if node.op == "placeholder" or (not size and found.intersection(node.all_input_nodes)):
            found.add(node)
    return found


def _ancestors(node: fx.Node) -> set[fx.Node]:
    """All that the node's value is made from; what a network computes besides has no part in its answer."""
    found: set[fx.Node] = set()
    waiting = [node]
    while waiting:
        before = [each for each in waiting.pop().all_input_nodes if each not in found]
        found.update(before)
        waiting += before
    return found


_QUIET = {
    operator.iadd: operator.add,
    operator.imul: operator.mul,
    operator.isub: operator.sub,
    operator.itruediv: operator.truediv,
}


def _without_inplace(traced: fx.GraphModule) -> None:
    """In-place operations would overwrite the stage before them. The caller's own modules stay as they are.

    Only the graph is changed, which whoever runs it as code still has to recompile.
    """
    for name, module in list(traced.named_modules()):
        if getattr(module, "inplace", False):
            quiet = copy.copy(module)
            quiet.inplace = False
            traced.set_submodule(name, quiet)
    for node in traced.graph.nodes:
        name = operation_name(node)
        loud = name.endswith("_") and not name.endswith("__")
        if node.op == "call_function":
            node.target = _QUIET.get(node.target, node.target)
            if node.kwargs.get("inplace"):
                node.kwargs = {**node.kwargs, "inplace": False}
            elif loud:
                node.target = getattr(torch, name[:-1], None) or getattr(nn.functional, name[:-1])
        elif node.op == "call_method" and loud:
            node.target = node.target[:-1]
