"""Short numbers: never wrong by more than the last digit that is shown, never long."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.numerals import exact, short, tiny


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-0.0, "0"),
        (0.034, "0.034"),
        (0.0004, "<0.001"),
        (-0.0004, ">−0.001"),
        (0.5, "0.50"),
        (2.14, "2.1"),
        (-2.14, "−2.1"),
        (18.4, "18"),
        (999.4, "999"),
        (1234, "1.2k"),
        (-45678, "−45.7k"),
        (-99950, "−100k"),
        (math.nan, "NaN"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
    ],
)
def test_examples(value: float, text: str) -> None:
    assert short(value) == text


@given(st.floats(-9e5, 9e5, width=32))
def test_what_is_read_back_is_the_number(value: float) -> None:
    text = short(value)
    assert len(text) <= 7
    if text in ("<0.001", ">−0.001"):
        assert 0 < abs(value) < 0.001 and (text[0] == "<") == (value > 0)
        return
    digits = text.replace("−", "-")
    read = float(digits[:-1]) * 1000 if digits.endswith("k") else float(digits)
    assert read == pytest.approx(value, rel=0.06, abs=0.0006)
    assert (read > 0) - (read < 0) == (value > 0) - (value < 0)


@pytest.mark.parametrize(
    "value", [9.949, 9.95, 9.9999, 99.96, 999.49, 999.5, 999_949.0, 0.0995, 0.09996, 0.9951, 1e6, 3.4e38]
)
def test_rounding_up_to_another_power_of_ten_does_not_grow_the_text(value: float) -> None:
    assert len(short(value)) <= 6
    assert len(short(-value)) <= 7


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.000"),
        (-0.5, "−0.500"),
        (12.3456, "12.346"),
        (123.456, "123.5"),
        (-0.00123, "−0.00123"),
        (0.0000012, "1.20·10⁻⁶"),
        (0.000012, "1.20·10⁻⁵"),
        (0.00012, "0.00012"),
        (1.5e9, "1.50·10⁹"),
        (math.nan, "NaN"),
        (-math.inf, "−∞"),
    ],
)
def test_numbers_in_a_line_of_arithmetic(value: float, text: str) -> None:
    assert exact(value) == text


@given(st.floats(-1e30, 1e30))
def test_an_exact_number_is_right_to_the_digits_that_it_shows(value: float) -> None:
    text = exact(value).replace("−", "-")
    mantissa, _, power = text.partition("·10")
    read = float(mantissa) * 10.0 ** int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0)
    assert read == pytest.approx(value, rel=0.05)


@given(st.floats(-1e30, 1e30))
def test_a_cell_has_room_for_every_number(value: float) -> None:
    assert len(tiny(value)) <= 6
    assert tiny(-0.001) == "0.00", "no minus without a number"
