"""The Likes page: under a real mouse and real keys it shows what the files and the network hold."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from conftest import LONG, OpenWindow
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QFileDialog, QToolButton
from pytestqt.qtbot import QtBot
from tiny_models import LAYERS, random_weights, write_model

from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.forward.spot import Spot
from desktop_app.core.likes.likes import Likes
from desktop_app.core.likes.likes_file import likes_file, packed
from desktop_app.core.likes.pixels import as_input
from desktop_app.core.model.card import ModelCard
from desktop_app.core.model.registry import Registry, find_models
from desktop_app.core.numerals import tiny
from desktop_app.core.settings import Settings
from desktop_app.learn import search_likes
from desktop_app.ui.look.likes.page import LikesPage
from desktop_app.ui.window.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def likes(registry: Registry) -> Likes:
    """Of the model for drawings that answers first; written beside its weights."""
    card = registry.named("shapes-a")
    found = _found(card)
    likes_file(card).write_bytes(packed(found, card))
    return found


_FOUND: dict[str, Likes] = {}


def _found(card: ModelCard) -> Likes:
    """All tests have the same weights: they are searched once."""
    if card.sha256 not in _FOUND:
        *_, last = search_likes.search_drawings(card, 120, 0)
        _FOUND[card.sha256] = last.likes
    return _FOUND[card.sha256]


def open_page(window: MainWindow, qtbot: QtBot) -> LikesPage:
    """By a click on its tab."""
    window.look.open("pixel")
    tab = next(button for button in window.look.findChildren(QToolButton) if button.text() == "Likes")
    click(tab)
    page = window.look.likes
    wait_until_read(page, qtbot)
    return page


def wait_until_read(page: LikesPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(page.shown.nine.patches) or page.message.isVisible(), timeout=LONG)


@pytest.fixture
def page(likes: Likes, open_window: OpenWindow, qtbot: QtBot) -> LikesPage:
    return open_page(open_window(), qtbot)


def click(button: QAbstractButton) -> None:
    QTest.mouseClick(button, LEFT)


def hover(page: LikesPage, number: int) -> None:
    nine = page.shown.nine
    window = nine.window().windowHandle()
    place = nine.mapTo(nine.window(), nine.place(number).center().toPoint())
    QTest.mouseMove(window, place + QPoint(1, 0))
    QTest.mouseMove(window, place)


def unit_of(page: LikesPage) -> tuple[int, int]:
    index = page.shown.nine.patches[0].index
    name = page.chooser.findChild(QComboBox).currentText().split(" ")[0]
    return [stage.name for stage in NumpyForward(page._card).stages].index(name), index[0]  # type: ignore[arg-type]


def check_patches(page: LikesPage, card: ModelCard) -> None:
    """Every value is what the network gives at that place of that input."""
    forward = NumpyForward(card)
    position, unit = unit_of(page)
    values = []
    for patch in page.shown.nine.patches:
        output = forward(as_input(patch.picture, card.preprocessing))[position - 1]
        assert patch.index[0] == unit
        assert output[patch.index] == pytest.approx(patch.value, abs=1e-4)
        values.append(patch.value)
    assert values == sorted(values, reverse=True)


def test_it_opens_with_the_filter_that_answers_most_now(page: LikesPage, likes: Likes) -> None:
    trace = page._trace
    assert trace is not None
    position = [stage.name for stage in trace.stages].index("conv2")
    strongest = int(trace.outputs[position].reshape(7, -1).max(axis=1).argmax())
    assert unit_of(page) == (position, strongest)
    assert [patch.value for patch in page.shown.nine.patches] == likes.stages["conv2"].value[strongest].tolist()
    assert page.caption.text() == "The nine it answers to most, out of 120 drawings"
    assert page._card is not None
    check_patches(page, page._card)


def test_the_pixels_on_screen_are_those_of_the_receptive_field(page: LikesPage) -> None:
    nine = page.shown.nine
    image = nine.grab().toImage()
    scale = image.width() / nine.width()
    assert max(patch.box.height for patch in nine.patches) == max(patch.box.width for patch in nine.patches) == 8
    for number, patch in enumerate(nine.patches):
        place = nine.place(number)
        down, right = patch.offset((8, 8))
        side = place.width() / 8
        for y, x in ((1, 1), (patch.box.height - 2, patch.box.width - 2), (3, 2)):
            middle = place.topLeft() + QPointF((right + x + 0.5) * side, (down + y + 0.5) * side)
            colour = image.pixelColor((middle * scale).toPoint())
            level = int(patch.picture[0, patch.box.top + y, patch.box.left + x])
            assert (colour.red(), colour.green(), colour.blue()) == (level,) * 3, (number, y, x)


def test_hovering_a_patch_shows_the_whole_input_with_its_field_framed(page: LikesPage, qtbot: QtBot) -> None:
    nine, whole = page.shown.nine, page.shown.whole
    assert whole.patch is nine.patches[0]
    hover(page, 4)
    assert whole.patch is nine.patches[4]
    assert tiny(nine.patches[4].value) in nine.accessibleDescription()
    image, box = whole.grab().toImage(), nine.patches[4].box
    side = whole.picture_place.width() / 16 * image.width() / whole.width()
    corner = whole.picture_place.topLeft() * image.width() / whole.width()
    edge = image.pixelColor(round(corner.x() + (box.left + 3.5) * side), round(corner.y() + box.bottom * side) - 1)
    assert edge == page.theme.colours.accent
    QTest.mouseMove(page.window().windowHandle(), page.mapTo(page.window(), QPoint(3, page.height() - 3)))
    qtbot.waitUntil(lambda: whole.patch is nine.patches[0], timeout=LONG)


def test_a_click_and_the_arrow_keys_mark_a_patch(page: LikesPage, qtbot: QtBot) -> None:
    nine, whole = page.shown.nine, page.shown.whole
    hover(page, 2)
    QTest.mouseClick(nine, LEFT, pos=nine.place(2).center().toPoint())
    QTest.mouseMove(page.window().windowHandle(), page.mapTo(page.window(), QPoint(3, page.height() - 3)))
    qtbot.waitUntil(lambda: nine.at == 2 and nine._hovered is None, timeout=LONG)
    assert nine.hasFocus()
    for key, wanted in ((Qt.Key.Key_Right, 3), (Qt.Key.Key_Left, 2), (Qt.Key.Key_Left, 1), (Qt.Key.Key_Up, 1)):
        QTest.keyClick(nine, key)
        assert whole.patch is nine.patches[wanted]
    QTest.keyClick(nine, Qt.Key.Key_Down)
    assert nine.at is not None and nine.at > 1
    QTest.keyClick(nine, Qt.Key.Key_Escape)
    assert page.window().look.page == ""  # type: ignore[attr-defined]


def test_it_follows_what_is_chosen_in_the_network_and_the_other_way_round(page: LikesPage, likes: Likes) -> None:
    window = page.window()
    assert isinstance(window, MainWindow)
    names = [stage.name for stage in window.network.columns.stages]
    window.selection.choose(Spot(names.index("pool1"), (3, 1, 1)))
    assert unit_of(page) == (names.index("conv1"), 3)
    window.selection.choose(Spot(names.index("softmax"), (2,)))
    assert unit_of(page) == (names.index("fc2"), 2)
    assert "unit 3 of 4 · triangle" in page.chooser._words.text()
    assert {(patch.box.height, patch.box.width) for patch in page.shown.nine.patches} == {(16, 16)}
    following = next(button for button in page.chooser.findChildren(QToolButton) if button.text() == "▸")
    click(following)
    click(following)
    assert window.selection.spot == Spot(names.index("fc2"), (0,)), "after the last comes the first"
    stages = page.chooser.findChild(QComboBox)
    stages.setFocus()
    QTest.keyClick(stages, Qt.Key.Key_Home)
    spot = window.selection.spot
    assert spot is not None and (spot.position, spot.index[0]) == (names.index("conv1"), 0)
    assert [patch.value for patch in page.shown.nine.patches] == likes.stages["conv1"].value[0].tolist()


# models without likes, and with wrong ones


def test_a_model_without_likes_says_what_to_do(open_window: OpenWindow, qtbot: QtBot) -> None:
    page = open_page(open_window(), qtbot)
    assert "convlens prepare-likes shapes-a" in page.message.text()
    assert not page.shown.isVisible() and page.climb.start.isEnabled()


@pytest.mark.parametrize("what", ["broken", "foreign"])
def test_a_file_that_cannot_be_used_costs_the_drawings_only(
    what: str, registry: Registry, likes: Likes, open_window: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    file = likes_file(registry.named("shapes-a"))
    file.write_bytes(b"broken" if what == "broken" else packed(likes, registry.named("shapes-b")))
    page = open_page(open_window(), qtbot)
    assert "likes.npz" in page.message.text() and "prepare-likes shapes-a" in page.message.text()
    assert ("other weights" in page.message.text()) == (what == "foreign")
    pictures(tmp_path / "mine", 12)
    page.search.start(page._card, tmp_path / "mine")  # type: ignore[arg-type]
    page.sources.buttons["folder"].setChecked(True)
    qtbot.waitUntil(lambda: page.shown.isVisible() and len(page.shown.nine.patches) == 9, timeout=LONG)


def test_another_model_brings_its_own(page: LikesPage, registry: Registry, qtbot: QtBot) -> None:
    window = page.window()
    assert isinstance(window, MainWindow)
    window.session.set_model(registry.named("photos-a"))
    assert page.shown.nine.patches == ()
    qtbot.waitUntil(page.message.isVisible, timeout=LONG)
    assert "prepare-likes photos-a" in page.message.text()
    window.session.set_model(registry.named("shapes-a"))
    qtbot.waitUntil(lambda: page.shown.isVisible() and len(page.shown.nine.patches) == 9, timeout=LONG)


def test_a_page_that_is_not_open_reads_nothing(likes: Likes, open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window()
    page = window.look.likes
    assert page._reading is None
    window.look.open("likes")
    wait_until_read(page, qtbot)


def test_a_filter_of_nan_says_so(registry: Registry, open_window: OpenWindow, qtbot: QtBot) -> None:
    card = registry.named("shapes-a")
    shape = card.preprocessing.shape
    weights = random_weights(LAYERS, shape, seed=1)
    weights["conv2.weight"][2] = np.nan
    write_model(card.weights_file.parent, weights=weights)
    registry = find_models(card.weights_file.parent.parent)
    card = registry.named("shapes-a")
    *_, last = search_likes.search_drawings(card, 20, 0)
    likes_file(card).write_bytes(packed(last.likes, card))
    page = open_page(open_window(registry), qtbot)
    page.selection.choose(Spot([stage.name for stage in NumpyForward(card).stages].index("conv2"), (2, 0, 0)))
    assert "NaN" in page.message.text() and page.message.isVisible()
    click(page.climb.start)
    qtbot.waitUntil(lambda: len(climbed(page)) > 3, timeout=LONG)
    assert page.climb.grab().width() > 0
    page.climb.stop()


# a folder of pictures


def pictures(folder: Path, count: int) -> list[Path]:
    folder.mkdir()
    rng = np.random.default_rng(1)
    files = [folder / f"{number:03}.png" for number in range(count)]
    for file in files:
        Image.fromarray(rng.integers(0, 256, (4, 4, 3), dtype=np.uint8)).resize((40, 40)).save(file)
    return files


def choose(page: LikesPage, folder: Path | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the button, with an answer to the dialogue."""
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder or ""))
    click(page.sources.buttons["folder"])


def wait_for_end(page: LikesPage, qtbot: QtBot) -> None:
    assert page._card is not None
    card = page._card

    def ended() -> bool:
        found = page.search.of(card)
        return found is not None and not found.running

    qtbot.waitUntil(ended, timeout=LONG)


def test_a_folder_is_gone_through_and_broken_files_are_counted(
    page: LikesPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    files = pictures(tmp_path / "mine", 40)
    files[3].write_bytes(b"no picture")
    files[21].write_bytes(b"")
    choose(page, tmp_path / "mine", monkeypatch)
    wait_for_end(page, qtbot)
    assert page.caption.text().startswith("mine · all 40 pictures · 2 could not be read")
    assert str(tmp_path / "mine") in page.another.toolTip()
    assert page.another.isVisible() and not page.cancel.isVisible()
    assert page._card is not None
    *_, wanted = search_likes.search_pictures(page._card, tmp_path / "mine")
    position, unit = unit_of(page)
    name = NumpyForward(page._card).stages[position].name
    assert [patch.value for patch in page.shown.nine.patches] == wanted.likes.stages[name].value[unit].tolist()
    check_patches(page, page._card)
    click(page.sources.buttons["drawings"])
    assert "120 drawings" in page.caption.text() and not page.another.isVisible()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: pytest.fail("it is known already"))
    click(page.sources.buttons["folder"])
    assert page.caption.text().startswith("mine")


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Pictures after the first 20 are not read before it is set."""
    go_on = threading.Event()
    read = search_likes._picture

    def slowly(file: Path, spec: object) -> object:
        assert int(file.stem) < 20 or go_on.wait(LONG / 1000)
        return read(file, spec)  # type: ignore[arg-type]

    monkeypatch.setattr(search_likes, "_picture", slowly)
    yield go_on
    go_on.set()


def test_the_newest_nine_are_shown_while_it_runs_and_it_can_be_cancelled(
    page: LikesPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: threading.Event, qtbot: QtBot
) -> None:
    pictures(tmp_path / "mine", 60)
    choose(page, tmp_path / "mine", monkeypatch)
    qtbot.waitUntil(lambda: page.caption.text().startswith("mine · 16 of 60"), timeout=LONG)
    assert len(page.shown.nine.patches) == 9
    click(page.cancel)
    assert page.caption.text().startswith("mine · stopped after 16 of 60")
    assert page.another.isVisible() and len(page.shown.nine.patches) == 9
    held.set()


def test_a_change_of_the_model_ends_a_search_but_keeps_what_was_found(
    page: LikesPage,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    held: threading.Event,
    registry: Registry,
    qtbot: QtBot,
) -> None:
    window = page.window()
    assert isinstance(window, MainWindow)
    pictures(tmp_path / "mine", 40)
    choose(page, tmp_path / "mine", monkeypatch)
    qtbot.waitUntil(lambda: page.caption.text().startswith("mine · 16 of 40"), timeout=LONG)
    window.session.set_model(registry.named("shapes-b"))
    held.set()
    qtbot.waitUntil(page.message.isVisible, timeout=LONG)
    window.session.set_model(registry.named("shapes-a"))
    qtbot.waitUntil(lambda: page.caption.text().startswith("mine · stopped after 16 of 40"), timeout=LONG)


def test_folders_that_give_nothing_say_why(
    page: LikesPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    (tmp_path / "empty").mkdir()
    choose(page, tmp_path / "empty", monkeypatch)
    wait_for_end(page, qtbot)
    assert "holds no pictures" in page.message.text() and page.message.isVisible()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "gone"))
    click(page.another)
    wait_for_end(page, qtbot)
    assert "There is no folder" in page.message.text()
    (tmp_path / "empty" / "a.png").write_bytes(b"")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "empty"))
    click(page.another)
    wait_for_end(page, qtbot)
    assert "None of these pictures could be read" in page.message.text()
    click(page.sources.buttons["drawings"])
    assert not page.message.isVisible() and len(page.shown.nine.patches) == 9


def test_without_a_folder_the_drawings_stay(page: LikesPage, monkeypatch: pytest.MonkeyPatch) -> None:
    choose(page, None, monkeypatch)
    assert page.sources.buttons["drawings"].isChecked()
    assert len(page.shown.nine.patches) == 9 and not page.another.isVisible()


# gradient ascent


def climbed(page: LikesPage) -> list[float]:
    return [value for _, value in page.climb.curve.values]


def test_a_picture_grows_until_it_is_stopped(page: LikesPage, qtbot: QtBot) -> None:
    climb = page.climb
    assert climb.grown.picture is None
    click(climb.start)
    assert climb.running and climb.start.text() == "Stop"
    qtbot.waitUntil(lambda: len(climbed(page)) > 20, timeout=LONG)
    assert climbed(page)[-1] > climbed(page)[0]
    assert climb.grown.picture is not None
    box = page.shown.nine.patches[0].box
    assert (climb.grown.picture.image.height(), climb.grown.picture.image.width()) == (box.height, box.width)
    click(climb.start)
    steps = len(climbed(page))
    assert not climb.running and climb.start.text() == "Start"
    qtbot.waitUntil(lambda: not any(job.thread_.is_alive() for job in page._jobs._running), timeout=LONG)
    assert len(climbed(page)) == steps


def test_it_goes_on_with_another_filter_and_ends_with_the_page(page: LikesPage, qtbot: QtBot) -> None:
    window, climb = page.window(), page.climb
    assert isinstance(window, MainWindow)
    click(climb.start)
    qtbot.waitUntil(lambda: len(climbed(page)) > 3, timeout=LONG)
    window.selection.choose(Spot(1, (2, 5, 5)))
    assert climb.running and climbed(page) == []
    qtbot.waitUntil(lambda: len(climbed(page)) > 3, timeout=LONG)
    assert climb.grown.picture is not None and climb.grown.picture.image.height() == 3
    window.look.open("filters")
    assert not climb.running


def test_a_new_start_begins_with_other_noise(page: LikesPage, qtbot: QtBot) -> None:
    starts = []
    for button in (page.climb.start, page.climb.anew, page.climb.anew):
        click(button)
        qtbot.waitUntil(lambda: len(climbed(page)) > 0, timeout=LONG)
        starts.append(climbed(page)[0])
    assert len(set(starts)) == 3
    page.climb.stop()


def test_a_network_that_cannot_be_read_ends_the_ascent_with_a_message(page: LikesPage, qtbot: QtBot) -> None:
    assert page._card is not None
    page._card.weights_file.write_bytes(b"others")
    click(page.climb.start)
    qtbot.waitUntil(lambda: not page.climb.running, timeout=LONG)
    assert "weights" in page.climb.words.text()


# looks


@pytest.mark.parametrize("projector", [False, True])
def test_nothing_is_cut_off_in_a_small_window(
    projector: bool,
    likes: Likes,
    open_window: OpenWindow,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window = open_window(settings=Settings(scheme="dark", projector=projector))
    page = open_page(window, qtbot)
    pictures(tmp_path / "mine", 10)
    choose(page, tmp_path / "mine", monkeypatch)
    wait_for_end(page, qtbot)
    assert window.width() == 1366
    nine, whole = page.shown.nine, page.shown.whole
    labels = (page.caption, page.chooser._words)
    qtbot.waitUntil(lambda: all(label.width() >= label.sizeHint().width() for label in labels), timeout=LONG)
    for number in range(9):
        assert nine.rect().contains(nine.place(number).toAlignedRect())
    assert page.shown.rect().contains(nine.geometry()) and page.shown.rect().contains(whole.geometry())
    assert not nine.geometry().intersects(whole.geometry())
    assert page.climb.curve.width() >= page.climb.curve.minimumSizeHint().width()
    for button in (page.climb.start, page.climb.anew, *page.sources.buttons.values()):
        assert button.width() >= button.minimumSizeHint().width()
        assert page.rect().contains(button.mapTo(page, button.rect().center()))
