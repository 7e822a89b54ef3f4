"""The answer panel: bars as long as the probabilities, the answer before as a ghost, and "not sure" where it is so."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import LONG, Frames, OpenWindow
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QFontMetricsF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel
from pytestqt.qtbot import QtBot
from tiny_models import card_data, random_weights, write_model

from desktop_app.core.drawing.strokes import Drawing, Stroke
from desktop_app.core.forward.request import Frame, MapView, Photo, Request, Source
from desktop_app.core.forward.trace import Answer, Trace, answer_of
from desktop_app.core.model.card import ModelCard, read_card
from desktop_app.core.model.registry import Registry
from desktop_app.ui.answer.bars import FEWEST_ROWS, MOST_ROWS, ProbabilityBars
from desktop_app.ui.answer.headline import Headline
from desktop_app.ui.answer.panel import AnswerPanel
from desktop_app.ui.colours import LIGHT
from desktop_app.ui.theme import Theme
from desktop_app.ui.window.main_window import MainWindow


def stroke(seed: int) -> Stroke:
    return Stroke(np.random.default_rng(seed).random((6, 2), np.float32))


def an_answer(*probabilities: float) -> Answer:
    return answer_of(np.log(np.array(probabilities, np.float32)), 1.0)


def a_frame(card: ModelCard, answer: Answer, source: Source) -> Frame:
    request = Request(1, 0.0, card, source, MapView())
    return Frame(request, Trace((), (), answer, ()), (), (), None, "CPU", 0)


@pytest.fixture
def card(registry: Registry) -> ModelCard:
    return registry.cards[0]


@pytest.fixture
def panel(card: ModelCard, qtbot: QtBot) -> AnswerPanel:
    made = AnswerPanel(Theme("light"))
    qtbot.addWidget(made)
    made.show_model(card)
    made.resize(300, 600)
    made.show()
    qtbot.waitExposed(made)
    return made


def words(panel: AnswerPanel) -> str:
    return panel.accessibleDescription()


def lengths(bars: ProbabilityBars, colour: QColor, track: QColor) -> list[float]:
    """Of every bar of that colour on screen, the share of its track that it fills."""
    image = bars.grab().toImage()
    found: list[float] = []
    inside = False
    for y in range(image.height()):
        row = [image.pixelColor(x, y).name() for x in range(image.width())]
        bar = row.count(colour.name())
        whole = bar + row.count(track.name())
        if whole > 40 and bar > 0:
            if not inside:
                found.append(0.0)
            found[-1] = max(found[-1], bar / whole)
            inside = True
        else:
            inside = False
    return found


def test_bars_are_as_long_as_the_probabilities(panel: AnswerPanel, card: ModelCard) -> None:
    panel.show_frame(a_frame(card, an_answer(0.06, 0.8, 0.1, 0.04), Drawing((stroke(1),))))
    assert lengths(panel.bars, LIGHT.accent, LIGHT.track) == [pytest.approx(0.8, abs=0.03)]
    others = lengths(panel.bars, LIGHT.muted, LIGHT.track)
    assert others == [pytest.approx(value, abs=0.03) for value in (0.06, 0.1, 0.04)]


def test_an_answer_that_is_not_sure_is_not_put_forward(panel: AnswerPanel, card: ModelCard) -> None:
    panel.show_frame(a_frame(card, an_answer(0.3, 0.3, 0.2, 0.2), Drawing((stroke(1),))))
    assert panel.verdict is not None and panel.verdict.sureness == "not sure"
    assert "Not sure" in words(panel)
    assert lengths(panel.bars, LIGHT.accent, LIGHT.track) == []
    panel.show_frame(a_frame(card, an_answer(0.97, 0.01, 0.01, 0.01), Drawing((stroke(1),))))
    assert words(panel).startswith("circle 97 %. Sure")


def test_the_ghost_is_the_answer_before_the_last_stroke(panel: AnswerPanel, card: ModelCard) -> None:
    """While a stroke grows, the ghost stays; it moves on with the next one."""
    first = Drawing((stroke(1),))
    one, two, three, four = (an_answer(*(np.roll([0.7, 0.1, 0.1, 0.1], turn))) for turn in range(4))
    panel.show_frame(a_frame(card, one, first))
    assert ghost(panel) is None
    points = stroke(2).points
    for count, answer in ((1, two), (3, three), (6, four)):
        panel.show_frame(a_frame(card, answer, first.plus(Stroke(points[:count]))))
        assert ghost(panel) is one
    panel.show_frame(a_frame(card, one, first.plus(Stroke(points)).plus(stroke(3))))
    assert ghost(panel) is four
    panel.show_frame(a_frame(card, two, first.plus(Stroke(points))))
    assert ghost(panel) is one, "undo is a change too"


def test_a_sample_after_a_sample_leaves_a_ghost(panel: AnswerPanel, card: ModelCard) -> None:
    """Both have as many strokes; it is another drawing all the same."""
    one, two = an_answer(0.7, 0.1, 0.1, 0.1), an_answer(0.1, 0.7, 0.1, 0.1)
    panel.show_frame(a_frame(card, one, Drawing((stroke(1),))))
    panel.show_frame(a_frame(card, two, Drawing((stroke(2),))))
    assert ghost(panel) is one


def test_the_same_drawing_again_leaves_the_ghost(panel: AnswerPanel, card: ModelCard) -> None:
    """As after a change of theme or scale."""
    one, two = an_answer(0.7, 0.1, 0.1, 0.1), an_answer(0.1, 0.7, 0.1, 0.1)
    first, second = Drawing((stroke(1),)), Drawing((stroke(1), stroke(2)))
    panel.show_frame(a_frame(card, one, first))
    for _ in range(3):
        panel.show_frame(a_frame(card, two, second))
        assert ghost(panel) is one


def test_an_empty_canvas_has_no_answer_and_no_ghost(panel: AnswerPanel, card: ModelCard) -> None:
    panel.show_frame(a_frame(card, an_answer(0.7, 0.1, 0.1, 0.1), Drawing((stroke(1),))))
    panel.show_frame(a_frame(card, an_answer(0.1, 0.7, 0.1, 0.1), Drawing()))
    assert panel.verdict is None and ghost(panel) is None and words(panel) == ""
    assert max(lengths(panel.bars, LIGHT.muted, LIGHT.track), default=0.0) < 0.03
    panel.show_frame(a_frame(card, an_answer(0.1, 0.7, 0.1, 0.1), Drawing((stroke(1),))))
    assert ghost(panel) is None


def test_while_a_photo_is_read_no_other_photos_answer_stands_there(panel: AnswerPanel, card: ModelCard) -> None:
    one, other, answer = Photo("one.png", b""), Photo("other.png", b""), an_answer(0.97, 0.01, 0.01, 0.01)

    def headline() -> str:
        shown = panel.findChild(Headline)
        assert shown is not None
        return shown.accessibleName()

    assert "Draw a shape" in headline()
    panel.await_source(None)
    assert "Drop a photo" in headline()
    panel.await_source(one)
    assert "Reading your photo" in headline()
    panel.show_frame(a_frame(card, answer, one))
    panel.set_stale(True)
    assert panel.verdict is not None and "working" in headline(), "another view of the same photo"
    panel.set_stale(False)
    panel.await_source(other)
    assert panel.verdict is not None, "a quick network does not flicker"
    panel.set_stale(True)
    assert panel.verdict is None and "Reading your photo" in headline()
    panel.give_up()
    assert "no answer" in headline()
    panel.set_stale(False)
    panel.show_frame(a_frame(card, answer, other))
    assert panel.verdict is not None and panel.verdict.label in headline()


def test_ghost_marks_stand_where_the_bars_ended(panel: AnswerPanel, card: ModelCard) -> None:
    one, two = an_answer(0.5, 0.3, 0.1, 0.1), an_answer(0.05, 0.8, 0.1, 0.05)
    panel.show_frame(a_frame(card, one, Drawing((stroke(1),))))
    panel.show_frame(a_frame(card, two, Drawing((stroke(1), stroke(2)))))
    image = panel.bars.grab().toImage()
    marks = {}
    for y in range(image.height()):
        row = [image.pixelColor(x, y).name() for x in range(image.width())]
        if LIGHT.ghost.name() in row and row.count(LIGHT.track.name()) > 40:
            bar = [
                x for x, name in enumerate(row) if name in (LIGHT.track.name(), LIGHT.accent.name(), LIGHT.muted.name())
            ]
            x = row.index(LIGHT.ghost.name()) + 1
            marks.setdefault(x, (x - bar[0]) / (bar[-1] - bar[0]))
    assert min(marks.values()) == pytest.approx(0.1, abs=0.04)
    assert max(marks.values()) == pytest.approx(0.5, abs=0.04)


def ghost(panel: AnswerPanel) -> Answer | None:
    shown = panel.bars.shown
    assert shown is not None
    return shown.ghost


def test_logits_and_entropy_on_demand(window: MainWindow, qtbot: QtBot) -> None:
    frames, drawing = Frames(window), Drawing((stroke(1),))
    window.input.set_drawing(drawing)
    frames.wait_for_rest(qtbot, drawing)
    before = window.answer.bars.grab().toImage()
    box = next(box for box in window.answer.findChildren(QCheckBox) if "ogits" in box.text())
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert box.isChecked() and window.settings().logits
    assert window.answer.bars.grab().toImage() != before
    texts = " ".join(label.text() for label in window.answer.findChildren(QLabel) if label.isVisible())
    assert f"entropy {frames.last.trace.answer.entropy:.2f} of 2.00 bits" in texts
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    texts = " ".join(label.text() for label in window.answer.findChildren(QLabel) if label.isVisible())
    assert "entropy" not in texts


def test_numbers_that_are_none_are_shown_as_such(panel: AnswerPanel, card: ModelCard) -> None:
    panel.show_frame(a_frame(card, answer_of(np.full(4, np.nan, np.float32), 1.0), Drawing((stroke(1),))))
    panel.set_logits(True)
    assert panel.bars.grab().toImage().height() > 0
    assert "no answer" in words(panel) and "NaN" in words(panel)
    assert "closest" not in words(panel) and "spread out" not in words(panel)


def test_of_many_classes_the_most_probable_are_shown_best_first(
    tmp_path_factory: pytest.TempPathFactory, qtbot: QtBot
) -> None:
    data = card_data()
    data["classes"] = [f"class {number}" for number in range(40)]
    data["architecture"]["layers"][-1]["out"] = 40
    folder = tmp_path_factory.mktemp("many")
    card = read_card(write_model(folder, data, random_weights(data["architecture"]["layers"], (1, 16, 16))))
    panel = AnswerPanel(Theme("light"))
    qtbot.addWidget(panel)
    panel.show_model(card)
    probabilities = np.random.default_rng(0).dirichlet(np.full(40, 0.3))
    panel.show_frame(a_frame(card, an_answer(*np.maximum(probabilities, 1e-9)), Drawing((stroke(1),))))
    panel.resize(300, 900)
    panel.grab()  # lays it out
    shown = panel.bars.shown
    assert shown is not None
    assert list(shown.rows) == sorted(range(40), key=lambda index: -probabilities[index])[:MOST_ROWS]


def test_of_many_classes_only_those_are_shown_that_there_is_height_for(qtbot: QtBot) -> None:
    bars = ProbabilityBars(Theme("light"))
    qtbot.addWidget(bars)
    classes = tuple(f"class {number}" for number in range(40))
    bars.make_room(classes)
    bars.resize(200, 1000)
    bars.show()
    bars.show_answer(classes, None, None, sure=False)
    assert not bars.shown.rows, "the first of a thousand have nothing to say before there is an answer"
    answer = an_answer(*np.linspace(0.001, 1, 40))
    bars.show_answer(classes, answer, None, sure=False)
    assert bars.shown.rows == tuple(range(39, 39 - MOST_ROWS, -1))
    bars.resize(200, bars.minimumHeight())
    assert bars.shown.rows == tuple(range(39, 39 - FEWEST_ROWS, -1))
    assert bars._bars.row_height() >= QFontMetricsF(Theme("light").font("body")).height()


def test_the_previous_answer_of_another_model_is_no_ghost(
    open_window: OpenWindow, registry: Registry, qtbot: QtBot
) -> None:
    window = open_window()
    frames, drawing = Frames(window), Drawing((stroke(1),))
    window.input.set_drawing(drawing)
    frames.wait_for_rest(qtbot, drawing)
    window.session.set_model(registry.named("shapes-b"))
    qtbot.waitUntil(lambda: frames.last.request.card.name == "shapes-b", timeout=LONG)
    assert ghost(window.answer) is None
