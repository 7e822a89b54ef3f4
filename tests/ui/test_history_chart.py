"""While you drew: the chart's numbers are fresh classifications; any moment can be seen again and gone back to."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from conftest import LONG, Frames, Gate, OpenWindow
from PIL import Image
from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from test_window import assert_whole, draw

from desktop_app.core.drawing.moments import MOST
from desktop_app.core.drawing.strokes import Drawing, Stroke
from desktop_app.core.forward.factors import Factors
from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.forward.trace import Answer
from desktop_app.core.model.card import ModelCard
from desktop_app.core.model.registry import Registry
from desktop_app.core.source.preprocess import prepare_drawing
from desktop_app.ui.answer.history_chart import HistoryChart
from desktop_app.ui.answer.history_lines import STAND_OUT, lines_of, place_names, runs
from desktop_app.ui.colours import DARK, LIGHT, Colours
from desktop_app.ui.mouse import Mouse
from desktop_app.ui.window.main_window import MainWindow

ARC = [(0.5 + 0.3 * np.cos(turn), 0.5 + 0.3 * np.sin(turn)) for turn in np.linspace(0, 5, 20)]
SLASH = [(share, share) for share in np.linspace(0.2, 0.8, 16)]
BACKSLASH = [(1 - share, share) for share in np.linspace(0.2, 0.8, 16)]


def ready(chart: HistoryChart) -> bool:
    """Every moment of the drawing of now is known, and painted."""
    moments = chart._moments
    if chart._growing.isActive():
        return False
    return (
        bool(moments)
        and moments[-1].drawing is chart._history.now
        and all(not moment.drawing or moment.drawing in chart._answers for moment in moments)
    )


@pytest.fixture
def drawn(open_window: OpenWindow, qtbot: QtBot) -> MainWindow:
    """Three strokes by mouse, and the chart of them."""
    window = open_window()
    for stroke in (ARC, SLASH, BACKSLASH):
        draw(window, stroke)
    qtbot.waitUntil(lambda: ready(window.history_chart), timeout=LONG)
    return window


def hover(window: MainWindow, index: int) -> None:
    chart = window.history_chart
    x, plot = float(chart._columns()[index]), chart._plot()
    Mouse(chart).move(((x + 0.01) / chart.width(), plot.center().y() / chart.height()))


def leave(window: MainWindow) -> None:
    Mouse(window.network).move((0.5, 0.01))


def fresh(card: ModelCard, drawing: Drawing, centred: bool = True, factors: Factors | None = None) -> np.ndarray:
    """Probabilities by another way: one pass for this drawing alone, and a softmax written out."""
    net_input = prepare_drawing(drawing, card.preprocessing, centred=centred).input
    logits = NumpyForward(card)(net_input, factors or Factors())[-1].astype(np.float64)
    powers = np.exp(logits / card.temperature)
    result: np.ndarray = powers / powers.sum()
    return result


def assert_fresh(window: MainWindow, centred: bool = True, factors: Factors | None = None) -> None:
    chart = window.history_chart
    values = chart._known().values
    assert values.shape == (len(chart._moments), len(window.session.card.classes))
    for row, moment in zip(values, chart._moments, strict=True):
        if moment.drawing:
            expected = fresh(window.session.card, moment.drawing, centred, factors)
            np.testing.assert_allclose(row, expected, atol=1e-5)
        else:
            assert np.isnan(row).all()


def shown(window: MainWindow) -> tuple[Answer, Answer | None]:
    """Answer and ghost that the bars have."""
    bars = window.answer.bars.shown
    assert bars is not None
    return bars.answer, bars.ghost


# the numbers


def test_every_moment_has_the_probabilities_of_a_fresh_classification(drawn: MainWindow) -> None:
    moments = drawn.history_chart._moments
    assert len(moments) == 1 + 3 * 8
    assert sum(moment.ends for moment in moments) == 4
    assert_fresh(drawn)


def test_who_rests_the_pen_before_lifting_it_gets_the_chart_too(open_window: OpenWindow, qtbot: QtBot) -> None:
    """The last frame is there before the pen is up, and no other follows."""
    window = open_window()
    mouse, frames = Mouse(window.input.canvas), Frames(window)
    mouse.press(ARC[0])
    for place in ARC[1:]:
        mouse.move(place)
    qtbot.waitUntil(lambda: not window.input.canvas._waiting, timeout=LONG)
    frames.wait_for_rest(qtbot, window.session.drawing)
    qtbot.waitUntil(lambda: not window.history_chart._rest.isActive(), timeout=LONG)
    count = len(frames.seen)
    mouse.release(ARC[-1])
    qtbot.waitUntil(lambda: ready(window.history_chart), timeout=LONG)
    assert len(frames.seen) == count
    assert_fresh(window)


def test_another_model_or_another_centring_or_silence_has_its_own_chart(
    drawn: MainWindow, registry: Registry, qtbot: QtBot
) -> None:
    chart = drawn.history_chart
    first = chart._known().values.copy()

    def renewed() -> bool:
        return ready(chart) and not np.allclose(np.nan_to_num(chart._known().values), np.nan_to_num(first))

    drawn.session.set_model(registry.named("shapes-b"))
    qtbot.waitUntil(renewed, timeout=LONG)
    assert_fresh(drawn)
    drawn.session.set_model(registry.named("shapes-a"))
    qtbot.waitUntil(lambda: ready(chart) and not renewed(), timeout=LONG)
    drawn.session.set_centred(False)
    qtbot.waitUntil(renewed, timeout=LONG)
    assert_fresh(drawn, centred=False)
    drawn.session.set_centred(True)
    qtbot.waitUntil(lambda: ready(chart) and not renewed(), timeout=LONG)
    silenced = Factors(((1, 0, 0.0), (1, 1, 0.0)))
    drawn.session.set_factors(silenced)
    qtbot.waitUntil(renewed, timeout=LONG)
    assert_fresh(drawn, factors=silenced)


def test_only_what_is_not_known_yet_is_worked_out(drawn: MainWindow, gate: Gate, qtbot: QtBot) -> None:
    chart, frames = drawn.history_chart, Frames(drawn)
    before = {moment.drawing for moment in chart._moments}
    passes = gate.passes
    draw(drawn, [(0.1, 0.5), (0.9, 0.5)])
    qtbot.waitUntil(lambda: ready(chart), timeout=LONG)
    frames.wait_for_rest(qtbot)
    new = {moment.drawing for moment in chart._moments} - before
    assert before < {moment.drawing for moment in chart._moments}
    assert gate.passes - passes <= len(new) + len({frame.request.serial for frame in frames.seen}) + 2


def test_three_hundred_strokes_are_eighty_moments_at_most(open_window: OpenWindow, gate: Gate, qtbot: QtBot) -> None:
    window = open_window()
    history, rng = window.input.canvas.history, np.random.default_rng(0)

    def short_stroke() -> Stroke:
        return Stroke((rng.random(2) + 0.02 * rng.random((12, 2))).astype(np.float32))

    for _ in range(300):
        history.push(history.now.plus(short_stroke()))
    passes = gate.passes
    window.input.set_drawing(history.now.plus(short_stroke()))
    qtbot.waitUntil(lambda: ready(window.history_chart), timeout=LONG)
    assert len(window.history_chart._moments) <= MOST
    assert gate.passes - passes <= MOST + 5
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: ready(window.history_chart), timeout=LONG)
    assert len(window.history_chart._moments) <= MOST


def test_the_pen_goes_first(drawn: MainWindow, gate: Gate, qtbot: QtBot, registry: Registry) -> None:
    """What is being worked out is dropped as soon as somebody draws."""
    chart = drawn.history_chart
    drawn.session.set_model(registry.named("shapes-b"))
    qtbot.waitUntil(lambda: chart._answers._job is not None, timeout=LONG)
    job = chart._answers._job
    assert job is not None
    mouse = Mouse(drawn.input.canvas)
    mouse.press((0.2, 0.5))
    mouse.move((0.4, 0.5))
    QApplication.processEvents()
    assert job.cancelled and chart._answers._job is None
    qtbot.waitUntil(lambda: not job.thread_.is_alive(), timeout=LONG)
    mouse.release((0.4, 0.5))
    qtbot.waitUntil(lambda: ready(chart), timeout=LONG)
    assert_fresh(drawn)


# looking back


def test_hovering_shows_drawing_maps_and_bars_as_they_were(drawn: MainWindow, qtbot: QtBot) -> None:
    chart, canvas, frames = drawn.history_chart, drawn.input.canvas, Frames(drawn)
    now, (answer, ghost) = canvas.grab().toImage(), shown(drawn)
    jobs = len(drawn.jobs._running)
    for index in (20, 9, 3):
        hover(drawn, index)
        moment = chart._moments[index].drawing
        frames.wait_for_rest(qtbot, moment)
        assert frames.last.request.earlier
        then, behind = shown(drawn)
        np.testing.assert_allclose(then.probabilities, fresh(drawn.session.card, moment), atol=1e-5)
        assert behind is answer, "the ghost is what is now"
        assert "the answer now" in legend(drawn)
        assert difference(canvas.grab().toImage(), now) > 4
        assert canvas.drawing() is canvas.history.now and drawn.session.drawing is not moment
    assert len(drawn.jobs._running) == jobs, "nothing is worked out for looking back"
    leave(drawn)
    frames.wait_for_rest(qtbot, drawn.session.drawing)
    assert not frames.last.request.earlier
    np.testing.assert_allclose(shown(drawn)[0].probabilities, answer.probabilities, atol=1e-6)
    assert shown(drawn)[1] is ghost, "the ghost of now comes back too"
    assert difference(canvas.grab().toImage(), now) < 2, "but for the edges of ink that is drawn in one go"
    assert "the answer now" not in legend(drawn)


def difference(one: QImage, other: QImage) -> float:
    """Mean over all pixels, of 255."""
    pictures = []
    for image in (one, other):
        grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
        rows = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())
        pictures.append(rows[:, : grey.width()].astype(float))
    return float(np.abs(pictures[0] - pictures[1]).mean())


def legend(window: MainWindow) -> str:
    return " ".join(label.text() for label in window.answer.findChildren(QLabel) if label.isVisible())


def test_dragging_is_the_same(drawn: MainWindow) -> None:
    chart, mouse = drawn.history_chart, Mouse(drawn.history_chart)
    told: list[Drawing | None] = []
    chart.moment_chosen.connect(told.append)
    mouse.press((0.9, 0.5))
    for x in np.linspace(0.9, 0.3, 30):
        mouse.move((float(x), 0.5))
    mouse.release((0.3, 0.5))
    drawings = [moment.drawing for moment in chart._moments]
    places = [next(place for place, drawing in enumerate(drawings) if drawing is one) for one in told if one]
    assert places == sorted(set(places), reverse=True) and len(places) > 5, "each is told once"
    assert chart._at == places[-1]


def test_keys_move_from_moment_to_moment(drawn: MainWindow, qtbot: QtBot) -> None:
    chart, session = drawn.history_chart, drawn.session
    chart.setFocus()
    last = len(chart._moments) - 1
    for key, at in (
        (Qt.Key.Key_Left, last - 1),
        (Qt.Key.Key_Left, last - 2),
        (Qt.Key.Key_Right, last - 1),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_Left, 0),
        (Qt.Key.Key_Right, 1),
    ):
        QTest.keyClick(chart, key)
        assert session._moment is chart._moments[at].drawing
    QTest.keyClick(chart, Qt.Key.Key_End)
    assert session._moment is None and chart._at == last, "the last moment is now"
    QTest.keyClick(chart, Qt.Key.Key_Left)
    QTest.keyClick(chart, Qt.Key.Key_Escape)
    assert session._moment is None and chart._at is None
    QTest.keyClick(chart, Qt.Key.Key_Left)
    assert session._moment is not None
    drawn.input.canvas.setFocus()
    assert session._moment is None, "who goes elsewhere is back in the present"


def test_drawing_on_returns_to_now(drawn: MainWindow, qtbot: QtBot) -> None:
    chart, canvas, frames = drawn.history_chart, drawn.input.canvas, Frames(drawn)
    chart.setFocus()
    QTest.keyClick(chart, Qt.Key.Key_Home)
    frames.wait_for_rest(qtbot, chart._moments[0].drawing)
    before = canvas.history.now
    mouse = Mouse(canvas)
    mouse.press((0.1, 0.9))
    assert drawn.session._moment is None and chart._at is None
    mouse.move((0.3, 0.9))
    mouse.release((0.3, 0.9))
    assert canvas.history.now.strokes[:-1] == before.strokes
    frames.wait_for_rest(qtbot, drawn.session.drawing)
    assert len(drawn.session.drawing.strokes) == 4


def test_the_empty_beginning_can_be_looked_at(drawn: MainWindow, qtbot: QtBot) -> None:
    frames = Frames(drawn)
    answer = shown(drawn)[0]
    hover(drawn, 0)
    frames.wait_for_rest(qtbot, drawn.history_chart._moments[0].drawing)
    assert drawn.answer.verdict is None
    leave(drawn)
    frames.wait_for_rest(qtbot, drawn.session.drawing)
    np.testing.assert_allclose(shown(drawn)[0].probabilities, answer.probabilities, atol=1e-6)


def test_a_filter_switched_off_while_looking_back_changes_all_lines(drawn: MainWindow, qtbot: QtBot) -> None:
    chart, frames, silenced = drawn.history_chart, Frames(drawn), Factors(((1, 0, 0.0),))
    hover(drawn, 5)
    frames.wait_for_rest(qtbot, chart._moments[5].drawing)
    drawn.session.set_factors(silenced)
    qtbot.waitUntil(lambda: frames.last.trace.factors == silenced and ready(chart), timeout=LONG)
    assert frames.last.request.earlier
    assert_fresh(drawn, factors=silenced)


def test_a_moment_is_never_saved_as_the_drawing(drawn: MainWindow, qtbot: QtBot) -> None:
    frames, now = Frames(drawn), drawn.input.canvas.history.now
    hover(drawn, 5)
    frames.wait_for_rest(qtbot, drawn.history_chart._moments[5].drawing)
    assert drawn.documents._snapshot()().drawing is now
    assert drawn.input.drawing() is now


# going back


@pytest.mark.parametrize("how", ["double click", "enter"])
def test_going_back_is_undo(drawn: MainWindow, qtbot: QtBot, how: str) -> None:
    chart, history, frames = drawn.history_chart, drawn.input.canvas.history, Frames(drawn)
    steps = history.steps
    index = next(place for place, moment in enumerate(chart._moments) if moment.step == 2) + 2
    if how == "enter":
        chart.setFocus()
        for _ in range(len(chart._moments) - 1 - index):
            QTest.keyClick(chart, Qt.Key.Key_Left)
        QTest.keyClick(chart, Qt.Key.Key_Return)
    else:
        hover(drawn, index)
        x, y = chart._columns()[index], chart._plot().center().y()
        place = chart.mapTo(drawn, chart._plot().center().toPoint())
        place.setX(chart.mapTo(drawn, chart.rect().topLeft()).x() + round(x))
        assert y > 0
        QTest.mouseDClick(drawn.windowHandle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert history.now is steps[2], "a half drawn stroke belongs to its step"
    assert history.can_redo and drawn.session._moment is None
    assert drawn.input.actions["redo"].isEnabled()
    frames.wait_for_rest(qtbot, steps[2])
    assert not frames.last.request.earlier
    qtbot.waitUntil(lambda: ready(chart) and chart._moments[-1].step == 2, timeout=LONG)
    QTest.keyClick(drawn, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert history.now is steps[3]
    qtbot.waitUntil(lambda: ready(chart) and chart._moments[-1].step == 3, timeout=LONG)


def test_undo_while_looking_back_ends_the_look(drawn: MainWindow) -> None:
    hover(drawn, 5)
    assert drawn.session._moment is not None
    QTest.keyClick(drawn, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert drawn.session._moment is None and drawn.history_chart._at is None
    assert len(drawn.session.drawing.strokes) == 2
    hover(drawn, 8)
    assert drawn.history_chart._moments[-1].drawing is drawn.input.canvas.history.now, "never of a history that was"


# edges


def test_an_empty_history_says_what_will_be_there(window: MainWindow) -> None:
    chart = window.history_chart
    assert chart.isVisible()
    before = chart.grab().toImage()
    hover_middle = Mouse(chart)
    hover_middle.move((0.5, 0.5))
    chart.setFocus()
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Return, Qt.Key.Key_Home):
        QTest.keyClick(chart, key)
    assert window.session._moment is None and chart._at is None
    assert chart.grab().toImage() == before


def test_a_photo_has_no_strokes(drawn: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    chart, frames = drawn.history_chart, Frames(drawn)
    chart.setFocus()
    QTest.keyClick(chart, Qt.Key.Key_Home)
    Image.new("RGB", (40, 30), "red").save(tmp_path / "red.png")
    drawn.documents.open(tmp_path / "red.png")
    qtbot.waitUntil(chart.isHidden, timeout=LONG)
    assert drawn.session._moment is None
    drawn.session.show_kind("drawings")
    qtbot.waitUntil(lambda: chart.isVisible() and ready(chart), timeout=LONG)
    frames.wait_for_rest(qtbot, drawn.session.drawing)


def test_a_net_that_fails_leaves_a_chart_without_lines(
    open_window: OpenWindow, gate: Gate, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    window = open_window()
    frames = Frames(window)
    window.input.set_drawing(Drawing((Stroke(np.random.default_rng(0).random((20, 2), np.float32)),)))
    frames.wait_for_rest(qtbot)
    gate.error = ValueError("broken")
    qtbot.waitUntil(lambda: "convlens-history failed" in caplog.text or ready(window.history_chart), timeout=LONG)
    gate.error = None
    window.history_chart.grab()
    draw(window, SLASH)
    qtbot.waitUntil(lambda: ready(window.history_chart), timeout=LONG)


def test_it_leaves_the_bars_their_room(drawn: MainWindow) -> None:
    assert drawn.height() == 768
    assert drawn.history_chart.height() >= 100
    assert drawn.answer.bars._bars.row_height() >= 25
    drawn.answer.set_logits(True)
    assert_whole(drawn)


# the lines


def test_who_ever_led_stands_out_and_the_winner_is_first() -> None:
    values = np.full((6, 7), 0.02)
    for row, (leader, share) in enumerate([(3, 0.5), (1, 0.9), (4, 0.3), (6, 0.8), (2, 0.31), (0, 0.7)]):
        values[row, leader] = share
    values[2, 5] = 0.29
    lines = lines_of(values)
    assert lines.leaders == (0, 3, 1, 6), "winner, then by when they led; the lowest leaders have no room"
    assert len(lines.leaders) == STAND_OUT and set(lines.others) == {2, 4, 5}
    values[5] = np.nan
    assert lines_of(values).leaders[0] == 2, "the newest that is known"
    assert lines_of(np.full((3, 7), np.nan)).leaders == ()


def test_a_thousand_classes_are_a_few_lines() -> None:
    values = np.random.default_rng(0).dirichlet(np.full(1000, 0.01), 20)
    lines = lines_of(values)
    assert len(lines.leaders) <= STAND_OUT and len(lines.others) <= 12
    assert all(values[:, index].max() >= 0.01 for index in lines.others)


def test_lines_are_cut_where_the_canvas_was_empty_and_go_on_where_something_is_not_known() -> None:
    points = np.array([[0, 1], [1, np.nan], [2, 3], [3, np.nan], [4, 5], [5, 6]], float)
    drawn = np.array([True, True, True, False, True, True])
    assert [run.tolist() for run in runs(points, drawn)] == [[[0, 1], [2, 3]], [[4, 5], [5, 6]]]
    assert list(runs(points, np.zeros(6, bool))) == []


@pytest.mark.parametrize("seed", range(8))
def test_names_stay_inside_and_apart(seed: int) -> None:
    rng = np.random.default_rng(seed)
    inside = QRectF(30, 20, 180, 70)
    xs = np.linspace(30, 210, 30)
    lines = [np.stack([xs, rng.uniform(20, 90, 30)], axis=1) for _ in range(4)]
    boxes = place_names(lines, [QSizeF(40, 12)] * 4, inside, 3)
    placed = [box for box in boxes if box is not None]
    assert boxes[0] is not None
    assert all(inside.contains(box) for box in placed)
    assert not any(one.intersects(other) for one, other in itertools.combinations(placed, 2))


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_the_lines_colours_differ_to_every_eye_and_can_be_read(colours: Colours) -> None:
    """Protanopes' and deuteranopes' view after Viénot, Brettel and Mollon (1999)."""
    eyes = (
        np.eye(3),
        np.array([[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]]),
        np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]]),
    )
    inks = (colours.accent, colours.second, colours.third, colours.fourth)
    linear = [np.array(ink.getRgbF()[:3]) ** 2.2 for ink in inks]
    for eye in eyes:
        for one, other in itertools.combinations(linear, 2):
            seen = [255 * np.clip(eye @ ink, 0, 1) ** (1 / 2.2) for ink in (one, other)]
            assert np.abs(seen[0] - seen[1]).max() > 20
    paper = np.array(colours.panel.getRgbF()[:3]) ** 2.2 @ [0.2126, 0.7152, 0.0722]
    for ink in linear:
        dark, light = sorted((paper, ink @ [0.2126, 0.7152, 0.0722]))
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_looking_back_out_of_a_replay_ends_it(drawn: MainWindow, qtbot: QtBot) -> None:
    frames = Frames(drawn)
    drawn.replay.step_back()
    hover(drawn, 9)
    moment = drawn.history_chart._moments[9].drawing
    frames.wait_for_rest(qtbot, moment)
    expected = fresh(drawn.session.card, moment)
    np.testing.assert_allclose(shown(drawn)[0].probabilities, expected, atol=1e-5)
    leave(drawn)
    frames.wait_for_rest(qtbot, drawn.session.drawing)
    np.testing.assert_allclose(
        shown(drawn)[0].probabilities, fresh(drawn.session.card, drawn.session.drawing), atol=1e-5
    )
