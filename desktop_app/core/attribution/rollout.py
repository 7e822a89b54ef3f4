"""Attention rollout: which places of the picture the answer took its information from, through all layers.

Abnar and Zuidema, "Quantifying Attention Flow in Transformers", 2020 (arXiv:2005.00928). Every layer is taken as half
its attention, the mean of all heads, and half the way around it; the product of all layers says how much of each patch
has come to the class token. It knows no classes, and nothing of what the layers between do to the numbers.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from PIL import Image

from desktop_app.core.arithmetic.heads import attentions, weights_of
from desktop_app.core.arithmetic.operations import Array
from desktop_app.core.forward.trace import Trace

AROUND = 0.5
"""Share of what goes around an attention, in the addition behind it."""


def can_roll_out(trace: Trace) -> bool:
    """Whether there is attention, and all of it over the whole picture."""
    stages = [trace.stages[position] for position in attentions(trace)]
    return bool(stages) and all(stage.grid is not None and stage.shape == stages[0].shape for stage in stages)


def rollout_of(trace: Trace) -> Array | None:
    """(rows, columns), adding up to at most 1; None for a network without attention over the whole picture."""
    if not can_roll_out(trace):
        return None
    positions = attentions(trace)
    grid, apart = trace.stages[positions[0]].grid, trace.stages[positions[0]].apart
    assert grid is not None
    return rollout((weights_of(trace, position) for position in positions), grid, apart)


def rollout(layers: Iterable[Array], grid: tuple[int, int], apart: int) -> Array:
    """(rows, columns). layers: the weights (heads, L, L) of each, the first one first.

    apart: tokens before those of the picture; the first of them is read, and without any the mean of all tokens.
    """
    flow: Array | None = None
    for weights in layers:
        mixed: Array = (1 - AROUND) * weights.mean(axis=0) + AROUND * np.eye(weights.shape[1], dtype=np.float32)
        flow = mixed if flow is None else mixed @ flow
    assert flow is not None
    come: Array = flow[0] if apart else flow.mean(axis=0)
    return come[apart:].reshape(grid)


def enlarged(values: Array, shape: tuple[int, ...]) -> Array:
    """(rows, columns) scaled up to (H, W), a patch's value standing in its middle."""
    large: Array = np.asarray(Image.fromarray(values).resize((shape[1], shape[0]), Image.Resampling.BILINEAR))
    return large
