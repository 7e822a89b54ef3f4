"""From logits to probabilities: the formula's numbers, what it points at, the experiment, and the sentence."""

from __future__ import annotations

import math

import numpy as np
import pytest
from conftest import LONG, Frames, OpenWindow
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from test_window import assert_whole
from tiny_models import card_data, random_weights, write_model

from desktop_app.core.arithmetic.operations import Softmax
from desktop_app.core.drawing.strokes import Drawing, Stroke
from desktop_app.core.forward.request import Frame, MapView, Request
from desktop_app.core.forward.softmax_steps import share_words, softmax_steps
from desktop_app.core.forward.trace import Trace, answer_of
from desktop_app.core.forward.verdict import verdict_of
from desktop_app.core.model.card import ModelCard, read_card
from desktop_app.core.model.registry import Registry
from desktop_app.ui.colours import LIGHT
from desktop_app.ui.look.selection import Selection
from desktop_app.ui.look.softmax.entropy import EntropyScale
from desktop_app.ui.look.softmax.page import SoftmaxPage
from desktop_app.ui.look.softmax.words import why
from desktop_app.ui.mouse import Mouse
from desktop_app.ui.theme import Theme
from desktop_app.ui.window.main_window import MainWindow

INK = Drawing((Stroke(np.random.default_rng(0).random((9, 2), np.float32)),))


def a_frame(card: ModelCard, logits: list[float], temperature: float = 1.0, source: Drawing = INK) -> Frame:
    answer = answer_of(np.array(logits, np.float32), temperature)
    trace = Trace((), (), answer, (Softmax(temperature),))
    return Frame(Request(1, 0.0, card, source, MapView()), trace, (), (), None, "CPU", 0)


@pytest.fixture
def card(registry: Registry) -> ModelCard:
    """Four classes; not sure above 1.2 bits."""
    return registry.cards[0]


@pytest.fixture
def page(card: ModelCard, qtbot: QtBot) -> SoftmaxPage:
    made = SoftmaxPage(Theme("light"), Selection())
    qtbot.addWidget(made)
    made.show_model(card)
    made.resize(820, 280)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def opened(open_window: OpenWindow, qtbot: QtBot) -> MainWindow:
    """A window with something drawn, and the page open."""
    window = open_window()
    frames = Frames(window)
    window.input.set_drawing(INK)
    frames.wait_for_rest(qtbot, INK)
    window.look.open("softmax")
    qtbot.waitUntil(lambda: window.look.softmax.table.shown is not None, timeout=LONG)
    frames.wait_for_rest(qtbot)
    return window


# the numbers


@pytest.mark.parametrize("temperature", [0.25, 1.0, 3.5])
def test_each_step_is_what_a_calculator_gives(temperature: float) -> None:
    logits = [8.25, 1.125, -0.5, 0.0, -3.75]
    steps = softmax_steps(np.array(logits, np.float32), temperature)
    powers = [math.exp(logit / temperature) for logit in logits]
    assert steps.scaled.tolist() == pytest.approx([logit / temperature for logit in logits])
    assert steps.powers.tolist() == pytest.approx(powers)
    assert steps.total == pytest.approx(math.fsum(powers))
    assert steps.shares.tolist() == pytest.approx([power / math.fsum(powers) for power in powers])
    assert float(steps.shares.sum()) == pytest.approx(1.0)
    assert steps.less == 0
    np.testing.assert_allclose(steps.shares, answer_of(steps.logits, temperature).probabilities, atol=1e-6)


@pytest.mark.parametrize("size", [2000.0, -2000.0])
def test_powers_that_nobody_could_write_down_are_made_smaller_and_shares_stay(size: float) -> None:
    steps = softmax_steps(np.array([size, size - 1, size - 2], np.float32), 1.0)
    assert steps.less == size
    whole = 1 + math.exp(-1) + math.exp(-2)
    assert steps.shares.tolist() == pytest.approx([1 / whole, math.exp(-1) / whole, math.exp(-2) / whole])


def test_numbers_that_are_none_stay_what_they_are() -> None:
    assert np.isnan(softmax_steps(np.array([1, np.nan, 2], np.float32), 1.0).shares).all()
    assert np.isnan(softmax_steps(np.array([1, np.inf], np.float32), 1.0).shares[1])
    assert softmax_steps(np.array([1, -np.inf], np.float32), 1.0).shares.tolist() == [1.0, 0.0]


def test_shares_are_written_so_that_none_looks_like_nothing_or_all() -> None:
    shares = (0.0, 0.0001, 0.0006, 0.1234, 0.9994, 0.99996, 1.0, math.nan)
    assert [share_words(share) for share in shares] == [
        "0.0 %", "<0.1 %", "0.1 %", "12.3 %", "99.9 %", ">99.9 %", "100.0 %", "NaN"]  # fmt: skip


def test_the_page_shows_the_frames_logits_at_the_operations_temperature(page: SoftmaxPage, card: ModelCard) -> None:
    page.show_frame(a_frame(card, [1, 4, -2, 0], temperature=0.5))
    shown = page.table.shown
    assert shown is not None and shown.steps.temperature == 0.5 and shown.best == 1
    assert shown.columns == (0, 1, 2, 3) and shown.others == []
    np.testing.assert_allclose(shown.steps.shares, np.exp([2, 8, -4, 0]) / np.exp([2, 8, -4, 0]).sum())
    before = page.table.grab().toImage()
    page.show_frame(a_frame(card, [1, 4, -2, 3.5], temperature=0.5))
    assert page.table.grab().toImage() != before, "it lives"


def test_of_many_classes_the_largest_have_columns_and_the_rest_shares_one(tmp_path_factory: pytest.TempPathFactory,
                                                                         qtbot: QtBot) -> None:  # fmt: skip
    data = card_data()
    data["classes"] = [f"class {number}" for number in range(1000)]
    data["architecture"]["layers"][-1]["out"] = 1000
    weights = random_weights(data["architecture"]["layers"], (1, 16, 16))
    card = read_card(write_model(tmp_path_factory.mktemp("many"), data, weights))
    page = SoftmaxPage(Theme("light"), Selection())
    qtbot.addWidget(page)
    page.resize(820, 280)
    page.show()
    logits = np.random.default_rng(1).normal(0, 3, 1000)
    page.show_frame(a_frame(card, logits.tolist()))
    shown = page.table.shown
    assert shown is not None
    assert shown.columns == tuple(np.argsort(-logits)[: len(shown.columns)])
    assert 8 <= len(shown.columns) <= 12
    assert sorted([*shown.columns, *shown.others]) == list(range(1000))
    page.resize(1600, 280)
    assert page.table.shown is not None
    assert len(page.table.shown.columns) > len(shown.columns), "a wider page has room for more"


def test_ten_classes_have_room_at_the_size_of_a_classroom_laptop(tmp_path_factory: pytest.TempPathFactory,
                                                                 qtbot: QtBot) -> None:  # fmt: skip
    data = card_data()
    data["classes"] = [f"a rather long name {number}" for number in range(10)]
    data["architecture"]["layers"][-1]["out"] = 10
    weights = random_weights(data["architecture"]["layers"], (1, 16, 16))
    card = read_card(write_model(tmp_path_factory.mktemp("ten"), data, weights))
    page = SoftmaxPage(Theme("light"), Selection())
    qtbot.addWidget(page)
    page.resize(816, 270)
    page.show()
    page.show_frame(a_frame(card, list(range(10)), 0.62))
    assert page.table.shown is not None and len(page.table.shown.columns) == 10


# pointing


def point_at(window: MainWindow, index: int) -> None:
    table = window.look.softmax.table
    Mouse(table).move((table.x_of(index) / table.width(), 0.6))


def underlined(window: MainWindow) -> int | None:
    return window.answer.bars._bars._underlined


def accent_lines(widget: object) -> int:
    """How many pixels of the underline's colour there are."""
    image = widget.grab().toImage()  # type: ignore[attr-defined]
    accent = LIGHT.accent.rgb()
    return sum(image.pixel(x, y) == accent for y in range(image.height()) for x in range(0, image.width(), 3))


def test_the_class_under_the_mouse_is_underlined_in_the_answer_and_marked_in_the_page(opened: MainWindow) -> None:
    table, bars = opened.look.softmax.table, opened.answer.bars
    opened.answer.set_logits(True)
    plain, lines = table.grab().toImage(), accent_lines(bars)
    for index in (1, 3):
        point_at(opened, index)
        assert table.shown is not None and table.shown.pointed == index
        assert underlined(opened) == index
        column = table.grab().toImage()
        x = round(table.x_of(index)) - 20
        assert any(column.pixelColor(x, y) == LIGHT.accent_soft for y in range(column.height()))
        assert column != plain
        assert accent_lines(bars) > lines + 10
    Mouse(opened.network).move((0.5, 0.02))
    assert table.shown is not None and table.shown.pointed is None and underlined(opened) is None
    assert table.grab().toImage() == plain


def test_the_formula_is_of_the_winner_until_somebody_points(page: SoftmaxPage, card: ModelCard) -> None:
    """What stands left of the fraction is the class's name: it changes with the class."""
    page.show_frame(a_frame(card, [1, 4, -2, 0]))
    table = page.table

    def name() -> object:
        return table.grab().toImage().copy(0, 0, 150, 40)

    winner = name()
    QTest.mouseMove(table, QPoint(round(table.x_of(1)), 60))
    assert name() == winner
    QTest.mouseMove(table, QPoint(round(table.x_of(2)), 60))
    assert name() != winner
    QTest.mouseMove(table, QPoint(3, 60))
    assert name() == winner, "the names of the rows are no class"


def test_arrow_keys_go_from_class_to_class(opened: MainWindow) -> None:
    table = opened.look.softmax.table
    table.setFocus()
    assert table.shown is not None
    best = table.shown.best
    QTest.keyClick(table, Qt.Key.Key_Right)
    assert underlined(opened) == best
    for _ in range(9):
        QTest.keyClick(table, Qt.Key.Key_Right)
    assert underlined(opened) == 3, "there it ends"
    QTest.keyClick(table, Qt.Key.Key_Left)
    assert underlined(opened) == 2
    QTest.keyClick(table, Qt.Key.Key_Escape)
    assert underlined(opened) is None and opened.look.page == "softmax"
    QTest.keyClick(table, Qt.Key.Key_Right)
    opened.input.canvas.setFocus()
    assert underlined(opened) is None, "who leaves the page points at nothing"


def test_another_model_forgets_what_was_pointed_at(opened: MainWindow, registry: Registry, qtbot: QtBot) -> None:
    point_at(opened, 2)
    opened.session.set_model(registry.named("shapes-b"))
    assert underlined(opened) is None
    qtbot.waitUntil(lambda: opened.look.softmax.table.shown is not None, timeout=LONG)


# the experiment


def test_the_slider_changes_the_experiment_and_nothing_else(opened: MainWindow) -> None:
    page = opened.look.softmax
    assert page.table.shown is not None and page.table.shown.tried is None
    logits, real = page.table.shown.steps.logits, page.table.shown.steps.shares
    answer = opened.answer.bars.shown
    bars, slider = opened.answer.bars.grab().toImage(), page.experiment.slider
    start = slider.value()
    slider.setFocus()
    for key, sharper in ((Qt.Key.Key_Right, False), (Qt.Key.Key_Left, True)):
        slider.setValue(start)
        for _ in range(12):
            QTest.keyClick(slider, key)
        tried = page.table.shown.tried
        assert tried is not None and tried.temperature == page.experiment.tried
        assert tried.temperature == pytest.approx(0.1 * 100 ** (slider.value() / 200))
        powers = np.exp(logits.astype(np.float64) / tried.temperature)
        np.testing.assert_allclose(tried.shares, powers / powers.sum())
        assert (float(tried.shares.max()) > float(real.max())) == sharper
        np.testing.assert_array_equal(page.table.shown.steps.shares, real)
        assert opened.answer.bars.shown is answer and opened.answer.bars.grab().toImage() == bars
        assert "only an experiment" in words(page)
        assert page.experiment.reset.isEnabled()
    QTest.mouseClick(page.experiment.reset, Qt.MouseButton.LeftButton)
    assert page.experiment.tried is None and page.table.shown.tried is None
    assert slider.value() == start and not page.experiment.reset.isEnabled()
    assert "only an experiment" not in words(page)


def test_a_model_with_another_temperature_ends_the_experiment(page: SoftmaxPage, card: ModelCard) -> None:
    page.show_frame(a_frame(card, [1, 2, 3, 4], 0.5))
    page.experiment.slider.setValue(150)
    page.show_frame(a_frame(card, [1, 2, 3, 5], 0.5))
    assert page.table.shown is not None and page.table.shown.tried is not None, "a new frame keeps it"
    assert page.table.shown.tried.logits[3] == 5
    page.show_frame(a_frame(card, [1, 2, 3, 4], 2.0))
    assert page.table.shown.tried is None and "2.00" in words(page)


def words(page: SoftmaxPage) -> str:
    return " ".join(label.text() for label in page.findChildren(QLabel))


# sureness


@pytest.mark.parametrize(
    ("probabilities", "beginning", "told"),
    [
        ((0.97, 0.02, 0.005, 0.005), "Sure: circle has 97.0", ("0.23 bits", "less than 0.30", "1.20")),
        ((0.1, 0.8, 0.05, 0.05), "Fairly sure: square has 80.0", ("circle comes next with 10.0", "1.02 bits", "0.30")),
        ((0.4, 0.3, 0.2, 0.1), "Not sure: 1.85 bits is above", ("1.20", "circle has 40.0", "square 30.0")),
        ((0.49, 0.49, 0.015, 0.005), "Not sure: circle has the most", ("49.0", "less than all the others together")),
    ],
)
def test_the_sentence_gives_the_reason_that_the_verdict_had(
    card: ModelCard, probabilities: tuple[float, ...], beginning: str, told: tuple[str, ...]
) -> None:
    answer = answer_of(np.log(np.array(probabilities, np.float32)), 1.0)
    sentence = why(answer, card)
    assert sentence.startswith(beginning)
    assert sentence.lower().startswith(verdict_of(answer, card).sureness)
    for part in told:
        assert part in sentence
    assert answer.entropy == pytest.approx(-sum(p * math.log2(p) for p in probabilities), abs=1e-4)


@pytest.mark.parametrize(
    ("logits", "told"),
    [
        ([1, math.nan, 0, 0], "The logit of square is NaN, so no probability"),
        ([1, 2, math.inf, 0], "The logit of triangle is ∞, so no probability"),
        ([math.nan] * 4, "The logits of circle and 3 more are no numbers (NaN), so no probability"),
        ([9, -math.inf, 0, 0], "The logit of square is −∞."),
    ],
)
def test_a_logit_that_is_no_number_is_named(page: SoftmaxPage, card: ModelCard, logits: list[float], told: str) -> None:
    page.show_frame(a_frame(card, logits))
    assert told in page.reason.text()
    assert page.grab().toImage().height() > 0
    page.experiment.slider.setValue(180)
    assert page.grab().toImage().height() > 0


def test_an_empty_canvas_is_said_to_be_one(page: SoftmaxPage, card: ModelCard) -> None:
    page.show_frame(a_frame(card, [1, 2, 3, 4], source=Drawing()))
    assert "empty canvas" in page.reason.text()


def test_the_scale_has_the_entropy_the_cards_line_and_the_experiment(page: SoftmaxPage, card: ModelCard) -> None:
    page.show_frame(a_frame(card, np.log([0.97, 0.01, 0.01, 0.01]).tolist()))
    scale = page.scale
    edges = scale.place_of(0.0), scale.place_of(2.0)
    assert scale.place_of(card.not_sure) == pytest.approx(edges[0] + (edges[1] - edges[0]) * 1.2 / 2)
    assert "0.24 bits" in scale.accessibleName() and "2.00" in scale.accessibleName()
    image = scale.grab().toImage()
    assert marks(scale, LIGHT.accent) == pytest.approx(scale.place_of(0.242), abs=2)
    assert marks(scale, LIGHT.warn) is None
    page.experiment.slider.setValue(170)
    tried = page.experiment.tried
    assert tried is not None and scale.grab().toImage() != image
    at = scale.place_of(answer_of(np.log(np.array([0.97, 0.01, 0.01, 0.01], np.float32)), tried).entropy)
    assert marks(scale, LIGHT.warn) == pytest.approx(at, abs=2)


def marks(scale: EntropyScale, colour: object) -> float | None:
    """Middle of the pixels that have a colour, sideways."""
    image = scale.grab().toImage()
    found = [x for y in range(image.height()) for x in range(image.width()) if image.pixelColor(x, y) == colour]
    return float(np.mean(found)) if found else None


def test_nothing_is_clipped(opened: MainWindow) -> None:
    opened.look.softmax.experiment.slider.setValue(180)
    assert_whole(opened)
    assert opened.size().toTuple() == (1366, 768)
