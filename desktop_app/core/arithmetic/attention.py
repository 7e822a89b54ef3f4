"""One feature of one token after attention, from the tokens before it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from desktop_app.core.arithmetic.explanation import Attended, Index, Numbers
from desktop_app.core.arithmetic.operations import Array, Attention
from desktop_app.core.arithmetic.worked import Worked
from desktop_app.core.forward.trace import Stage


def attention(operation: Attention, source: Array, index: Index, before: Sequence[Stage]) -> Worked:
    """source: (L, E); index: (token, feature); before: all stages before this one.

    The keys and values of all tokens are never computed: what one token asks of them, and what one feature takes out
    of them, is brought back through the projections to the tokens themselves, which is the same and far less work.
    """
    token, feature = index
    tokens = source.astype(np.float64)
    parts = (operation.heads, len(operation.query) // operation.heads)
    query = (operation.query @ tokens[token] + operation.query_bias).reshape(parts)
    asked, offset = _back(query, operation.key, operation.key_bias)
    scores = (asked @ tokens.T + offset) / math.sqrt(parts[1])
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    taken, offset = _back(operation.out[feature].reshape(parts), operation.value, operation.value_bias)
    values = taken @ tokens.T + offset
    heads = (weights * values).sum(axis=1)
    bias = float(operation.out_bias[feature])
    terms = np.abs(taken) @ np.abs(tokens).T + np.abs(offset)
    # The rounding of a score is that of its weight, once for every unit of the score.
    size = float((weights * terms).sum()) * (1 + float(np.abs(scores).max())) + abs(bias)
    how = Attended(weights, values, heads, bias, _grid(len(tokens), before))
    return Worked(how, float(heads.sum()) + bias, size)


def _back(vectors: Numbers | Array, projection: Array, bias: Array) -> tuple[Numbers, Numbers]:
    """Vectors (heads, d) times each head's part of a projection, (heads, E), and of its bias, (heads, 1)."""
    of_heads = projection.reshape(*vectors.shape, -1)
    back = np.stack([vector @ part for vector, part in zip(vectors.astype(np.float64), of_heads, strict=True)])
    return back, (vectors * bias.reshape(vectors.shape).astype(np.float64)).sum(axis=1, keepdims=True)


def _grid(count: int, before: Sequence[Stage]) -> tuple[int, int, int] | None:
    """How the tokens were cut out of a picture: as the nearest maps whose pixels they can be, else a square.

    At most one token, that of the class, is taken to stand before them.
    """
    for stage in reversed(before):
        rows, columns = stage.maps[1:] if stage.is_maps else (0, 0)
        if rows * columns > 1 and count - rows * columns in (0, 1):
            return rows, columns, count - rows * columns
    for extra in (0, 1):
        side = math.isqrt(count - extra)
        if side > 1 and side * side == count - extra:
            return side, side, extra
    return None
