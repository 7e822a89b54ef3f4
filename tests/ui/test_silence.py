"""The Silence page: filters switched off by a real mouse and real keys, and what the network answers then."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from conftest import LONG, Frames, Gate, OpenWindow
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QToolButton
from pytestqt.qtbot import QtBot

from desktop_app.core.filters.shares import two_shares
from desktop_app.core.forward.factors import UNTOUCHED, Factors
from desktop_app.core.forward.request import Frame
from desktop_app.core.forward.spot import Spot
from desktop_app.core.forward.verdict import percent
from desktop_app.learn.network.load import load
from desktop_app.ui.look.silence.page import SilencePage
from desktop_app.ui.network.scaled_note import ScaledNote
from desktop_app.ui.window.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton
CONV1, CONV2 = 1, 4


class Opened:
    """A window with a drawing and the Silence page open."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window, self.qtbot = window, qtbot
        self.frames = Frames(window)
        self.draw("star")
        window.look.open("silence")
        self.page: SilencePage = window.look.silence
        self.whole = self.frames.last

    def draw(self, label: str) -> Frame:
        self.window.input.draw_sample(label)
        self.frames.wait_for_rest(self.qtbot, self.window.session.drawing)
        return self.frames.last

    def click(self, number: int) -> Frame:
        rect = self.page.grid.tile_rect(number)
        assert rect is not None
        QTest.mouseClick(self.page.grid, LEFT, pos=rect.center().toPoint())
        return self.settled()

    def settled(self) -> Frame:
        """The frame that has the factors of now."""
        self.qtbot.waitUntil(lambda: self.frames.last.trace.factors == self.window.session.factors, timeout=LONG)
        return self.frames.last

    @property
    def scaled(self) -> tuple[tuple[int, int, float], ...]:
        return self.window.session.factors.scaled

    @property
    def note(self) -> ScaledNote:
        (note,) = self.window.network.findChildren(ScaledNote)
        return note

    def button(self, words: str) -> QAbstractButton:
        found = [
            button
            for button in self.page.findChildren(QAbstractButton)
            if words in button.text() and not button.isHidden()
        ]
        assert len(found) == 1, words
        return found[0]

    def texts(self) -> str:
        return " | ".join(label.text() for label in self.page.findChildren(QLabel) if label.isVisible())

    def rank(self, scope: str) -> None:
        QTest.mouseClick(self.page.ranking.scopes.buttons[scope], LEFT)
        QTest.mouseClick(self.button("Find the filters"), LEFT)
        self.qtbot.waitUntil(lambda: not self.page.finder.working, timeout=LONG)


@pytest.fixture
def opened(open_window: OpenWindow, qtbot: QtBot) -> Opened:
    return Opened(open_window(), qtbot)


def without(opened: Opened, name: str, channel: int, factor: float = 0.0) -> np.ndarray:
    """What torch answers to the present input when one map is scaled by a hook."""
    card = opened.window.session.card
    net = load(card)

    def scale(_module: object, _inputs: object, output: torch.Tensor) -> torch.Tensor:
        output = output.clone()
        output[:, channel] *= factor
        return output

    net.get_submodule(name).register_forward_hook(scale)
    with torch.inference_mode():
        logits = net(torch.from_numpy(opened.frames.last.trace.outputs[0])[None])[0]
    return (logits / card.temperature).softmax(0).numpy()  # type: ignore[no-any-return]


def test_a_click_switches_a_filter_off_and_on_again(opened: Opened) -> None:
    frame = opened.click(2)
    assert opened.scaled == ((CONV1, 2, 0.0),)
    assert not frame.trace.outputs[CONV1][2].any()
    np.testing.assert_allclose(frame.trace.answer.probabilities, without(opened, "conv1", 2), atol=1e-5)
    frame = opened.click(2)
    assert opened.scaled == ()
    np.testing.assert_array_equal(frame.trace.answer.logits, opened.whole.trace.answer.logits)


def test_space_switches_and_arrows_move(opened: Opened) -> None:
    opened.page.grid.setFocus()
    opened.window.selection.choose(Spot(CONV1, (0, 0, 0)))
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Space, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Space):
        QTest.keyClick(opened.page.grid, key)
    opened.settled()
    assert opened.scaled == ((CONV1, 1, 0.0), (CONV1, 3, 0.0))
    QTest.keyClick(opened.page.grid, Qt.Key.Key_Space)
    assert opened.scaled == ((CONV1, 1, 0.0),)


def test_the_slider_scales_the_chosen_filter(opened: Opened) -> None:
    opened.window.selection.choose(Spot(CONV2, (3, 1, 1)))
    slider = opened.page.slider
    assert slider.value() == 20 and "filter 4: on" in opened.texts()
    QTest.keyClick(slider, Qt.Key.Key_End)
    frame = opened.settled()
    assert opened.scaled == ((CONV2, 3, 2.0),) and "filter 4: ×2" in opened.texts()
    np.testing.assert_allclose(frame.trace.answer.probabilities, without(opened, "conv2", 3, 2.0), atol=1e-5)
    QTest.keyClick(slider, Qt.Key.Key_PageDown)
    opened.settled()
    assert opened.scaled == ((CONV2, 3, 1.5),)
    opened.window.selection.choose(Spot(CONV2, (4, 1, 1)))
    assert slider.value() == 20 and opened.scaled == ((CONV2, 3, 1.5),)


def test_it_says_what_the_answer_was_and_is(opened: Opened) -> None:
    label, before = opened.whole.request.card.classes, opened.whole.trace.answer
    assert (
        opened.page.effect.words
        == f"{label[before.best]} {percent(float(before.probabilities.max()))} with all filters"
    )
    after = opened.click(4).trace.answer
    first, second = two_shares(float(before.probabilities[before.best]), float(after.probabilities[before.best]))
    assert opened.page.effect.words.startswith(f"{label[before.best]} {first} → {second} without filter 5 of conv1")
    assert ("now" in opened.page.effect.words) == (after.best != before.best)
    opened.click(1)
    assert "without 2 filters" in opened.page.effect.words


def test_a_new_drawing_is_compared_with_the_whole_network_too(opened: Opened) -> None:
    opened.click(0)
    opened.draw("circle")
    opened.qtbot.waitUntil(lambda: "→" in opened.page.effect.words, timeout=LONG)
    shown = opened.page.effect.words
    opened.window.reset_factors()
    whole = opened.settled().trace.answer
    silenced = without(opened, "conv1", 0)
    words = two_shares(float(whole.probabilities[whole.best]), float(silenced[whole.best]))
    assert f"{words[0]} → {words[1]}" in shown


def test_every_scaled_filter_has_its_own_way_back(opened: Opened) -> None:
    for number in (0, 3):
        opened.click(number)
    QTest.mouseClick(opened.button("conv1 · 1: off"), LEFT)
    opened.settled()
    assert opened.scaled == ((CONV1, 3, 0.0),)
    opened.button("conv1 · 4: off")


def test_one_key_switches_all_on_again_also_when_the_page_is_closed(opened: Opened) -> None:
    for number in (0, 3):
        opened.click(number)
    opened.window.look.close_page()
    assert opened.note.isVisible() and opened.note.text() == "2 maps scaled · Reset"
    QTest.keyClick(opened.window, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    opened.settled()
    assert opened.scaled == () and not opened.note.isVisible()
    opened.window.look.open("silence")
    assert not [
        button for button in opened.page.findChildren(QToolButton) if button.isVisible() and "off" in button.text()
    ]


def test_the_note_and_the_button_reset_all(opened: Opened) -> None:
    opened.click(0)
    QTest.mouseClick(opened.note, LEFT)
    opened.settled()
    assert opened.scaled == ()
    opened.click(0)
    QTest.mouseClick(opened.button("Reset all"), LEFT)
    opened.settled()
    assert opened.scaled == () and not opened.button("Reset all").isEnabled()


def test_scaled_maps_are_marked_in_the_network(opened: Opened) -> None:
    opened.window.selection.choose(None)
    columns = opened.window.network.columns
    before = columns.grab().toImage()
    opened.click(2)
    opened.window.selection.choose(None)
    top_left, _ = columns.map_rect(CONV1, 2)
    ghost = opened.window.theme.colours.ghost
    picture = columns.grab().toImage()
    near = {
        picture.pixelColor(top_left.toPoint() + QPoint(x, y)).name() for x in range(-2, 3) for y in range(6, 10)
    } - {before.pixelColor(top_left.toPoint() + QPoint(-4, 8)).name()}
    assert ghost.name() in near


def test_maps_keep_their_places_when_something_is_silenced(opened: Opened) -> None:
    """A note that pushed the maps around would have all of them made anew."""
    before = opened.window.network.columns.geometry(), opened.window.network.columns.columns
    opened.click(0)
    assert (opened.window.network.columns.geometry(), opened.window.network.columns.columns) == before


def test_another_model_is_whole(opened: Opened) -> None:
    opened.click(0)
    opened.rank("stage")
    opened.window.session.set_model(opened.window.session.registry.named("shapes-b"))
    opened.frames.wait_for_rest(opened.qtbot)
    frame = opened.settled()
    assert frame.trace.factors == UNTOUCHED and not opened.note.isVisible()
    assert opened.page.finder.ranking is None
    opened.click(1)
    assert opened.scaled == ((CONV1, 1, 0.0),)


def test_the_filters_that_matter_most_are_found(opened: Opened) -> None:
    opened.click(1)  # what is scaled now has no part in it
    opened.rank("network")
    ranking = opened.page.finder.ranking
    assert ranking is not None and ranking.done == ranking.total == 5 + 7 + 11
    best = opened.whole.trace.answer.best
    whole = float(opened.whole.trace.answer.probabilities[best])
    name = {CONV1: "conv1", CONV2: "conv2", 8: "fc1"}
    for absence in ranking.absences[:3]:
        wanted = without(opened, name[absence.position], absence.channel)
        assert absence.probability == pytest.approx(float(wanted[best]), abs=1e-5)
    assert abs(ranking.absences[0].change) == max(abs(absence.probability - whole) for absence in ranking.absences)
    assert "would become, without:" in opened.texts()


def test_a_row_of_the_ranking_chooses_its_filter(opened: Opened) -> None:
    opened.rank("stage")
    ranking = opened.page.finder.ranking
    assert ranking is not None and ranking.total == 5
    rows = opened.page.ranking.rows
    QTest.mouseClick(rows, LEFT, pos=QPoint(20, 5))
    spot = opened.window.selection.spot
    assert spot is not None and (spot.position, spot.index[0]) == (CONV1, ranking.absences[0].channel)
    QTest.keyClick(rows, Qt.Key.Key_Down)
    assert opened.page.grid.chosen_number == ranking.absences[1].channel


def test_a_ranking_of_an_older_input_says_so(opened: Opened) -> None:
    opened.rank("stage")
    assert "Older input" not in opened.texts()
    opened.click(0)
    assert "Older input" not in opened.texts()  # the same input
    opened.draw("circle")
    assert "Older input" in opened.texts()


def test_a_ranking_can_be_cancelled(opened: Opened, gate: Gate) -> None:
    gate.shut()
    QTest.mouseClick(opened.button("Find the filters"), LEFT)
    assert gate.began.wait(LONG / 1000)
    QTest.mouseClick(opened.button("Cancel"), LEFT)
    gate.open()
    opened.qtbot.waitUntil(lambda: not opened.page.finder.working, timeout=LONG)
    ranking = opened.page.finder.ranking
    assert ranking is None or ranking.done < ranking.total
    assert opened.button("Find the filters").isEnabled()


def test_a_ranking_that_fails_says_why(opened: Opened, gate: Gate, caplog: pytest.LogCaptureFixture) -> None:
    gate.error = ValueError("no such network")
    QTest.mouseClick(opened.button("Find the filters"), LEFT)
    opened.qtbot.waitUntil(lambda: "no such network" in opened.texts(), timeout=LONG)
    gate.error = None
    caplog.clear()


def test_nothing_drawn_is_no_answer(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window()
    window.look.open("silence")
    assert "Draw something" in window.look.silence.effect.words


def test_it_is_the_same_in_the_dark_and_at_projector_size(opened: Opened) -> None:
    opened.click(0)
    opened.rank("network")
    opened.window.theme.set_scheme("dark")
    opened.window.set_projector(True)
    opened.settled()
    assert not opened.window.grab().isNull()
    assert opened.window.session.factors == Factors(((CONV1, 0, 0.0),))
