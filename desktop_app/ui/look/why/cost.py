"""Guesses at how long something takes, from how long a pass through the network took."""

from __future__ import annotations

from desktop_app.core.attribution.attribution import GRADIENT_STEPS, Method
from desktop_app.core.model.card import Preprocessing

BACK = 2.5
"""What the way back through the network costs, in passes."""


def map_passes(method: Method, spec: Preprocessing, piece: int, targets: int) -> float:
    """Through the network, for the maps of so many classes.  piece: side of occlusion's pieces in pixels."""
    match method:
        case "grad_cam" | "rollout":
            return 2.0
        case "occlusion":
            return spec.height * spec.width / (piece / 2) ** 2
        case "integrated_gradients":
            return GRADIENT_STEPS * (1 + BACK * targets)
