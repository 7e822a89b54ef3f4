"""Every pixel of every map stands in its place and has its colour: checked pixel by pixel, the slow way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from desktop_app.core.forward.trace import Array, Stage
from desktop_app.core.maps.mosaic import LARGEST_TILE, Mosaic, MosaicMaker, Scale, input_picture
from desktop_app.core.maps.palette import NOT_A_NUMBER, PAPER, STEPS, ZERO, signed

ENTRIES = np.arange(256, dtype=np.uint32)
"""A palette whose colours are the entries themselves."""
SCALES: tuple[Scale, ...] = ("channel", "layer", "network")


def magnitudes(stages: list[Stage], outputs: list[Array], scale: Scale) -> list[list[float]]:
    """For every map of every stage the |value| that gets the strongest colour."""
    finite = [np.where(np.isfinite(output), output, 0).astype(np.float64) for output in outputs]
    whole = max(float(np.abs(output).max()) for output in finite)
    found = []
    for stage, output in zip(stages, finite, strict=True):
        stage_max, count = float(np.abs(output).max()), stage.maps[0]
        if scale == "network":
            found.append([whole] * count)
        elif stage.kind == "softmax":
            found.append([1.0] * count)
        elif scale == "layer" or len(stage.shape) != 3:
            found.append([stage_max] * count)
        else:
            found.append([float(np.abs(output[index]).max()) for index in range(count)])
    return found


def check(stage: Stage, output: Array, mosaic: Mosaic, columns: int, strongest: list[float]) -> None:
    """Walks over all maps and pixels; whatever no map covers must be paper."""
    count, height, width = stage.maps
    maps = output.reshape(count, height, width)
    step = 1
    while max(height, width) / step > LARGEST_TILE:
        step += 1
    tall, wide = len(range(0, height, step)), len(range(0, width, step))
    assert mosaic.tile == (tall, wide)
    assert mosaic.columns == columns
    rows = (count + columns - 1) // columns
    assert mosaic.pixels.shape == (rows * tall, columns * wide)
    left = np.ones(mosaic.pixels.shape, bool)
    for index in range(count):
        top, start = (index // columns) * tall, (index % columns) * wide
        for y in range(tall):
            for x in range(wide):
                value = float(maps[index, y * step, x * step])
                entry = int(mosaic.pixels[top + y, start + x])
                left[top + y, start + x] = False
                if not np.isfinite(value):
                    assert entry == NOT_A_NUMBER
                else:
                    exact = ZERO + STEPS * value / max(strongest[index], 1e-12)
                    assert abs(entry - exact) <= 0.501, (index, y, x, value)
    assert (mosaic.pixels[left] == PAPER).all()


def check_all(
    stages: list[Stage], outputs: list[Array], columns: list[int], scale: Scale, maker: MosaicMaker | None = None
) -> None:
    made = (maker or MosaicMaker(stages, columns, scale))([output.copy() for output in outputs], ENTRIES)
    strongest = magnitudes(stages, outputs, scale)
    assert len(made) == len(stages)
    for stage, output, mosaic, wide, most in zip(stages, outputs, made, columns, strongest, strict=True):
        check(stage, output, mosaic, wide, most)
        assert mosaic.magnitude == pytest.approx(max(most), rel=1e-6)


def some_stages() -> tuple[list[Stage], list[Array]]:
    """Maps, one single map, a strip, tokens, and a softmax; magnitudes far apart."""
    rng = np.random.default_rng(7)
    stages = [
        Stage("conv", "conv", (7, 5, 4)),
        Stage("relu", "ReLU", (3, 2, 6)),
        Stage("add", "add", (1, 3, 3)),
        Stage("tokens", "linear", (3, 4)),
        Stage("fc", "dense", (11,)),
        Stage("softmax", "softmax", (4,)),
    ]
    outputs = [
        (rng.standard_normal(stage.shape) * 10.0 ** (number - 2)).astype(np.float32)
        for number, stage in enumerate(stages)
    ]
    outputs[1] = np.maximum(outputs[1], 0)
    outputs[-1] = np.array([0.1, 0.2, 0.65, 0.05], np.float32)
    return stages, outputs


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("columns", [[1] * 6, [3, 2, 1, 5, 4, 3], [7, 3, 2, 12, 11, 4], [8, 4, 1, 13, 12, 5]])
def test_every_pixel_is_in_its_place_and_colour(scale: Scale, columns: list[int]) -> None:
    stages, outputs = some_stages()
    check_all(stages, outputs, columns, scale)


@st.composite
def nets(draw: st.DrawFn) -> tuple[list[Stage], list[Array], list[int]]:
    kinds = st.sampled_from(["conv", "dense", "softmax"])
    stages, outputs, columns = [], [], []
    for number in range(draw(st.integers(1, 4))):
        kind = draw(kinds)
        shape = (
            tuple(draw(st.lists(st.integers(1, 6), min_size=3, max_size=3)))
            if kind == "conv"
            else (draw(st.integers(1, 20)),)
        )
        stages.append(Stage(f"s{number}", kind, shape))
        values = np.random.default_rng(draw(st.integers(0, 99))).standard_normal(shape)
        low = 0.0 if kind == "softmax" else -np.inf
        outputs.append(np.clip(values * draw(st.sampled_from([0.0, 1e-30, 1e-3, 1.0, 1e30])), low, None).astype("f4"))
        if kind == "softmax":
            outputs[-1] = np.clip(outputs[-1], 0, 1)
        columns.append(draw(st.integers(1, 1 + stages[-1].maps[0])))
    return stages, outputs, columns


@given(net=nets(), scale=st.sampled_from(SCALES))
@settings(max_examples=60, deadline=None)
def test_any_net(net: tuple[list[Stage], list[Array], list[int]], scale: Scale) -> None:
    check_all(*net, scale)


@pytest.mark.parametrize("scale", SCALES)
def test_holes_have_their_own_colour_and_the_rest_keeps_its_scale(scale: Scale) -> None:
    stages, outputs = some_stages()
    outputs[0][2, 1, 1], outputs[0][2, 1, 2], outputs[4][3] = np.nan, np.inf, -np.inf
    outputs[1][:] = np.nan
    check_all(stages, outputs, [3, 2, 1, 5, 4, 3], scale)


def test_a_maker_keeps_nothing_of_the_frame_before() -> None:
    stages, outputs = some_stages()
    columns = [3, 2, 1, 5, 4, 3]
    maker = MosaicMaker(stages, columns, "layer")
    broken = [np.full_like(output, np.nan) for output in outputs]
    first = maker(outputs, ENTRIES)
    kept = [mosaic.pixels.copy() for mosaic in first]
    check_all(stages, broken, columns, "layer", maker)
    check_all(stages, outputs, columns, "layer", maker)
    for mosaic, was in zip(first, kept, strict=True):
        np.testing.assert_array_equal(mosaic.pixels, was)


@pytest.mark.parametrize("shape", [(2, 97, 40), (2, 30, 200), (1, 224, 224)])
def test_large_maps_are_thinned_out(shape: tuple[int, int, int]) -> None:
    stages = [Stage("conv", "conv", shape), Stage("fc", "dense", (3,))]
    rng = np.random.default_rng(1)
    outputs = [rng.standard_normal(stage.shape).astype(np.float32) for stage in stages]
    made = MosaicMaker(stages, [2, 1], "channel")(outputs, ENTRIES)
    assert max(made[0].tile) <= LARGEST_TILE
    check_all(stages, outputs, [2, 1], "channel")


def test_probabilities_mean_the_same_in_every_net() -> None:
    """0.5 is half way to the strongest colour even where it is the largest probability."""
    stages = [Stage("fc", "dense", (4,)), Stage("softmax", "softmax", (4,))]
    outputs = [np.array([9, 9, 1, 1], np.float32), np.array([0.5, 0.5, 0, 0], np.float32)]
    for scale in ("channel", "layer"):
        _, softmax = MosaicMaker(stages, [1, 1], scale)(outputs, ENTRIES)
        assert softmax.magnitude == 1.0
        np.testing.assert_array_equal(softmax.pixels[:, 0], [ZERO + STEPS // 2, ZERO + STEPS // 2, ZERO, ZERO])


def test_colours_come_from_the_palette_with_its_contrast() -> None:
    stages, outputs = some_stages()
    columns = [3, 2, 1, 5, 4, 3]
    entries = MosaicMaker(stages, columns, "layer")(outputs, ENTRIES)
    for dark, contrast in ((False, 1.0), (True, 2.5)):
        palette = signed(dark, contrast, "#14181d")
        coloured = MosaicMaker(stages, columns, "layer")(outputs, palette)
        for one, other in zip(entries, coloured, strict=True):
            np.testing.assert_array_equal(other.pixels, palette[one.pixels])


def test_the_outputs_are_left_alone() -> None:
    stages, outputs = some_stages()
    before = [output.copy() for output in outputs]
    MosaicMaker(stages, [1] * 6, "layer")(outputs, ENTRIES)
    outputs[0][0, 0, 0] = before[0][0, 0, 0] = np.nan
    MosaicMaker(stages, [1] * 6, "layer")(outputs, ENTRIES)
    for output, was in zip(outputs, before, strict=True):
        np.testing.assert_array_equal(output, was)


def unpacked(pixels: NDArray[np.uint32]) -> NDArray[np.uint32]:
    return np.stack([pixels >> 16 & 255, pixels >> 8 & 255, pixels & 255], axis=-1)


def test_the_input_is_shown_in_its_true_colours() -> None:
    picture = np.random.default_rng(3).integers(0, 256, (6, 5, 3))
    mean, std = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    net_input = ((picture / 255 - mean) / std).transpose(2, 0, 1).astype(np.float32)
    shown = input_picture(net_input, mean, std)
    np.testing.assert_array_equal(unpacked(shown.pixels), picture)
    assert shown.tile == (6, 5) and shown.columns == 1


def test_a_grey_input_is_grey() -> None:
    net_input = np.array([[[-0.2, 0.0, 0.5, 1.0, 1.7]]], np.float32)
    shown = unpacked(input_picture(net_input, (0.0,), (1.0,)).pixels)
    np.testing.assert_array_equal(shown, np.repeat(np.array([0, 0, 128, 255, 255])[None, :, None], 3, axis=2))
