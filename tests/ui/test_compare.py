"""The Compare page as a person uses it: pin, draw on, point, enlarge; and one input through two models."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from conftest import LONG, Frames, Gate, OpenWindow
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from test_window import assert_whole, draw, entry
from tiny_models import LAYERS, card_data, write_model

from desktop_app.core.compare import Delta
from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.forward.request import Frame
from desktop_app.core.forward.spot import Spot
from desktop_app.core.maps import palette
from desktop_app.core.maps.tiles import magnitude, tiles
from desktop_app.core.model.registry import Registry, find_models
from desktop_app.core.settings import Settings
from desktop_app.ui.colours import LIGHT
from desktop_app.ui.look.compare.delta_bars import DeltaBars
from desktop_app.ui.look.compare.page import ComparePage
from desktop_app.ui.look.compare.pane import fitting
from desktop_app.ui.look.compare.panes import Panes
from desktop_app.ui.theme import Theme
from desktop_app.ui.window.main_window import MainWindow

LINE = [(0.2, 0.2), (0.8, 0.8)]
HOOK = [(0.8, 0.1), (0.2, 0.8), (0.9, 0.9)]


class Compared:
    """A window with the page open, a line pinned as A and a hook drawn over it as B."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window, self.qtbot, self.frames = window, qtbot, Frames(window)
        draw(window, LINE)
        self.frames.wait_for_rest(qtbot, window.session.drawing)
        self.a = self.frames.last
        QTest.keyClick(window, Qt.Key.Key_P)
        draw(window, HOOK)
        self.frames.wait_for_rest(qtbot, window.session.drawing)

    @property
    def b(self) -> Frame:
        return self.frames.last

    @property
    def page(self) -> ComparePage:
        return self.window.look.compare

    @property
    def panes(self) -> Panes:
        return child(self.page, Panes)

    def box(self, name: str) -> QComboBox:
        return next(box for box in self.page.findChildren(QComboBox) if box.accessibleName() == name)

    def button(self, text: str) -> QPushButton:
        return next(button for button in self.page.findChildren(QPushButton) if button.text() == text)

    def choose(self, name: str, text: str) -> None:
        """An entry of a combo box, by keyboard."""
        box = self.box(name)
        row = next(row for row in range(box.count()) if text in box.itemText(row))
        box.setFocus()
        QTest.keyClick(box, Qt.Key.Key_Home)
        for _ in range(row):  # fewer where the present model is passed over
            if box.currentIndex() < row:
                QTest.keyClick(box, Qt.Key.Key_Down)
        assert box.currentIndex() == row

    def second(self, title: str) -> Frame:
        """Chooses the second model, and waits for its answer."""
        self.choose("Second model", title)
        card = next(card for card in self.window.session.registry.cards if card.title == title)

        def answered() -> bool:
            beside = self.frames.last.beside
            return beside is not None and beside.request.card is card

        self.qtbot.waitUntil(answered, timeout=LONG)
        return self.frames.last

    def pictures(self) -> list[np.ndarray | None]:
        return [laid.picture.pixels if laid else None for laid in self.panes.laid]

    def assert_shown(self, a: Frame, b: Frame, at_a: int, at_b: int) -> None:
        """The stages' maps and their difference, made another way."""
        one = a.trace.outputs[at_a].reshape(a.trace.stages[at_a].maps)
        two = b.trace.outputs[at_b].reshape(b.trace.stages[at_b].maps)
        shared, table = max(np.abs(one).max(), np.abs(two).max()), palette.signed(False, 1.0, LIGHT.panel.name())
        sides = ((one, shared), (two, shared), (two - one, np.abs(two - one).max()))
        for laid, (values, strongest) in zip(self.panes.laid, sides, strict=True):
            assert laid is not None
            made = tiles(values, laid.columns, float(strongest), table)
            np.testing.assert_array_equal(laid.picture.pixels, made)

    def readouts(self) -> list[str]:
        return [self.panes.readout(number) for number in range(3)]

    def cell(self, pane: int, index: int) -> QPoint:
        laid = self.panes.laid[pane]
        assert laid is not None
        where = laid.cell(index)
        assert where is not None
        return where.center().toPoint()


def child(parent: ComparePage, kind: type) -> object:
    found = parent.findChild(kind)
    assert found is not None
    return found


@pytest.fixture
def compared(window: MainWindow, qtbot: QtBot) -> Compared:
    return Compared(window, qtbot)


def test_a_stays_while_b_is_drawn_on(compared: Compared) -> None:
    assert compared.window.look.page == "compare"
    assert compared.page.pinned is compared.a
    compared.assert_shown(compared.a, compared.b, 1, 1)
    draw(compared.window, [(0.1, 0.5), (0.9, 0.5)])
    compared.frames.wait_for_rest(compared.qtbot, compared.window.session.drawing)
    compared.assert_shown(compared.a, compared.b, 1, 1)
    bars = child(compared.page, DeltaBars)
    for delta, label in zip(bars.rows, compared.a.request.card.classes, strict=True):
        place = compared.a.request.card.classes.index(label)
        assert delta.label == label
        assert delta.a == pytest.approx(float(compared.a.trace.answer.probabilities[place]))
        assert delta.b == pytest.approx(float(compared.b.trace.answer.probabilities[place]))


@pytest.mark.parametrize("stage", ["input", "pool1", "flatten", "fc2", "softmax"])
def test_any_stage_can_be_chosen(compared: Compared, stage: str) -> None:
    compared.choose("Stage", stage)
    names = [one.name for one in compared.a.trace.stages]
    compared.assert_shown(compared.a, compared.b, names.index(stage), names.index(stage))


@pytest.mark.parametrize("pane", [0, 1, 2])
def test_pointing_at_a_map_marks_it_in_all_three(compared: Compared, pane: int) -> None:
    panes = compared.panes
    before = panes.grab().toImage()
    QTest.mouseMove(panes, compared.cell(pane, 3))
    QApplication.processEvents()
    laid = panes.laid[pane]
    assert laid is not None
    place = laid.place_at(QPointF(compared.cell(pane, 3)))
    assert place is not None and place[0] == 3
    _, row, column = place
    a, b = (float(frame.trace.outputs[1][3, row, column]) for frame in (compared.a, compared.b))
    for words, value in zip(compared.readouts(), (a, b, b - a), strict=True):
        assert words.startswith(f"map 4 ({row + 1}, {column + 1}) = ")
        assert float(words.partition("= ")[2].replace("−", "-")) == pytest.approx(value, abs=1e-4)
    after = panes.grab().toImage()
    for other in range(3):
        where = panes.laid[other].cell(3).topLeft().toPoint() + QPoint(1, 1)  # type: ignore[union-attr]
        assert after.pixel(where) != before.pixel(where), "a frame around the map"
    assert "map 4" in panes.accessibleDescription()
    QTest.mouseMove(panes, QPoint(2, panes.height() - 2))
    assert compared.readouts() == ["", "", ""]


def test_a_click_chooses_the_number_for_all_pages(compared: Compared) -> None:
    QTest.mouseClick(compared.panes, Qt.MouseButton.LeftButton, pos=compared.cell(2, 4))
    spot = compared.window.selection.spot
    assert spot is not None and spot.position == 1 and spot.index[0] == 4
    assert all(words.startswith("map 5 (") for words in compared.readouts())
    compared.window.selection.choose(Spot(4, (6, 1, 2)))
    assert compared.box("Stage").currentText().startswith("conv2")
    assert all(words.startswith("map 7 (2, 3)") for words in compared.readouts())
    compared.window.selection.choose(None)
    assert compared.readouts() == ["", "", ""]


def test_one_map_can_be_enlarged_by_mouse_button_and_keyboard(compared: Compared) -> None:
    panes = compared.panes
    QTest.mouseClick(panes, Qt.MouseButton.LeftButton, pos=compared.cell(1, 2))
    QTest.mouseDClick(panes, Qt.MouseButton.LeftButton, pos=compared.cell(1, 2))
    assert panes.only == 2 and compared.button("One map").isChecked()
    one = compared.a.trace.outputs[1][2]
    both = magnitude(one, compared.b.trace.outputs[1])
    strongest = max(both, magnitude(compared.a.trace.outputs[1]))
    table = palette.signed(False, 1.0, LIGHT.panel.name())
    np.testing.assert_array_equal(compared.pictures()[0], tiles(one[None], 1, strongest, table))
    QTest.keyClick(panes, Qt.Key.Key_Right)
    assert panes.only == 3 and compared.window.selection.spot.index[0] == 3  # type: ignore[union-attr]
    QTest.keyClick(panes, Qt.Key.Key_Escape)
    assert panes.only is None and compared.window.look.page == "compare", "Esc first shows all maps again"
    QTest.keyClick(panes, Qt.Key.Key_Return)
    assert panes.only == 3
    QTest.mouseClick(compared.button("One map"), Qt.MouseButton.LeftButton)
    assert panes.only is None
    QTest.keyClick(panes, Qt.Key.Key_Escape)
    assert compared.window.look.page == ""


def test_arrows_move_from_map_to_map_and_stop_at_the_ends(compared: Compared) -> None:
    panes, spots = compared.panes, compared.window.selection
    panes.setFocus()
    columns = panes.laid[0].columns  # type: ignore[union-attr]
    QTest.keyClick(panes, Qt.Key.Key_Right)
    assert spots.spot is not None and spots.spot.index == (0, 0, 0)
    QTest.keyClick(panes, Qt.Key.Key_Left)
    assert spots.spot.index[0] == 0
    QTest.keyClick(panes, Qt.Key.Key_Down)
    assert spots.spot.index[0] == min(columns, 4)
    for _ in range(9):
        QTest.keyClick(panes, Qt.Key.Key_Right)
    assert spots.spot.index[0] == 4


def test_the_pin_outlives_pages_and_the_panel(compared: Compared) -> None:
    compared.window.look.open("pixel")
    draw(compared.window, [(0.1, 0.5), (0.9, 0.5)])
    compared.frames.wait_for_rest(compared.qtbot, compared.window.session.drawing)
    compared.window.look.close_page()
    entry(compared.window, "Compare").trigger()
    assert compared.page.pinned is compared.a
    compared.assert_shown(compared.a, compared.b, 1, 1)
    QTest.mouseClick(compared.button("Unpin A"), Qt.MouseButton.LeftButton)
    assert compared.page.pinned is None
    assert [picture is None for picture in compared.pictures()] == [True, False, True]
    QTest.mouseClick(compared.button("Pin as A"), Qt.MouseButton.LeftButton)
    assert compared.page.pinned is compared.b


def test_pinning_anew_makes_the_present_input_a(compared: Compared) -> None:
    QTest.keyClick(compared.window, Qt.Key.Key_P)
    assert compared.page.pinned is compared.b
    assert all(delta.change == 0 for delta in child(compared.page, DeltaBars).rows)


def test_nothing_drawn_has_no_probabilities_to_compare(window: MainWindow, qtbot: QtBot) -> None:
    frames = Frames(window)
    entry(window, "Pin as A").trigger()
    draw(window, LINE)
    frames.wait_for_rest(qtbot, window.session.drawing)
    assert not window.look.compare.pinned.request.source  # type: ignore[union-attr]
    assert child(window.look.compare, DeltaBars).rows == []
    assert "Nothing is drawn" in child(window.look.compare, DeltaBars).accessibleDescription()


# models


def test_another_model_is_compared_where_the_shapes_agree(
    open_window: OpenWindow, tmp_path: object, registry: Registry, qtbot: QtBot
) -> None:
    layers = [dict(LAYERS[0], out=6), *LAYERS[1:]]
    folder = registry.cards[0].weights_file.parent.parent
    write_model(folder / "shapes-c", {**card_data(layers=layers), "title": "Wider"}, seed=5)
    window = open_window(registry=find_models(folder), settings=Settings(scheme="light", drawing_model="shapes-a"))
    compared = Compared(window, qtbot)
    other = window.session.registry.named("shapes-c")
    window.session.set_model(other)
    qtbot.waitUntil(lambda: compared.frames.last.request.card is other, timeout=LONG)
    compared.frames.wait_for_rest(qtbot)
    assert compared.page.pinned is compared.a
    assert compared.box("Stage").currentText() == "B · conv1 · 6×16×16"
    assert compared.box("Stage of the other model").currentText() == "A · conv1 · 5×16×16"
    assert [picture is None for picture in compared.pictures()] == [False, False, True]
    compared.choose("Stage", "conv2")
    assert compared.box("Stage of the other model").currentText().startswith("A · conv2")
    compared.assert_shown(compared.a, compared.b, 4, 4)
    compared.choose("Stage of the other model", "relu1")
    assert compared.pictures()[2] is None
    assert compared.panes.laid[0].count == 5  # type: ignore[union-attr]
    assert_whole(window)


def test_one_input_through_two_models(compared: Compared) -> None:
    session = compared.window.session
    second = session.registry.named("shapes-b")
    frame = compared.second(second.title)
    assert session.beside is second
    forward = NumpyForward(second)
    for made, outputs in zip(forward(frame.trace.outputs[0]), frame.beside.trace.outputs[1:], strict=False):
        np.testing.assert_array_equal(made, outputs)
    compared.assert_shown(frame, frame.beside, 1, 1)
    rows = child(compared.page, DeltaBars).rows
    np.testing.assert_allclose([row.a for row in rows], frame.trace.answer.probabilities)
    np.testing.assert_allclose([row.b for row in rows], frame.beside.trace.answer.probabilities)
    itself = compared.box("Second model").model().index(1, 0)
    assert not itself.flags() & Qt.ItemFlag.ItemIsEnabled, "a model beside itself would show nothing"
    session.set_model(second)
    assert session.beside is None
    session.set_model(session.registry.named("shapes-a"))
    compared.second(second.title)
    compared.choose("Second model", "no second model")
    assert session.beside is None
    assert compared.page.pinned is compared.a, "the pinned input is back"


def test_the_second_model_only_works_while_the_page_is_seen(compared: Compared) -> None:
    session = compared.window.session
    second = session.registry.named("shapes-b")
    compared.choose("Second model", second.title)
    compared.window.look.open("pixel")
    assert session.beside is None
    compared.frames.wait_for_rest(compared.qtbot)
    assert compared.frames.last.beside is None
    compared.window.look.open("compare")
    assert session.beside is second
    compared.window.look.close_page()
    assert session.beside is None
    compared.window.look.open("compare")
    compared.qtbot.waitUntil(lambda: compared.frames.last.beside is not None, timeout=LONG)


def test_pinning_while_two_models_answer_goes_back_to_two_inputs(compared: Compared) -> None:
    compared.second("Various shapes")
    QTest.keyClick(compared.window, Qt.Key.Key_P)
    assert compared.window.session.beside is None
    assert compared.page.pinned is compared.frames.last
    assert compared.box("Second model").currentIndex() == 0


def test_a_model_for_photos_reads_the_drawing_too(compared: Compared) -> None:
    compared.second("Tiny photos")
    assert compared.box("Stage of the other model").isVisible()
    compared.choose("Stage", "input")
    compared.choose("Stage of the other model", "input")
    assert [picture is None for picture in compared.pictures()] == [False, False, True]
    assert_whole(compared.window)


def test_a_second_model_that_is_broken_is_left_out(compared: Compared) -> None:
    session = compared.window.session
    second = session.registry.named("shapes-b")
    second.weights_file.write_bytes(b"nothing")
    problems: list[str] = []
    session.problem.connect(problems.append)
    compared.choose("Second model", second.title)
    compared.qtbot.waitUntil(lambda: bool(problems), timeout=LONG)
    assert len(problems) == 1 and "weights.safetensors" in problems[0]
    assert session.beside is None and compared.box("Second model").currentIndex() == 0
    draw(compared.window, [(0.1, 0.5), (0.9, 0.5)])
    compared.frames.wait_for_rest(compared.qtbot, session.drawing)
    assert compared.frames.last.beside is None and len(problems) == 1


def test_a_second_model_that_fails_while_working_is_left_out(compared: Compared, gate: Gate) -> None:
    """A pass of the first model went well, that of the second did not."""
    session, problems = compared.window.session, []
    session.problem.connect(problems.append)
    gate.broken = next(card for card in session.registry.cards if card.title == "Various shapes")
    gate.error = MemoryError("no room")
    compared.choose("Second model", "Various shapes")
    compared.qtbot.waitUntil(lambda: bool(problems), timeout=LONG)
    assert "Various shapes cannot answer" in problems[0] and "no room" in problems[0]
    assert session.beside is None


# looks


@pytest.mark.parametrize("projector", [False, True])
def test_nothing_is_clipped_with_two_models_and_two_stage_lists(
    open_window: OpenWindow, qtbot: QtBot, projector: bool
) -> None:
    window = open_window(size=(1600, 900) if projector else (1366, 768))
    compared = Compared(window, qtbot)
    window.set_projector(projector)
    compared.second("Tiny photos")

    def whole() -> bool:
        inside = all(
            compared.page.rect().contains(widget.geometry())
            for widget in compared.page.children()
            if isinstance(widget, QWidget) and widget.isVisible()
        )
        buttons = compared.page.findChildren(QPushButton)
        return inside and all(button.width() >= button.sizeHint().width() for button in buttons)

    qtbot.waitUntil(whole, timeout=LONG)


def test_numbers_that_are_none_are_shown_as_such(compared: Compared) -> None:
    frame = compared.frames.last
    outputs = list(frame.trace.outputs)
    outputs[1] = outputs[1].copy()
    outputs[1][0] = np.nan
    compared.page.show_frame(replace(frame, trace=replace(frame.trace, outputs=tuple(outputs))))
    compared.window.selection.choose(Spot(1, (0, 0, 0)))
    assert [words.partition("= ")[2] for words in compared.readouts()[1:]] == ["NaN", "NaN"]
    table = palette.signed(False, 1.0, LIGHT.panel.name())
    assert compared.pictures()[1][0, 0] == table[palette.NOT_A_NUMBER]


def test_a_theme_that_changes_recolours_what_is_pinned(compared: Compared) -> None:
    before = compared.pictures()[0]
    compared.window.theme.set_scheme("dark")
    after = compared.pictures()[0]
    assert before is not None and after is not None and not np.array_equal(before, after)
    compared.window.theme.set_scheme("light")


@pytest.fixture
def bars(qtbot: QtBot) -> DeltaBars:
    made = DeltaBars(Theme("light"))
    qtbot.addWidget(made)
    made.resize(240, 180)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_bars_grow_from_the_middle_by_the_change(bars: DeltaBars) -> None:
    bars.show_deltas((Delta("circle", 0.9, 0.4), Delta("heart", 0.05, 0.55), Delta("star", 0.05, 0.05)))
    image = bars.grab().toImage()
    table = palette.signed(False, 1.0, LIGHT.panel.name())
    less, more = (QColor.fromRgb(int(table[palette.ZERO + step])).rgb() for step in (-90, 90))
    track = LIGHT.track.rgb()
    found = []
    for y in range(image.height()):
        row = [image.pixel(x, y) for x in range(image.width())]
        if track in row:
            found.append((row.count(less), row.count(more), row.count(track)))
    lengths = sorted({one for one in found if one[0] or one[1]})
    (_, more_long, more_track), (less_long, _, less_track) = lengths
    whole = more_long + more_track + 1
    assert more_long / whole == pytest.approx(0.25, abs=0.03)
    assert less_long / (less_long + less_track + 1) == pytest.approx(0.25, abs=0.03)


def test_rows_stand_in_class_order_or_by_their_change(bars: DeltaBars) -> None:
    deltas = [Delta(f"class {n}", 0.1, 0.1 + change) for n, change in enumerate((0.02, -0.3, 0.1, 0.0))]
    bars.show_deltas(deltas)
    assert bars.rows == deltas
    assert "class 1" in bars.accessibleDescription() and "−30" in bars.accessibleDescription()
    bars.sort(True)
    assert [row.label for row in bars.rows] == ["class 1", "class 2", "class 0", "class 3"]


def test_of_a_thousand_classes_those_that_change_most_are_shown(bars: DeltaBars) -> None:
    rng = np.random.default_rng(0)
    deltas = [Delta(f"class {n}", float(a), float(b)) for n, (a, b) in enumerate(rng.random((1000, 2)))]
    deltas[500] = Delta("broken", float("nan"), 0.5)
    bars.show_deltas(deltas)
    rows = bars.rows
    assert 5 < len(rows) < 20
    assert rows == sorted(rows, key=deltas.index)
    least = min(abs(row.change) for row in rows if row.label != "broken")
    assert sum(abs(delta.change) > least for delta in deltas) <= len(rows)
    assert "broken" in [row.label for row in rows]
    bars.grab()


@pytest.mark.parametrize("count, tall, wide, room, columns", [
    (16, 10, 10, (100, 100), 4),
    (1, 5, 5, (300, 100), 1),
    (3, 10, 10, (300, 100), 3),
    (2000, 1, 1, (200, 100), None),
])  # fmt: skip
def test_maps_fill_the_room(count: int, tall: int, wide: int, room: tuple[int, int], columns: int | None) -> None:
    found, scale = fitting(count, tall, wide, *room)
    assert columns in (None, found)
    rows = -(-count // found)
    assert found * wide * scale <= room[0] + 1e-6 and rows * tall * scale <= room[1] + 1e-6
    for other in range(1, count + 1):
        assert scale >= min(room[0] / (other * wide), room[1] / (-(-count // other) * tall)) - 1e-9
