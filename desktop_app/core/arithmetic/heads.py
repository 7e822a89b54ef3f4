"""Who looks at whom in an attention stage, head by head."""

from __future__ import annotations

import math

import numpy as np

from desktop_app.core.arithmetic.operations import Array, Attention
from desktop_app.core.forward.trace import Trace


def attentions(trace: Trace) -> tuple[int, ...]:
    """Positions of the stages whose attention can be taken apart. That within windows, as Swin's, cannot."""
    return tuple(position for position, operation in enumerate(trace.operations) if isinstance(operation, Attention))


def weights_of(trace: Trace, position: int) -> Array:
    """(heads, L, L) of a stage among `attentions`: how much each token (first L) takes of every other; rows add up
    to 1.

    Worked out from the stage's input, since no network hands them out: some 15 ms for the largest that are usual.
    """
    operation = trace.operations[position]
    assert isinstance(operation, Attention)
    tokens = trace.outputs[trace.stages[position].sources[0]]
    queries = _split(tokens @ operation.query.T + operation.query_bias, operation.heads)
    keys = _split(tokens @ operation.key.T + operation.key_bias, operation.heads)
    with np.errstate(invalid="ignore", over="ignore"):  # what is not a number stays so
        weights = queries @ keys.transpose(0, 2, 1) / np.float32(math.sqrt(queries.shape[2]))
        np.exp(weights - weights.max(axis=2, keepdims=True), out=weights)
        weights /= weights.sum(axis=2, keepdims=True)
    return weights


def head_maps(weights: Array, grid: tuple[int, int], query: int) -> Array:
    """(heads, rows, columns): what one token takes of each place of the picture.

    weights: (heads, L, L).  grid: of the stage.  query: the token; the class token is 0.
    """
    rows, columns = grid
    return weights[:, query, -rows * columns :].reshape(-1, rows, columns)


def _split(vectors: Array, heads: int) -> Array:
    """(L, E) → (heads, L, E / heads)."""
    return vectors.reshape(len(vectors), heads, -1).transpose(1, 0, 2)
