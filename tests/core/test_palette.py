"""Colours of numbers: signed, centred on zero, never red against green, and lifted evenly by contrast."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from desktop_app.core.maps.palette import (
    HIGHEST,
    LOWEST,
    NOT_A_NUMBER,
    PAPER,
    STEPS,
    ZERO,
    Palette,
    packed_rgb,
    signed,
    weights,
)

BOTH = pytest.mark.parametrize("dark", [False, True])
TABLES = pytest.mark.parametrize("table_of", [signed, weights])
TableOf = Callable[[bool, float, str], Palette]


def rgb(table: Palette, entry: int) -> tuple[int, int, int]:
    colour = int(table[entry])
    assert colour >> 24 == 0xFF, "opaque"
    return (colour >> 16) & 255, (colour >> 8) & 255, colour & 255


def luminance(colour: tuple[int, int, int]) -> float:
    parts = [part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@BOTH
def test_blue_is_positive_and_orange_red_is_negative(dark: bool) -> None:
    table = signed(dark, 1.0, "#ffffff")
    for entry in range(ZERO + STEPS // 4, HIGHEST + 1):
        red, _, blue = rgb(table, entry)
        assert blue > red
    for entry in range(LOWEST, ZERO - STEPS // 4):
        red, green, blue = rgb(table, entry)
        assert red > green > blue


@BOTH
def test_teal_is_a_positive_weight_and_brown_a_negative_one(dark: bool) -> None:
    table = weights(dark, 1.0, "#ffffff")
    for entry in range(ZERO + STEPS // 4, HIGHEST + 1):
        red, green, blue = rgb(table, entry)
        assert green > red and blue > red and green >= blue - 5
    for entry in range(LOWEST, ZERO - STEPS // 4):
        red, green, blue = rgb(table, entry)
        assert red > green > blue


# What the missing cone of each kind of colour blindness leaves of linear RGB (Viénot, Brettel and Mollon, 1999).
PROTAN = np.array([[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]])
DEUTAN = np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]])


def seen(colour: tuple[int, int, int], eye: np.ndarray) -> np.ndarray:
    """0..255 for each channel, as such an eye sees it."""
    linear = (np.array(colour) / 255) ** 2.2
    return 255 * np.clip(eye @ linear, 0, 1) ** (1 / 2.2)


@BOTH
@TABLES
@pytest.mark.parametrize("eye", [np.eye(3), PROTAN, DEUTAN])
@pytest.mark.parametrize("size", [0.3, 0.6, 1.0])
def test_signs_differ_to_every_eye(dark: bool, table_of: TableOf, eye: np.ndarray, size: float) -> None:
    table = table_of(dark, 1.0, "#ffffff")
    low, high = (seen(rgb(table, ZERO + round(sign * size * STEPS)), eye) for sign in (-1, 1))
    assert np.abs(low - high).max() > 40


@BOTH
def test_a_weight_is_never_taken_for_an_activation(dark: bool) -> None:
    of_weights, of_activations = weights(dark, 1.0, "#ffffff"), signed(dark, 1.0, "#ffffff")
    for share in (-1.0, -0.6, 0.6, 1.0):
        entry = ZERO + round(share * STEPS)
        assert np.abs(np.subtract(rgb(of_weights, entry), rgb(of_activations, entry))).max() > 40


@BOTH
@TABLES
def test_zero_is_the_calmest_colour_and_strength_grows_away_from_it(dark: bool, table_of: TableOf) -> None:
    table = table_of(dark, 1.0, "#ffffff")
    zero = luminance(rgb(table, ZERO))
    assert zero < 0.03 if dark else zero > 0.9
    for side in (range(ZERO, HIGHEST), range(ZERO, LOWEST, -1)):
        steps = [abs(luminance(rgb(table, entry)) - zero) for entry in side]
        assert all(after >= before - 1e-9 for before, after in pairwise(steps))


@BOTH
@TABLES
def test_entries_without_a_number_stand_out(dark: bool, table_of: TableOf) -> None:
    table = table_of(dark, 1.0, "#123456")
    assert rgb(table, PAPER) == (0x12, 0x34, 0x56)
    hole = np.array(rgb(table, NOT_A_NUMBER))
    for entry in range(LOWEST, HIGHEST + 1):
        assert np.abs(hole - rgb(table, entry)).sum() > 90, "NaN looks like no number"


@BOTH
@pytest.mark.parametrize("contrast", [0.5, 1.0, 2.0, 3.0])
def test_contrast_shows_a_value_as_the_power_of_it(dark: bool, contrast: float) -> None:
    """|x| ** (1 / contrast) has, with that contrast, the colour that it has without."""
    plain, lifted = signed(dark, 1.0, "#ffffff"), signed(dark, contrast, "#ffffff")
    for step in (-126, -80, -30, -3, 0, 2, 17, 50, 100, 126):
        value = step / STEPS
        place = np.sign(value) * abs(value) ** (1 / contrast) * STEPS + ZERO
        low, high = (np.array(rgb(plain, int(entry))) for entry in (np.floor(place), np.ceil(place)))
        wanted = low + (high - low) * (place - np.floor(place))
        np.testing.assert_allclose(rgb(lifted, ZERO + step), wanted, atol=1.5)


def test_the_table_cannot_be_changed_by_accident() -> None:
    with pytest.raises(ValueError, match="read-only"):
        signed(False, 1.0, "#ffffff")[3] = 0


def test_packing_keeps_every_channel() -> None:
    pixels = np.array([[[1, 2, 3], [255, 0, 128]]], np.uint8)
    np.testing.assert_array_equal(packed_rgb(pixels), [[0xFF010203, 0xFFFF0080]])
