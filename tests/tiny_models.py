"""Model folders with random weights, made in a moment: most tests need no model that knows anything."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from desktop_app.core.model.architecture import Shape, parse_layers, weight_shapes

CLASSES = ("circle", "square", "triangle", "star")
LAYERS: tuple[dict[str, Any], ...] = (
    {"name": "conv1", "kind": "conv", "out": 5, "kernel": 3, "padding": 1},
    {"name": "relu1", "kind": "relu"},
    {"name": "pool1", "kind": "max_pool", "kernel": 2},
    {"name": "conv2", "kind": "conv", "out": 7, "kernel": 3},
    {"name": "relu2", "kind": "relu"},
    {"name": "pool2", "kind": "avg_pool", "kernel": 2},
    {"name": "flatten", "kind": "flatten"},
    {"name": "fc1", "kind": "dense", "out": 11},
    {"name": "relu3", "kind": "relu"},
    {"name": "fc2", "kind": "dense", "out": len(CLASSES)},
)

Weights = dict[str, NDArray[np.float32]]


def random_weights(layers: Sequence[Mapping[str, Any]], shape: Shape, seed: int = 0) -> Weights:
    """Weights that keep activations near 1, as after a training."""
    rng = np.random.default_rng(seed)
    return {
        name: (rng.standard_normal(sides) / np.sqrt(np.prod(sides[1:]) if len(sides) > 1 else 4)).astype(np.float32)
        for name, sides in weight_shapes(parse_layers(layers), shape).items()
    }


def card_data(reads: str = "drawings", side: int = 16, layers: Sequence[Mapping[str, Any]] = LAYERS) -> dict[str, Any]:
    """A card as JSON has it, without its weights' SHA-256."""
    channels = 1 if reads == "drawings" else 3
    return {
        "format": 1,
        "title": f"Tiny {reads}",
        "reads": reads,
        "description": "Random weights.",
        "input": {
            "channels": "grey" if channels == 1 else "rgb",
            "height": side,
            "width": side,
            "fit": "crop",
            "interpolation": "bilinear",
            "mean": [0.0] if channels == 1 else [0.5, 0.4, 0.3],
            "std": [1.0] if channels == 1 else [0.25, 0.5, 0.2],
            **({"longest": 0.75 * side, "pen": 1.6} if channels == 1 else {}),
        },
        "architecture": {"layers": [dict(layer) for layer in layers]},
        "classes": list(CLASSES),
        "weights": {"file": "weights.safetensors", "sha256": ""},
        "temperature": 1.0,
        "not_sure": 1.2,
        "training": {"command": "none", "seed": 0, "data": []},
        "licence": "MIT",
        "figures": {},
    }


def write_model(
    folder: Path, data: dict[str, Any] | None = None, weights: Weights | None = None, seed: int = 0
) -> Path:
    """Writes card and weights (by default random ones that fit the card); returns the folder."""
    data = data or card_data()
    shape = (len(data["input"]["mean"]), data["input"]["height"], data["input"]["width"])
    packed = save(weights if weights is not None else random_weights(data["architecture"]["layers"], shape, seed))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / data["weights"]["file"]).write_bytes(packed)
    data["weights"]["sha256"] = hashlib.sha256(packed).hexdigest()
    write_card(folder, data)
    return folder


def write_card(folder: Path, data: Any) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "card.json").write_text(json.dumps(data), encoding="utf-8")
