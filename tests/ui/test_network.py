"""The network panel: what is painted is what the network computed, and every map can be looked at closely."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import torch
from conftest import LONG, Frames, Gate, OpenWindow
from hypothesis import given
from hypothesis import settings as example_settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QHelpEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QScrollArea, QSlider, QToolTip, QWidget
from pytestqt.qtbot import QtBot
from torch import Tensor, nn

from desktop_app.core.drawing.strokes import Drawing, Stroke
from desktop_app.core.forward.request import Frame, MapView, Request
from desktop_app.core.forward.spot import Spot, place_of
from desktop_app.core.forward.trace import Stage, trace_of
from desktop_app.core.maps import palette
from desktop_app.core.maps.mosaic import MosaicMaker, input_picture
from desktop_app.core.model.registry import Registry
from desktop_app.core.settings import Settings
from desktop_app.learn.network.tracing import TorchForward
from desktop_app.ui.network import placing
from desktop_app.ui.network.arrange import Column, arrange
from desktop_app.ui.network.heading import of_stage
from desktop_app.ui.network.magnifier import Magnifier
from desktop_app.ui.network.marks import Mark
from desktop_app.ui.network.reading import marks_of
from desktop_app.ui.network.view import NetworkView
from desktop_app.ui.theme import Theme
from desktop_app.ui.window.main_window import MainWindow

LINE = Drawing((Stroke(np.array([[0.2, 0.3], [0.6, 0.9], [0.9, 0.2]], np.float32)),))


def draw(window: MainWindow, qtbot: QtBot, drawing: Drawing = LINE) -> Frame:
    """The frame that answers the drawing, once it is painted and nothing else is under way."""
    frames = Frames(window)
    window.input.set_drawing(drawing)
    frames.wait_for_rest(qtbot, drawing)
    return frames.last


def view_of(window: MainWindow) -> NetworkView:
    return window.network.columns


def colour_at(image: QImage, where: QPointF) -> int:
    return image.pixel(QPoint(int(where.x()), int(where.y()))) & 0xFFFFFF


def check_painted(view: NetworkView, frame: Frame, dark: bool, contrast: float) -> None:
    """Looks at the middle of each pixel of every map on screen, and asks for the colour of its number."""
    image = view.grab().toImage()
    table = palette.signed(dark, contrast, frame.request.view.paper)
    scale = image.width() / view.width()
    seen = 0
    for position, stage in enumerate(frame.trace.stages[1:], start=1):
        output = frame.trace.outputs[position].reshape(stage.maps)
        magnitude = frame.mosaics[position].magnitude
        for index in range(stage.maps[0]):
            top_left, bottom_right = view.map_rect(position, index)
            wide, tall = (bottom_right - top_left).x() / stage.maps[2], (bottom_right - top_left).y() / stage.maps[1]
            for y, x in {(0, 0), (stage.maps[1] // 2, stage.maps[2] // 2)}:
                if min(wide * stage.maps[2], tall * stage.maps[1]) < 5 or min(wide, tall) < 2.5:
                    continue  # too small to be told from the gaps between maps
                middle = top_left + QPointF((x + 0.5) * wide, (y + 0.5) * tall)
                if min(x, y) == 0 and min(wide, tall) < 5:
                    continue
                exact = palette.ZERO + palette.STEPS * float(output[index, y, x]) / magnitude
                wanted = {int(table[int(np.floor(exact + nudge))]) & 0xFFFFFF for nudge in (0.499, 0.5, 0.501)}
                assert colour_at(image, middle * scale) in wanted, (stage.name, index, y, x)
                seen += 1
    assert seen > 40


def test_what_is_painted_is_what_was_computed(window: MainWindow, qtbot: QtBot) -> None:
    frame = draw(window, qtbot)
    assert frame.request.view.columns == view_of(window).columns
    check_painted(view_of(window), frame, dark=False, contrast=1.0)


def test_a_change_of_theme_repaints_the_maps_in_the_other_palette(window: MainWindow, qtbot: QtBot) -> None:
    draw(window, qtbot)
    frames = Frames(window)
    window.theme.set_scheme("dark")
    frames.wait_for_rest(qtbot)
    assert frames.last.request.view.dark
    assert frames.last.request.view.paper == window.theme.colours.window.name()
    check_painted(view_of(window), frames.last, dark=True, contrast=1.0)
    view = view_of(window)
    paper = view.grab().toImage().pixelColor(view.width() - 2, view.height() - 2)
    assert paper == window.theme.colours.window


@pytest.mark.parametrize(("row", "scale"), [(0, "channel"), (2, "network")])
def test_the_scale_can_be_chosen(window: MainWindow, qtbot: QtBot, row: int, scale: str) -> None:
    draw(window, qtbot)
    frames = Frames(window)
    chooser = next(
        box for box in window.network.findChildren(QComboBox) if box.count() == 3 and "map" in box.itemText(0)
    )
    chooser.setFocus()
    while chooser.currentIndex() != row:
        QTest.keyClick(chooser, Qt.Key.Key_Down if chooser.currentIndex() < row else Qt.Key.Key_Up)
    frames.wait_for_rest(qtbot)
    assert frames.last.request.view.scale == scale
    if scale == "network":
        check_painted(view_of(window), frames.last, dark=False, contrast=1.0)
    assert window.settings().scale == scale


def test_contrast_lifts_faint_values(window: MainWindow, qtbot: QtBot) -> None:
    draw(window, qtbot)
    frames = Frames(window)
    slider = window.network.findChild(QSlider)
    QTest.keyClick(slider, Qt.Key.Key_End)
    frames.wait_for_rest(qtbot)
    assert frames.last.request.view.contrast == pytest.approx(3.0)
    check_painted(view_of(window), frames.last, dark=False, contrast=frames.last.request.view.contrast)
    assert window.settings().contrast == pytest.approx(3.0)


def magnifier(window: MainWindow) -> Magnifier:
    found = window.network.findChild(Magnifier)
    assert found is not None
    return found


def hover(view: NetworkView, position: int, index: int) -> None:
    top_left, bottom_right = view.map_rect(position, index)
    window = view.window().windowHandle()
    place = view.mapTo(view.window(), ((top_left + bottom_right) / 2).toPoint())
    QTest.mouseMove(window, place + QPoint(1, 0))
    QTest.mouseMove(window, place)


def numbers_in(line: str) -> list[float]:
    return [float(word.replace("−", "-")) for word in line.split() if word.lstrip("−").replace(".", "").isdigit()]


def test_hovering_a_map_shows_it_with_its_numbers(window: MainWindow, qtbot: QtBot) -> None:
    frame = draw(window, qtbot)
    glass = magnifier(window)
    assert not glass.isVisible()
    for position, index in ((1, 3), (2, 0), (4, 6), (7, 5)):
        stage = frame.trace.stages[position]
        hover(view_of(window), position, index)
        assert glass.isVisible()
        assert glass._lines[0] == f"{stage.name}, {'map' if stage.is_maps else 'unit'} {index + 1} of {stage.maps[0]}"
        values = frame.trace.outputs[position][index]
        if stage.is_maps:
            shown = numbers_in(glass._lines[2])
            wanted = [values.min(), values.mean(), values.max()]
            np.testing.assert_allclose(shown, wanted, rtol=0.06, atol=0.0006)
        else:
            assert numbers_in(glass._lines[1]) == [pytest.approx(float(values), abs=6e-5)]
        assert window.network.rect().contains(glass.geometry()), "nothing of it is cut off"
    hover(view_of(window), 0, 0)
    assert glass._lines[:2] == ["input", "1×16×16"]
    QTest.mouseMove(window.windowHandle(), window.answer.mapTo(window, QPoint(9, 9)))
    qtbot.waitUntil(lambda: not glass.isVisible(), timeout=LONG)


def test_the_tooltip_of_a_stage_is_its_headings(window: MainWindow, qtbot: QtBot) -> None:
    """Over a map it would cover what the magnifier says."""
    draw(window, qtbot)
    view = view_of(window)
    corner, opposite = view.map_rect(1, 0)
    for where, words in (((corner + opposite) / 2, ""), (QPointF(corner.x() + 4, 8), "conv1 · conv · output")):
        point = where.toPoint()
        QApplication.sendEvent(view.viewport(), QHelpEvent(QEvent.Type.ToolTip, point, view.mapToGlobal(point)))
        assert QToolTip.text().startswith(words) and bool(words) == bool(QToolTip.text())
    QToolTip.hideText()


def test_the_enlarged_map_moves_with_the_pen(window: MainWindow, qtbot: QtBot) -> None:
    draw(window, qtbot)
    hover(view_of(window), 1, 2)
    before = list(magnifier(window)._lines)
    frame = draw(window, qtbot, Drawing((Stroke(np.array([[0.1, 0.1], [0.9, 0.1]], np.float32)),)))
    lines = magnifier(window)._lines
    assert lines[0] == before[0] and lines[2] != before[2]
    assert numbers_in(lines[2])[2] == pytest.approx(float(frame.trace.outputs[1][2].max()), rel=0.06)


def test_the_keyboard_goes_through_stages_and_maps(window: MainWindow, qtbot: QtBot) -> None:
    frame = draw(window, qtbot)
    view, pointed = view_of(window), []
    view.map_pointed.connect(pointed.append)
    view.setFocus()
    keys = {"r": Qt.Key.Key_Right, "l": Qt.Key.Key_Left, "d": Qt.Key.Key_Down, "u": Qt.Key.Key_Up}
    for key in "rrdduuulr":
        QTest.keyClick(view, keys[key])
    assert pointed == [(0, 0), (1, 0), (1, 1), (1, 2), (1, 1), (1, 0), (0, 0), (1, 0)]
    assert magnifier(window).isVisible()
    for _ in range(30):
        QTest.keyClick(view, Qt.Key.Key_Right)
    assert pointed[-1] == (len(frame.trace.stages) - 1, 0)
    for _ in range(30):
        QTest.keyClick(view, Qt.Key.Key_Down)
    assert pointed[-1] == (len(frame.trace.stages) - 1, 3)
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert pointed[-1] is None and not magnifier(window).isVisible()


def test_a_slow_net_tints_its_panels_until_the_answer_is_there(window: MainWindow, gate: Gate, qtbot: QtBot) -> None:
    draw(window, qtbot)
    view = view_of(window)
    fresh = view.grab().toImage()
    top_left, bottom_right = view.map_rect(1, 0)
    middle = (top_left + bottom_right) / 2
    gate.shut()
    with qtbot.waitSignal(window.session.stale_changed, timeout=LONG):
        window.input.set_drawing(Drawing(LINE.strokes * 2))
    assert colour_at(view.grab().toImage(), middle) != colour_at(fresh, middle)
    assert "orking" in window.network._hint.text()
    with qtbot.waitSignal(window.frame_painted, timeout=LONG):
        gate.open()
    qtbot.waitUntil(lambda: colour_at(view.grab().toImage(), middle) == colour_at(fresh, middle), timeout=LONG)


def test_models_can_be_chosen_above_the_maps(window: MainWindow, registry: Registry, qtbot: QtBot) -> None:
    chooser = next(box for box in window.network.findChildren(QComboBox) if "Various shapes" in box.itemText(1))
    entries = [chooser.itemText(row) for row in range(chooser.count())]
    titles = [entry.split(" · ")[0] for entry in entries if entry]  # between groups is a line
    assert titles == [card.title for card in registry.cards]
    assert "1×16×16" in chooser.itemText(0)
    frames = Frames(window)
    chooser.setFocus()
    QTest.keyClick(chooser, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: bool(frames.seen) and frames.last.request.card.name == "shapes-b", timeout=LONG)
    window.session.set_model(registry.named("shapes-a"))
    assert chooser.currentIndex() == 0


class Skipping(nn.Module):
    """A net with a skip connection, a concatenation and a repeated module: no hand has laid it out."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 6, 3, padding=1)
        self.again = nn.Conv2d(6, 6, 3, padding=1)
        self.fc = nn.Linear(12, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.conv(x))
        x = self.again(self.again(x)) + x
        return self.fc(torch.cat([x, -x], 1).mean((2, 3)))


def test_any_traced_net_gets_its_columns(registry: Registry, qtbot: QtBot) -> None:
    torch.manual_seed(0)
    forward = TorchForward(Skipping().eval().requires_grad_(False), (3, 16, 16))
    holder = QWidget()  # pyqtgraph's own close() is not meant for a view that Qt still shows
    qtbot.addWidget(holder)
    holder.resize(1100, 500)
    view = NetworkView(Theme("light"), holder)
    view.resize(1100, 500)
    holder.show()
    view.set_stages(forward.stages)
    net_input = np.random.default_rng(0).random((3, 16, 16), np.float32)
    trace = trace_of(forward.stages, forward.operations, net_input, forward(net_input), 1.0)
    paper = Theme("light").colours.window.name()
    mosaics = MosaicMaker(trace.stages[1:], view.columns, "layer")(trace.outputs[1:], palette.signed(False, 1.0, paper))
    request = Request(1, 0.0, registry.cards[0], LINE, MapView(view.columns, paper=paper))
    picture = input_picture(net_input, (0, 0, 0), (1, 1, 1))
    frame = Frame(request, trace, (picture, *mosaics), (), None, "CPU", 0)
    view.show_frame(frame)
    assert view.stages == forward.stages
    assert len(view.stages) == 11
    check_painted(view, frame, dark=False, contrast=1.0)


@st.composite
def columns_of_stages(draw: st.DrawFn) -> list[Stage]:
    stages = [Stage("input", "input", (3, 32, 32))]
    for number in range(draw(st.integers(1, 14))):
        shape = draw(
            st.one_of(
                st.tuples(st.integers(1, 64), st.integers(1, 40), st.integers(1, 40)), st.tuples(st.integers(1, 300))
            )
        )
        stages.append(Stage(f"s{number}", "conv" if len(shape) == 3 else "dense", shape))
    return stages


@given(columns_of_stages(), st.integers(200, 3000), st.integers(60, 1500))
@example_settings(deadline=None)
def test_columns_stand_side_by_side_and_hold_every_map(stages: list[Stage], width: int, height: int) -> None:
    placed = arrange(stages, [40.0] * len(stages), width, height, 6)
    right = -6.0
    for stage, column in zip(stages, placed, strict=True):
        count = 1 if stage.kind == "input" else stage.maps[0]
        assert column.left >= right + 6 - 1e-6, "columns do not overlap"
        right = column.left + column.width
        assert column.columns * column.rows >= count > column.columns * (column.rows - 1)
        assert column.width >= 40 - 1e-6
        assert column.mosaic[1] <= height + 1e-6, "nothing below the lower edge"
        assert column.mosaic[0] <= column.width + 1e-6
        if stage.is_maps:
            assert column.map_size[1] / column.map_size[0] == pytest.approx(stage.maps[1] / stage.maps[2])


@pytest.mark.parametrize("size", [(1366, 768), (1024, 700), (1920, 1080), (2560, 1440)])
def test_the_shipped_models_fit_without_scrolling(open_window: OpenWindow, size: tuple[int, int], qtbot: QtBot) -> None:
    """At 1366×768 and above nothing scrolls; on larger windows the maps grow."""
    from desktop_app.core.model.registry import find_models
    from desktop_app.core.paths import models_folder

    registry = find_models(models_folder())
    window = open_window(registry=registry, size=size)
    for card in registry.cards:
        window.session.set_model(card)
        qtbot.waitUntil(
            lambda card=card: window.network.columns.stages[0].shape == card.preprocessing.shape, timeout=LONG
        )
        QTest.qWait(1)
        area = window.network.findChild(QScrollArea)
        assert area is not None
        if size[0] >= 1366 and not window.network.columns.deck.deep:  # a deep one may be wider
            assert not area.horizontalScrollBar().isVisible(), card.name
        last = len(window.network.columns.stages) - 1
        _, corner = window.network.columns.map_rect(last, window.network.columns.stages[last].maps[0] - 1)
        assert corner.y() <= window.network.columns.height()


def test_maps_grow_with_the_window(open_window: OpenWindow, qtbot: QtBot) -> None:
    def widest(window: QWidget) -> float:
        assert isinstance(window, MainWindow)
        top_left, bottom_right = window.network.columns.map_rect(1, 0)
        return (bottom_right - top_left).x()

    window = open_window(settings=Settings(scheme="light"), size=(1366, 768))
    small = widest(window)
    with qtbot.waitSignal(window.frame_painted, timeout=LONG):
        window.resize(2200, 1300)
    assert widest(window) > 1.3 * small


def marks_in(window: MainWindow, layer: str) -> set[Mark]:
    return {mark for item in view_of(window).items for mark in item._marks.get(layer, ())}


def hover_pixel(window: MainWindow, spot: Spot) -> None:
    """With the mouse, on the middle of the number's place."""
    view = view_of(window)
    number, row, column = place_of(view.stages[spot.position], spot)
    _, tall, wide = view.stages[spot.position].maps
    top_left, bottom_right = view.map_rect(spot.position, number)
    size = bottom_right - top_left
    at = top_left + QPointF(size.x() * (column + 0.5) / wide, size.y() * (row + 0.5) / tall) - QPointF(0.5, 0.5)
    place = view.mapTo(window, at.toPoint())
    QTest.mouseMove(window.windowHandle(), place + QPoint(0, 1))
    QTest.mouseMove(window.windowHandle(), place)


def test_hovering_a_number_frames_what_it_reads(window: MainWindow, qtbot: QtBot) -> None:
    draw(window, qtbot)
    hover_pixel(window, Spot(4, (6, 2, 3)))
    assert marks_in(window, "hover") == {
        Mark(4, 6, (2, 3, 3, 4), "text"),
        Mark(3, None, (2, 3, 5, 6), "text"),
        Mark(0, None, (3, 5, 11, 13), "text"),  # 3×3 of pool1 are 6×6 of conv1, and these 8×8 of the input
    }
    hover_pixel(window, Spot(1, (2, 0, 5)))
    assert marks_in(window, "hover") == {Mark(1, 2, (0, 5, 1, 6), "text"), Mark(0, None, (0, 4, 2, 7), "text")}
    QTest.mouseMove(window.windowHandle(), window.answer.mapTo(window, QPoint(9, 9)))
    qtbot.waitUntil(lambda: not marks_in(window, "hover"), timeout=LONG)


def test_the_winner_of_a_pool_is_framed_and_follows_the_pen(window: MainWindow, qtbot: QtBot) -> None:
    for drawing in (LINE, Drawing((Stroke(np.array([[0.1, 0.2], [0.9, 0.3]], np.float32)),))):
        frame = draw(window, qtbot, drawing)
        window.selection.choose(Spot(3, (1, 4, 4)))
        patch = frame.trace.outputs[2][1, 8:10, 8:10]
        row, column = np.unravel_index(int(patch.argmax()), (2, 2))
        winner = Mark(2, 1, (8 + int(row), 8 + int(column), 9 + int(row), 9 + int(column)), "ghost")
        marks = marks_in(window, "selection")
        assert winner in marks and Mark(2, 1, (8, 8, 10, 10), "accent") in marks


def test_the_chosen_number_stays_marked_while_another_is_hovered(window: MainWindow, qtbot: QtBot) -> None:
    frame = draw(window, qtbot)
    flatten = next(place for place, stage in enumerate(frame.trace.stages) if stage.kind == "flatten")
    window.selection.choose(Spot(flatten + 1, (4,)))
    chosen = marks_in(window, "selection")
    assert Mark(flatten, 0, (0, 0, 1, 1), "accent", until=63) in chosen, "one frame around all that it reads"
    hover_pixel(window, Spot(1, (2, 3, 5)))
    assert marks_in(window, "selection") == chosen and marks_in(window, "hover")
    window.selection.choose(None)
    assert not marks_in(window, "selection")


def test_marks_can_be_seen_on_the_maps(window: MainWindow, qtbot: QtBot) -> None:
    draw(window, qtbot)
    view = view_of(window)
    before = view.grab().toImage()
    window.selection.choose(Spot(4, (6, 2, 3)))
    after = view.grab().toImage()
    for position, index in ((4, 6), (3, 0), (3, 4), (0, 0)):
        top_left, bottom_right = (corner.toPoint() for corner in view.map_rect(position, index))
        pixels = [(x, y) for x in range(top_left.x(), bottom_right.x()) for y in range(top_left.y(), bottom_right.y())]
        assert any(before.pixel(x, y) != after.pixel(x, y) for x, y in pixels), (position, index)
    top_left, bottom_right = (corner.toPoint() for corner in view.map_rect(4, 0))
    middle = (top_left + bottom_right) / 2
    assert before.pixel(middle) == after.pixel(middle), "other maps of the stage are left alone"


class Dilated(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.conv, self.fc = nn.Conv2d(1, 2, 3, dilation=3), nn.Linear(200, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.conv(x).flatten(1))


def test_a_dilated_patch_is_framed_pixel_by_pixel_where_these_can_be_seen() -> None:
    forward = TorchForward(Dilated().eval().requires_grad_(False), (1, 16, 16))
    net_input = np.random.default_rng(0).random((1, 16, 16), np.float32)
    trace = trace_of(forward.stages, forward.operations, net_input, forward(net_input), 1.0)
    fine = marks_of(trace, Spot(1, (1, 2, 2)), "text", lambda _position: True)
    boxes = {mark.box for mark in fine if mark.position == 0}
    assert boxes == {(row, column, row + 1, column + 1) for row in (2, 5, 8) for column in (2, 5, 8)}
    coarse = marks_of(trace, Spot(1, (1, 2, 2)), "text", lambda _position: False)
    assert {mark.box for mark in coarse if mark.position == 0} == {(2, 2, 9, 9)}


def test_the_magnifier_hides_neither_the_sources_nor_the_input(window: MainWindow, qtbot: QtBot) -> None:
    draw(window, qtbot)
    view, glass = view_of(window), magnifier(window)
    for position in (1, 2, 3, 4, 5, 6):
        hover_pixel(window, Spot(position, (3, 2, 2)))
        assert glass.isVisible()
        corner = QPointF(view.mapTo(window.network, QPoint()))
        for source in {0, *view.stages[position].sources}:
            rect = view.mosaic_rect(source).translated(corner)
            assert not rect.intersects(QRectF(glass.geometry())), (position, source)
        assert glass._lines[-1].startswith("pixel (3, 3): ")


def test_low_panels_leave_out_what_headings_can_do_without(window: MainWindow, qtbot: QtBot) -> None:
    stage = view_of(window).stages[1]
    assert of_stage(stage).lines(compact=True) == ["conv1", "5 maps", "16×16"]
    assert of_stage(stage).lines(compact=False) == ["conv1", "conv", "5 maps", "16×16", "50", "weights"]
    numbered = Stage("conv 1", "conv", (5, 16, 16), 50, module="features.0")
    assert of_stage(numbered).lines(compact=False) == ["conv 1", "", "5 maps", "16×16", "50", "weights"]
    assert of_stage(numbered).tip.startswith("conv 1 · features.0 · conv")
    tall = view_of(window).map_rect(1, 0)[0].y()
    with qtbot.waitSignal(window.frame_painted, timeout=LONG):
        window.look.open("pixel")
    assert view_of(window).map_rect(1, 0)[0].y() < tall


def test_a_change_of_size_arranges_the_columns_once(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    """Also where fewer maps stand side by side then, which the worker has to be told."""
    rooms: list[tuple[float, float]] = []

    def counted(
        stages: Sequence[Stage], widths: Sequence[float], width: float, height: float, gap: float
    ) -> list[Column]:
        rooms.append((width, height))
        return arrange(stages, widths, width, height, gap)

    monkeypatch.setattr(placing, "arrange", counted)
    before = window.network.columns.columns
    window.look.open("softmax")
    qtbot.waitUntil(lambda: window.network.columns.columns != before, timeout=LONG)
    assert rooms and len(rooms) == len(set(rooms))
