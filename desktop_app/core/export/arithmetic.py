"""The arithmetic of one number, written out as tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from desktop_app.core.arithmetic.explain import explain, following
from desktop_app.core.arithmetic.explanation import (
    Applied,
    Attended,
    Combined,
    Contributions,
    Copied,
    Explanation,
    Index,
    Input,
    Numbers,
    Places,
    Share,
    Weighted,
    Window,
)
from desktop_app.core.export.markup import Html, joined, table, tag
from desktop_app.core.export.pictures import PAPER, shade
from desktop_app.core.forward.layout import place_at, stands_apart
from desktop_app.core.forward.spot import Spot
from desktop_app.core.forward.trace import Stage, Trace
from desktop_app.core.maps import palette
from desktop_app.core.maps.tiles import magnitude
from desktop_app.core.numerals import exact, tiny

MOST_TERMS = 60
"""Rows of a table of terms; what is left out is added up in its last row."""


def arithmetic(trace: Trace, spot: Spot, classes: Sequence[str]) -> Html:
    """From what the number at the spot was made, and how it goes on through batch norm and activation function."""
    chain = (explain(trace, spot.position, spot.index), *following(trace, spot.position, spot.index))
    return joined(tag("article", tag("h3", place(trace, one)), *_told(trace, one, classes)) for one in chain)


def place(trace: Trace, one: Explanation) -> str:
    return _place(trace.stages[one.position], one.index)


def _place(stage: Stage, index: Index) -> str:
    """As on screen, counted from 1."""
    if stage.grid is not None:
        channel, row, column = place_at(stage, index)
        where = "class token" if stands_apart(stage, index) else f"pixel ({row + 1}, {column + 1})"
        return f"{stage.name}, map {channel + 1}, {where}"
    match index:
        case (channel, row, column):
            return f"{stage.name}, map {channel + 1}, pixel ({row + 1}, {column + 1})"
        case (token, feature):
            return f"{stage.name}, token {token + 1}, feature {feature + 1}"
    return f"{stage.name}, unit {index[0] + 1}"


def _told(trace: Trace, one: Explanation, classes: Sequence[str]) -> list[Html]:
    match one.how:
        case Weighted() as how:
            told = _weighted(trace, one, how)
        case Contributions() as how:
            told = _contributions(trace, one, how)
        case Window() as how:
            told = _window(trace, one, how)
        case Applied() as how:
            told = _applied(how)
        case Combined() as how:
            told = _combined(trace, how)
        case Copied(source, index):
            told = [tag("p", f"The same number as {_place(trace.stages[source], index)}.")]
        case Attended() as how:
            told = _attended(how)
        case Share() as how:
            told = _share(one, how, classes)
        case Input():
            return [tag("p", f"{exact(one.value)}: it was given, and no stage computed it.")]
        case _:
            return [tag("p", f"{exact(one.value)}. What this stage computes is not taken apart.")]
    if one.factor != 1:
        what = "This map" if trace.stages[one.position].is_maps else "This unit"
        told.append(tag("p", f"{what} is multiplied by {one.factor:g}: you have changed it."))
    return [*told, _tick(one)]


def _tick(one: Explanation) -> Html:
    if one.equal:
        words = tag("span", "✓ equals the network's number", class_="tick")
    else:
        words = tag("span", f"✗ the network has {exact(one.value)}", class_="cross")
    return tag("p", "= ", tag("b", exact(one.computed)), " ", words, class_="result")


def _weighted(trace: Trace, one: Explanation, how: Weighted) -> list[Html]:
    source = trace.stages[trace.stages[one.position].sources[0]]
    activations, weights = palette.signed(False, 1.0, PAPER), palette.weights(False, 1.0, PAPER)
    most = magnitude(how.patches), magnitude(how.kernels), magnitude(how.products)
    told = [tag("p", f"Patch × kernel = products, for each of {len(how.channels)} maps of {source.name}.")]
    for number, channel in enumerate(how.channels.tolist()):
        told.append(
            tag(
                "div",
                tag("span", f"{source.name}, map {channel + 1}", class_="name muted"),
                _grid(how.patches[number], most[0], activations, how.inside),
                tag("span", "×"),
                _grid(how.kernels[number], most[1], weights, None),
                tag("span", "="),
                _grid(how.products[number], most[2], activations, how.inside),
                tag("span", "Σ ", tag("b", exact(float(how.sums[number])))),
                class_="sum",
            )
        )
    if not how.inside.all():
        told.append(tag("p", "Pale numbers lie outside of the map: padding, which counts as 0.", class_="muted"))
    told.append(_total(f"Sum over {len(how.channels)} maps", float(how.sums.sum()), how.bias))
    return told


def _total(words: str, total: float, bias: float | None) -> Html:
    plus = f" + bias {exact(bias)}" if bias is not None else ""
    return tag("p", f"{words} {exact(total)}{plus}.")


def _grid(numbers: Numbers, strongest: float, colours: palette.Palette, inside: object) -> Html:
    """A small table of numbers on their colours. inside: which of them are no padding."""
    flags = np.ones(numbers.shape, bool) if inside is None else np.asarray(inside)
    return _cells(numbers, strongest, colours, np.where(flags, "", "outside"))


def _cells(numbers: Numbers, strongest: float, colours: palette.Palette, classes: np.ndarray) -> Html:
    rows = []
    for line, marks in zip(numbers.tolist(), classes.tolist(), strict=True):
        cells = [
            tag("td", tiny(value), style=shade(value, strongest, colours), **({"class_": mark} if mark else {}))
            for value, mark in zip(line, marks, strict=True)
        ]
        rows.append(tag("tr", *cells))
    return tag("table", *rows, class_="grid")


def _contributions(trace: Trace, one: Explanation, how: Contributions) -> list[Html]:
    source = trace.stages[trace.stages[one.position].sources[0]]
    order = how.order.tolist()
    rows = [
        (
            _place(source, tuple(how.at[number].tolist())),
            exact(float(how.inputs[number])),
            exact(float(how.weights[number])),
            exact(float(how.products[number])),
        )
        for number in order[:MOST_TERMS]
    ]
    rest = how.products[how.order[MOST_TERMS:]]
    if rest.size:
        rows.append((f"the other {rest.size:,} together", "", "", exact(float(rest.sum()))))
    return [
        tag("p", "Input × weight = product, the largest products first."),
        table(("from", "input", "weight", "product"), rows, "terms"),
        _total(f"Sum of {how.products.size:,} products", float(how.products.sum()), how.bias),
    ]


def _window(trace: Trace, one: Explanation, how: Window) -> list[Html]:
    source = trace.stages[trace.stages[one.position].sources[0]]
    marks = np.where(how.inside, "", "outside")  # "won" is no longer than that
    if how.winner is not None:
        marks[how.winner] = "won"
    rows, columns = _span(how.rows[how.inside.any(axis=1)]), _span(how.columns[how.inside.any(axis=0)])
    told = [
        tag("p", f"Rows {rows} and columns {columns} of {source.name}, map {how.channel + 1}."),
        tag("div", _cells(how.patch, magnitude(how.patch), palette.signed(False, 1.0, PAPER), marks), class_="sum"),
    ]
    if not how.inside.all():
        told.append(tag("p", "Pale cells lie outside of the map: no number there takes part.", class_="muted"))
    if how.mode == "max":
        told.append(tag("p", _winner(how)))
    else:
        told.append(tag("p", f"Their sum, {exact(float(how.patch[how.inside].sum()))}, divided by {how.divisor}."))
    return told


def _winner(how: Window) -> str:
    if how.winner is None:
        return "There is no number at all, so −∞ goes on."
    missing = np.isnan(how.patch[how.winner])
    return "Where one of them is NaN, NaN goes on." if missing else "The largest of them goes on."


def _span(places: Places) -> str:
    """Rows or columns of a map, counted from 1."""
    if not len(places):
        return "none"
    first, last = int(places[0]) + 1, int(places[-1]) + 1
    return str(first) if first == last else f"{first} to {last}"


def _applied(how: Applied) -> list[Html]:
    told = [tag("p", f"{how.function}: {how.formula}"), tag("p", f"{how.filled}, where x is {exact(how.x)}.")]
    if how.constants:
        told.append(table(("", "value"), [(name, exact(value)) for name, value in how.constants], "terms"))
    return told


def _combined(trace: Trace, how: Combined) -> list[Html]:
    rows = [
        ("a fixed number" if position is None else _place(trace.stages[position], index), exact(value))
        for position, index, value in how.operands
    ]
    words = "These are added." if how.by == "add" else "These are multiplied."
    return [tag("p", words), table(("from", "number"), rows, "terms")]


def _attended(how: Attended) -> list[Html]:
    rows = []
    for head, (weights, total) in enumerate(zip(how.weights, how.heads.tolist(), strict=True)):
        best = np.argsort(-weights, kind="stable")[:3].tolist()
        most = ", ".join(f"{token + 1} ({weights[token] * 100:.0f} %)" for token in best)
        rows.append((f"head {head + 1}", most, exact(total)))
    return [
        tag("p", "Each head weighs all tokens; its weights add up to 100 %."),
        table(("", "tokens that it weighs most", "weights × values"), rows, "terms"),
        _total("Sum of the heads", float(how.heads.sum()), how.bias),
    ]


def _share(one: Explanation, how: Share, classes: Sequence[str]) -> list[Html]:
    names = classes if len(classes) == len(how.logits) else [f"unit {n + 1}" for n in range(len(how.logits))]
    order = np.argsort(-how.logits, kind="stable").tolist()
    mine = one.index[-1]
    shown = order[:MOST_TERMS] if mine in order[:MOST_TERMS] else [*order[: MOST_TERMS - 1], mine]
    rows = [(names[n], exact(float(how.logits[n])), exact(float(how.powers[n]))) for n in shown]
    divided = "" if how.temperature == 1 else f", after division by the temperature {how.temperature:g}"
    return [
        tag("p", f"e to the power of each logit{divided}, in parts of the largest; each share is its part of the sum."),
        table(("class", "logit", "power"), rows, "terms"),
        tag("p", f"{names[mine]}: {exact(float(how.powers[mine]))} ÷ {exact(how.total)}"),
    ]
