"""The Filters page: a real mouse and real keys choose a filter; what is shown is what the network holds."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import LONG, Frames, OpenWindow
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from tiny_models import card_data, random_weights, write_model

from desktop_app.core.drawing.strokes import Drawing
from desktop_app.core.forward.forwards import Forwards
from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.forward.live import Live
from desktop_app.core.forward.request import Frame, MapView, Photo, Request
from desktop_app.core.forward.spot import Spot
from desktop_app.core.maps.palette import STEPS, ZERO, weights
from desktop_app.core.model.card import read_card
from desktop_app.core.numerals import exact, short
from desktop_app.core.sketcher import sketch
from desktop_app.ui.look.filters.page import FiltersPage
from desktop_app.ui.look.selection import Selection
from desktop_app.ui.look.tile_grid import TileGrid
from desktop_app.ui.theme import Theme
from desktop_app.ui.window.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton


def draw(window: MainWindow, qtbot: QtBot, label: str = "star") -> Frame:
    frames = Frames(window)
    window.input.draw_sample(label)
    frames.wait_for_rest(qtbot, window.session.drawing)
    return frames.last


def click(grid: TileGrid, number: int) -> None:
    rect = grid.tile_rect(number)
    assert rect is not None
    QTest.mouseClick(grid, LEFT, pos=rect.center().toPoint())


def texts(page: FiltersPage) -> str:
    return " | ".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


@pytest.fixture
def opened(open_window: OpenWindow, qtbot: QtBot) -> MainWindow:
    window = open_window()
    draw(window, qtbot)
    window.look.open("filters")
    return window


@pytest.fixture
def page(opened: MainWindow) -> FiltersPage:
    return opened.look.filters


def test_a_click_chooses_the_filter_at_its_strongest_pixel(opened: MainWindow, page: FiltersPage, qtbot: QtBot) -> None:
    frame = draw(opened, qtbot)
    click(page.grid, 3)
    values = np.abs(frame.trace.outputs[1][3])
    spot = opened.selection.spot
    assert spot is not None and spot.position == 1 and spot.index[0] == 3
    assert values[spot.index[1:]] == values.max()
    assert "filter 4 of 5" in texts(page)


def test_arrow_keys_go_from_filter_to_filter(opened: MainWindow, page: FiltersPage) -> None:
    click(page.grid, 1)
    page.grid.setFocus()
    for key, wanted in (
        (Qt.Key.Key_Right, 2), (Qt.Key.Key_Left, 1), (Qt.Key.Key_Left, 0), (Qt.Key.Key_Left, 0), (Qt.Key.Key_End, 4),
        (Qt.Key.Key_Home, 0),
    ):  # fmt: skip
        QTest.keyClick(page.grid, key)
        assert opened.selection.spot is not None and opened.selection.spot.index[0] == wanted


def test_the_page_follows_a_spot_that_was_chosen_elsewhere(opened: MainWindow, page: FiltersPage) -> None:
    for position, name in ((4, "conv2"), (5, "conv2"), (6, "conv2"), (1, "conv1")):
        opened.selection.choose(Spot(position, (2, 1, 1)))
        assert page.stages.currentText().startswith(f"{name} · ") and page.grid.chosen_number == 2
    opened.selection.choose(Spot(8, (4,)))
    assert page.stages.currentText() == "fc1 · 11 units" and "unit 5 of 11" in texts(page)
    opened.selection.choose(Spot(7, (4,)))  # flattened: nobody's filter
    assert page.stages.currentText() == "fc1 · 11 units"


def test_norm_bias_and_activity_are_the_networks(opened: MainWindow, page: FiltersPage, qtbot: QtBot) -> None:
    frame = draw(opened, qtbot)
    click(page.grid, 2)
    forward = NumpyForward(opened.session.card)
    conv = forward.operations[0]
    heard = short(float(np.abs(frame.trace.outputs[2][2]).mean()))
    qtbot.waitUntil(lambda: f"activity {heard} (mean |relu1|)" in texts(page), timeout=LONG)
    assert f"norm {short(float(np.linalg.norm(conv.weight[2])))} ·" in texts(page)  # type: ignore[union-attr]
    assert f"bias {exact(float(conv.bias[2]))} ·" in texts(page)  # type: ignore[union-attr, index]


def test_sorting_by_norm_puts_the_largest_first(opened: MainWindow, page: FiltersPage) -> None:
    conv = NumpyForward(opened.session.card).operations[0]
    norms = np.linalg.norm(conv.weight.reshape(5, -1), axis=1)  # type: ignore[union-attr]
    QTest.mouseClick(page.sorts.buttons["norm"], LEFT)
    assert list(page.grid.visible_numbers) == sorted(range(5), key=lambda number: -norms[number])
    QTest.mouseClick(page.sorts.buttons["number"], LEFT)
    assert list(page.grid.visible_numbers) == [0, 1, 2, 3, 4]


def test_filters_change_places_only_once_the_pen_rests(opened: MainWindow, page: FiltersPage, qtbot: QtBot) -> None:
    def order(frame: Frame) -> list[int]:
        means = np.abs(frame.trace.outputs[2]).mean(axis=(1, 2))
        return sorted(range(5), key=lambda number: -means[number])

    QTest.mouseClick(page.sorts.buttons["activity"], LEFT)
    first = draw(opened, qtbot, "star")
    qtbot.waitUntil(lambda: list(page.grid.visible_numbers) == order(first), timeout=LONG)
    upside_down = first.trace.outputs[2][::-1].copy()  # an input that has them in another order
    outputs = (*first.trace.outputs[:2], upside_down, *first.trace.outputs[3:])
    made = type(first.trace)(first.trace.stages, outputs, first.trace.answer, first.trace.operations)
    frame = Frame(first.request, made, first.mosaics, (), None, "", 0, 0)
    page.show_frame(frame)
    assert list(page.grid.visible_numbers) == order(first) != order(frame)
    qtbot.waitUntil(lambda: list(page.grid.visible_numbers) == order(frame), timeout=LONG)


def test_another_model_shows_its_own_filters(opened: MainWindow, page: FiltersPage, qtbot: QtBot) -> None:
    frames = Frames(opened)
    other = opened.session.registry.named("shapes-b")
    opened.session.set_model(other)
    frames.wait_for_rest(qtbot)
    conv = NumpyForward(other).operations[0]
    assert page.stages.bank is not None
    np.testing.assert_array_equal(page.stages.bank.weights, conv.weight)  # type: ignore[union-attr]


def test_torch_that_takes_over_changes_nothing(opened: MainWindow, page: FiltersPage, qtbot: QtBot) -> None:
    """Its operations are others, its weights are the same."""
    frame = draw(opened, qtbot)
    opened.selection.choose(Spot(4, (3, 0, 0)))
    operations = tuple(replace(operation) for operation in frame.trace.operations)
    page.show_frame(replace(frame, trace=replace(frame.trace, operations=operations)))
    assert page.stages.currentText().startswith("conv2") and page.grid.chosen_number == 3
    opened.selection.choose(Spot(5, (4, 0, 0)))
    assert page.grid.chosen_number == 4


def test_the_keyboard_sees_where_it_is(opened: MainWindow, page: FiltersPage) -> None:
    for widget in (page.grid, page.kernels):
        opened.setFocus()
        before = widget.grab().toImage()
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        assert widget.grab().toImage() != before
        widget.clearFocus()
        assert widget.grab().toImage() == before


def test_a_kernels_weights_stand_in_their_colours(opened: MainWindow, page: FiltersPage, qtbot: QtBot) -> None:
    click(page.grid, 0)
    conv = NumpyForward(opened.session.card).operations[0]
    weight = conv.weight[0, 0]  # type: ignore[union-attr]
    strongest = np.abs(conv.weight).max()  # type: ignore[union-attr]
    table = weights(False, 1.0, opened.theme.colours.panel.name())
    picture = page.kernels.grab().toImage()
    for row in range(3):
        for column in range(3):
            corner = page.kernels.cell_rect(0, row, column).topLeft().toPoint() + QPoint(2, 2)
            entry = int(np.floor(weight[row, column] * STEPS / strongest + ZERO + 0.5))
            assert picture.pixelColor(corner) == QColor.fromRgb(int(table[entry]))


# pages of their own, for nets that the window's little models are not


def frame_of(folder: Path, data: dict[str, object], photo: bool = False) -> Frame:
    card = read_card(write_model(folder, data))
    stream = io.BytesIO()
    Image.new("RGB", (40, 40), "orange").save(stream, "PNG")
    source = Photo("a.png", stream.getvalue()) if photo else sketch("star", np.random.default_rng(0))
    assert isinstance(source, Drawing | Photo)
    return Live(Forwards(NumpyForward))(Request(1, 0.0, card, source, MapView()))


@pytest.fixture
def alone(qtbot: QtBot) -> FiltersPage:
    made = FiltersPage(Theme("light"), Selection())
    qtbot.addWidget(made)
    made.resize(840, 230)
    made.show()
    return made


def test_two_thousand_filters_are_paged(alone: FiltersPage, tmp_path: Path, qtbot: QtBot) -> None:
    layers = [
        {"name": "pool", "kind": "avg_pool", "kernel": 8},
        {"name": "conv", "kind": "conv", "out": 2000, "kernel": 1},
        {"name": "flatten", "kind": "flatten"},
        {"name": "fc", "kind": "dense", "out": 4},
    ]
    alone.show_frame(frame_of(tmp_path / "wide", card_data(layers=layers)))
    assert alone.grid.pages > 1 and "of 2,000" in texts(alone)
    shown = len(alone.grid.visible_numbers)
    alone.grid.setFocus()
    click(alone.grid, 0)
    QTest.keyClick(alone.grid, Qt.Key.Key_PageDown)
    assert alone.grid.page == 1 and alone.grid.chosen_number == shown
    QTest.keyClick(alone.grid, Qt.Key.Key_End)
    assert alone.grid.chosen_number == 1999 and alone.grid.page == alone.grid.pages - 1
    assert not alone.grab().isNull()


def test_many_kernels_are_paged_and_large_ones_fit(alone: FiltersPage, tmp_path: Path) -> None:
    layers = [
        {"name": "conv1", "kind": "conv", "out": 40, "kernel": 11, "padding": 5},
        {"name": "conv2", "kind": "conv", "out": 3, "kernel": 3},
        {"name": "flatten", "kind": "flatten"},
        {"name": "fc", "kind": "dense", "out": 4},
    ]
    alone.show_frame(frame_of(tmp_path / "large", card_data(layers=layers)))
    whole = alone.kernels.rect()
    assert whole.contains(alone.kernels.cell_rect(0, 10, 10).toRect()) and alone.kernels.pages == 1
    alone.selection.choose(Spot(2, (1, 0, 0)))
    assert alone.kernels.pages > 1
    seen = list(alone.kernels.visible)
    alone.kernels.setFocus()
    while alone.kernels.page < alone.kernels.pages - 1:
        QTest.keyClick(alone.kernels, Qt.Key.Key_PageDown)
        seen += alone.kernels.visible
        for kernel in (alone.kernels.visible[0], alone.kernels.visible[-1]):
            assert whole.contains(alone.kernels.cell_rect(kernel, 2, 2).toRect())
    assert seen == list(range(40))


def test_a_first_layer_that_reads_colours_is_shown_in_them(alone: FiltersPage, tmp_path: Path) -> None:
    data = card_data("photos")
    alone.show_frame(frame_of(tmp_path / "photos", data, photo=True))
    assert "true colour" in texts(alone)
    weight = random_weights(data["architecture"]["layers"], (3, 16, 16))["conv1.weight"][2]
    rect = alone.grid.tile_rect(2)
    assert rect is not None
    picture, side = alone.grid.grab().toImage(), rect.width() / 3
    for row in range(3):
        for column in range(3):
            place = rect.topLeft().toPoint() + QPoint(round((column + 0.5) * side), round((row + 0.5) * side))
            wanted = np.round((weight[:, row, column] / np.abs(weight).max() + 1) * 127.5)
            colour = picture.pixelColor(place)
            np.testing.assert_allclose([colour.red(), colour.green(), colour.blue()], wanted, atol=1)
    alone.selection.choose(Spot(4, (1, 0, 0)))
    assert "true colour" not in texts(alone)


def test_a_net_without_filters_says_so(alone: FiltersPage, tmp_path: Path) -> None:
    layers = [{"name": "pool", "kind": "avg_pool", "kernel": 8}, {"name": "flatten", "kind": "flatten"}]
    alone.show_frame(frame_of(tmp_path / "none", card_data(layers=layers)))
    assert "no filters" in texts(alone)
    assert not alone.grid.isVisible()
    alone.theme.set_scheme("dark")
    alone.theme.set_projector(True)
    assert not alone.grab().isNull()
