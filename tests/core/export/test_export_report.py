"""The report: HTML that stands alone, with the right pixels and numbers, whatever names the model has."""

from __future__ import annotations

import base64
import io
import math
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tiny_models import card_data, write_model

from desktop_app.core.arithmetic.operations import (
    Attention,
    Combine,
    Concat,
    Given,
    LayerNorm,
    Move,
    Pool,
    Softmax,
    Unknown,
)
from desktop_app.core.drawing.strokes import Drawing, Stroke
from desktop_app.core.export.arithmetic import arithmetic
from desktop_app.core.export.markup import Html, tag
from desktop_app.core.export.report import report, statistics
from desktop_app.core.forward.factors import Factors
from desktop_app.core.forward.forwards import Forwards
from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.forward.live import Live
from desktop_app.core.forward.request import Frame, MapView, Photo, Request
from desktop_app.core.forward.spot import Spot
from desktop_app.core.forward.trace import Stage, Trace, answer_of
from desktop_app.core.maps import palette
from desktop_app.core.maps.tiles import magnitude
from desktop_app.core.model.card import ModelCard, read_card
from desktop_app.core.numerals import exact

NOW = datetime(2026, 3, 4, 5, 6)
WILD = "<b>&\"'</script>"
VOID = {"img", "meta"}


class Page(HTMLParser):
    """All elements, texts and pictures of a document, and whether its elements nest properly."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.rows: list[list[str]] = []
        self._open: list[str] = []
        self.feed(source)
        self.close()
        assert self._open == []

    def handle_starttag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((name, dict(attributes)))
        if name not in VOID:
            self._open.append(name)
        if name == "tr":
            self.rows.append([])
        if name in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, name: str) -> None:
        assert self._open.pop() == name

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.texts.append(data)
            if {"td", "th"} & set(self._open):
                self.rows[-1][-1] += data

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def named(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for element, attributes in self.elements if element == name]

    def picture(self, words: str) -> np.ndarray:
        """By the beginning of its description."""
        source = next(str(image["src"]) for image in self.named("img") if str(image["alt"]).startswith(words))
        assert source.startswith("data:image/png;base64,")
        return np.asarray(Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2]))).convert("RGB"))


def a_frame(card: ModelCard, source: Any = None, factors: Factors = Factors()) -> Frame:  # noqa: B008 - frozen
    drawing = Drawing((Stroke(np.random.default_rng(1).random((9, 2), np.float32)),))
    request = Request(1, 0.0, card, drawing if source is None else source, MapView(), steps=False, factors=factors)
    return Live(Forwards(NumpyForward))(request)


@pytest.fixture
def card(tmp_path: Path) -> ModelCard:
    return read_card(write_model(tmp_path / "tiny"))


@pytest.fixture
def frame(card: ModelCard) -> Frame:
    return a_frame(card)


def test_it_stands_alone_and_tells_every_stage(frame: Frame) -> None:
    source = report(frame, None, NOW)
    page = Page(source)
    assert source.startswith("<!DOCTYPE html>")
    assert not {"script", "link", "iframe", "object", "base", "form", "a"} & {name for name, _ in page.elements}
    for _, attributes in page.elements:
        for key, value in attributes.items():
            assert key not in ("href", "srcset") and not key.startswith("on")
            assert key != "src" or str(value).startswith("data:image/png;base64,")
            assert "url(" not in str(value)
    style = source.partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style and "@import" not in style and "http" not in source.replace("http-equiv", "")
    assert "image-rendering: pixelated" in style and "prefers-color-scheme: dark" in style
    assert "2026-03-04 05:06" in page.text
    for stage in frame.trace.stages:
        assert any(str(image["alt"]).startswith(f"{stage.name}: ") for image in page.named("img")), stage.name
        if stage.weights:
            assert f"{stage.weights:,} weights" in page.text
    assert all(image["alt"] for image in page.named("img"))
    assert "Source" in page.text and "Normalise" in page.text, "the steps, though this frame came without"


def test_pictures_are_the_maps_numbers_in_colours(frame: Frame) -> None:
    page = Page(report(frame, None, NOW))
    stage, output = frame.trace.stages[1], frame.trace.outputs[1]
    count, tall, wide = stage.maps
    image = page.picture("conv1: ")
    columns = (image.shape[1] + 1) // (image.shape[1] // count)
    finer = (image.shape[1] - (columns - 1)) // (columns * wide)
    colours = palette.signed(False, 1.0, "#ffffff")
    strongest = magnitude(output)
    for index in range(count):
        row, column = divmod(index, columns)
        top, left = row * (tall * finer + 1), column * (wide * finer + 1)
        tile = image[top : top + tall * finer : finer, left : left + wide * finer : finer].astype(np.uint32)
        packed = tile[..., 0] << 16 | tile[..., 1] << 8 | tile[..., 2] | 0xFF000000
        entries = (output[index] * np.float32(palette.STEPS / strongest) + np.float32(palette.ZERO + 0.5)).astype(int)
        np.testing.assert_array_equal(packed, colours[entries])
    pixels = frame.mosaics[0].pixels
    np.testing.assert_array_equal(page.picture("the input")[..., 0], pixels & 0xFF)


def test_probabilities_and_logits_stand_in_a_table_best_first(frame: Frame, card: ModelCard) -> None:
    page = Page(report(frame, None, NOW))
    rows = [row for row in page.rows if len(row) == 5][1:]
    answer = frame.trace.answer
    assert sorted(row[0] for row in rows) == sorted(card.classes)
    assert [float(row[3]) for row in rows] == sorted((float(row[3]) for row in rows), reverse=True)
    for row in rows:
        place = card.classes.index(row[0])
        assert float(row[3]) == pytest.approx(float(answer.probabilities[place]), abs=1e-6)
        assert row[4] == exact(float(answer.logits[place]))
    bars = [str(one["style"]) for one in page.named("div") if "style" in one]
    assert bars[0] == f"width:{100 * float(answer.probabilities.max()):.2f}%"


def test_the_chosen_pixels_arithmetic_adds_up(frame: Frame) -> None:
    """Sums in the tables are read back and added up here."""
    names = [stage.name for stage in frame.trace.stages]
    index = (3, 2, 4)
    page = Page(report(frame, Spot(names.index("conv2"), index), NOW))
    assert "conv2, map 4, pixel (3, 5)" in page.text
    sums = [_number(found) for found in re.findall(r"Σ ([−\d.]+)", page.text)]
    assert len(sums) == 5
    total, bias = re.search(r"Sum over 5 maps ([−\d.]+) \+ bias (−?\d+\.\d+)\.", page.text).groups()  # type: ignore[union-attr]
    assert math.fsum(sums) == pytest.approx(_number(total), abs=0.01)
    value = float(frame.trace.outputs[names.index("conv2")][index])
    assert _number(total) + _number(bias) == pytest.approx(value, abs=0.01)
    assert f"= {exact(value)} ✓ equals the network's number" in page.text
    relu = float(frame.trace.outputs[names.index("relu2")][index])
    assert "relu2, map 4, pixel (3, 5)" in page.text and f"= {exact(relu)} ✓" in page.text
    grids = [attributes for attributes in page.named("table") if attributes.get("class") == "grid"]
    assert len(grids) == 15, "patch, kernel and products of five maps"


@pytest.mark.parametrize("name, index, words", [
    ("input", (0, 3, 3), "it was given"),
    ("conv1", (0, 0, 0), "padding, which counts as 0"),
    ("pool1", (2, 1, 1), "The largest of them goes on."),
    ("pool2", (2, 1, 1), "divided by 4"),
    ("flatten", (5,), "The same number as pool2, map"),
    ("fc1", (3,), "Input × weight = product"),
    ("fc2", (1,), "Sum of 11 products"),
    ("softmax", (1,), "square: "),
])  # fmt: skip
def test_every_kind_of_stage_is_written_out(frame: Frame, name: str, index: tuple[int, ...], words: str) -> None:
    names = [stage.name for stage in frame.trace.stages]
    page = Page(report(frame, Spot(names.index(name), index), NOW))
    assert words in page.text
    assert "✗" not in page.text
    assert ("✓" in page.text) == (name != "input")


def test_what_a_card_cannot_spell_is_written_out_too() -> None:
    """Residual sum, concatenation, normalised tokens, attention, something unknown, and more inputs than rows."""
    rng = np.random.default_rng(0)
    tokens = rng.standard_normal((1, 5, 8)).astype(np.float32)
    eye, none = np.eye(8, dtype=np.float32), np.zeros(8, np.float32)
    normed = (tokens[0] - tokens[0].mean(-1, keepdims=True)) / np.sqrt(tokens[0].var(-1, keepdims=True) + 1e-5)
    move = np.arange(40, dtype=np.int32).reshape(5, 8)
    scores = tokens[0].astype(np.float64) @ tokens[0].T.astype(np.float64) / math.sqrt(8)
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    weights /= weights.sum(-1, keepdims=True)
    attended = (weights @ tokens[0]).astype(np.float32)
    answer = answer_of(np.zeros(2, np.float32), 1.0)
    stages = (
        Stage("input", "input", (1, 5, 8)),
        Stage("tokens", "move", (5, 8), 0, (0,)),
        Stage("norm", "layer norm", (5, 8), 0, (1,)),
        Stage("attention", "attention", (5, 8), 0, (1,)),
        Stage("sum", "add", (5, 8), 0, (1, 2)),
        Stage("joined", "concat", (10, 8), 0, (1, 2)),
        Stage("odd", "odd", (5, 8), 0, (1,)),
        Stage("softmax", "softmax", (2,), 0, (6,)),
    )
    operations = (
        Given(),
        Move(move),
        LayerNorm(-1, None, None, 1e-5),
        Attention(1, eye, eye, eye, none, none, none, eye, none),
        Combine("add"),
        Concat(0),
        Unknown(),
        Softmax(),
    )
    outputs = (
        tokens, tokens[0], normed, attended, tokens[0] + normed, np.concatenate([tokens[0], normed]), tokens[0],
        answer.probabilities,
    )  # fmt: skip
    trace = Trace(stages, outputs, answer, operations)
    told = {position: _text(trace, Spot(position, (2, 3))) for position in range(1, 7)}
    assert "input, map 1, pixel (3, 4)" in told[1] and "✓" in told[1]
    assert "mean" in told[2] and "✓" in told[2]
    assert "head 1" in told[3] and "✓" in told[3]
    assert "tokens, token 3, feature 4" in told[4] and "norm, token 3, feature 4" in told[4] and "✓" in told[4]
    assert "The same number as tokens, token 3" in told[5]
    assert "not taken apart" in told[6] and "✓" not in told[6] and "✗" not in told[6]


@pytest.mark.parametrize(
    ("corner", "row", "words"),
    [
        (
            1.0,
            0,
            ("Rows 1 and columns 1 of input", "Pale cells lie outside", "The largest of them goes on", "= 1.000 ✓"),
        ),
        (math.nan, 0, ("Where one of them is NaN, NaN goes on", "= NaN ✓")),
        (1.0, 2, ("Rows none and columns none", "There is no number at all, so −∞ goes on", "= −∞ ✓")),
    ],
)
def test_a_pool_at_the_edge_reads_no_padding(corner: float, row: int, words: tuple[str, ...]) -> None:
    """The window's right column lies in the map at the upper left, and nowhere else."""
    maps = np.array([[[corner, -1], [-2, -3], [-4, -5]]], np.float32)
    answer = answer_of(np.zeros(2, np.float32), 1.0)
    output = np.array([[[corner], [-2], [-np.inf]]], np.float32)
    stages = (Stage("input", "input", (1, 3, 2)), Stage("pool", "max pool", (1, 3, 1), 0, (0,)))
    padding = (0, 1) if row == 0 else (0, 9)
    pool = Pool("max", (1, 2), (1, 1), padding, (1, 1))
    told = _text(Trace(stages, (maps, output), answer, (Given(), pool)), Spot(1, (0, row, 0)))
    assert all(each in told for each in words)


def test_wild_names_stay_text(tmp_path: Path) -> None:
    layers = [dict(layer) for layer in card_data()["architecture"]["layers"]]
    data = {**card_data(layers=layers), "classes": [WILD, "b", "c", "d"], "title": WILD, "notes": [WILD]}
    data |= {"description": WILD, "licence": WILD, "training": {"data": [{"name": WILD}, WILD]}}
    card = read_card(write_model(tmp_path / "wild", data))
    frame = a_frame(card)
    stages = tuple(replace(stage, name=f"{WILD}{number}") for number, stage in enumerate(frame.trace.stages))
    frame = replace(frame, trace=replace(frame.trace, stages=stages))
    source = report(frame, Spot(len(stages) - 1, (0,)), NOW)
    page = Page(source)
    assert not {"b>", "script"} & {name for name, _ in page.elements}
    assert "</script>" not in source
    assert page.text.count(WILD) > 8
    assert any(row[0] == WILD for row in page.rows)


def test_a_photo_is_named_and_its_steps_are_shown(tmp_path: Path) -> None:
    card = read_card(write_model(tmp_path / "photos", card_data("photos")))
    stream = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (40, 60, 3), np.uint8)).save(stream, "PNG")
    page = Page(report(a_frame(card, Photo("my <cat>.png", stream.getvalue())), None, NOW))
    assert "my <cat>.png" in page.text
    assert "Crop" in page.text
    assert page.picture("the input").shape == (16, 16, 3)


def test_maps_that_were_changed_and_numbers_that_are_none_are_named(card: ModelCard) -> None:
    frame = a_frame(card, factors=Factors(((1, 2, 0.0),)))
    page = Page(report(frame, Spot(1, (2, 3, 3)), NOW))
    assert "This map is multiplied by 0: you have changed it." in page.text
    assert "You multiply map 3 by 0." in page.text
    dense = next(position for position, stage in enumerate(frame.trace.stages) if stage.kind == "dense")
    page = Page(report(a_frame(card, factors=Factors(((dense, 2, 0.5),))), Spot(dense, (2,)), NOW))
    assert "This unit is multiplied by 0.5: you have changed it." in page.text
    assert "You multiply unit 3 by 0.5." in page.text
    outputs = list(frame.trace.outputs)
    outputs[1] = outputs[1].copy()
    outputs[1][0, 0, :3] = np.nan, np.inf, -np.inf
    broken = replace(frame, trace=replace(frame.trace, outputs=tuple(outputs)))
    page = Page(report(broken, None, NOW))
    assert f"3 of {outputs[1].size:,} numbers are NaN or infinite" in page.text


def test_an_empty_drawing_has_no_answer(card: ModelCard) -> None:
    page = Page(report(a_frame(card, Drawing()), None, NOW))
    assert "nothing is drawn" in page.text


@pytest.mark.parametrize("values, words", [
    ([1, 2, 3], "min 1.0 · mean 2.0 · max 3.0"),
    ([math.nan, 2], "min 2.0 · mean 2.0 · max 2.0 · 1 of 2 numbers are NaN or infinite"),
    ([math.nan], "1 of 1 numbers are NaN or infinite"),
])  # fmt: skip
def test_statistics_are_of_the_numbers_that_are_some(values: Sequence[float], words: str) -> None:
    assert statistics(np.array(values, np.float32)) == words


def test_text_is_escaped_and_markup_is_not() -> None:
    assert tag("p", "a<b", tag("i", "&"), class_='x"y') == '<p class="x&quot;y">a&lt;b<i>&amp;</i></p>'
    assert tag("img", src="x") == '<img src="x">'
    assert isinstance(tag("p"), Html)


def _number(words: str) -> float:
    return float(words.replace("−", "-"))


def _text(trace: Trace, spot: Spot) -> str:
    return Page(arithmetic(trace, spot, ("a", "b"))).text
