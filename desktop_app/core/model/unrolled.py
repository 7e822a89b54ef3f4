"""The layers of a card as one row of steps, as the columns stand on screen: residual layers are taken apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from desktop_app.core.model.architecture import Layer, Shape, output_shapes


@dataclass(frozen=True)
class Step:
    """name: of the layer with its way in (block1.conv1), but the sums of residual layers are add, add (2), ...

    shape: of its output. sources: the steps that it reads, counted from 1; the input is 0. block: the residual layer
    that it is part of, "" where it is part of none.
    """

    name: str
    layer: Layer
    shape: Shape
    sources: tuple[int, ...]
    block: str = ""


def unrolled(layers: Iterable[Layer], shape: Shape) -> tuple[Step, ...]:
    """In the order in which they are computed. Raises ValueError where a layer does not fit."""
    steps: list[Step] = []
    _unroll(layers, shape, 0, "", steps)
    return tuple(steps)


def _unroll(layers: Iterable[Layer], shape: Shape, source: int, block: str, steps: list[Step]) -> int:
    """Adds the steps of one row that begins at a source of this shape; the source of what follows the row."""
    for layer in layers:
        (out,) = output_shapes([layer], shape)
        name = f"{block}.{layer.name}" if block else layer.name
        if layer.kind == "residual":
            there = _unroll(layer.layers, shape, source, name, steps)
            past = _unroll(layer.shortcut, shape, source, f"{name}.shortcut", steps)
            times = 1 + sum(step.layer.kind == "residual" for step in steps)
            steps.append(Step("add" if times == 1 else f"add ({times})", layer, out, (there, past), name))
        else:
            steps.append(Step(name, layer, out, (source,), block))
        source, shape = len(steps), out
    return source
