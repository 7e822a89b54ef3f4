"""One output that a whole row of numbers goes into: a dense unit, a share of a softmax."""

from __future__ import annotations

import numpy as np

from desktop_app.core.arithmetic.explanation import Contributions, Index, Share
from desktop_app.core.arithmetic.operations import Array, Dense, Softmax
from desktop_app.core.arithmetic.worked import Worked


def dense(operation: Dense, source: Array, index: Index) -> Worked:
    """source: (in,) or (L, in); index: (unit,) or (token, unit)."""
    *row, unit = index
    inputs = source[tuple(row)].astype(np.float64)
    weights = operation.weight[unit].astype(np.float64)
    products = inputs * weights
    bias = None if operation.bias is None else float(operation.bias[unit])
    sizes = np.abs(products)
    # What is not a number decides all by itself, so it comes first.
    order = np.argsort(np.where(np.isnan(sizes), -np.inf, -sizes), kind="stable")
    at = np.empty((len(inputs), source.ndim), np.intp)
    at[:, :-1], at[:, -1] = row, np.arange(len(inputs))
    return Worked(
        Contributions(inputs, weights, products, order, at, bias),
        float(products.sum()) + (bias or 0.0),
        float(sizes.sum()) + abs(bias or 0.0),
    )


def softmax(operation: Softmax, source: Array, index: Index) -> Worked:
    """source: (N,) or (L, N)."""
    *row, place = index
    logits = source[tuple(row)].astype(np.float64)
    scaled = (logits - logits.max()) / operation.temperature
    powers = np.exp(scaled)
    total = float(powers.sum())
    share = float(powers[place]) / total
    # The rounding of a logit is that of its power, once for every unit of distance to the largest.
    return Worked(Share(logits, powers, total, operation.temperature), share, share * (1 + abs(float(scaled[place]))))
