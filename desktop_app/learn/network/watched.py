"""A network that fx cannot follow, watched by hooks on its leaves: modules that hold no others."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from desktop_app.core.arithmetic.operations import Move, Operation, Unknown
from desktop_app.core.forward.trace import Stage
from desktop_app.core.network.stage_names import StageNames
from desktop_app.learn.network.layer_operations import MOVING_LAYERS, attention, layer_operation
from desktop_app.learn.network.scaling import Scaled, scale
from desktop_app.learn.network.stage_kinds import SKIPPED, kind_of, may_be_stage

Keep = Callable[[Tensor, Scaled], tuple[Tensor, ...]]
"""From an input (1, C, H, W) to every stage's output."""

See = Callable[[nn.Module, str, Tensor], Tensor]
"""Gets a module, its name and its output; returns what the network goes on with."""

Enter = Callable[[nn.Module, tuple[Any, ...], dict[str, Any]], None]
"""Gets a module and what it is given."""


def by_hooks(net: nn.Module, probe: Tensor, answer: Tensor) -> tuple[list[Stage], list[Operation], Keep]:
    """Stages and their operations between input and softmax, as far as the modules themselves tell them."""
    stages: list[Stage] = []
    operations: list[Operation] = []
    seen = [probe]
    names = StageNames()
    entered: dict[nn.Module, tuple[Operation, int]] = {}

    def enter(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        entered[module] = _operation(module, args, kwargs, seen)

    def describe(module: nn.Module, name: str, value: Tensor) -> Tensor:
        operation, source = entered[module]
        seen.append(value.clone())
        shape = tuple(value.shape[1:])
        count = sum(weight.numel() for weight in module.parameters())
        kind, block = kind_of(module, shape), name.rpartition(".")[0]
        shown, path = names.one(name, kind)
        stages.append(Stage(shown, kind, shape, count, (source,), block, module=path))
        operations.append(operation)
        return value

    _watched(net, probe, describe, enter)
    more = not torch.equal(seen[-1], answer)  # the network goes on after its last module
    if more:
        stages.append(Stage(names.one("output", "output")[0], "output", tuple(answer.shape[1:]), 0, (len(stages),)))
        operations.append(Unknown())

    one_at_a_time = threading.Lock()  # the hooks are the modules' own, and jobs ask beside the live answers

    def keep(batch: Tensor, scaled: Scaled) -> tuple[Tensor, ...]:
        outputs: list[Tensor] = []

        def see(_module: nn.Module, _name: str, value: Tensor) -> Tensor:
            value = scale(value, scaled, len(outputs) + 1)
            outputs.append(value.clone())
            return value

        with one_at_a_time:
            result = _watched(net, batch, see)
        if more:
            outputs.append(scale(result.clone(), scaled, len(outputs) + 1))
        if [tuple(output.shape[1:]) for output in outputs] != [stage.shape for stage in stages]:
            raise ValueError("this network took another path than before; its stages cannot be compared")
        return tuple(outputs)

    return stages, operations, keep


def _operation(
    layer: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], seen: list[Tensor]
) -> tuple[Operation, int]:
    """What a module computes, and of which stage; where what it reads is no stage's output, the one before it."""
    found = {_position(given, seen) for given in args}
    position = found.pop() if len(found) == 1 else None
    if position is None:
        return Unknown(), len(seen) - 1
    mine = len(layer._forward_hooks) == len(layer._forward_pre_hooks) == 1  # others might change what it gives
    if isinstance(layer, nn.MultiheadAttention):
        looks_at_itself = len(args) == 3 and args[0].ndim == 3 and set(kwargs) <= {"need_weights"}
        return attention(layer) if mine and looks_at_itself else Unknown(), position
    if len(args) != 1 or kwargs or not mine:
        return Unknown(), position
    if type(layer) in MOVING_LAYERS:
        source = seen[position]
        places = torch.arange(source.numel(), dtype=torch.int32).reshape(source.shape)
        return Move(layer.forward(places)[0].contiguous().numpy()), position
    return layer_operation(layer, tuple(args[0].shape[1:])), position


def _position(given: Any, seen: list[Tensor]) -> int | None:
    """The latest stage whose output this is; the input is 0."""
    if not isinstance(given, Tensor) or given.ndim == 0 or len(given) != 1:
        return None
    return next((place for place in reversed(range(len(seen))) if torch.equal(given, seen[place])), None)


def _watched(net: nn.Module, batch: Tensor, see: See, enter: Enter | None = None) -> Tensor:
    """One forward pass; `see` gets every leaf's output, `enter` what it is given. No hook outlives it."""

    def hook_for(name: str) -> Callable[..., Any]:
        def hook(module: nn.Module, _inputs: Any, output: Any) -> Any:
            value = output[0] if isinstance(output, tuple) else output  # attention gives its weights too
            if not may_be_stage(value):
                return None
            changed = see(module, name, value)
            if changed is value:
                return None
            return (changed, *output[1:]) if isinstance(output, tuple) else changed

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
        if enter is not None:
            handles += [module.register_forward_pre_hook(enter, with_kwargs=True) for _, module in leaves]
        answer: Tensor = net(batch.clone())  # a network may change its input
    finally:
        for handle in handles:
            handle.remove()
    return answer
