"""The transport bar by mouse and keyboard, on a clock that the test turns; the model behind it has tests of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from conftest import LONG, Frames, Gate, OpenWindow
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from tiny_models import LAYERS, card_data, random_weights, write_model

from desktop_app.core.drawing.strokes import Drawing, Stroke
from desktop_app.core.forward.factors import Factors
from desktop_app.core.forward.trace import Answer
from desktop_app.core.model.registry import Registry, find_models
from desktop_app.core.replay.timeline import Moment, Timeline
from desktop_app.ui.network.marks import Mark
from desktop_app.ui.network.stage_item import StageItem
from desktop_app.ui.replay.bar import ReplayBar
from desktop_app.ui.replay.player import REST, Player
from desktop_app.ui.window.main_window import MainWindow


class Clock:
    """Stands still until it is turned."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def a_drawing(seed: int) -> Drawing:
    return Drawing((Stroke(np.random.default_rng(seed).random((9, 2), np.float32)),))


class Stand:
    """A window with an answered drawing, and its replay's clock in the test's hands."""

    def __init__(self, window: MainWindow, gate: Gate, qtbot: QtBot) -> None:
        self.window, self.gate, self.qtbot = window, gate, qtbot
        self.bar: ReplayBar = window.replay
        self.clock = Clock()
        self.bar.player._clock = self.clock
        self.frames = Frames(window)
        self.bar._again.setInterval(40)
        self.draw(1)

    def draw(self, seed: int) -> None:
        drawing = a_drawing(seed)
        self.window.input.set_drawing(drawing)
        self.frames.wait_for_rest(self.qtbot, drawing)

    def go(self, seconds: float) -> None:
        """So much time passes, and the timer ticks once."""
        self.clock.now += seconds
        self.bar.player.tick()

    def click(self, name: str) -> None:
        QTest.mouseClick(self.bar.buttons[name], Qt.MouseButton.LeftButton)

    @property
    def timeline(self) -> Timeline:
        assert self.bar._timeline is not None
        return self.bar._timeline

    @property
    def items(self) -> list[StageItem]:
        return self.window.network.columns.items

    @property
    def covered(self) -> list[int]:
        """Positions of the stages that still wait for their turn."""
        return [
            item.position
            for item in self.items
            if item._replays and item._replayed is not None and len(np.unique(item._replayed.pixels)) <= 2
            and self.cover in item._replayed.pixels
        ]  # fmt: skip

    @property
    def cover(self) -> int:
        return self.window.theme.colours.track.rgb()

    @property
    def marks(self) -> list[Mark]:
        return [mark for item in self.items for mark in item._marks.get("replay", ())]

    @property
    def words(self) -> str:
        return self.bar.caption.accessibleName()

    @property
    def ghost(self) -> Answer | None:
        shown = self.window.answer.bars.shown
        assert shown is not None
        return shown.ghost

    def assert_live(self) -> None:
        assert self.bar.live and not self.bar.player.playing
        assert not any(item._replays or item._under_way for item in self.items) and self.marks == []
        assert self.bar.actions_["live"].isChecked()
        assert self.bar.slider.value() == self.bar.slider.maximum()
        assert self.words.startswith("Live")


@pytest.fixture
def stand(window: MainWindow, gate: Gate, qtbot: QtBot) -> Iterator[Stand]:
    made = Stand(window, gate, qtbot)
    yield made
    made.bar.player.pause()


# the clock


def test_the_player_asks_the_clock_and_leaves_out_what_is_late(qtbot: QtBot) -> None:
    clock, seen = Clock(), []
    player = Player(clock)
    player.moved.connect(seen.append)
    player.set_total(20.0)
    player.seek(0.0)
    player.play()
    for step in (0.016, 0.016, 3.0, 0.1):
        clock.now += step
        player.tick()
    assert seen == pytest.approx([0, 0.016, 0.032, 3.032, 3.132])
    player.set_speed(4.0)
    clock.now += 1.0
    player.tick()
    assert player.seconds == pytest.approx(7.132)
    player.set_speed(0.25)
    assert player.seconds == pytest.approx(7.132), "another speed is no jump"
    clock.now += 2.0
    assert player.seconds == pytest.approx(7.632)
    player.pause()
    clock.now += 100
    assert player.seconds == pytest.approx(7.632)
    player.play()
    clock.now += 1000
    player.tick()
    assert not player.playing and player.at_end and seen[-1] == 20.0


def test_the_timer_ticks_by_itself(qtbot: QtBot) -> None:
    player = Player()
    player.set_total(0.05)
    seen: list[float] = []
    player.moved.connect(seen.append)
    player.play()
    qtbot.waitUntil(lambda: not player.playing, timeout=LONG)
    assert seen[-1] == 0.05 and seen == sorted(seen)


def test_a_loop_rests_at_the_end(qtbot: QtBot) -> None:
    clock = Clock()
    player = Player(clock)
    player.set_total(5.0)
    player.loop = True
    player.play()
    clock.now += 5 + REST / 2
    player.tick()
    assert player.at_end and player.playing
    clock.now += REST
    player.tick()
    assert player.seconds == 0.0 and player.playing


# the bar


def test_it_rests_live(stand: Stand) -> None:
    stand.assert_live()
    assert stand.bar.slider.maximum() == round(stand.timeline.total * 1000)


def test_a_whole_replay_by_mouse_needs_no_forward_pass(stand: Stand) -> None:
    passes, count = stand.gate.passes, len(stand.items)
    stand.click("play")
    assert not stand.bar.live and stand.bar.player.playing
    assert stand.bar.actions_["play"].text() == "&Pause"
    for position in range(count):
        here = stand.timeline.start(position) + 0.5 * stand.timeline.segments[position].moving
        stand.go(here - stand.bar.player.seconds)
        assert set(range(position + 1, count)) <= set(stand.covered)
        assert [item.position for item in stand.items if item._under_way] == [position]
        assert all(not item._replays for item in stand.items[:position])
        assert stand.words.startswith(f"{position + 1} of {count} · {stand.items[position].stage.name}")
        assert stand.bar.slider.value() == pytest.approx(here * 1000, abs=1)
    stand.go(60)
    assert not stand.bar.player.playing and stand.bar.player.at_end and not stand.bar.live
    assert not any(item._replays for item in stand.items) and stand.marks == []
    assert stand.gate.passes == passes


def test_the_picture_on_screen_is_the_models(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    columns = stand.window.network.columns
    stand.bar._scrub(stand.timeline.start(1) + 0.6 * stand.timeline.segments[1].moving)
    image = columns.grab().toImage()
    pixels_done = int(16 * 16 * 0.36)
    final = stand.items[1]._mosaic
    assert final is not None
    for index in range(5):
        for y, x in ((1, 3), (4, 9), (pixels_done // 16 + 3, 2), (14, 13)):
            done = y * 16 + x < pixels_done
            row, column = divmod(index, final.columns)
            expected = int(final.pixels[row * 16 + y, column * 16 + x]) if done else stand.cover
            assert colour_at(image, stand, 1, index, (x + 0.5) / 16, (y + 0.5) / 16) == expected
    assert colour_at(image, stand, 4, 0, 0.5, 0.5) == stand.cover
    assert {mark.position for mark in stand.marks} == {0, 1}
    monkeypatch.setattr("desktop_app.ui.replay.screen.FINE", 1000.0)
    stand.bar._scrub(stand.timeline.start(1) + 0.6 * stand.timeline.segments[1].moving)
    assert {mark.position for mark in stand.marks} == {0}, "the frame of a pixel would hide how fine maps fill"


def colour_at(image: QImage, stand: Stand, position: int, index: int, across: float, down: float) -> int:
    first, last = stand.window.network.columns.map_rect(position, index)
    place = QPointF(first.x() + across * (last.x() - first.x()), first.y() + down * (last.y() - first.y()))
    return int(image.pixel(place.toPoint()))


def test_play_and_pause(stand: Stand) -> None:
    stand.click("play")
    stand.go(2.0)
    stand.click("play")
    assert not stand.bar.player.playing and stand.bar.actions_["play"].text() == "&Play"
    stand.clock.now += 50
    assert stand.bar.player.seconds == pytest.approx(2.0)
    stand.click("play")
    stand.go(1.0)
    assert stand.bar.player.seconds == pytest.approx(3.0)
    stand.go(100)
    stand.click("play")
    assert stand.bar.player.playing and stand.bar.player.seconds == 0.0, "at its end it starts anew"


def test_steps_go_to_the_ends_of_stages_and_hold(stand: Stand) -> None:
    ends = [stand.timeline.end(position) for position in range(len(stand.items))]
    for position, end in enumerate(ends):
        stand.click("forward")
        assert stand.bar.player.seconds == pytest.approx(end) and not stand.bar.player.playing
        assert stand.covered == list(range(position + 1, len(ends)))
        assert not stand.items[position]._replays, "it is complete"
    for position in reversed(range(len(ends) - 1)):
        stand.click("back")
        assert stand.timeline.moment(stand.bar.player.seconds) == Moment(position, 1.0)
    stand.bar.go_live()
    stand.click("back")
    assert stand.timeline.moment(stand.bar.player.seconds) == Moment(len(ends) - 2, 1.0), (
        "back from live: no answer yet"
    )
    stand.click("play")
    stand.click("back")
    assert not stand.bar.player.playing


def test_scrubbing_by_mouse_holds_and_follows(stand: Stand) -> None:
    slider = stand.bar.slider
    middle = QPoint(slider.width() // 2, slider.height() // 2)
    stand.click("play")
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=middle)
    assert not stand.bar.player.playing
    assert stand.bar.player.seconds == pytest.approx(stand.timeline.total / 2, rel=0.03)
    QTest.mouseMove(slider, QPoint(slider.width() - 1, 3))
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() - 1, 3))
    assert stand.bar.player.at_end
    QTest.mouseMove(slider, middle)
    assert stand.bar.player.at_end, "the button is up"
    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(0, 3))
    assert stand.bar.player.seconds == 0.0
    assert stand.covered[0] == 0


def test_keys_go_to_the_bar_after_a_click(stand: Stand) -> None:
    stand.click("play")
    focus = QApplication.focusWidget()
    assert focus is stand.bar.slider
    QTest.keyClick(focus, Qt.Key.Key_Space)
    assert not stand.bar.player.playing
    before = stand.bar.player.seconds
    QTest.keyClick(focus, Qt.Key.Key_Right)
    assert stand.bar.player.seconds > before
    QTest.keyClick(focus, Qt.Key.Key_End)
    assert stand.bar.player.at_end
    QTest.keyClick(focus, Qt.Key.Key_Escape)
    stand.assert_live()


def test_keys_of_the_menu_work_wherever_the_focus_is(stand: Stand) -> None:
    stand.window.input.canvas.setFocus()
    for key, check in (
        (Qt.Key.Key_F5, lambda: stand.bar.player.playing),
        (Qt.Key.Key_F7, lambda: stand.bar.player.seconds == pytest.approx(stand.timeline.end(0))),
        (Qt.Key.Key_F7, lambda: stand.bar.player.seconds == pytest.approx(stand.timeline.end(1))),
        (Qt.Key.Key_F6, lambda: stand.bar.player.seconds == pytest.approx(stand.timeline.end(0))),
        (Qt.Key.Key_F8, lambda: stand.bar.live),
    ):
        QTest.keyClick(stand.window.input.canvas, key)
        assert check(), key


def test_a_button_that_was_reached_by_tab_keeps_the_focus(stand: Stand) -> None:
    button = stand.bar.buttons["forward"]
    button.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(button, Qt.Key.Key_Space)
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert stand.timeline.moment(stand.bar.player.seconds).position == 1


def test_the_live_button_leaves_and_stays_down(stand: Stand) -> None:
    stand.click("live")
    stand.assert_live()
    stand.click("play")
    stand.go(3)
    assert not stand.bar.actions_["live"].isChecked()
    stand.click("live")
    stand.assert_live()
    stand.click("play")
    assert stand.bar.player.seconds == 0.0


def test_speed_and_loop_are_chosen(stand: Stand) -> None:
    stand.bar.speeds.setCurrentIndex(stand.bar.speeds.findText("2×"))
    stand.click("loop")
    stand.click("play")
    stand.go(1.5)
    assert stand.bar.player.seconds == pytest.approx(3.0)
    stand.go(stand.timeline.total / 2)
    assert stand.bar.player.at_end and stand.bar.player.playing
    stand.go(REST + 0.1)
    assert stand.bar.player.seconds == 0.0 and stand.covered[0] == 0
    assert [stand.bar.speeds.itemText(row) for row in range(5)] == ["0.25×", "0.5×", "1×", "2×", "4×"]


# the answer


def test_the_answer_comes_last(stand: Stand) -> None:
    panel, last = stand.window.answer, len(stand.items) - 1
    panel.set_logits(True)
    stand.draw(2)
    ghost = stand.ghost
    assert ghost is not None
    final = stand.frames.last.trace.answer
    stand.click("play")
    stand.go(4)
    shown = panel.bars.shown
    assert shown is not None and shown.known == "nothing" and not shown.answer.probabilities.any()
    assert panel.accessibleDescription() == "" and panel._headline._words[0] == "…"
    assert stand.ghost is ghost
    stand.bar._scrub(stand.timeline.start(last - 1) + 0.5 * stand.timeline.segments[last - 1].moving)
    shown = panel.bars.shown
    assert shown is not None and shown.known == "logits" and shown.answer.logits.any()
    assert not np.allclose(shown.answer.logits, final.logits)
    stand.bar._scrub(stand.timeline.start(last))
    shown = panel.bars.shown
    assert shown is not None and shown.known == "all"
    np.testing.assert_allclose(shown.answer.probabilities, 1 / 4)
    stand.bar._scrub(stand.timeline.end(last - 1))
    shown = panel.bars.shown
    assert shown is not None and shown.known == "logits"
    np.testing.assert_array_equal(shown.answer.logits, final.logits)
    stand.bar._scrub(stand.timeline.total)
    shown = panel.bars.shown
    assert shown is not None and shown.answer is final and stand.ghost is ghost
    assert panel.verdict is not None and panel.verdict.label in panel.accessibleDescription()


def test_nothing_else_in_the_window_moves(stand: Stand) -> None:
    stand.draw(2)
    figures = stand.window.status._timer
    stand.qtbot.waitUntil(lambda: not figures.isActive(), timeout=LONG)
    figures.setInterval(10 * LONG)  # they are no part of the replay, and a slow machine would write them meanwhile
    QApplication.processEvents()

    def places() -> dict[str, QRect]:
        return {
            f"{type(widget).__name__} {number}": QRect(widget.mapTo(stand.window, QPoint(0, 0)), widget.size())
            for number, widget in enumerate(stand.window.findChildren(QWidget))
            if widget.isVisible() and widget is not stand.window.answer._sureness
        }

    before = places()
    stand.click("play")
    for seconds in (0.5, 3, 8, 8):
        stand.go(seconds)
        QApplication.processEvents()
        assert {name: place for name, place in places().items() if before.get(name) != place} == {}


# what the network shows meanwhile


def test_a_new_drawing_in_the_middle_wins(stand: Stand) -> None:
    stand.click("play")
    stand.go(3)
    stand.draw(2)
    stand.assert_live()
    QTest.qWait(60)
    stand.assert_live()


def test_a_new_drawing_at_the_end_is_replayed_once_it_rests(stand: Stand, qtbot: QtBot) -> None:
    stand.click("play")
    stand.go(100)
    before = stand.frames.last.trace.answer
    stand.bar._again.setInterval(10 * LONG)  # or a slow machine would reach it before the test does
    stand.draw(2)
    stand.assert_live()
    stand.draw(3)
    stand.assert_live()
    assert stand.bar._again.isActive()
    stand.bar._again.start(0)
    qtbot.waitUntil(lambda: stand.bar.player.playing, timeout=LONG)
    assert stand.bar.player.seconds == 0.0 and stand.covered[0] == 0
    assert stand.bar.frame is not None and stand.bar.frame.request.source is stand.window.session.drawing
    assert stand.ghost is not None and stand.ghost is not before
    stand.go(100)
    assert stand.bar.player.at_end and not stand.bar.player.playing


def test_the_previous_answer_is_the_ghost_of_the_next_replay(stand: Stand, qtbot: QtBot) -> None:
    stand.click("play")
    stand.go(100)
    before = stand.frames.last.trace.answer
    stand.draw(2)
    qtbot.waitUntil(lambda: stand.bar.player.playing, timeout=LONG)
    stand.go(5)
    assert stand.ghost is before


def test_an_empty_canvas_is_not_replayed_by_itself(stand: Stand, qtbot: QtBot) -> None:
    stand.click("play")
    stand.go(100)
    empty = Drawing()
    stand.window.input.set_drawing(empty)
    qtbot.waitUntil(lambda: not stand.frames.last.request.source, timeout=LONG)
    QTest.qWait(80)
    stand.assert_live()
    stand.click("play")
    assert stand.bar.player.playing, "but it can be"
    stand.bar._scrub(0.5)
    assert "empty" in stand.words.lower()


def test_leaving_at_the_end_stops_the_waiting(stand: Stand) -> None:
    stand.click("play")
    stand.go(100)
    stand.draw(2)
    stand.click("live")
    QTest.qWait(80)
    stand.assert_live()


@pytest.mark.parametrize("change", ["theme", "scale", "size"])
def test_another_view_is_no_new_input(stand: Stand, qtbot: QtBot, change: str) -> None:
    stand.bar._scrub(stand.timeline.start(2) + 0.1)
    before, count = stand.bar.player.seconds, len(stand.frames.seen)
    doings: dict[str, Callable[[], object]] = {
        "theme": lambda: stand.window.theme.set_scheme("dark"),
        "scale": lambda: stand.window.network.set_scale("channel"),
        "size": lambda: stand.window.resize(2200, 700),
    }
    doings[change]()
    qtbot.waitUntil(lambda: len(stand.frames.seen) > count, timeout=LONG)
    stand.frames.wait_for_rest(qtbot)
    assert not stand.bar.live and stand.bar.player.seconds == before
    assert stand.covered == list(range(3, len(stand.items)))
    for item in stand.items[2:]:
        assert item._replayed is not None and item._mosaic is not None
        assert item._replayed.pixels.shape == item._mosaic.pixels.shape
    stand.window.theme.set_scheme("light")


def test_the_ghosts_legend_has_the_colour_of_the_ghosts_when_the_theme_changes_meanwhile(stand: Stand) -> None:
    stand.draw(2)
    stand.click("play")
    legend, theme = stand.window.answer._ghost_legend, stand.window.theme
    assert theme.colours.ghost.name() in legend.text()
    theme.set_scheme("dark")
    assert not stand.bar.live
    assert theme.colours.ghost.name() in legend.text()
    theme.set_scheme("light")


def test_another_model_leaves_the_replay(stand: Stand, registry: Registry, qtbot: QtBot) -> None:
    stand.click("play")
    stand.go(3)
    stand.window.session.set_model(registry.named("shapes-b"))
    stand.assert_live()
    qtbot.waitUntil(lambda: stand.frames.last.request.card.name == "shapes-b", timeout=LONG)
    stand.assert_live()
    stand.click("play")
    stand.go(3)
    assert stand.bar.frame is not None and stand.bar.frame.request.card.name == "shapes-b" and not stand.bar.live


def test_silencing_a_filter_is_a_new_input(stand: Stand, qtbot: QtBot) -> None:
    stand.click("play")
    stand.go(3)
    factors = Factors(((1, 0, 0.0),))
    stand.window.session.set_factors(factors)
    qtbot.waitUntil(lambda: stand.frames.last.trace.factors == factors, timeout=LONG)
    stand.assert_live()


def test_drawing_goes_on_while_a_replay_plays(stand: Stand, qtbot: QtBot) -> None:
    """Frames are painted and the worker goes on, whatever the bar does."""
    for seed in range(3, 8):
        stand.click("play")
        assert stand.bar.player.playing
        stand.go(0.2 * seed)
        stand.draw(seed)
    assert stand.window.session.drawing is stand.frames.last.request.source


def test_the_wheel_does_not_leave_the_live_view(stand: Stand) -> None:
    place = QPointF(stand.bar.slider.rect().center())
    wheel = QWheelEvent(
        place, stand.bar.slider.mapToGlobal(place), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(stand.bar.slider, wheel)
    stand.assert_live()


def test_before_the_first_frame_nothing_can_be_played(stand: Stand, registry: Registry) -> None:
    stand.gate.shut()
    stand.window.session.set_model(registry.named("shapes-b"))
    for name in ("play", "back", "forward"):
        stand.click(name)
        stand.assert_live()
    QTest.mouseClick(stand.bar.slider, Qt.MouseButton.LeftButton, pos=QPoint(9, 9))
    assert stand.bar.live
    stand.gate.open()


def test_a_net_that_gives_no_numbers_can_be_replayed(
    tmp_path_factory: pytest.TempPathFactory, open_window: OpenWindow, gate: Gate, qtbot: QtBot
) -> None:
    weights = random_weights(LAYERS, (1, 16, 16))
    weights["conv2.bias"][0] = np.nan
    folder: Path = tmp_path_factory.mktemp("broken")
    write_model(folder / "broken", card_data(), weights)
    stand = Stand(open_window(registry=find_models(folder)), gate, qtbot)
    stand.click("play")
    for _ in range(60):
        stand.go(0.4)
        stand.window.grab()
    assert stand.bar.player.at_end
    stand.bar._scrub(stand.timeline.start(4) + 0.1)
    assert "NaN" in stand.words


def test_all_that_is_said_fits_or_is_in_the_tooltip(stand: Stand) -> None:
    for position in range(len(stand.items)):
        stand.bar._scrub(stand.timeline.start(position))
        assert stand.words.split(". ", 1)[1] in stand.bar.caption.toolTip()
    assert stand.bar.caption.minimumSizeHint().width() < stand.bar.caption.width()
