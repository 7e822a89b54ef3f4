"""Every weight is a pixel of its own colour, however many kernels a filter has."""

from __future__ import annotations

import numpy as np
import pytest

from desktop_app.core.filters.bank import Bank
from desktop_app.core.filters.pictures import filter_pictures, picture_size
from desktop_app.core.maps.palette import NOT_A_NUMBER, PAPER, STEPS, ZERO, weights

TABLE = weights(False, 1.0, "#ffffff")


def a_bank(*shape: int, colour: bool = False) -> Bank:
    numbers = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    return Bank(1, "filters", numbers, None, np.zeros(shape[0], np.intp), colour, 1, 1)


@pytest.mark.parametrize(
    ("kernels", "side", "columns"), [(1, 5, 1), (16, 3, 4), (17, 3, 5), (600, 3, 25), (64, 1, 8), (2, 11, 2)]
)
def test_no_weight_is_lost(kernels: int, side: int, columns: int) -> None:
    bank = a_bank(4, kernels, side, side)
    pictures = filter_pictures(bank, [3, 1], TABLE)
    assert pictures.shape == (2, *picture_size(bank))
    step = side if side == 1 else side + 1
    for picture, number in zip(pictures, [3, 1], strict=True):
        for kernel in {0, kernels // 2, kernels - 1}:
            row, column = divmod(kernel, columns)
            piece = picture[row * step : row * step + side, column * step : column * step + side]
            entries = np.floor(bank.weights[number, kernel] * (STEPS / bank.strongest) + ZERO + 0.5)
            np.testing.assert_array_equal(piece, TABLE[entries.astype(int)])


def test_kernels_have_paper_between_them() -> None:
    (picture,) = filter_pictures(a_bank(1, 4, 3, 3), [0], TABLE)
    assert (picture[3] == TABLE[PAPER]).all() and (picture[:, 3] == TABLE[PAPER]).all()


def test_only_what_is_asked_for_is_made() -> None:
    assert filter_pictures(a_bank(2, 4, 3, 3), [], TABLE).shape == (0, 7, 7)


def test_true_colour_has_grey_for_nothing_and_the_filters_own_scale() -> None:
    bank = a_bank(2, 3, 2, 2, colour=True)
    bank.weights[:] = 0
    bank.weights[0, 0, 0, 0] = 5  # nothing but red
    bank.weights[1, 2, 1, 1] = -0.5  # takes blue away
    red, less_blue = filter_pictures(bank, [0, 1], TABLE)
    assert red[1, 1] == less_blue[0, 0] == 0xFF808080
    assert red[0, 0] == 0xFFFF8080 and less_blue[1, 1] == 0xFF808000


def test_what_is_no_number_is_shown_as_such() -> None:
    for colour in (False, True):
        bank = a_bank(1, 3, 2, 2, colour=colour)
        bank.weights[0, 1, 0, 1] = np.nan
        (picture,) = filter_pictures(bank, [0], TABLE)
        assert (picture == TABLE[NOT_A_NUMBER]).sum() == 1
        assert np.isfinite(bank.strongest)
