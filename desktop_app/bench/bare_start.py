"""Scenario: what a bare script needs to import torch, load the same net and run it once."""

from __future__ import annotations

import time

import torch

from desktop_app.core.model.registry import find_models
from desktop_app.core.paths import models_folder
from desktop_app.learn.network.load import load


def run(spawned: float) -> dict[str, float]:
    """Seconds since `spawned`."""
    card = find_models(models_folder()).first_for("drawings")
    with torch.inference_mode():
        load(card)(torch.zeros(1, *card.preprocessing.shape)).softmax(dim=1)
    return {"answer": time.time() - spawned}
