"""The sentences about both ends of a network, which tell of the input and the classes: all that the card must name."""

from __future__ import annotations

import numpy as np

from desktop_app.core.forward.trace import Array, Trace
from desktop_app.core.forward.verdict import percent, verdict_of
from desktop_app.core.model.card import ModelCard
from desktop_app.core.numerals import short
from desktop_app.core.replay.facts import reach
from desktop_app.core.replay.words import Words, some


def input_sentence(net_input: Array, card: ModelCard) -> Words:
    """net_input: (C, H, W)."""
    channels, height, width = net_input.shape
    size = {"height": str(height), "width": str(width)}
    if card.reads != "drawings":
        colours = some(channels, "grey", "{count} colours")
        return Words(
            "The photo as the network gets it: {colours}, {height}×{width} pixels, numbers {reach}.",
            {**size, "colours": colours, "reach": reach(net_input)},
        )
    spec = card.preprocessing
    ink = int((net_input[0] * spec.std[0] + spec.mean[0] > 0.5 / 255).sum())
    if not ink:
        return Words("An empty input: none of its {height}×{width} pixels has ink.", size)
    pixels = some(ink, "{count} has ink", "{count} have ink")
    return Words("The drawing as the network gets it: {height}×{width} pixels, {ink}.", {**size, "ink": pixels})


def logits_sentence(logits: Array, card: ModelCard) -> Words:
    """logits: (classes,)."""
    first, second, best = _ranks(logits, card)
    values: dict[str, str | Words] = {"first": first, "value": short(float(best[0]))}
    if second is None:
        return Words("{first} is the only class; its logit is {value}.", values)
    lead = float(best[0]) - float(best[1])
    if lead == 0:
        return Words("{first} and {second} share the highest logit, {value}.", {**values, "second": second})
    values.update(second=second, lead=short(lead))
    return Words("{first} has the highest logit: {value}, which is {lead} more than {second}.", values)


def answer_sentence(trace: Trace, card: ModelCard) -> Words:
    first, second, shares = _ranks(trace.answer.probabilities, card)
    if second is None:
        return Words("{first} is the only class, so it gets all of it: 100 %.", {"first": first})
    values: dict[str, str | Words] = {"first": first, "share": percent(float(shares[0]))}
    points = round(100 * (float(shares[0]) - float(shares[1])))
    lead = Words("level with {second}") if shares[0] == shares[1] else Words("less than 1 point ahead of {second}")
    if points:
        lead = some(points, "{count} point ahead of {second}", "{count} points ahead of {second}")
    values["lead"] = Words(lead.template, {**lead.values, "second": second})
    return Words(
        {
            "sure": "{first} {share}, {lead}: sure.",
            "fairly sure": "{first} {share}, {lead}: fairly sure.",
            "not sure": "{first} is closest with {share}, {lead}: not sure.",
        }[verdict_of(trace.answer, card).sureness],
        values,
    )


def _ranks(scores: Array, card: ModelCard) -> tuple[str, str | None, Array]:
    """The best class and the second, and their scores."""
    order = np.argsort(-scores, kind="stable")[:2]
    names = [card.classes[index] for index in order.tolist()]
    return names[0], names[1] if len(names) > 1 else None, scores[order]
