"""Every sentence is true of the trace: its numbers are worked out anew here, from random nets and by hand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_models import CLASSES, LAYERS, card_data, write_model

from desktop_app.core.arithmetic.operations import (
    AdaptivePool,
    Attention,
    BatchNorm,
    Combine,
    Concat,
    Conv,
    Dense,
    Given,
    LayerNorm,
    Move,
    Operation,
    Pointwise,
    Pool,
    Softmax,
    Unknown,
)
from desktop_app.core.forward.factors import UNTOUCHED, Factors
from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.forward.trace import Array, Stage, Trace, answer_of, trace_of
from desktop_app.core.model.card import ModelCard, read_card
from desktop_app.core.numerals import short
from desktop_app.core.replay.facts import shapes, weights
from desktop_app.core.replay.sentences import sentence
from desktop_app.core.replay.words import Words, some

UNPADDED = [{**layer, **({"padding": 0} if layer["kind"] == "conv" else {})} for layer in LAYERS]


@pytest.fixture(scope="module")
def cards(tmp_path_factory: pytest.TempPathFactory) -> list[ModelCard]:
    folder: Path = tmp_path_factory.mktemp("models")
    return [
        read_card(write_model(folder / f"net{seed}", card_data(layers=LAYERS if seed % 2 else UNPADDED), seed=seed))
        for seed in range(6)
    ]


@pytest.fixture(scope="module")
def card(cards: list[ModelCard]) -> ModelCard:
    return cards[0]


def a_trace(card: ModelCard, net_input: Array, factors: Factors = UNTOUCHED) -> Trace:
    forward = NumpyForward(card)
    return trace_of(
        forward.stages, forward.operations, net_input, forward(net_input, factors), card.temperature, factors
    )


def an_input(seed: int, ink: float = 0.3) -> Array:
    rng = np.random.default_rng(seed)
    return (rng.random((1, 16, 16)) * (rng.random((1, 16, 16)) < ink)).astype(np.float32)


def told(trace: Trace, position: int, card: ModelCard) -> str:
    text = sentence(trace, position, card).text()
    assert not re.search(r"[{}]|  ", text) and text[-1] in ".!" and "None" not in text.replace("None of", "")
    return text


def by_hand(
    card: ModelCard,
    operation: Operation,
    output: Array,
    *sources: Array,
    kind: str = "stage",
    factors: Factors = UNTOUCHED,
) -> str:
    """What is said of one stage behind an input and some sources, with the card's classes behind it."""
    logits = np.arange(len(card.classes), dtype=np.float32)
    stages = [Stage("input", "input", (1, 2, 2))]
    stages += [Stage(f"source{n}", "conv", source.shape, 0, (0,)) for n, source in enumerate(sources, start=1)]
    stages += [
        Stage("stage", kind, output.shape, 0, tuple(range(1, len(sources) + 1))),
        Stage("scores", "dense", logits.shape, 0, (len(sources) + 1,)),
        Stage("softmax", "softmax", logits.shape, 0, (len(sources) + 2,)),
    ]
    outputs = (np.ones((1, 2, 2), np.float32), *sources, output, logits, logits)
    operations = (Given(), *[Unknown()] * len(sources), operation, Unknown(), Softmax())
    trace = Trace(tuple(stages), outputs, answer_of(logits, 1.0), operations, factors)
    return told(trace, len(sources) + 1, card)


def where(map_: Array) -> str:
    """In words, where the largest number of a map is, thirds by the middle of its pixel."""
    row, column = np.unravel_index(int(map_.argmax()), map_.shape)
    down, right = (row + 0.5) / map_.shape[0], (column + 0.5) / map_.shape[1]
    tall = "upper" if down < 1 / 3 else "lower" if down > 2 / 3 else ""
    side = "left" if right < 1 / 3 else "right" if right > 2 / 3 else ""
    if tall and side:
        return f"at the {tall} {side}"
    return {"upper": "at the top", "lower": "at the bottom", "left": "at the left", "right": "at the right"}.get(
        tall + side, "in the middle"
    )


# whole nets


@settings(max_examples=25, deadline=None)
@given(net=st.integers(0, 5), seed=st.integers(0, 10_000), ink=st.floats(0.02, 1))
def test_sentences_about_random_nets_and_inputs(cards: list[ModelCard], net: int, seed: int, ink: float) -> None:
    card = cards[net]
    trace = a_trace(card, an_input(seed, ink))
    said = {stage.name: told(trace, position, card) for position, stage in enumerate(trace.stages)}
    value = {stage.name: output for stage, output in zip(trace.stages, trace.outputs, strict=True)}

    ink_pixels = int((value["input"] * 255 > 0.5).sum())
    assert f"16×16 pixels, {ink_pixels} ha" in said["input"] or (not ink_pixels and "none of" in said["input"])
    for name, before in (("conv1", "the input"), ("conv2", "all 5 maps of pool1")):
        filters, kernel = (5, "3×3") if name == "conv1" else (7, "3×3")
        best = int(value[name].max(axis=(1, 2)).argmax())
        place = "everywhere alike" if np.ptp(value[name][best]) == 0 else where(value[name][best])
        assert (
            said[name] == f"{filters} filters of {kernel} read {before}; filter {best + 1} answers strongest, {place}."
        )
    for name, before in (("relu1", "conv1"), ("relu2", "conv2"), ("relu3", "fc1")):
        negative, count = int((value[before] < 0).sum()), value[before].size
        if negative not in (0, 1, count):
            share = 100 * negative / count
            number = re.match(r"([<>]?\d+) % of the ([\d,]+) numbers were negative and become 0\.", said[name])
            assert number and number[2] == f"{count:,}"
            assert abs(int(number[1].strip("<>")) - share) <= 0.5 + 1e-9
    largest = {name: int(value[name].max(axis=(1, 2)).argmax()) for name in ("relu1", "pool1", "relu2", "pool2")}
    for name, before, words in (
        ("pool1", "relu1", "Of each 2×2 block only the largest number stays"),
        ("pool2", "relu2", "Each 2×2 block becomes its average"),
    ):  # fmt: skip
        sides = [f"{value[one].shape[1]}×{value[one].shape[2]}" for one in (before, name)]
        if value[name].any():
            map_ = f"map {largest[name] + 1}"
            ending = f"{map_} stays strongest" if largest[name] == largest[before] else f"{map_} is strongest now"
            assert said[name] == f"{words}: {sides[0]} becomes {sides[1]}; {ending}."
    maps = value["pool2"].shape
    assert (
        said["flatten"] == f"{maps[0]} maps of {maps[1]}×{maps[2]} unrolled: {value['flatten'].size} numbers in a row."
    )
    unit = int(value["fc1"].argmax())
    inputs, most = value["flatten"].size, short(float(value["fc1"][unit]))
    assert said["fc1"] == f"11 sums over all {inputs} numbers; unit {unit + 1} is the largest, {most}."
    ranks = sorted(range(4), key=lambda index: -value["fc2"][index])
    first, second = (float(value["fc2"][index]) for index in ranks[:2])
    best, next_best, lead_in_logits = CLASSES[ranks[0]], CLASSES[ranks[1]], short(first - second)
    assert (
        said["fc2"] == f"{best} has the highest logit: {short(first)}, which is {lead_in_logits} more than {next_best}."
    )
    shares = np.exp(value["fc2"].astype(np.float64) / card.temperature)
    shares /= shares.sum()
    points = re.search(r"(less than 1|\d+) points? ahead of (\w+)", said["softmax"])
    assert said["softmax"].startswith(CLASSES[ranks[0]]) and points and points[2] == CLASSES[ranks[1]]
    lead = 100 * (shares[ranks[0]] - shares[ranks[1]])
    assert abs((0 if points[1].startswith("less") else int(points[1])) - lead) <= 0.5 + 1e-3
    entropy = -float((shares * np.log2(shares)).sum())
    sure = entropy <= card.not_sure and shares.max() >= 0.5
    assert said["softmax"].endswith(": not sure.") == (not sure)


def test_an_empty_input_is_called_empty(card: ModelCard) -> None:
    trace = a_trace(card, np.zeros((1, 16, 16), np.float32))
    assert told(trace, 0, card) == "An empty input: none of its 16×16 pixels has ink."
    one = np.zeros((1, 16, 16), np.float32)
    one[0, 3, 3] = 1
    assert told(a_trace(card, one), 0, card) == "The drawing as the network gets it: 16×16 pixels, 1 has ink."


def test_a_photo_has_colours_and_a_reach(tmp_path: Path) -> None:
    card = read_card(write_model(tmp_path, card_data("photos")))
    net_input = np.random.default_rng(0).standard_normal((3, 16, 16)).astype(np.float32)
    low, high = short(float(net_input.min())), short(float(net_input.max()))
    assert told(a_trace(card, net_input), 0, card) == (
        f"The photo as the network gets it: 3 colours, 16×16 pixels, numbers from {low} to {high}."
    )


def test_changed_maps_are_named(card: ModelCard) -> None:
    trace = a_trace(card, an_input(1), Factors(((1, 0, 0.0),)))
    assert told(trace, 1, card).endswith("Of its maps, one was changed by you.")
    trace = a_trace(card, an_input(1), Factors(((1, 0, 0.0), (1, 2, 2.0))))
    assert told(trace, 1, card).endswith("Of its maps, 2 were changed by you.")
    assert "changed" not in told(trace, 2, card)
    dense = next(position for position, stage in enumerate(trace.stages) if stage.kind == "dense")
    trace = a_trace(card, an_input(1), Factors(((dense, 0, 0.0),)))
    assert told(trace, dense, card).endswith("Of its numbers, one was changed by you.")


def test_a_grey_photo_has_no_colours(tmp_path: Path) -> None:
    data = card_data("photos")
    data["input"].update(channels="grey", mean=[0.5], std=[0.25])
    card = read_card(write_model(tmp_path, data))
    assert "gets it: grey, 16×16 pixels" in told(a_trace(card, an_input(0)), 0, card)


def test_shapes_and_weights(card: ModelCard) -> None:
    trace = a_trace(card, an_input(1))
    count = trace.outputs[7].size
    assert shapes(trace, 0) == "1×16×16"
    assert shapes(trace, 7) == f"{trace.stages[6].shape_words} → {count}"
    words = weights(trace.stages[8])
    assert words is not None and words.text() == f"{11 * count + 11:,} weights"
    assert weights(trace.stages[2]) is None
    big = Stage("flatten", "flatten", (1024,), 1, (0, 1, 1))
    both = Trace((Stage("a", "", (16, 8, 8)), Stage("b", "", (4,)), big), (), trace.answer, ())
    assert shapes(both, 2) == "16×8×8 + 4 + 4 → 1,024"
    one = weights(big)
    assert one is not None and one.text() == "1 weight"


# stage by stage

RNG = np.random.default_rng(5)


def maps(*shape: int) -> Array:
    return RNG.standard_normal(shape).astype(np.float32)


def filled(value: float, *shape: int) -> Array:
    return np.full(shape, value, np.float32)


def conv(out: int, each: int, groups: int = 1) -> Conv:
    return Conv(maps(out, each, 3, 3), None, groups=groups)


def at(shape: tuple[int, ...], index: tuple[int, ...], value: float = 2.0) -> Array:
    """Zeros but for one number."""
    array = np.zeros(shape, np.float32)
    array[index] = value
    return array


@pytest.mark.parametrize(
    ("operation", "output", "sources", "expected"),
    [
        (conv(1, 1), at((1, 3, 3), (0, 0, 2)), [maps(1, 3, 3)],
         "1 filter of 3×3 reads the map of source1; filter 1 answers strongest, at the upper right."),
        (conv(4, 1, groups=4), at((4, 9, 9), (2, 4, 4)), [maps(4, 9, 9)],
         "4 filters of 3×3 read one map of source1 each; filter 3 answers strongest, in the middle."),
        (conv(4, 2, groups=2), at((4, 9, 9), (1, 8, 4)), [maps(4, 9, 9)],
         "4 filters of 3×3 read 2 maps of source1 each; filter 2 answers strongest, at the bottom."),
        (conv(4, 2), filled(0, 4, 9, 9), [maps(2, 9, 9)],
         "4 filters of 3×3 read all 2 maps of source1; every answer is 0."),
        (conv(4, 2), filled(1.5, 4, 9, 9), [maps(2, 9, 9)],
         "4 filters of 3×3 read all 2 maps of source1; filter 1 answers strongest, everywhere alike."),
        (conv(4, 2), at((4, 1, 1), (3, 0, 0)), [maps(2, 1, 1)],
         "4 filters of 3×3 read all 2 maps of source1; filter 4 answers strongest, 2.0."),
        (Pointwise("ReLU"), filled(1, 8), [filled(1, 8)], "None of the 8 numbers is negative: nothing changes."),
        (Pointwise("ReLU"), filled(0, 8), [filled(-1, 8)], "All 8 numbers were negative and become 0."),
        (Pointwise("ReLU"), filled(0, 8), [at((8,), (3,), -1)], "1 of the 8 numbers was negative and becomes 0."),
        (Pointwise("ReLU6"), filled(6, 8), [np.array([-1, -2, 7, 1, 1, 1, 8, 1], np.float32)],
         "25 % of the 8 numbers were negative and become 0; 2 above 6 become 6."),
        (Pointwise("ReLU6"), filled(6, 8), [at((8,), (3,), 7)],
         "None of the 8 numbers is negative; 1 above 6 becomes 6."),
        (Pointwise("sigmoid"), np.array([0.25, 0.5], np.float32), [maps(2)],
         "sigmoid bends each of the 2 numbers; now they go from 0.25 to 0.50."),
        (Pool("max", (3, 3), (2, 2), (1, 1)), at((4, 5, 5), (1, 0, 0)), [at((4, 9, 9), (1, 0, 0))],
         "Of each 3×3 window only the largest number stays: 9×9 becomes 5×5; map 2 stays strongest."),
        (Pool("max", (2, 2), (2, 2)), at((4, 4, 4), (1, 0, 0), 1),
         [at((4, 9, 9), (2, 8, 8)) + at((4, 9, 9), (1, 0, 0), 1)],
         "Of each 2×2 block only the largest number stays: 9×9 becomes 4×4; map 2 is strongest now."),
        (Pool("average", (2, 2), (2, 2)), filled(0, 4, 4, 4), [filled(0, 4, 8, 8)],
         "Each 2×2 block becomes its average: 8×8 becomes 4×4; all are 0."),
        (AdaptivePool("average", (1, 1)), at((4, 1, 1), (2, 0, 0), 3.2), [maps(4, 5, 5)],
         "Each map becomes one number, its average; that of map 3 is the largest, 3.2."),
        (AdaptivePool("max", (1, 1)), at((4,), (0,), 3.2), [maps(4, 5, 5)],
         "Each map becomes one number, its largest; that of map 1 is the largest, 3.2."),
        (AdaptivePool("max", (1, 1)), filled(0, 4), [filled(0, 4, 5, 5)],
         "Each map becomes one number, its largest; all are 0."),
        (AdaptivePool("average", (2, 2)), at((4, 2, 2), (3, 0, 0)), [at((4, 5, 5), (3, 0, 0))],
         "Maps of 5×5 are gathered to 2×2; map 4 stays strongest."),
        (Dense(maps(1, 1), None), filled(3, 1), [maps(1)], "1 sum over the one number; unit 1 is the largest, 3.0."),
        (Dense(maps(9, 4), None), filled(0, 9), [maps(4)], "9 sums over all 4 numbers; every one is 0."),
        (Dense(maps(9, 4), None), maps(7, 9), [maps(7, 4)], "In each of 7 rows: 9 sums over all 4 numbers."),
        (Dense(maps(9, 4), None), maps(7, 2, 9), [maps(7, 2, 4)], "In each of 14 rows: 9 sums over all 4 numbers."),
        (Move(np.arange(16, dtype=np.int32)), maps(16), [maps(1, 4, 4)],
         "1 map of 4×4 unrolled: 16 numbers in a row."),
        (Move(np.arange(16, dtype=np.int32).reshape(4, 4).T.copy()), maps(4, 4), [maps(4, 4)],
         "The 16 numbers only change their places: 4×4 becomes 4×4."),
        (Move(np.arange(4, dtype=np.int32)), maps(4), [maps(4, 4)],
         "4 of the 16 numbers come along, the others do not."),
        (Move(np.zeros((4, 4), np.int32)), maps(4, 4), [maps(4)], "The numbers are repeated: 4 becomes 4×4."),
        (BatchNorm(maps(3), maps(3), maps(3), maps(3), 1e-5), np.array([[[-1.5]], [[0]], [[2]]], np.float32),
         [maps(3, 1, 1)],
         "Each of 3 maps is shifted and stretched by two numbers of its own; now they go from −1.5 to 2.0."),
        (BatchNorm(maps(1), maps(1), maps(1), maps(1), 1e-5), np.array([[[-1.5, 2]]], np.float32), [maps(1, 1, 2)],
         "The map is shifted and stretched by two numbers of its own; now they go from −1.5 to 2.0."),
        (BatchNorm(maps(2), maps(2), maps(2), maps(2), 1e-5), np.array([-1, 2], np.float32), [maps(2)],
         "Each of 2 numbers is shifted and stretched by two numbers of its own; now they go from −1.0 to 2.0."),
        (LayerNorm(-1, None, None, 1e-5), np.array([[-1, 1], [1, -1]], np.float32), [maps(2, 2)],
         "Each of 2 places is brought to mean 0 and spread 1; now the numbers go from −1.0 to 1.0."),
        (LayerNorm(-1, maps(2), maps(2), 1e-5), np.array([-1, 1], np.float32), [maps(2)],
         "The numbers are brought to mean 0 and spread 1, then stretched; now the numbers go from −1.0 to 1.0."),
        (Combine("add"), np.array([1, 4], np.float32), [maps(2), maps(2)],
         "Number by number: source1 + source2; now they go from 1.0 to 4.0."),
        (Combine("multiply"), np.array([1, 4], np.float32), [maps(2), maps(2)],
         "Number by number: source1 × source2; now they go from 1.0 to 4.0."),
        (Combine("add", 3.0), np.array([1, 4], np.float32), [maps(2)],
         "A fixed number is added to each of 2; now they go from 1.0 to 4.0."),
        (Combine("multiply", 0.5), np.array([1, 4], np.float32), [maps(2)],
         "Each of 2 numbers is multiplied by a fixed one; now they go from 1.0 to 4.0."),
        (Softmax(), np.array([[0.25, 0.75], [0.5, 0.5]], np.float32), [maps(2, 2)],
         "Each of 2 rows is turned into shares that add up to 1; they go from 0.25 to 0.75."),
        (Softmax(), np.array([0.25, 0.75], np.float32), [maps(2)],
         "The numbers are turned into shares that add up to 1; they go from 0.25 to 0.75."),
        (Concat(0), maps(5, 2, 2), [maps(2, 2, 2), maps(3, 2, 2)],
         "source1, source2 one after the other: 2 + 3 maps make 5."),
        (Concat(0), maps(5, 4), [maps(1, 4), maps(4, 4)], "source1, source2 one after the other: 1 + 4 make 5."),
        (Concat(0), maps(2, 2, 2), [maps(2, 2, 2)], "source1 goes on as it is, with nothing behind it."),
        (Concat(0), maps(10, 2, 2), [maps(2, 2, 2)] * 5, "The maps of 5 stages one after the other: 10 maps."),
        (Concat(1), maps(2, 10), [maps(2, 2)] * 5, "The numbers of 5 stages one after the other: 10."),
        (Attention(2, *[maps(4, 4)] * 3, *[maps(4)] * 3, maps(4, 4), maps(4)),
         np.array([[-1, 0, 0, 1]] * 3, np.float32), [maps(3, 4)],
         ("Each of 3 places looks at all others in 2 ways at once and takes over what fits; "
          "now numbers go from −1.0 to 1.0.")),
    ],
)  # fmt: skip
def test_a_stage_in_plain_words(
    card: ModelCard, operation: Operation, output: Array, sources: list[Array], expected: str
) -> None:
    assert by_hand(card, operation, output, *sources) == expected


def test_what_is_not_taken_apart_says_so(card: ModelCard) -> None:
    text = by_hand(card, Unknown(), np.array([-1, 2], np.float32), maps(2), kind="wavelet")
    assert text == "wavelet: its 2 numbers go from −1.0 to 2.0. How it works them out is not shown."


@pytest.mark.parametrize(
    "operation", [conv(2, 2), Pointwise("ReLU"), Pool("max", (2, 2), (2, 2)), Unknown(), Combine("add")]
)
def test_what_is_no_number_comes_first(card: ModelCard, operation: Operation) -> None:
    output = maps(2, 3, 3)
    output[0, 1, 1] = np.nan
    text = by_hand(card, operation, output, maps(2, 3, 3))
    assert text == "1 of the 18 numbers here is NaN or infinite: it got too large, or has no value."
    output[1, 0, 0] = np.inf
    assert by_hand(card, operation, output, maps(2, 3, 3)).startswith("2 of the 18 numbers here are NaN or infinite:")


def ends(card: ModelCard, *logits: float) -> list[str]:
    """What is said of scores and softmax."""
    values = np.array(logits, np.float32)
    answer = answer_of(values, 1.0)
    stages = (Stage("input", "input", (1, 1, 1)), Stage("fc", "dense", values.shape, 0, (0,)),
              Stage("softmax", "softmax", values.shape, 0, (1,)))  # fmt: skip
    outputs: Any = (np.ones((1, 1, 1), np.float32), values, answer.probabilities)
    trace = Trace(stages, outputs, answer, (Given(), Unknown(), Softmax()))
    return [told(trace, position, card) for position in (1, 2)]


def test_how_sure_it_is(card: ModelCard) -> None:
    assert ends(card, 8.2, 0, 5.1, 0)[0] == "circle has the highest logit: 8.2, which is 3.1 more than triangle."
    assert ends(card, 0, 20, 0, 0)[1] == "square >99 %, 100 points ahead of circle: sure."
    assert ends(card, 2.5, 0.4, 0.4, 0)[1] == "circle 75 %, 66 points ahead of square: fairly sure."
    assert ends(card, 0.01, 0, 0, 0)[1].endswith("ahead of square: not sure.")
    assert ends(card, 1, 1, 0, 0) == [
        "circle and square share the highest logit, 1.0.",
        "circle is closest with 37 %, level with square: not sure.",
    ]
    assert "1 point ahead" in ends(card, 0.03, 0, 0, 0)[1] and "less than 1 point" in ends(card, 0.005, 0, 0, 0)[1]
    assert ends(card, np.nan, 0, 0, 0)[1].startswith("4 of the 4 numbers here are NaN")


def test_the_only_class_has_no_rival(tmp_path: Path) -> None:
    data = card_data()
    data["classes"], data["architecture"]["layers"][-1]["out"] = ["thing"], 1
    card = read_card(write_model(tmp_path, data))
    assert ends(card, 3.0) == [
        "thing is the only class; its logit is 3.0.",
        "thing is the only class, so it gets all of it: 100 %.",
    ]


def test_words_are_translated_inside_and_out() -> None:
    words = Words("{who} gives {what}.", {"who": "fc1", "what": some(2, "{count} number", "{count} numbers")})
    german = {"{who} gives {what}.": "{who} gibt {what}.", "{count} numbers": "{count} Zahlen"}
    assert words.text() == "fc1 gives 2 numbers."
    assert words.text(german.__getitem__) == "fc1 gibt 2 Zahlen."
