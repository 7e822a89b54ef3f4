"""A torchvision architecture with random weights, as a folder of models: as quick, and as slow, as the trained one."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import torch
from safetensors.torch import save_file

from desktop_app.learn.network.torchvision_nets import torchvision_net

CLASSES = 1000
SIDE, RESIZE = 224, 256


def write_random_model(architecture: str, folder: Path) -> None:
    """Writes card and weights into the folder, which is made."""
    torch.manual_seed(0)
    net = torchvision_net(architecture, CLASSES)
    folder.mkdir(parents=True)
    weights = folder / "weights.safetensors"
    save_file({name: tensor.contiguous().clone() for name, tensor in net.state_dict().items()}, weights)
    card = {
        "format": 1,
        "title": f"{architecture} (random weights)",
        "reads": "photos",
        "description": "Random weights: for measuring.",
        "architecture": {"torchvision": architecture},
        "classes": [f"class {number}" for number in range(CLASSES)],
        "weights": {
            "file": weights.name,
            "sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
            "count": sum(parameter.numel() for parameter in net.parameters()),
        },
        "input": {
            "channels": "rgb",
            "height": SIDE,
            "width": SIDE,
            "fit": "crop",
            "interpolation": "bilinear",
            "resize": RESIZE,
            "mean": [0.485, 0.456, 0.406],
            "std": [0.229, 0.224, 0.225],
        },
        "temperature": 1.0,
        "not_sure": 5.0,
        "licence": "none",
        "training": {},
        "figures": {},
    }
    (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")
