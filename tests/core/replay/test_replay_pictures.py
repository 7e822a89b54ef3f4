"""The model of the animation: which numbers are shown at a progress, what they are worth, and what is framed."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_models import LAYERS, card_data, write_model

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
from desktop_app.core.drawing.strokes import Drawing, Stroke
from desktop_app.core.forward.factors import UNTOUCHED, Factors
from desktop_app.core.forward.forwards import Forwards
from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.forward.live import Live
from desktop_app.core.forward.request import Frame, MapView, Request
from desktop_app.core.forward.trace import Array, Stage, Trace, answer_of
from desktop_app.core.maps.mosaic import Mosaic, MosaicMaker, Scale, input_picture
from desktop_app.core.maps.palette import NOT_A_NUMBER, STEPS, ZERO, signed
from desktop_app.core.model.card import ModelCard, read_card
from desktop_app.core.replay.boxes import MOST_MAPS
from desktop_app.core.replay.pictures import Pictures
from desktop_app.core.replay.scene import Box, Pixels, Shown
from desktop_app.core.replay.timeline import Moment

COVER = 0xFF123456
VIEW = MapView(paper="#fefefe")
PALETTE = signed(VIEW.dark, VIEW.contrast, VIEW.paper)
SCALES: tuple[Scale, ...] = ("channel", "layer", "network")


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> ModelCard:
    folder: Path = tmp_path_factory.mktemp("model")
    return read_card(write_model(folder, seed=4))


def answered(card: ModelCard, view: MapView = VIEW, factors: Factors = UNTOUCHED) -> Frame:
    stroke = Stroke(np.random.default_rng(3).random((9, 2), np.float32))
    return Live(Forwards(NumpyForward))(Request(1, 0.0, card, Drawing((stroke,)), view, factors=factors))


def pictures_of(frame: Frame) -> Pictures:
    return Pictures(frame.trace, frame.mosaics, frame.request.view, COVER)


Made = tuple[Trace, tuple[Mosaic, ...], Pictures]


def made(
    stages: list[tuple[str, tuple[int, ...], tuple[int, ...], Operation]],
    outputs: list[Array],
    scale: Scale = "layer",
    columns: int = 3,
    factors: Factors = UNTOUCHED,
) -> Made:
    """A trace of stages (kind, shape, sources, operation), the first of which is the input."""
    built = tuple(
        Stage(f"s{number}", kind, shape, 0, sources) for number, (kind, shape, sources, _) in enumerate(stages)
    )
    flat = outputs[-1].reshape(-1)
    trace = Trace(built, tuple(outputs), answer_of(flat, 1.0), tuple(stage[3] for stage in stages), factors)
    maker = MosaicMaker(built[1:], [columns] * (len(built) - 1), scale)
    mosaics = (input_picture(outputs[0][:1], [0.5], [0.3]), *maker(outputs[1:], PALETTE))
    return trace, mosaics, Pictures(trace, mosaics, replace(VIEW, scale=scale), COVER)


def random(*shape: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def as_maps(pixels: Pixels, mosaic: Mosaic, count: int) -> Pixels:
    """A mosaic's maps one by one: (count, height, width)."""
    tall, wide = mosaic.tile
    return np.stack(
        [
            pixels[row * tall : (row + 1) * tall, column * wide : (column + 1) * wide]
            for row, column in (divmod(index, mosaic.columns) for index in range(count))
        ]
    )


def pixels(shown: Shown) -> Pixels:
    assert shown.pixels is not None
    return shown.pixels


def colour(values: Array, strongest: Any) -> Pixels:
    """As the live view would colour it."""
    scaled = np.clip(values * (np.float32(STEPS) / np.float32(strongest)), -STEPS, STEPS)
    return PALETTE[np.floor(scaled + np.float32(ZERO + 0.5)).astype(np.uint8)]


def near(one: Pixels, other: Pixels) -> bool:
    """The same colours, but for a number here and there that rounding puts on the neighbouring one."""
    parts = (np.ascontiguousarray(pixel).view(np.uint8).astype(int) for pixel in (one, other))
    first, second = parts
    return bool(np.abs(first - second).max() <= 6 and (first == second).mean() > 0.99)


# what comes to light


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("columns", [(), (2, 3, 4, 7, 1, 2, 5, 3, 1, 4, 2)], ids=["own", "given"])
@pytest.mark.parametrize("progress", [0.0, 0.21, 0.5, 0.87, 0.999])
def test_convolutions_and_pools_show_exactly_the_pixels_that_are_done(
    card: ModelCard, scale: Scale, columns: tuple[int, ...], progress: float
) -> None:
    frame = answered(card, replace(VIEW, scale=scale, columns=columns))
    for position, stage in enumerate(frame.trace.stages):
        if stage.kind not in ("conv", "max pool", "average pool"):
            continue
        count, height, width = stage.maps
        mosaic = frame.mosaics[position]
        shown = pictures_of(frame).at(Moment(position, progress))
        done = math.floor(height * width * progress**2)
        maps = as_maps(pixels(shown), mosaic, count).reshape(count, -1)
        final = as_maps(mosaic.pixels, mosaic, count).reshape(count, -1)
        assert (maps[:, :done] == final[:, :done]).all()
        assert (maps[:, done:] == COVER).all()
        assert shown.pixels is not None and shown.pixels.shape == mosaic.pixels.shape


def test_a_stage_that_is_done_is_its_mosaic_and_one_to_come_is_covered(card: ModelCard) -> None:
    frame = answered(card, replace(VIEW, columns=(2, 3, 4, 7, 1, 2, 5, 3, 1, 4, 2)))
    replayed = pictures_of(frame)
    for position, stage in enumerate(frame.trace.stages):
        assert replayed.at(Moment(position, 1.0)).pixels is None
        covered = replayed.covered(position)
        mosaic = frame.mosaics[position]
        assert covered.shape == mosaic.pixels.shape and replayed.covered(position) is covered
        count = 1 if position == 0 else stage.maps[0]
        assert (as_maps(covered, mosaic, count) == COVER).all()
        assert (covered != COVER).sum() == covered.size - count * mosaic.tile[0] * mosaic.tile[1]
    assert replayed.at(Moment(len(frame.trace.stages) - 1, 1.0)).numbers is frame.trace.outputs[-1]


def test_the_input_fades_in(card: ModelCard) -> None:
    frame = answered(card)
    first, half, last = (pixels(pictures_of(frame).at(Moment(0, progress))) for progress in (0.0, 0.5, 0.9999))
    assert (first == COVER).all()
    parts = [np.ascontiguousarray(p).view(np.uint8).astype(float) for p in (first, half, frame.mosaics[0].pixels)]
    np.testing.assert_allclose(parts[1], (parts[0] + parts[2]) / 2, atol=1)
    assert near(last, frame.mosaics[0].pixels)


@pytest.mark.parametrize("progress", [0.0, 0.3, 0.8])
def test_flatten_puts_down_one_number_after_the_other(card: ModelCard, progress: float) -> None:
    frame = answered(card)
    position = next(n for n, stage in enumerate(frame.trace.stages) if stage.kind == "flatten")
    count, source = frame.trace.stages[position].shape[0], frame.trace.outputs[position - 1]
    shown = pictures_of(frame).at(Moment(position, progress))
    done = math.floor(count * progress**2)
    units = as_maps(pixels(shown), frame.mosaics[position], count)[:, 0, 0]
    final = as_maps(frame.mosaics[position].pixels, frame.mosaics[position], count)[:, 0, 0]
    assert (units[:done] == final[:done]).all() and (units[done:] == COVER).all()
    taken, put = shown.boxes
    assert put == Box(position, done, (0, 0, 1, 1))
    assert (taken.position, source[taken.channel, taken.sides[0], taken.sides[1]]) == (
        position - 1,
        frame.trace.outputs[position][done],
    )


def test_a_concatenation_takes_source_after_source() -> None:
    one, two = random(2, 3, 4, seed=1), random(3, 3, 4, seed=2)
    joined = np.concatenate([two, one, two])
    trace, mosaics, replayed = made(
        [("input", (2, 3, 4), (), Given()), ("conv", (3, 3, 4), (0,), Unknown()),
         ("concat", (8, 3, 4), (1, 0, 1), Concat(0))],
        [one, two, joined],
    )  # fmt: skip
    sources = []
    for progress in np.linspace(0, 0.99, 40):
        shown = replayed.at(Moment(2, float(progress)))
        done = math.floor(96 * progress**2)
        maps = as_maps(pixels(shown), mosaics[2], 8).reshape(-1)
        assert (maps[done:] == COVER).all() and not (maps[:done] == COVER).any()
        taken, put = shown.boxes
        assert trace.outputs[taken.position][taken.channel, taken.sides[0], taken.sides[1]] == joined.reshape(-1)[done]
        assert put.position == 2
        sources.append((taken.position, put.channel))
    assert [position for position, _ in dict.fromkeys(sources)] == [1, 1, 1, 0, 0, 1, 1, 1]


def test_tokens_are_joined_too() -> None:
    first, rest = random(1, 4, seed=1), random(5, 4, seed=2)
    trace, _mosaics, replayed = made(
        [("input", (1, 4, 4), (), Given()), ("class token", (1, 4), (), Unknown()),
         ("patches", (5, 4), (0,), Unknown()), ("concat", (6, 4), (1, 2), Concat(0))],
        [random(1, 4, 4), first, rest, np.concatenate([first, rest])],
    )  # fmt: skip
    for progress, source in ((0.1, 1), (0.39, 1), (0.42, 2), (0.9, 2)):
        assert replayed.at(Moment(3, progress)).boxes[0].position == source
    assert trace.outputs[3].shape == (6, 4)


def test_an_addition_goes_number_by_number_through_both_sources() -> None:
    one, two = random(2, 3, 4, seed=1), random(2, 3, 4, seed=2)
    _, mosaics, replayed = made(
        [("input", (2, 3, 4), (), Given()), ("conv", (2, 3, 4), (0,), Unknown()),
         ("add", (2, 3, 4), (1, 0), Combine("add"))],
        [one, two, one + two],
    )  # fmt: skip
    shown = replayed.at(Moment(2, 0.75))
    done = math.floor(12 * 0.75**2)
    maps = as_maps(pixels(shown), mosaics[2], 2).reshape(2, -1)
    assert (maps[:, :done] == as_maps(mosaics[2].pixels, mosaics[2], 2).reshape(2, -1)[:, :done]).all()
    assert (maps[:, done:] == COVER).all()
    row, column = divmod(done, 4)
    assert {(box.position, box.channel, box.sides) for box in shown.boxes} == {
        (position, None, (row, column, row + 1, column + 1)) for position in (0, 1, 2)
    }


def test_a_factor_for_each_map_is_framed_as_a_whole() -> None:
    maps, gates = random(3, 4, 4, seed=1), random(3, 1, 1, seed=2)
    _, _, replayed = made(
        [("input", (3, 4, 4), (), Given()), ("gate", (3, 1, 1), (0,), Unknown()),
         ("mul", (3, 4, 4), (0, 1), Combine("multiply"))],
        [maps, gates, maps * gates],
    )  # fmt: skip
    assert Box(1, None, (0, 0, 1, 1)) in replayed.at(Moment(2, 0.5)).boxes


# windows


def brute_window(output: Any, sides: tuple[int, int], row: int, column: int) -> set[tuple[int, int]]:
    """The source's pixels on which an output pixel depends, found out by `output(source) -> (H, W)`."""
    base = np.zeros(sides)
    before = output(base)[row, column]
    found = set()
    for y in range(sides[0]):
        for x in range(sides[1]):
            changed = base.copy()
            changed[y, x] = 1.0
            if output(changed)[row, column] != before:
                found.add((y, x))
    return found


@st.composite
def geometries(draw: st.DrawFn) -> tuple[Conv, tuple[int, int]]:
    pair = st.tuples(st.integers(1, 3), st.integers(1, 3))
    pads = st.tuples(st.integers(0, 2), st.integers(0, 2))
    kernel, stride, dilation = draw(pair), draw(pair), draw(pair)
    sides = (draw(st.integers(7, 9)), draw(st.integers(7, 9)))  # three pixels three apart reach over seven
    padding = (draw(pads), draw(pads))
    return Conv(np.ones((2, 1, *kernel), np.float32), None, stride, padding, dilation), sides


def convolved(operation: Conv, source: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The slow way."""
    padded = np.pad(source, operation.padding)
    tall, wide = operation.weight.shape[2:]
    down, right = operation.dilation
    rows = (padded.shape[0] - (tall - 1) * down - 1) // operation.stride[0] + 1
    columns = (padded.shape[1] - (wide - 1) * right - 1) // operation.stride[1] + 1
    out = np.zeros((rows, columns))
    for row in range(rows):
        for column in range(columns):
            top, left = row * operation.stride[0], column * operation.stride[1]
            for y in range(tall):
                for x in range(wide):
                    out[row, column] += padded[top + y * down, left + x * right]
    return out


@settings(max_examples=25, deadline=None)
@given(geometry=geometries(), progress=st.floats(0, 0.999))
def test_the_window_is_what_the_pixel_reads(geometry: tuple[Conv, tuple[int, int]], progress: float) -> None:
    operation, sides = geometry
    source = random(1, *sides)
    out = np.stack([convolved(operation, source[0])] * 2).astype(np.float32)
    _, _, replayed = made(
        [("input", source.shape, (), Given()), ("conv", out.shape, (0,), operation)], [source, out]
    )  # fmt: skip
    height, width = out.shape[1:]
    if (height, width) == (1, 1):
        return
    done = math.floor(height * width * progress**2)
    row, column = divmod(done, width)
    boxes = {box.position: box.sides for box in replayed.at(Moment(1, progress)).boxes}
    assert boxes[1] == (row, column, row + 1, column + 1)
    reads = brute_window(lambda changed: convolved(operation, changed), sides, row, column)
    if reads:
        rows, columns = {y for y, _ in reads}, {x for _, x in reads}
        assert boxes[0] == (min(rows), min(columns), max(rows) + 1, max(columns) + 1)
    else:
        assert 0 not in boxes, "it reads nothing but padding"


@settings(max_examples=30, deadline=None)
@given(
    st.integers(1, 3), st.integers(1, 3), st.integers(0, 1), st.integers(1, 2), st.floats(0, 0.999), st.integers(0, 99)
)
def test_a_max_pool_marks_the_pixel_whose_number_stays(
    size: int, stride: int, pad: int, dilation: int, progress: float, seed: int
) -> None:
    if 2 * pad > size:
        return
    source = random(3, 7, 8, seed=seed)
    padded = np.pad(source, ((0, 0), (pad, pad), (pad, pad)), constant_values=-np.inf)
    reach = (size - 1) * dilation + 1
    rows, columns = ((side - reach) // stride + 1 for side in padded.shape[1:])
    out = np.stack(
        [
            [[padded[c, y * stride : y * stride + reach : dilation, x * stride : x * stride + reach : dilation].max()
              for x in range(columns)] for y in range(rows)] for c in range(3)
        ]
    ).astype(np.float32)  # fmt: skip
    operation = Pool("max", (size, size), (stride, stride), (pad, pad), (dilation, dilation))
    _, _, replayed = made([("input", (3, 7, 8), (), Given()), ("max pool", out.shape, (0,), operation)], [source, out])
    done = math.floor(rows * columns * progress**2)
    row, column = divmod(done, columns)
    winners = [box for box in replayed.at(Moment(1, progress)).boxes if box.wins]
    assert [box.channel for box in winners] == [0, 1, 2]
    for box in winners:
        top, left, bottom, right = box.sides
        assert (bottom - top, right - left) == (1, 1)
        assert source[box.channel, top, left] == out[box.channel, row, column]


def test_an_average_has_no_winner_and_adaptive_windows_overlap() -> None:
    source = random(2, 7, 7)
    average = np.full((2, 3, 3), 0.5, np.float32)
    _, _, replayed = made(
        [("input", (2, 7, 7), (), Given()), ("average pool", (2, 3, 3), (0,), AdaptivePool("average", (3, 3)))],
        [source, average],
    )
    found = [replayed.at(Moment(1, math.sqrt((step + 0.5) / 9))).boxes for step in range(9)]
    assert not any(box.wins for boxes in found for box in boxes)
    # torch's rule for 7 → 3: rows 0–2, 2–4, 4–6
    assert [boxes[0].sides for boxes in found[:4]] == [(0, 0, 3, 3), (0, 2, 3, 5), (0, 4, 3, 7), (2, 0, 5, 3)]


@pytest.mark.parametrize("shape", [(5, 1, 1), (5,)])
def test_a_global_pool_reads_map_after_map(shape: tuple[int, ...]) -> None:
    source = random(5, 4, 6)
    out = source.mean(axis=(1, 2)).reshape(shape)
    _, mosaics, replayed = made(
        [("input", (5, 4, 6), (), Given()), ("average pool", shape, (0,), AdaptivePool("average", (1, 1)))],
        [source, out],
    )
    shown = replayed.at(Moment(1, math.sqrt(2.5 / 5)))
    units = as_maps(pixels(shown), mosaics[1], 5)[:, 0, 0]
    assert (units[:2] != COVER).all() and (units[2:] == COVER).all()
    assert shown.boxes == (Box(0, 2, (0, 0, 4, 6)), Box(1, 2, (0, 0, 1, 1)))


# numbers that change


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("progress", [0.0, 0.4, 0.95])
def test_the_floor_of_a_relu_rises(card: ModelCard, scale: Scale, progress: float) -> None:
    frame = answered(card, replace(VIEW, scale=scale))
    source, output = frame.trace.outputs[1], frame.trace.outputs[2]
    assert frame.trace.stages[2].kind == "ReLU"
    shown = as_maps(pixels(pictures_of(frame).at(Moment(2, progress))), frame.mosaics[2], len(output))
    strongest: Any = frame.mosaics[2].magnitude
    if scale == "channel":
        strongest = np.maximum(np.abs(output).max(axis=(1, 2), keepdims=True), 1e-12)
    expected = np.maximum(source, (1 - progress) * source.min())
    assert near(shown, colour(expected.astype(np.float32), strongest))
    if progress == 0.95:
        assert (expected < 0).any()


@pytest.mark.parametrize("operation", [
    BatchNorm(np.zeros(3, np.float32), np.ones(3, np.float32), np.ones(3, np.float32), np.zeros(3, np.float32), 1e-5),
    Pointwise("tanh"), LayerNorm(0, None, None, 1e-5),
], ids=lambda operation: type(operation).__name__)  # fmt: skip
def test_other_functions_bend_each_number_to_its_own(operation: Operation) -> None:
    source, output = random(3, 5, 4, seed=1), np.tanh(random(3, 5, 4, seed=2))
    _, mosaics, replayed = made([("input", source.shape, (), Given()), ("bend", source.shape, (0,), operation)],
                                [source, output])  # fmt: skip
    for progress in (0.0, 0.25, 0.999):
        shown = as_maps(pixels(replayed.at(Moment(1, progress))), mosaics[1], 3)
        assert near(shown, colour((1 - progress) * source + progress * output, mosaics[1].magnitude))


def test_a_silenced_unit_is_0_all_along_even_where_it_was_no_number() -> None:
    dense = Dense(np.ones((2, 3), np.float32), None)
    _, _, replayed = made(
        [("input", (3, 1, 1), (), Given()), ("flatten", (3,), (0,), Unknown()), ("dense", (2,), (1,), dense)],
        [np.ones((3, 1, 1), np.float32), np.array([np.nan, 1, 1], np.float32), np.array([0, np.nan], np.float32)],
        factors=Factors(((2, 0, 0.0),)),
    )
    numbers = replayed.at(Moment(2, 0.5)).numbers
    assert numbers is not None and numbers[0] == 0 and np.isnan(numbers[1])


@pytest.mark.parametrize("factors", [UNTOUCHED, Factors(((8, 3, 0.0), (8, 5, 2.0)))], ids=["plain", "scaled"])
def test_a_dense_stage_adds_up_input_after_input(card: ModelCard, factors: Factors) -> None:
    frame = answered(card, factors=factors)
    trace = frame.trace
    position = 8
    operation = trace.operations[position]
    assert isinstance(operation, Dense) and operation.bias is not None
    inputs = trace.outputs[position - 1].astype(np.float64)
    scale = np.ones(len(operation.weight))
    for channel, factor in factors.at(position).items():
        scale[channel] = factor
    replayed = pictures_of(frame)
    for progress in (0.0, 0.37, 0.999):
        shown = replayed.at(Moment(position, progress))
        count = int(progress * len(inputs))
        expected = operation.bias.astype(np.float64)
        for number in range(count):
            expected = expected + inputs[number] * operation.weight[:, number]
        assert shown.numbers is not None
        np.testing.assert_allclose(shown.numbers, expected * scale, rtol=1e-4, atol=1e-5)
        assert shown.boxes == (Box(position - 1, count, (0, 0, 1, 1)),)
        units = as_maps(pixels(shown), frame.mosaics[position], len(expected))
        assert near(units[:, 0, 0], colour(shown.numbers, frame.mosaics[position].magnitude))


def test_the_softmax_goes_from_even_shares_to_the_answer(tmp_path: Path) -> None:
    card = read_card(write_model(tmp_path, {**card_data(), "temperature": 0.7}))
    frame = answered(card)
    last = len(frame.trace.stages) - 1
    logits = frame.trace.answer.logits.astype(np.float64)
    replayed = pictures_of(frame)
    for progress in (0.0, 0.3, 0.8, 0.999):
        powers = np.exp(progress * logits / 0.7)
        numbers = replayed.at(Moment(last, progress)).numbers
        assert numbers is not None
        np.testing.assert_allclose(numbers, powers / powers.sum(), rtol=1e-4)
    first, nearly = replayed.at(Moment(last, 0.0)).numbers, replayed.at(Moment(last, 0.9999)).numbers
    assert first is not None and nearly is not None
    np.testing.assert_allclose(first, 1 / len(logits))
    np.testing.assert_allclose(nearly, frame.trace.answer.probabilities, rtol=2e-3)


# edges


def test_large_maps_are_thinned_out_as_in_the_mosaic() -> None:
    source, output = random(2, 200, 150, seed=1), random(4, 200, 150, seed=2)
    _, mosaics, replayed = made(
        [("input", source.shape, (), Given()), ("conv", output.shape, (0,), Conv(random(4, 2, 1, 1), None)),
         ("ReLU", output.shape, (1,), Pointwise("ReLU"))],
        [source, output, np.maximum(output, 0)],
    )  # fmt: skip
    assert mosaics[1].tile == (67, 50)
    maps = as_maps(pixels(replayed.at(Moment(1, 0.6))), mosaics[1], 4)
    final = as_maps(mosaics[1].pixels, mosaics[1], 4)
    done = math.floor(200 * 150 * 0.36)
    for y in range(67):
        for x in range(50):
            shown = 3 * y * 150 + 3 * x < done
            assert (maps[:, y, x] == (final[:, y, x] if shown else COVER)).all()
    half = as_maps(pixels(replayed.at(Moment(2, 0.5))), mosaics[2], 4)
    expected = np.maximum(output, 0.5 * output.min())[:, ::3, ::3]
    assert near(half, colour(expected, mosaics[2].magnitude))


def test_what_is_no_number_is_shown_as_such_all_the_way() -> None:
    source = random(2, 4, 4)
    source[0, 1, 1], source[1, 2, 3] = np.nan, np.inf
    flat = source.reshape(-1)
    dense = Dense(random(3, 32), random(3))
    sums = dense.weight @ flat + dense.bias
    trace, mosaics, replayed = made(
        [("input", (2, 4, 4), (), Given()), ("conv", (2, 4, 4), (0,), Conv(random(2, 2, 1, 1), None)),
         ("ReLU", (2, 4, 4), (1,), Pointwise("ReLU")), ("max pool", (2, 2, 2), (2,), Pool("max", (2, 2), (2, 2))),
         ("norm", (2, 4, 4), (1,), LayerNorm(0, None, None, 1e-5)),
         ("flatten", (32,), (1,), Move(np.arange(32, dtype=np.int32))),
         ("dense", (3,), (5,), dense), ("softmax", (3,), (6,), Softmax())],
        [random(2, 4, 4), source, np.maximum(source, 0), random(2, 2, 2), source, flat, sums, sums * np.nan],
    )  # fmt: skip
    for position in range(len(trace.stages)):
        for progress in (0.0, 0.5, 0.99, 1.0):
            replayed.at(Moment(position, progress))  # no warning, no exception
    nan = PALETTE[NOT_A_NUMBER]
    for position in (2, 4):
        maps = as_maps(pixels(replayed.at(Moment(position, 0.5))), mosaics[position], 2)
        assert maps[0, 1, 1] == nan and (maps == nan).sum() in (1, 2)
    units = as_maps(pixels(replayed.at(Moment(6, 0.99))), mosaics[6], 3)
    assert (units == nan).all()


def test_a_stage_with_thousands_of_maps_is_not_framed() -> None:
    source, output = random(2000, 4, 4, seed=1), random(2000, 2, 2, seed=2)
    _, mosaics, replayed = made(
        [("input", (1, 4, 4), (), Given()), ("conv", (2000, 4, 4), (0,), Conv(random(2000, 1, 1, 1), None)),
         ("max pool", (2000, 2, 2), (1,), Pool("max", (2, 2), (2, 2)))],
        [source[:1], source, output],
        columns=50,
    )  # fmt: skip
    assert replayed.at(Moment(2, 0.5)).boxes == ()
    assert [box.position for box in replayed.at(Moment(1, 0.5)).boxes] == [0]
    assert MOST_MAPS < 2000 and pixels(replayed.at(Moment(2, 0.5))).shape == mosaics[2].pixels.shape


ATTENTION = Attention(2, *(random(4, 4) for _ in range(3)), *(random(4) for _ in range(3)), random(4, 4), random(4))


@pytest.mark.parametrize(
    ("shape", "operation"),
    [((6, 4), ATTENTION), ((6, 4), Unknown()), ((6, 4), Dense(random(4, 4), None)), ((3, 2, 4), Unknown()),
     ((24,), Unknown()), ((6, 4), LayerNorm(-1, None, None, 1e-5)), ((24,), Combine("add", 1.0))],
    ids=lambda value: type(value).__name__ if not isinstance(value, tuple) else "×".join(map(str, value)),
)  # fmt: skip
def test_whatever_is_not_taken_apart_still_comes_to_light(shape: tuple[int, ...], operation: Operation) -> None:
    before, output = random(*shape, seed=1), random(*shape, seed=2)
    _, mosaics, replayed = made(
        [("input", (1, 4, 6), (), Given()), ("before", shape, (0,), Unknown()), ("stage", shape, (1,), operation)],
        [random(1, 4, 6), before, output],
    )
    shares = []
    for progress in (0.0, 0.5, 0.9):
        shown = pixels(replayed.at(Moment(2, progress)))
        assert shown.shape == mosaics[2].pixels.shape
        shares.append(float((shown != COVER).mean()))
    assert shares == sorted(shares)
    assert LAYERS  # the tiny model has the other kinds
