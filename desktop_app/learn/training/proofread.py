"""Labels that people gave, read again by a half-trained net."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from torch import nn

from desktop_app.core.sketcher import LABELS
from desktop_app.learn.training.drawings_data import NONE, UNKNOWN, Sample
from desktop_app.learn.training.shapes_report import probabilities
from desktop_app.learn.training.train_loop import logits_of

IMPOSSIBLE = 0.03
CERTAIN = 0.9
UNDECIDED = 0.5


def proofread(samples: Sequence[Sample], inputs: NDArray[np.uint8], net: nn.Module) -> list[Sample]:
    """Samples without those whose label the net thinks impossible, and with those nameless ones that it can name.

    A small net on ever new variants cannot learn single wrong labels by heart, so that it can be asked about them.
    Of the nameless, hearts are what we are short of; what it finds undecided is none of the ten.
    """
    kept: list[Sample] = []
    for sample, chances in zip(samples, probabilities(logits_of(net, inputs), 1.0), strict=True):
        best = int(chances.argmax())
        if sample.label == UNKNOWN:
            if chances[best] > CERTAIN and LABELS[best] == "heart":
                kept.append(Sample(best, sample.source, sample.person, sample.drawing))
            elif chances[best] < UNDECIDED:
                kept.append(Sample(NONE, sample.source, sample.person, sample.drawing))
        elif sample.label == NONE or chances[sample.label] > IMPOSSIBLE:
            kept.append(sample)
    return kept
