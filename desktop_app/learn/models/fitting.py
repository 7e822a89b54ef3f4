"""Which of torchvision's architectures a file of weights belongs to, and its weights in that architecture's names."""

from __future__ import annotations

import math
import re
from collections import OrderedDict
from copy import copy
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from desktop_app.core.errors import BadFile, UserError
from desktop_app.learn.models.catalogue import architectures, officials
from desktop_app.learn.models.weights_file import State
from desktop_app.learn.network.torchvision_nets import AUXILIARY, torchvision_net

HEADS = (
    "heads.head", "head", "fc", "classifier.6", "classifier.5", "classifier.3", "classifier.2", "classifier.1",
    "classifier",
)  # fmt: skip
"""What torchvision's nets call the layer that gives the logits; of several in one file the first."""

_INCEPTION_EXTRA = 27_161_264 - 23_834_568
"""Weights of Inception's side branch, which torchvision counts but the nets here leave out."""
_TOKENS = {14: 257, 16: 197, 32: 50}
"""Of a vision transformer at 224×224 pixels, by the side of its patches."""
_DENSENET = re.compile(r"(.*denselayer\d+\.(?:norm|conv))\.([12]\..+)")
"""Torchvision's files of DenseNets have names of 2017; so has its own loader this pattern."""


@dataclass(frozen=True)
class Fit:
    """side: of the input in pixels, where the weights allow only one."""

    architecture: str
    classes: int
    side: int | None = None


def fit_of(state: State, file_name: str) -> Fit:
    """The one architecture whose names and shapes these are: no two of torchvision's have the same.

    file_name: for the message, and to be tried first.  Raises BadFile.
    """
    head = next((name for name in HEADS if state.tensors.get(f"{name}.weight") is not None), None)
    if head is not None and state.tensors[f"{head}.weight"].ndim >= 2:
        classes, side = state.tensors[f"{head}.weight"].shape[0], _side(state)
        for name in _likely(state, head):
            if fitted(state, fit := Fit(name, classes, side)) is not None:
                return fit
    names = [name for name in architectures() if file_name.lower().startswith(name)]
    nearly = f" It is called {max(names, key=len)}, but its weights differ from that." if names else ""
    raise BadFile(
        f"{file_name} fits none of the {len(architectures())} classifiers of torchvision.{nearly} ConvLens can only "
        "add weights of these: add a file of one of them."
    )


def fitted(state: State, fit: Fit) -> nn.Module | None:
    """The network with these weights, in the file's own precision; None where names or shapes differ."""
    tensors = _renamed(state.tensors, fit.architecture)
    for layout in ("the file's", "today's", "old"):
        if layout == "the file's" and state.versions is None:
            continue
        net, weights = _empty(fit), OrderedDict(tensors)
        fresh = net.state_dict()
        wanted = {name: value.shape for name, value in fresh.items()}
        versions = {"the file's": state.versions, "today's": _versions(fresh)}.get(layout, {})
        weights._metadata = copy(versions)  # type: ignore[attr-defined]
        try:
            net.load_state_dict(weights, strict=True, assign=True)
        except (RuntimeError, ValueError):
            continue
        if {name: value.shape for name, value in net.state_dict().items()} == wanted:
            return net.eval().requires_grad_(False)
    return None


def check_input(fit: Fit, height: int, width: int) -> None:
    """Raises UserError where the architecture cannot read pictures of this size. Takes no arithmetic."""
    if fit.side is not None and not height == width == fit.side:
        raise UserError(f"{fit.architecture} with these weights reads {fit.side}×{fit.side} pixels: give that size.")
    try:
        with torch.device("meta"), torch.inference_mode():
            shape = (
                torchvision_net(fit.architecture, fit.classes, height).eval()(torch.empty(1, 3, height, width)).shape
            )
    except Exception as error:  # modules raise all sorts of things about shapes
        raise UserError(
            f"{fit.architecture} cannot read {height}×{width} pixels: give a larger or another size."
        ) from error
    assert shape == (1, fit.classes)


def _empty(fit: Fit) -> nn.Module:
    with torch.device("meta"):
        return torchvision_net(fit.architecture, fit.classes, fit.side or 224)


def _versions(weights: Any) -> Any:
    """What torch keeps about the layouts of modules."""
    return weights._metadata


def _renamed(tensors: dict[str, Tensor], architecture: str) -> dict[str, Tensor]:
    kept = {name: value for name, value in tensors.items() if not name.startswith(AUXILIARY.get(architecture, "-"))}
    if architecture.startswith("densenet"):
        kept = {_DENSENET.sub(r"\1\2", name): value for name, value in kept.items()}
    return kept


def _likely(state: State, head: str) -> list[str]:
    """Architectures with as many weights once the last layer has 1,000 classes: one, or very few."""
    last = state.tensors[f"{head}.weight"]
    auxiliary = tuple(prefix for prefixes in AUXILIARY.values() for prefix in prefixes)
    count = sum(
        value.numel()
        for name, value in state.tensors.items()
        if value.is_floating_point()
        and not name.startswith(auxiliary)
        and not name.endswith(("running_mean", "running_var", "relative_coords_table"))
    )
    count += (1000 - last.shape[0]) * (last[0].numel() + 1)
    if (embedding := state.tensors.get("encoder.pos_embedding")) is not None:
        count += (_TOKENS.get(_patch(state), embedding.shape[1]) - embedding.shape[1]) * embedding.shape[2]
    near = (count, count + _INCEPTION_EXTRA)
    return list(dict.fromkeys(one.architecture for one in officials() if one.weight_count in near))


def _patch(state: State) -> int:
    first = state.tensors.get("conv_proj.weight")
    return 0 if first is None else first.shape[-1]


def _side(state: State) -> int | None:
    embedding = state.tensors.get("encoder.pos_embedding")
    if embedding is None or embedding.ndim != 3 or embedding.shape[1] < 2:
        return None
    return math.isqrt(embedding.shape[1] - 1) * _patch(state)
