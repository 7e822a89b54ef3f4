"""A whole trace as one HTML file that stands alone: no script, nothing fetched, for any browser and for paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

import numpy as np

from desktop_app import __version__
from desktop_app.core.drawing.strokes import Drawing
from desktop_app.core.export.arithmetic import arithmetic
from desktop_app.core.export.markup import Html, joined, table, tag
from desktop_app.core.export.pictures import maps_picture, picture, unpacked
from desktop_app.core.export.report_style import STYLE
from desktop_app.core.forward.request import Frame
from desktop_app.core.forward.spot import Spot
from desktop_app.core.forward.trace import Array, Trace
from desktop_app.core.forward.verdict import percent, verdict_of
from desktop_app.core.model.card import ModelCard
from desktop_app.core.numerals import exact, short
from desktop_app.core.replay.facts import shapes
from desktop_app.core.replay.sentences import sentence
from desktop_app.core.source.preprocess import Step, prepare_drawing, prepare_photo

INPUT_WIDTH = 256
"""Of the input's picture, about, in CSS pixels."""


def report(frame: Frame, spot: Spot | None, written: datetime) -> str:
    """spot: the number whose arithmetic is written out; the answer's logit where none was chosen."""
    card, trace = frame.request.card, frame.trace
    title = f"{card.title}: {_answer(frame)}"
    body = tag(
        "body",
        tag("h1", _answer(frame)),
        tag("p", f"{card.title} · {written:%Y-%m-%d %H:%M} · ConvLens {__version__}", class_="muted"),
        tag("h2", "The input"),
        _input(frame),
        tag("h2", "The answer"),
        _probabilities(trace, card),
        tag("h2", "Stage by stage"),
        tag("p", "Blue is positive, red negative; each stage to its own largest value.", class_="muted"),
        *_stages(trace, card),
        tag("h2", "One number, worked out"),
        *_one_number(trace, card, spot),
        tag("h2", "The model"),
        *_model(card),
    )
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", Html(STYLE)),
    )
    return "<!DOCTYPE html>\n" + tag("html", head, body, lang="en") + "\n"


def _answer(frame: Frame) -> str:
    if isinstance(frame.request.source, Drawing) and not frame.request.source:
        return "nothing is drawn"
    verdict = verdict_of(frame.answer, frame.request.card)
    words = f"{verdict.label} {percent(verdict.probability)}"
    if frame.crops:
        words += f", mean of {len(frame.crops)} crops; the numbers below are those of the crop in the middle"
    return f"not sure; closest: {words}" if verdict.sureness == "not sure" else words


def _input(frame: Frame) -> Html:
    pixels = unpacked(frame.picture.pixels)
    shape = frame.trace.stages[0].shape_words
    width = max(1, INPUT_WIDTH // pixels.shape[1]) * pixels.shape[1]
    whole = tag("figure", picture(pixels, "the input", width), tag("figcaption", f"What the network reads: {shape}"))
    steps = [
        tag("figure", picture(step.picture, step.name), tag("figcaption", f"{step.name} · {step.caption}"))
        for step in _steps(frame)
    ]
    name = "" if isinstance(frame.request.source, Drawing) else frame.request.source.name
    return joined([*([tag("p", name)] if name else []), whole, tag("div", *steps, class_="steps")])


def _steps(frame: Frame) -> tuple[Step, ...]:
    """Not every frame brings them."""
    request, spec = frame.request, frame.request.card.preprocessing
    if frame.steps:
        return frame.steps
    if isinstance(request.source, Drawing):
        return prepare_drawing(request.source, spec, centred=request.centred, with_steps=True).steps
    if frame.photo is None:
        return ()
    return prepare_photo(frame.photo, spec, fit=request.fit, with_steps=True).steps


def _probabilities(trace: Trace, card: ModelCard) -> Html:
    answer = trace.answer
    rows = []
    for place in np.argsort(-np.nan_to_num(answer.probabilities, nan=-1), kind="stable").tolist():
        probability = float(answer.probabilities[place])
        filled = 100 * min(max(probability, 0), 1) if np.isfinite(probability) else 0
        bar = tag("div", tag("div", style=f"width:{filled:.2f}%"), class_="track")
        cells = (
            tag("td", percent(probability)),
            tag("td", f"{probability:.6f}"),
            tag("td", exact(float(answer.logits[place]))),
        )
        best = {"class_": "best"} if place == answer.best else {}
        rows.append(
            tag("tr", tag("th", card.classes[place], scope="row"), tag("td", bar, class_="wide"), *cells, **best)
        )
    head = tag("tr", *(tag("th", name, scope="col") for name in ("class", "", "", "probability", "logit")))
    entropy = f"Entropy {answer.entropy:.2f} of {np.log2(len(card.classes)):.2f} bits."
    if card.temperature != 1:
        entropy += f" Logits are divided by the temperature {card.temperature:g} before the softmax."
    whole = tag("table", tag("thead", head), tag("tbody", *rows), class_="answer")
    return joined([whole, tag("p", entropy, class_="muted")])


def _stages(trace: Trace, card: ModelCard) -> Iterator[Html]:
    for position, (stage, output) in enumerate(zip(trace.stages, trace.outputs, strict=True)):
        facts = [stage.kind] if stage.kind != stage.name else []
        facts.append(shapes(trace, position))
        if stage.weights:
            facts.append(f"{stage.weights:,} weights")
        told = sentence(trace, position, card).text()
        changed = [
            tag("p", f"You multiply {'map' if stage.is_maps else 'unit'} {channel + 1} by {factor:g}.")
            for channel, factor in trace.factors.at(position).items()
        ]
        yield tag(
            "article",
            tag("h3", stage.name),
            tag("p", " · ".join(facts), class_="facts muted"),
            tag("p", told),
            *changed,
            maps_picture(stage, output),
            tag("p", statistics(output), class_="facts muted"),
        )


def statistics(output: Array) -> str:
    """Of the numbers that are one; how many are not is said."""
    finite = output[np.isfinite(output)].astype(np.float64)
    lost = output.size - finite.size
    words = []
    if finite.size:
        values = (("min", finite.min()), ("mean", finite.mean()), ("max", finite.max()))
        words = [f"{name} {short(float(value))}" for name, value in values]
    if lost:
        words.append(f"{lost:,} of {output.size:,} numbers are NaN or infinite")
    return " · ".join(words)


def _one_number(trace: Trace, card: ModelCard, spot: Spot | None) -> Iterator[Html]:
    if spot is None:
        yield tag("p", "No pixel was chosen in the window, so here is the answer's logit.", class_="muted")
        spot = Spot(len(trace.stages) - 2, (trace.answer.best,))
    yield arithmetic(trace, spot, card.classes)


def _model(card: ModelCard) -> Iterator[Html]:
    yield tag("p", card.description)
    shape = "×".join(map(str, card.preprocessing.shape))
    yield tag("p", f"Reads {card.reads} as {shape} · {card.weight_count:,} weights · {len(card.classes)} classes")
    top1 = card.figures.get("top1")
    if isinstance(top1, float):
        yield tag("p", f"Right on held-out samples: {percent(top1)}")
    if card.notes:
        yield tag("ul", *(tag("li", note) for note in card.notes))
    data = [_datum(item) for item in card.training.get("data", ())]
    if data:
        yield table(("trained on", "from", "licence"), data, "words")
    yield tag("p", f"Licence: {card.licence}")


def _datum(item: object) -> tuple[str, str, str]:
    if not isinstance(item, Mapping):
        return str(item), "", ""
    return str(item.get("name", "")), str(item.get("origin", "")), str(item.get("licence", ""))
