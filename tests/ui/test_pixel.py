"""The Pixel page: what it says is what numpy works out, and one can walk through the network with mouse and keys."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from conftest import LONG, Frames, OpenWindow
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot
from torch import Tensor, nn

from desktop_app.core.arithmetic.explain import explain
from desktop_app.core.drawing.strokes import Drawing, Stroke
from desktop_app.core.forward.factors import Factors
from desktop_app.core.forward.forwards import Forwards
from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.forward.request import Frame
from desktop_app.core.forward.spot import Spot, place_of
from desktop_app.core.maps import palette
from desktop_app.core.model.registry import Registry
from desktop_app.core.numerals import exact, tiny
from desktop_app.learn.network.tracing import TorchForward
from desktop_app.ui.look.pixel.boards import board_for, tell
from desktop_app.ui.look.pixel.pencil import Target
from desktop_app.ui.look.pixel.told import Told
from desktop_app.ui.network.magnifier import Magnifier
from desktop_app.ui.window.main_window import MainWindow

LINE = Drawing((Stroke(np.array([[0.2, 0.3], [0.6, 0.9], [0.9, 0.2]], np.float32)),))
OTHER = Drawing((Stroke(np.array([[0.1, 0.2], [0.9, 0.3]], np.float32)),))


class Zoo(nn.Module):
    """A stage of every kind."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.stem, self.norm, self.act = nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.LeakyReLU(0.1)
        self.holes = nn.Conv2d(8, 8, 3, padding=2, dilation=2)
        self.depth = nn.Conv2d(8, 8, 5, padding=2, groups=8, bias=False)
        self.point, self.group = nn.Conv2d(16, 16, 1), nn.Conv2d(16, 16, 7, padding=3, groups=4)
        self.gelu, self.big, self.shrink = nn.GELU(), nn.Conv2d(16, 16, 11, padding=5), nn.AvgPool2d(2)
        self.ln, self.look = nn.LayerNorm(16), nn.MultiheadAttention(16, 4, batch_first=True)
        self.each, self.most, self.head = nn.Linear(16, 16), nn.AdaptiveMaxPool2d(1), nn.Linear(16, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.act(self.norm(self.stem(x)))
        x = self.holes(x) + x
        x = self.point(torch.cat([x, self.depth(x)], 1))
        x = self.shrink(torch.sin(self.big(self.gelu(self.group(x)))))
        tokens = x.flatten(2).transpose(1, 2)
        normed = self.ln(tokens)
        tokens = self.each(tokens + self.look(normed, normed, normed, need_weights=False)[0])
        x = self.most(tokens.transpose(1, 2).reshape(-1, 16, 8, 8)) * 2
        return self.head(x.flatten(1))


class Wide(nn.Module):
    """2,000 maps in a stage, then maps of a single pixel."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(2)
        self.many, self.few, self.one = nn.Conv2d(1, 2000, 5, stride=4), nn.Conv2d(2000, 6, 1), nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(6, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.one(self.few(torch.relu(self.many(x)))).flatten(1))


@pytest.fixture(autouse=True)
def no_arithmetic_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine any may be, and then the page follows the pen a moment later than the tests look."""
    monkeypatch.setattr("desktop_app.ui.look.pixel.page.SLOW", float(LONG))


def torch_forwards(net: nn.Module) -> Forwards:
    forward = TorchForward(net.eval().requires_grad_(False), (1, 16, 16))
    return Forwards(lambda _card: forward)


def draw(window: MainWindow, qtbot: QtBot, drawing: Drawing = LINE) -> Frame:
    frames = Frames(window)
    window.input.set_drawing(drawing)
    frames.wait_for_rest(qtbot, drawing)
    return frames.last


def click_on(window: MainWindow, spot: Spot) -> None:
    """On the number's place in the network view, as a person does it."""
    view = window.network.columns
    stage = view.stages[spot.position]
    number, row, column = place_of(stage, spot)
    top_left, bottom_right = view.map_rect(spot.position, number)
    size = bottom_right - top_left
    share = QPointF((column + 0.5) * size.x() / stage.maps[2], (row + 0.5) * size.y() / stage.maps[1])
    place = view.mapTo(window, (top_left + share - QPointF(0.5, 0.5)).toPoint())
    QTest.mouseMove(window.windowHandle(), place)
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)


def told(window: MainWindow) -> str:
    """What a screen reader says: heading and line of arithmetic."""
    return window.look.pixel.accessibleDescription().split(". Arrows")[0]


def targets(window: MainWindow) -> list[Target]:
    """What can be clicked on the sheet, once it is painted."""
    window.look.pixel.sheet.repaint()
    return window.look.pixel.sheet.targets


def click_target(window: MainWindow, target: Target) -> None:
    sheet = window.look.pixel.sheet
    place = sheet.mapTo(window, target.rect.center().toPoint())
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)


def button(window: MainWindow, words: str) -> QToolButton:
    return next(b for b in window.look.pixel.findChildren(QToolButton) if b.text() == words)


def test_without_a_choice_there_is_an_invitation(window: MainWindow, qtbot: QtBot) -> None:
    draw(window, qtbot)
    window.look.open("pixel")
    assert "Nothing is chosen" in window.look.pixel.accessibleDescription()
    assert not targets(window)


def test_a_click_shows_the_arithmetic_of_a_convolution(window: MainWindow, qtbot: QtBot) -> None:
    frame = draw(window, qtbot)
    click_on(window, Spot(4, (6, 2, 3)))
    assert window.look.page == "pixel" and window.selection.spot == Spot(4, (6, 2, 3))
    assert window.network.columns.hasFocus(), "the keys shall walk on from here"
    card = window.session.card
    weights = NumpyForward(card).operations[3]
    patch = frame.trace.outputs[3][:, 2:5, 3:6].astype(np.float64)
    products = patch * np.asarray(weights.weight[6], np.float64)  # type: ignore[union-attr]
    total, bias = float(products.sum()), float(weights.bias[6])  # type: ignore[union-attr, index]
    value = float(frame.trace.outputs[4][6, 2, 3])
    assert total + bias == pytest.approx(value, abs=1e-5)
    words = told(window)
    assert words.startswith("conv2 · filter 7 of 7 · pixel (3, 4) · reads a 3×3 patch of each of 5 maps.")
    assert f"Σ over 5 maps = {exact(total)} + bias {exact(bias)} = {exact(total + bias)}" in words
    assert f"→ ReLU → {exact(max(value, 0.0))} ✓ equals the network's value" in words
    cells = [target for target in targets(window) if target.goes is not None]
    assert len(cells) == 27
    for number, target in enumerate(cells):
        row, column = divmod(number // 3, 3)
        assert target.goes == Spot(3, (0, 2 + row, 3 + column))
        assert f"{exact(patch[0, row, column])} × " in target.words
        assert target.words.endswith(f"= {exact(products[0, row, column])}")


def test_padding_is_shown_as_such(window: MainWindow, qtbot: QtBot) -> None:
    draw(window, qtbot)
    click_on(window, Spot(1, (2, 0, 0)))
    assert "reads a 3×3 patch of input." in told(window)
    found = targets(window)
    assert sum("padding" in target.words for target in found) == 15, "five of nine cells in three grids"
    assert len({target.goes for target in found if target.goes}) == 4


def test_one_walks_back_through_the_network_by_clicks(window: MainWindow, qtbot: QtBot) -> None:
    frame = draw(window, qtbot)
    click_on(window, Spot(len(frame.trace.stages) - 1, (2,)))
    visited = [window.selection.spot]
    while window.selection.spot and window.selection.spot.position:
        spot = window.selection.spot
        flags = explain(frame.trace, spot.position, spot.index).reads
        leading = [target for target in targets(window) if target.goes and target.goes != spot]
        assert leading, spot
        for target in leading:
            assert target.goes and flags[target.goes.position][target.goes.index], "only what it reads"
        click_target(window, leading[len(leading) // 2])
        visited.append(window.selection.spot)
        assert "✓" in told(window) or "brightness" in told(window)
    assert len(visited) == len(frame.trace.stages)


def test_pointing_at_a_cell_frames_it_on_the_maps(window: MainWindow, qtbot: QtBot) -> None:
    draw(window, qtbot)
    click_on(window, Spot(4, (6, 2, 3)))
    cell = next(target for target in targets(window) if target.goes == Spot(3, (0, 3, 4)))
    sheet = window.look.pixel.sheet
    QTest.mouseMove(window.windowHandle(), sheet.mapTo(window, cell.rect.center().toPoint()))
    hovered = {mark.box for mark in window.network.columns.items[3]._marks["hover"]}
    assert hovered == {(3, 4, 4, 5)}
    QTest.mouseMove(window.windowHandle(), window.answer.mapTo(window, QPoint(9, 9)))
    qtbot.waitUntil(lambda: not window.network.columns.items[3]._marks["hover"], timeout=LONG)


def test_the_keys_walk_and_escape_closes(window: MainWindow, qtbot: QtBot) -> None:
    draw(window, qtbot)
    click_on(window, Spot(4, (3, 1, 1)))
    view = window.network.columns
    spots = [window.selection.spot]
    window.selection.changed.connect(spots.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp, Qt.Key.Key_Tab):
        QTest.keyClick(view, key)
    assert spots[1:] == [
        Spot(4, (3, 1, 2)), Spot(4, (3, 2, 2)), Spot(4, (4, 2, 2)), Spot(4, (3, 2, 2)), Spot(5, (3, 2, 2))
    ]  # fmt: skip
    QTest.keyClick(view, Qt.Key.Key_Tab)
    assert window.selection.spot == Spot(6, (3, 1, 1)), "the same share of a smaller map"
    QTest.keyClick(view, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert window.selection.spot == Spot(5, (3, 3, 3))
    assert view.hasFocus() and "relu2" in told(window)
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert window.selection.spot is None and window.look.page == ""
    QTest.keyClick(view, Qt.Key.Key_Tab)
    assert not view.hasFocus(), "without a choice Tab goes from widget to widget"


def test_the_page_takes_the_same_keys(window: MainWindow, qtbot: QtBot) -> None:
    frame = draw(window, qtbot)
    click_on(window, Spot(4, (3, 1, 1)))
    page = window.look.pixel
    page.setFocus()
    for key in (Qt.Key.Key_Left, Qt.Key.Key_PageUp, Qt.Key.Key_Tab):
        QTest.keyClick(page, key)
    assert window.selection.spot == Spot(5, (2, 1, 0)) and page.hasFocus()
    QTest.keyClick(page, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    before = told(window)
    sums = explain(frame.trace, 4, (2, 1, 0)).how.sums  # type: ignore[union-attr]
    largest, second = np.argsort(-np.abs(sums), kind="stable")[:2].tolist()
    QTest.keyClick(page, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert shown_maps(window) == {second}
    assert told(window) == before
    QTest.keyClick(page, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert shown_maps(window) == {largest}
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert window.look.page == "" and window.selection.spot is None
    assert window.network.columns.hasFocus(), "back to the maps"


def test_enter_chooses_the_strongest_pixel_of_a_map(window: MainWindow, qtbot: QtBot) -> None:
    frame = draw(window, qtbot)
    view = window.network.columns
    view.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(view, key)
    spot = window.selection.spot
    assert spot is not None and (spot.position, spot.index[0]) == (1, 1)
    output = np.abs(frame.trace.outputs[1][1])
    assert output[spot.index[1:]] == output.max()
    assert window.look.page == "pixel"


def test_a_click_on_empty_space_closes(window: MainWindow, qtbot: QtBot) -> None:
    draw(window, qtbot)
    click_on(window, Spot(1, (0, 3, 3)))
    view = window.network.columns
    corner = view.mapTo(window, QPoint(view.width() - 2, view.height() - 2))
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, corner)
    assert window.look.page == "" and window.selection.spot is None


def shown_maps(window: MainWindow) -> set[int]:
    return {target.goes.index[0] for target in targets(window) if target.goes}


def test_all_maps_can_be_paged_through(window: MainWindow, qtbot: QtBot) -> None:
    frame = draw(window, qtbot)
    click_on(window, Spot(4, (1, 2, 2)))
    sums = explain(frame.trace, 4, (1, 2, 2)).how.sums  # type: ignore[union-attr]
    on, back = button(window, "▸"), button(window, "◂")
    assert shown_maps(window) == {int(np.argmax(np.abs(sums)))}
    qtbot.mouseClick(button(window, "Largest first"), Qt.MouseButton.LeftButton)
    assert not back.isEnabled()
    for number in range(1, 5):
        qtbot.mouseClick(on, Qt.MouseButton.LeftButton)
        assert shown_maps(window) == {number}
    assert not on.isEnabled() and back.isEnabled()
    bars = [target for target in targets(window) if target.turns is not None]
    assert [bar.words.split("Σ ")[1] for bar in bars] == [exact(value) for value in sums]
    click_target(window, bars[2])
    assert shown_maps(window) == {2}
    sheet = window.look.pixel.sheet
    middle = QPointF(sheet.rect().center())
    no = Qt.KeyboardModifier.NoModifier
    for turn, wanted in ((-120, 3), (120, 2), (1200, 0)):
        event = QWheelEvent(
            middle, sheet.mapToGlobal(middle), QPoint(), QPoint(0, turn), Qt.MouseButton.NoButton, no,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(sheet, event)
        assert shown_maps(window) == {wanted}
    qtbot.mouseClick(button(window, "Largest first"), Qt.MouseButton.LeftButton)
    for channel in np.argsort(-np.abs(sums)).tolist():
        assert shown_maps(window) == {channel}
        qtbot.mouseClick(on, Qt.MouseButton.LeftButton)


def test_a_dense_unit_names_its_largest_contributions_first(window: MainWindow, qtbot: QtBot) -> None:
    frame = draw(window, qtbot)
    position = next(place for place, stage in enumerate(frame.trace.stages) if stage.name == "fc1")
    click_on(window, Spot(position, (4,)))
    how = explain(frame.trace, position, (4,)).how
    order = np.argsort(-np.abs(how.products), kind="stable")  # type: ignore[union-attr]
    rows = [target.goes.index[0] for target in targets(window) if target.goes]
    assert len(rows) > 8 and rows == order[: len(rows)].tolist()
    first = int(order[0])
    channel, row, column = np.unravel_index(first, frame.trace.stages[6].shape)
    value = exact(float(frame.trace.outputs[6][channel, row, column]))
    where = f"unit {first + 1} = pool2, map {channel + 1}, pixel ({row + 1}, {column + 1}): {value}"
    assert targets(window)[0].words == f"flatten, {where}"
    for height in (420, 180, 300):
        window.middle.setSizes([window.middle.height() - height, height])
        QApplication.processEvents()
        rows = [target.goes.index[0] for target in targets(window) if target.goes]
        assert window.look.pixel._which.text() == f"the {len(rows)} largest of 63"
    qtbot.mouseClick(button(window, "▸"), Qt.MouseButton.LeftButton)
    following = [target.goes.index[0] for target in targets(window) if target.goes]
    assert following == order[len(rows) : len(rows) + len(following)].tolist()
    assert "reads all 63 numbers of flatten" in told(window)


def test_the_numbers_follow_the_pen(window: MainWindow, qtbot: QtBot) -> None:
    draw(window, qtbot)
    click_on(window, Spot(1, (2, 6, 6)))
    before = told(window)
    frame = draw(window, qtbot, OTHER)
    assert told(window) != before
    assert f"= {exact(float(frame.trace.outputs[1][2, 6, 6]))} → ReLU" in told(window)


def test_slow_arithmetic_does_not_hold_the_pen_up(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(window, qtbot)
    monkeypatch.setattr("desktop_app.ui.look.pixel.page.SLOW", 0.0)
    click_on(window, Spot(1, (2, 6, 6)))
    qtbot.waitUntil(lambda: told(window).startswith("conv1"), timeout=LONG)
    before = told(window)
    later = window.look.pixel._later
    later.setInterval(10 * LONG)  # or a slow machine would reach it before the test does
    later.stop()
    window.look.show_frame(draw(window, qtbot, OTHER))
    assert told(window) == before
    assert later.isActive()
    later.start(0)
    qtbot.waitUntil(lambda: told(window) != before, timeout=LONG)


def test_a_silenced_map_is_said_to_be(window: MainWindow, qtbot: QtBot) -> None:
    draw(window, qtbot)
    click_on(window, Spot(1, (2, 6, 6)))
    frames = Frames(window)
    window.session.set_factors(Factors(((1, 2, 0.0),)))
    frames.wait_for_rest(qtbot)
    assert "× 0 (silenced) = 0.000 → ReLU → 0.000 ✓" in told(window)
    window.session.set_factors(Factors(((1, 2, 0.5),)))
    qtbot.waitUntil(lambda: "× 0.5 (scaled by you)" in told(window), timeout=LONG)
    assert "✓ equals the network's value" in told(window)


def test_another_model_gives_the_choice_up(window: MainWindow, registry: Registry, qtbot: QtBot) -> None:
    draw(window, qtbot)
    click_on(window, Spot(4, (6, 2, 3)))
    frames = Frames(window)
    window.session.set_model(registry.named("shapes-b"))
    frames.wait_for_rest(qtbot)
    assert window.selection.spot is None and "Nothing is chosen" in window.look.pixel.accessibleDescription()


def test_cells_have_the_colours_of_the_map_in_every_theme(window: MainWindow, qtbot: QtBot) -> None:
    draw(window, qtbot)
    click_on(window, Spot(4, (6, 2, 3)))
    for scheme in ("light", "dark"):
        frames = Frames(window)
        window.theme.set_scheme(scheme)
        if scheme == "dark":
            frames.wait_for_rest(qtbot)
        frame = window.look._frame
        assert frame is not None
        cell = next(target for target in targets(window) if target.goes == Spot(3, (0, 3, 4)))
        image = window.look.pixel.sheet.grab().toImage()
        corner = (cell.rect.topLeft() + QPointF(2, 2)).toPoint() * image.devicePixelRatio()
        table = palette.signed(scheme == "dark", 1.0, frame.request.view.paper)
        exact_step = float(frame.trace.outputs[3][0, 3, 4]) / frame.mosaics[3].magnitude * palette.STEPS
        assert image.pixel(corner) == int(table[palette.ZERO + round(exact_step)])


ZOO_HEADINGS = {
    "norm": "reads one number, stem, map 4, pixel (8, 8)",
    "holes": "reads a 3×3 patch in steps of 2 of each of 8 maps",
    "add": "adds the same place of holes and act",
    "cat": "is add, map 8, pixel (8, 8)",
    "depth": "reads a 5×5 patch of add, map 4",
    "point": "reads a 1×1 patch of each of 16 maps",
    "group": "reads a 7×7 patch of each of 4 maps",
    "big": "reads a 11×11 patch of each of 16 maps",
    "shrink": "reads a 2×2 patch of sin, map 8",
    "look": "4 heads look at all 64 tokens",
    "each": "reads all 16 numbers of add (2)",
    "most": "reads a 8×8 patch of reshape, map 8",
    "multiply": "multiplies most",
    "softmax": "its share among all 4 classes",
}


def test_every_kind_of_stage_has_its_board(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(forwards=torch_forwards(Zoo()))
    frame = draw(window, qtbot)
    window.look.open("pixel")
    seen = {}
    for position, stage in enumerate(frame.trace.stages):
        spot = Spot(position, tuple(side // 2 - (side > 4) for side in stage.shape))
        window.selection.choose(spot)
        words = told(window)
        seen[stage.name] = words
        reads = explain(frame.trace, position, spot.index).reads
        for target in targets(window):
            assert target.words
            if target.goes is not None and position:
                assert reads[target.goes.position][target.goes.index], (stage.name, target.words)
        if stage.kind == "input":
            assert "brightness" in words
        elif stage.name == "sin":
            value = float(frame.trace.outputs[position][spot.index])
            assert f"the network's value is {exact(value)}" in words and "✓" not in words
        else:
            assert "✓ equals the network's value" in words, stage.name
    for name, heading in ZOO_HEADINGS.items():
        assert heading in seen[name], seen[name]
    assert "→ batch norm → " in seen["stem"] and "→ leaky ReLU → " in seen["stem"]


@pytest.mark.parametrize("projector", [False, True])
def test_nothing_is_painted_outside_of_the_sheet(open_window: OpenWindow, qtbot: QtBot, projector: bool) -> None:
    window = open_window(forwards=torch_forwards(Zoo()))
    window.set_projector(projector)
    frame = draw(window, qtbot)
    window.look.open("pixel")
    for position, stage in enumerate(frame.trace.stages):
        window.selection.choose(Spot(position, tuple(side // 2 for side in stage.shape)))
        found = targets(window)
        sheet = window.look.pixel.sheet.rect()
        for target in found:
            assert target.rect.right() <= sheet.right() + 2 and target.rect.bottom() <= sheet.bottom() + 2, stage.name


def test_not_a_number_is_named_in_words(open_window: OpenWindow, qtbot: QtBot) -> None:
    net = Zoo()
    with torch.no_grad():
        net.stem.bias[3] = float("nan")  # type: ignore[index]
        net.stem.bias[4] = float("inf")  # type: ignore[index]
    window = open_window(forwards=torch_forwards(net))
    draw(window, qtbot)
    view = window.network.columns
    view.open_all()  # so many stages stand in closed blocks at first
    qtbot.waitUntil(lambda: len(view.items) > 2 and view.items[1].mosaic is not None, timeout=LONG)
    click_on(window, Spot(1, (3, 5, 5)))
    assert "= NaN" in told(window) and "not a number" in told(window) and "✓ equals the network's value" in told(window)
    for key in (Qt.Key.Key_PageDown, Qt.Key.Key_Tab, Qt.Key.Key_Tab, Qt.Key.Key_Tab, Qt.Key.Key_Tab):
        QTest.keyClick(view, key)
        assert ("∞" in told(window) or "NaN" in told(window)) and targets(window)
    window.look.close_page()
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Escape)
    QTest.keyClick(view, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: list(view.items[1].channels) == list(range(8)), timeout=LONG)  # there is room for all again
    QTest.keyClick(view, Qt.Key.Key_Right)
    for _ in range(3):
        QTest.keyClick(view, Qt.Key.Key_Down)
    glass = window.network.findChild(Magnifier)
    assert glass is not None and glass.isVisible()
    assert "256 of 256 are not a number (NaN): pink" in glass._lines
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert "256 of 256 are infinite (∞): pink" in glass._lines


def test_two_thousand_maps_and_a_map_of_one_pixel(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(forwards=torch_forwards(Wide()))
    frame = draw(window, qtbot)
    names = [stage.name for stage in frame.trace.stages]
    click_on(window, Spot(names.index("few"), (2, 1, 1)))
    assert window.selection.spot == Spot(names.index("few"), (2, 1, 1))
    assert "Σ over 2,000 maps = " in told(window) and "✓" in told(window)
    bars = [target for target in targets(window) if target.turns is not None]
    assert 20 < len(bars) <= 2000
    click_target(window, bars[-1])
    assert shown_maps(window) != {0}
    click_on(window, Spot(names.index("one"), (4, 0, 0)))
    assert "map 5 of 6 · pixel (1, 1) · reads a 3×3 patch of few, map 5" in told(window) and "✓" in told(window)
    click_on(window, Spot(1, (1234, 1, 2)))
    assert "filter 1,235 of 2,000" in told(window) and "✓" in told(window)


def test_a_wrong_number_gets_a_cross_and_both_numbers(window: MainWindow, qtbot: QtBot) -> None:
    frame = draw(window, qtbot)
    right = tell(frame, Spot(4, (6, 2, 3)))
    wrong = replace(right.explanation, value=right.explanation.computed + 1, equal=False)
    words = " ".join(piece.words for piece in board_for(Told(frame, right.spot, wrong, ()), False).line())
    assert "✓" not in words
    assert f"✗ conv2: here {exact(wrong.computed)}, in the network {exact(wrong.value)}" in words


def test_numbers_stand_in_the_cells_where_they_can_be_read(window: MainWindow, qtbot: QtBot) -> None:
    """Two drawings that differ in one number's digits differ in that cell's pixels."""
    frame = draw(window, qtbot)
    click_on(window, Spot(4, (6, 2, 3)))
    sheet = window.look.pixel.sheet
    cell = targets(window)[0].rect.toRect()
    image = sheet.grab(cell).toImage()
    colours = {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
    assert len(colours) > 5, f"{tiny(float(frame.trace.outputs[3][0, 2, 3]))} is written there"
