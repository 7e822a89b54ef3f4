"""What is needed to show a model's likes, read in a thread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from desktop_app.core.errors import BadFile
from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.forward.trace import Array, Stage, Trace, trace_of
from desktop_app.core.likes.likes import Likes
from desktop_app.core.likes.likes_file import read_likes
from desktop_app.core.likes.patches import Fields
from desktop_app.core.model.card import ModelCard


@dataclass(frozen=True, eq=False)
class Prepared:
    """likes: out of drawings, if they were prepared.  problem: why they cannot be used."""

    card: ModelCard
    fields: Fields
    likes: Likes | None
    problem: str = ""


def prepare(card: ModelCard, trace: Trace | None) -> Iterator[Prepared]:
    """trace: any of the model's; only needed where the card does not spell out the layers. Such models have no likes.

    Raises BadFile when the model's weights cannot be used.
    """
    if trace is not None and not card.layers:
        yield Prepared(card, Fields(replace(trace, outputs=_nothing(trace.stages))), None)
        return
    forward = NumpyForward(card)
    blank, *inner = _nothing(forward.stages[:-1])
    fields = Fields(trace_of(forward.stages, forward.operations, blank, inner, card.temperature))
    try:
        yield Prepared(card, fields, read_likes(card))
    except BadFile as error:
        yield Prepared(card, fields, None, str(error))


def _nothing(stages: Sequence[Stage]) -> tuple[Array, ...]:
    """Outputs that need no memory: fields are asked for geometry only."""
    return tuple(np.broadcast_to(np.float32(0), stage.shape) for stage in stages)
