"""An architecture as a model card lists it: named layers one after the other, with their shapes worked out.

One layer may hold others: `residual`, whose output is the sum of what its two rows of layers make of the same input.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import prod
from typing import Any, Literal, get_args

Kind = Literal["conv", "relu", "max_pool", "avg_pool", "flatten", "dense", "residual"]
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Layer:
    """One layer. Sizes in pixels; `out` in channels (conv) or units (dense); unused fields stay at their defaults."""

    name: str
    kind: Kind
    out: int = 0
    kernel: int = 0
    stride: int = 1
    padding: int = 0
    layers: tuple[Layer, ...] = ()
    shortcut: tuple[Layer, ...] = ()
    """The two rows of a residual layer; an empty shortcut hands on the input as it is."""


def parse_layers(items: Iterable[Any]) -> tuple[Layer, ...]:
    """Layers from a card's JSON list. Raises ValueError naming what is wrong."""
    layers = tuple(_parse(item) for item in items)
    names = [layer.name for layer in layers]
    if not layers or len(set(names)) != len(names):
        raise ValueError("the architecture needs layers, each with a name of its own")
    return layers


def _parse(item: Any) -> Layer:
    if not isinstance(item, dict) or not isinstance(item.get("name"), str) or item.get("kind") not in get_args(Kind):
        raise ValueError(f"a layer needs a name and a kind out of {', '.join(get_args(Kind))}; found {item!r:.80}")
    name, kind = item["name"], item["kind"]
    if not name.isidentifier():
        raise ValueError(f"layer name {name!r} is not one word")
    if kind == "residual":
        return _parse_residual(name, item)
    wanted = {"conv": {"out", "kernel"}, "max_pool": {"kernel"}, "avg_pool": {"kernel"}, "dense": {"out"}}.get(
        kind, set()
    )
    allowed = wanted | ({"stride", "padding"} if kind == "conv" else {"stride"} if "pool" in kind else set())
    sizes = {key: value for key, value in item.items() if key not in ("name", "kind")}
    if not wanted <= sizes.keys() <= allowed:
        raise ValueError(f"layer {name} ({kind}) takes {', '.join(sorted(allowed)) or 'no sizes'}")
    for key, value in sizes.items():
        if not isinstance(value, int) or isinstance(value, bool) or not (key != "padding") <= value <= 65_536:
            raise ValueError(f"layer {name}: {key} must be a whole number, found {value!r:.40}")
    if "pool" in kind:
        sizes.setdefault("stride", sizes["kernel"])
    return Layer(name, kind, **sizes)


def _parse_residual(name: str, item: dict[str, Any]) -> Layer:
    if item.keys() - {"shortcut"} != {"name", "kind", "layers"}:
        raise ValueError(f"layer {name} (residual) takes layers, and shortcut, which may be empty")
    rows = item["layers"], item.get("shortcut", [])
    if not all(isinstance(row, list) for row in rows):
        raise ValueError(f"layer {name} (residual): layers and shortcut must be lists of layers")
    layers, shortcut = (parse_layers(row) if row else () for row in rows)
    if not layers:
        raise ValueError(f"layer {name} (residual) needs layers: only its shortcut may be empty")
    if any(layer.name == "shortcut" for layer in layers):
        raise ValueError(f"layer {name} (residual): no layer in it can be called shortcut")
    return Layer(name, "residual", layers=layers, shortcut=shortcut)


def output_shapes(layers: Iterable[Layer], shape: Shape) -> list[Shape]:
    """The output shape of every layer for an input (C, H, W). Raises ValueError where a layer does not fit."""
    shapes = []
    for layer in layers:
        shape = _output_shape(layer, shape)
        shapes.append(shape)
    return shapes


def _output_shape(layer: Layer, shape: Shape) -> Shape:
    if layer.kind == "relu":
        return shape
    if layer.kind == "residual":
        return _summed_shape(layer, shape)
    if layer.kind == "flatten":
        return (prod(shape),)
    if layer.kind == "dense":
        if len(shape) != 1:
            raise ValueError(f"layer {layer.name} (dense) needs a flat input: put a flatten before it")
        return (layer.out,)
    if len(shape) != 3:
        raise ValueError(f"layer {layer.name} ({layer.kind}) needs maps, but a flatten came before it")
    channels, *sides = shape
    height, width = ((side + 2 * layer.padding - layer.kernel) // layer.stride + 1 for side in sides)
    if min(height, width) < 1:
        raise ValueError(f"layer {layer.name} does not fit: its input is only {sides[0]}×{sides[1]}")
    return (layer.out if layer.kind == "conv" else channels, height, width)


def _summed_shape(layer: Layer, shape: Shape) -> Shape:
    try:
        there, past = ([shape, *output_shapes(row, shape)][-1] for row in (layer.layers, layer.shortcut))
    except ValueError as error:
        raise ValueError(f"layer {layer.name} (residual): {error}") from error
    if there != past:
        sizes = " and ".join("×".join(map(str, one)) for one in (there, past))
        raise ValueError(f"layer {layer.name} (residual) cannot add {sizes}: give it a shortcut that fits")
    return there


def weight_shapes(layers: Iterable[Layer], shape: Shape) -> dict[str, Shape]:
    """The tensors in a weights file: conv weights (out, in, k, k), dense weights (out, in), biases (out,).

    Those inside a residual layer are named by their way in: block1.conv1.weight, block1.shortcut.conv.weight.
    """
    wanted: dict[str, Shape] = {}
    for layer in layers:
        out = _output_shape(layer, shape)
        if layer.kind == "conv":
            wanted[f"{layer.name}.weight"] = (layer.out, shape[0], layer.kernel, layer.kernel)
        elif layer.kind == "dense":
            wanted[f"{layer.name}.weight"] = (layer.out, shape[0])
        if layer.out:
            wanted[f"{layer.name}.bias"] = (layer.out,)
        for row, inner in ((layer.name, layer.layers), (f"{layer.name}.shortcut", layer.shortcut)):
            wanted |= {f"{row}.{name}": size for name, size in weight_shapes(inner, shape).items()}
        shape = out
    return wanted
