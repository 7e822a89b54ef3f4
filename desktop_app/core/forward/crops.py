"""One answer from several views of one picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from desktop_app.core.forward.trace import Answer


def mean_answer(answers: Sequence[Answer]) -> Answer:
    """Logits and probabilities are each the mean over the answers; the entropy is that of the mean, in bits."""
    logits = np.stack([answer.logits for answer in answers]).mean(axis=0, dtype=np.float64)
    probabilities = np.stack([answer.probabilities for answer in answers]).mean(axis=0, dtype=np.float64)
    entropy = -float(np.sum(probabilities * np.log2(np.maximum(probabilities, 1e-300))))
    return Answer(logits.astype(np.float32), probabilities.astype(np.float32), max(entropy, 0.0))
