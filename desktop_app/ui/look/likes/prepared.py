"""What is needed to show a model's likes, read in a thread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from desktop_app.core.errors import BadFile
from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.forward.trace import trace_of
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


def prepare(card: ModelCard) -> Iterator[Prepared]:
    """Raises BadFile when the model's weights cannot be used."""
    forward = NumpyForward(card)
    blank, *inner = (
        np.broadcast_to(np.float32(0), stage.shape) for stage in forward.stages[:-1]
    )  # nothing is computed
    fields = Fields(trace_of(forward.stages, forward.operations, blank, inner, card.temperature))
    try:
        yield Prepared(card, fields, read_likes(card))
    except BadFile as error:
        yield Prepared(card, fields, None, str(error))
