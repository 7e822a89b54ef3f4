"""The Why page: under a real mouse and real keys it shows the maps that the network gives, and says how faithful."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator

import numpy as np
import pytest
from conftest import LONG, Frames, OpenWindow
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from test_window import assert_whole

from desktop_app.core.attribution.attribution import Attribution, Mapped
from desktop_app.core.attribution.faithfulness import ELSEWHERE, SHARES, Curves
from desktop_app.core.drawing.strokes import Drawing, Stroke
from desktop_app.core.forward.factors import UNTOUCHED, Factors
from desktop_app.core.forward.forwards import Forwards
from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.forward.live import Live
from desktop_app.core.forward.request import Frame, MapView, Photo, Request
from desktop_app.core.model.card import ModelCard
from desktop_app.core.model.registry import Registry
from desktop_app.learn.attribution.grad_cam import grad_cam
from desktop_app.learn.attribution.integrated_gradients import integrated_gradients
from desktop_app.learn.attribution.occlusion import occlusion
from desktop_app.learn.attribution.open_net import OpenNet
from desktop_app.learn.network.load import load
from desktop_app.learn.network.tracing import TorchForward
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.look.selection import Selection
from desktop_app.ui.look.why import page as page_module
from desktop_app.ui.look.why.explainer import same_question
from desktop_app.ui.look.why.page import WhyPage
from desktop_app.ui.look.why.words import completeness, faithful, legend_words, map_in_words, seconds_words
from desktop_app.ui.theme import Theme

LEFT = Qt.MouseButton.LeftButton
FIRST, SECOND = (
    Drawing((Stroke(np.random.default_rng(seed).random((9, 2), np.float32) * 0.6 + 0.2),)) for seed in (0, 1)
)


@pytest.fixture(autouse=True)
def nothing_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is slow, and would have to be asked."""
    monkeypatch.setattr(page_module, "LIVE", 60.0)
    monkeypatch.setattr(page_module, "UNASKED", 600.0)


class Bench:
    """A page alone, and what the panel does for it."""

    def __init__(self, registry: Registry, qtbot: QtBot) -> None:
        self.card, self.forwards, self.jobs = registry.named("shapes-a"), Forwards(NumpyForward), Jobs()
        self.theme = Theme("light")
        self.page = WhyPage(self.theme, Selection(), self.jobs, self.forwards)
        qtbot.addWidget(self.page)
        self.page.resize(820, 290)
        self.page.show_model(self.card)
        self.page.show()
        self._live, self._serial = Live(self.forwards), 0

    def show(self, source: Drawing | Photo, card: ModelCard | None = None, factors: Factors = UNTOUCHED) -> None:
        """Its frame, as the worker gives it."""
        self._serial += 1
        request = Request(self._serial, 0.0, card or self.card, source, MapView(), factors=factors)
        self.page.show_frame(self._live(request))


@pytest.fixture
def bench(registry: Registry, qtbot: QtBot) -> Iterator[Bench]:
    made = Bench(registry, qtbot)
    made.show(FIRST)
    wait_for_maps(made.page, qtbot)
    yield made
    made.jobs.stop(LONG / 1000)


@pytest.fixture
def page(bench: Bench) -> WhyPage:
    return bench.page


def wait_for_maps(page: WhyPage, qtbot: QtBot) -> None:
    """Of the newest frame, complete."""

    def there() -> bool:
        asked = page._asked
        if asked is None or page._frame is None or not page._maps or page._runner.running:
            return False
        return same_question(asked.frame.trace, page._frame.trace)

    qtbot.waitUntil(there, timeout=LONG)


def wait_for_judgement(page: WhyPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(page.side.judgement.text()) and not page._runner.running, timeout=LONG)


def frame_of(page: WhyPage) -> Frame:
    assert page._frame is not None
    return page._frame


def net_of(page: WhyPage) -> OpenNet:
    card = frame_of(page).request.card
    return OpenNet(card, TorchForward(load(card), card.preprocessing.shape))


def assert_maps(page: WhyPage, expected: tuple[Attribution, ...]) -> None:
    assert [each.target for each in page._maps] == [each.target for each in expected]
    for shown, wanted in zip(page._maps, expected, strict=True):
        np.testing.assert_allclose(shown.values, wanted.values, atol=1e-5)


def click_method(page: WhyPage, name: str) -> None:
    QTest.mouseClick(page.settings.methods.buttons[name], LEFT)


def colour_at(page: WhyPage, x: float, y: float) -> QColor:
    """Of the first pane's picture, at a share of what the network reads."""
    overlay = page.panes[0].overlay
    rect = overlay.map_rect
    place = QPoint(round(rect.x() + x * rect.width()), round(rect.y() + y * rect.height()))
    return overlay.grab().toImage().pixelColor(place)


# the maps


def test_two_classes_are_shown_for_the_answer_and_the_second(page: WhyPage) -> None:
    frame = frame_of(page)
    order = np.argsort(-frame.trace.answer.probabilities, kind="stable")
    position = page.settings.position
    assert position is not None
    targets = tuple(order[:2].tolist())
    assert_maps(page, grad_cam(net_of(page), frame.trace.outputs[0], targets, position))
    classes = frame.request.card.classes
    for pane, target, role in zip(page.panes, targets, ("answer", "second"), strict=True):
        assert pane.choice.currentText() == f"{classes[target]} ({role})"
        assert classes[target] in pane.overlay.accessibleName()


def test_the_map_and_its_picture_follow_the_drawing(bench: Bench, page: WhyPage, qtbot: QtBot) -> None:
    maps, picture = page._maps, page.panes[0].overlay.grab().toImage()
    bench.show(SECOND)
    wait_for_maps(page, qtbot)
    assert not np.array_equal(page._maps[0].values, maps[0].values)
    page.side.opacity.setValue(0)
    where, (x, y) = page.panes[0].overlay, SECOND.strokes[0].points[0] * 320
    rect, part = where.picture_rect, where.part
    place = QPointF((x - part.x()) / part.width() * rect.width(), (y - part.y()) / part.height() * rect.height())
    ink = where.grab().toImage().pixelColor((rect.topLeft() + place).toPoint())
    assert ink.red() > 200 and page.panes[0].overlay.grab().toImage() != picture


def test_a_frame_of_the_same_input_is_no_reason_to_work(bench: Bench, page: WhyPage, qtbot: QtBot) -> None:
    wait_for_judgement(page, qtbot)
    maps = page._maps
    bench.show(FIRST)
    assert page._maps is maps and not page._runner.running and page.side.judgement.text()


def test_an_empty_canvas_asks_for_ink(bench: Bench, page: WhyPage, qtbot: QtBot) -> None:
    bench.show(Drawing())
    assert not page._maps and "Draw a shape" in page.panes[0].overlay.accessibleName()
    qtbot.waitUntil(lambda: not page._runner.running, timeout=LONG)
    assert not page._rest.isActive() and not page.side.start.isVisible()
    bench.show(FIRST)
    wait_for_maps(page, qtbot)


def test_a_class_is_chosen_by_its_first_letters_and_stays(bench: Bench, page: WhyPage, qtbot: QtBot) -> None:
    classes = bench.card.classes
    wanted = next(name for name in classes if name not in page.panes[0].choice.currentText())
    page.panes[0].choice.setFocus()
    QTest.keyClicks(page.panes[0].choice, wanted[:3])
    for drawing in (FIRST, SECOND):
        bench.show(drawing)
        wait_for_maps(page, qtbot)
        assert page._maps[0].target == classes.index(wanted)


def test_a_photo_is_dimmed_where_it_was_cut_away(bench: Bench, registry: Registry, qtbot: QtBot) -> None:
    """A long grey picture: in its middle lies the map, on both sides of it the window's colour."""
    file = io.BytesIO()
    Image.fromarray(np.full((60, 180, 3), 90, np.uint8)).save(file, "PNG")
    page, card = bench.page, registry.named("photos-a")
    page.show_model(card)
    bench.show(Photo("long.png", file.getvalue()), card)
    wait_for_maps(page, qtbot)
    aside, middle = colour_at(page, -0.05, 0.5), colour_at(page, 0.5, 0.5)
    mixed = 90 + (bench.theme.colours.window.red() - 90) * 170 / 255
    assert aside.red() == pytest.approx(mixed, abs=2) and aside != middle
    rect, box = page.panes[0].overlay.picture_rect, page.panes[0].overlay.map_rect
    assert rect.width() == pytest.approx(1.24 * box.width(), rel=0.03), "not all that was cut away is shown"
    assert box.center().x() == pytest.approx(rect.center().x()) and box.height() == pytest.approx(rect.height())
    assert page.settings.cover.isHidden()
    click_method(page, "occlusion")
    assert page.settings.cover.isVisible() and page.settings.cover.currentText() == "covered with grey"
    wait_for_maps(page, qtbot)
    before = page._maps
    page.settings.cover.setFocus()
    QTest.keyClick(page.settings.cover, Qt.Key.Key_End)
    wait_for_maps(page, qtbot)
    assert not np.array_equal(page._maps[0].values, before[0].values), "black hides otherwise than grey"


def test_silenced_maps_are_silenced_here_too(bench: Bench, page: WhyPage, qtbot: QtBot) -> None:
    before = page._maps
    bench.show(FIRST, factors=UNTOUCHED.having(2, 0, 0.0))
    wait_for_maps(page, qtbot)
    assert not np.array_equal(page._maps[0].values, before[0].values)


def test_another_stage_gives_another_map(page: WhyPage, qtbot: QtBot) -> None:
    before, stage = page._maps, page.settings.stage
    assert [stage.itemText(row).split(" ")[0] for row in range(stage.count())] == [
        "pool2", "relu2", "conv2", "pool1", "relu1", "conv1"]  # fmt: skip
    assert stage.currentText().startswith("relu2"), "the deepest that is no pooling"
    stage.setFocus()
    QTest.keyClick(stage, Qt.Key.Key_Down)
    wait_for_maps(page, qtbot)
    assert page.settings.position == 4 and not np.array_equal(page._maps[0].values, before[0].values)


def test_the_second_class_may_be_none(page: WhyPage, qtbot: QtBot) -> None:
    page.panes[1].choice.setFocus()
    QTest.keyClick(page.panes[1].choice, Qt.Key.Key_Down)
    assert page.panes[1].choice.currentText() == "no second class"
    wait_for_maps(page, qtbot)
    assert len(page._maps) == 1 and "Choose a class" in page.panes[1].overlay.accessibleName()


@pytest.mark.parametrize("method", ["occlusion", "integrated_gradients"])
def test_the_other_methods_are_a_click_away(page: WhyPage, qtbot: QtBot, method: str) -> None:
    click_method(page, method)
    wait_for_maps(page, qtbot)
    frame, targets = frame_of(page), tuple(each.target for each in page._maps)
    if method == "occlusion":
        *_, last = occlusion(net_of(page), frame.trace.outputs[0], targets, page.settings.piece_side)
    else:
        *_, last = integrated_gradients(net_of(page), frame.trace.outputs[0], targets)
        assert "whole rise" in page.side.how.text()
    assert_maps(page, last.maps)
    assert not page.settings.stage.isVisible()
    assert page.settings.piece.isVisible() == (method == "occlusion")
    assert not page.settings.cover.isVisible(), "what hides a drawing is always its paper"


def test_the_slider_lets_the_picture_through(page: WhyPage) -> None:
    page.side.opacity.setFocus()
    QTest.keyClick(page.side.opacity, Qt.Key.Key_Home)
    bare = colour_at(page, 0.5, 0.5)
    assert bare.red() == bare.green() == bare.blue()
    QTest.keyClick(page.side.opacity, Qt.Key.Key_End)
    full = colour_at(page, 0.5, 0.5)
    assert full != bare and full.green() != full.red()


# when what is worked out


def test_a_long_work_shows_how_far_it_is_and_can_be_stopped(
    page: WhyPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_for_judgement(page, qtbot)
    monkeypatch.setattr(page_module, "LIVE", 0.0)
    go_on, left = threading.Event(), threading.Event()

    def slow(net: OpenNet, net_input: np.ndarray, targets: tuple[int, ...], *_: object) -> Iterator[Mapped]:  # type: ignore[type-arg]
        values = np.full(net_input.shape[1:], np.nan, np.float32)
        values[:8] = 0.25
        try:
            for done in range(1, 1000):
                yield Mapped(tuple(Attribution("occlusion", target, values) for target in targets), done, 1000)
                go_on.wait(0.01)
        finally:
            left.set()

    monkeypatch.setattr("desktop_app.learn.attribution.occlusion.occlusion", slow)
    click_method(page, "occlusion")
    qtbot.waitUntil(lambda: bool(page._maps) and page.side.progress.value() > 1, timeout=LONG)
    assert page.side.progress.isVisible() and page.side.progress.maximum() == 1000
    assert page.panes[0].legend.shown == ("0", "25 points lost"), "the picture fills in meanwhile"
    QTest.mouseClick(page.side.cancel, LEFT)
    qtbot.waitUntil(left.is_set, timeout=LONG)
    assert not page.side.progress.isVisible() and not page._runner.running
    assert not page._rest.isActive() and not page.side.check.isVisible(), "half a map is not judged"


def test_what_takes_long_waits_to_be_asked(
    bench: Bench, page: WhyPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_module, "LIVE", 0.0)
    monkeypatch.setattr(page_module, "UNASKED", 0.0)
    bench.show(SECOND)
    assert not page._maps
    qtbot.waitUntil(lambda: page.side.start.isVisible() and not page._rest.isActive(), timeout=LONG)
    assert not page._maps and page.side.start.text().startswith("Work it out (about")
    QTest.mouseClick(page.side.start, LEFT)
    wait_for_maps(page, qtbot)
    qtbot.waitUntil(lambda: page.side.check.isVisible() and not page._rest.isActive(), timeout=LONG)
    assert not page.side.start.isVisible() and not page.side.judgement.text()
    QTest.mouseClick(page.side.check, LEFT)
    wait_for_judgement(page, qtbot)
    assert page.side.plot.isVisible() and not page.side.check.isVisible()


def test_another_model_begins_anew(bench: Bench, page: WhyPage, registry: Registry, qtbot: QtBot) -> None:
    wait_for_judgement(page, qtbot)
    before, other = page._maps, registry.named("shapes-b")
    page.show_model(other)
    assert not page._maps and not page.side.judgement.text() and page.panes[0].overlay.picture_rect.isEmpty()
    bench.show(FIRST, other)
    wait_for_maps(page, qtbot)
    assert not np.array_equal(page._maps[0].values, before[0].values)


def test_in_the_window_it_works_while_it_is_open_and_clips_nothing(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window()
    frames = Frames(window)
    window.input.set_drawing(FIRST)
    frames.wait_for_rest(qtbot, FIRST)
    QTest.keyClick(window, Qt.Key.Key_7, Qt.KeyboardModifier.ControlModifier)
    assert window.look.page == "why" and window.size().toTuple() == (1366, 768)
    page = window.look.why
    for method in ("grad_cam", "occlusion", "integrated_gradients"):
        click_method(page, method)
        wait_for_maps(page, qtbot)
        if page._maps[0].top > 0:
            wait_for_judgement(page, qtbot)
        assert_whole(window)
    window.look.close_page()
    assert not page._runner.running and not page._rest.isActive()
    window.input.set_drawing(SECOND)
    frames.wait_for_rest(qtbot, SECOND)
    assert not page._runner.running
    window.look.open("pixel")
    tab = window.look._tabs.buttons["why"]
    qtbot.waitUntil(lambda: tab.height() > 0, timeout=LONG)
    QTest.mouseClick(tab, LEFT)
    assert window.look.page == "why"
    wait_for_maps(page, qtbot)
    assert frame_of(page).request.source is SECOND


# the words


def test_the_sentence_has_the_curves_numbers_and_says_what_they_mean() -> None:
    falling, back = np.linspace(0.9, 0.1, len(SHARES)), np.linspace(0.1, 0.9, len(SHARES))
    chance = np.array([[falling] * ELSEWHERE, [back] * ELSEWHERE])
    low, high = falling.copy(), back.copy()
    low[2:] = 0.125
    high[2:] = 0.85
    words = faithful(Curves(low, high, chance), "circle").replace("\u00a0", " ")
    assert words.startswith("Faithful: without the 10 % it marks, circle goes from 90 % to 12 %")
    assert words.endswith("without as much elsewhere, to 82 %.")
    assert faithful(Curves(low, back, chance), "circle").startswith("Faithful when taken away only: without")
    assert faithful(Curves(falling, high, chance), "circle").startswith("Faithful when given back only: without")
    assert faithful(Curves(falling, back, chance), "circle").startswith("No better than chance")


def test_other_words() -> None:
    values = np.zeros((9, 9), np.float32)
    values[7, 1], values[0, 0] = 0.5, -0.25
    found = Attribution("occlusion", 0, values)
    assert legend_words(found) == ("0", "50 points lost")
    told = map_in_words(found, "cat")
    assert "cat is strongest at the bottom left" in told and "−25 points" in told
    assert legend_words(Attribution("grad_cam", 0, values)) == ("0", "≈ 0.50 of the logit")
    nothing = Attribution("occlusion", 0, np.zeros((9, 9), np.float32))
    assert legend_words(nothing) == ("", "") and "Nothing that is covered lowers cat" in map_in_words(nothing, "cat")
    assert "within 1.2 %" in completeness(0.012)
    assert "take care" in completeness(0.3)
    assert completeness(float("nan")) == ""
    assert [seconds_words(seconds) for seconds in (0.2, 12.4, 150)] == ["about 1 s", "about 12 s", "about 2 min"]
