"""What the school has set, in the window: locked menus, its classes, its pages, its models, its lessons."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from conftest import LONG, Frames, OpenWindow
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolButton
from pytestqt.qtbot import QtBot
from tiny_models import card_data, write_model

from desktop_app.core import lessons as lessons_module
from desktop_app.core.drawing.strokes import Drawing, Stroke
from desktop_app.core.forward.class_list import ClassList, rest, with_rest
from desktop_app.core.forward.spot import Spot
from desktop_app.core.forward.trace import Answer, answer_of
from desktop_app.core.model.registry import Registry, find_models
from desktop_app.core.paths import own_models_folder
from desktop_app.core.session_file import Looking, SavedSession, open_session, save_session
from desktop_app.core.settings import Settings, load_settings
from desktop_app.core.site import PAGES, Site, read_site
from desktop_app.ui.answer.bars import ProbabilityBars
from desktop_app.ui.answer.panel import AnswerPanel
from desktop_app.ui.answer.rows import MOST_ROWS
from desktop_app.ui.app import App
from desktop_app.ui.theme import Theme
from desktop_app.ui.window.main_window import MainWindow, settings_file

CLASSES = ("circle", "square", "triangle", "star")
WHY = "(set by your school)"


def stroke(seed: int) -> Stroke:
    return Stroke(np.random.default_rng(seed).random((6, 2), np.float32))


LESSON = Drawing((stroke(7),))


def an_answer(*probabilities: float) -> Answer:
    return answer_of(np.log(np.array(probabilities, np.float32)), 1.0)


SOFTMAX = Looking("softmax")


def lesson(folder: Path, name: str, model: str = "shapes-b", looking: Looking = SOFTMAX) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}.convlens"
    save_session(SavedSession(LESSON, "drawings", model, Settings(), looking=looking), file)
    return file


def entry(window: MainWindow, text: str) -> QAction:
    """Of any menu, by what it says."""
    return next(a for a in window.findChildren(QAction) if a.text().replace("&", "").startswith(text))


def menu(window: MainWindow, title: str) -> QMenu:
    return next(m for m in window.findChildren(QMenu) if m.title().replace("&", "").startswith(title))


# settings


def test_locked_settings_are_shown_and_say_why_they_cannot_be_changed(open_window: OpenWindow) -> None:
    window = open_window(settings=Settings(scheme="light"), site=Site(theme="dark", projector=True))
    assert window.theme.dark and window.theme.projector
    large = entry(window, "Projector size")
    assert large.isChecked() and not large.isEnabled()
    assert WHY in large.text() and large.statusTip() == "set by your school"
    themes = menu(window, "Theme")
    assert WHY in themes.title() and themes.menuAction().isEnabled(), "what is chosen can be seen"
    assert [(a.text().replace("&", ""), a.isChecked(), a.isEnabled()) for a in themes.actions()] == [
        ("As the system", False, False), ("Light", False, False), ("Dark", True, False),
    ]  # fmt: skip
    QTest.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert window.theme.projector


def test_what_is_locked_does_not_become_the_persons_own(open_window: OpenWindow) -> None:
    mine = Settings(scheme="light", drawing_model="shapes-a")
    window = open_window(settings=mine, site=Site(theme="dark", projector=True, drawing_model="shapes-b"))
    assert window.session.card.name == "shapes-b"
    window.close()
    kept = load_settings(settings_file())
    assert (kept.scheme, kept.projector, kept.drawing_model) == ("light", False, "shapes-a")


def test_nothing_is_locked_where_nothing_is_set(window: MainWindow) -> None:
    assert not [action.text() for action in window.findChildren(QAction) if "school" in action.text()]
    assert not menu(window, "Lessons").menuAction().isVisible()
    assert all(action.isEnabled() for action in menu(window, "Theme").actions())


def test_a_start_shows_what_the_school_has_set(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(site=Site(start="photo", open_page="softmax"))
    window.begin()
    assert window.session.kind == "photos" and window.look.page == "softmax"
    assert window.banner.text == "", "no news"
    window.session.show_kind("drawings")
    assert "shapes" in window.session.card.name and window.banner.text != ""


# pages


def test_only_the_pages_that_are_shown_can_be_opened(open_window: OpenWindow) -> None:
    window = open_window(site=Site(pages=("filters", "softmax")))
    window.look.open("filters")
    tabs = [button.text() for button in window.look.findChildren(QToolButton) if button.isCheckable()]
    assert tabs[:2] == ["Filters", "Softmax"] and "Pixel" not in tabs
    for name, (label, _tip) in window.look.tabs.items():
        page = next(a for a in menu(window, "Look inside").actions() if a.text().startswith(label))
        assert page.isEnabled() == (name in ("filters", "softmax")) and (WHY in page.text()) != page.isEnabled()
        window.look.open(name)
        assert window.look.page in ("filters", "softmax")
    assert not entry(window, "Pin as A").isEnabled()
    QTest.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert window.look.page == "softmax"
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window.look.page == "filters", "a page keeps its number"


def test_with_no_page_a_click_on_a_number_changes_nothing(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(site=Site(pages=()))
    for name in PAGES:
        window.look.open(name)
    view = window.network.columns
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert window.look.page == "" and window.selection.spot is None


# classes


def test_bars_of_the_listed_classes_and_one_for_all_others() -> None:
    listed = ClassList(("Star", "square", "unicorn"))
    assert listed.listed(CLASSES) == (1, 3)
    assert ClassList().listed(CLASSES) == ClassList(("unicorn",)).listed(CLASSES) == ClassList(CLASSES).listed(CLASSES)
    answer = an_answer(0.5, 0.2, 0.2, 0.1)
    assert rest(answer.probabilities, (1, 3)) == pytest.approx(0.7)
    whole = with_rest(answer, (1, 3))
    assert whole.probabilities[[1, 3, 4]].sum() == pytest.approx(1)
    assert np.isnan(whole.logits[-1])


def test_percentages_still_add_up(qtbot: QtBot) -> None:
    bars = ProbabilityBars(Theme("light"))
    qtbot.addWidget(bars)
    bars.list_only(ClassList(("star", "square")))
    bars.resize(300, 300)
    bars.show()
    bars.show_logits(True)
    bars.show_answer(CLASSES, None, None, sure=False)
    assert [bars.shown.classes[row] for row in bars.shown.rows] == ["square", "star", "other classes"]
    answer = an_answer(0.6, 0.2, 0.15, 0.05)
    bars.show_answer(CLASSES, answer, an_answer(0.1, 0.2, 0.3, 0.4), sure=True)
    shown = bars.shown
    assert [shown.classes[row] for row in shown.rows] == ["square", "star", "other classes"]
    assert [float(shown.answer.probabilities[row]) for row in shown.rows] == pytest.approx([0.2, 0.05, 0.75])
    assert [float(shown.ghost.probabilities[row]) for row in shown.rows] == pytest.approx([0.2, 0.4, 0.4])
    assert shown.first == shown.others, "the answer is among the others"
    assert "2 other classes together" in bars._exactly(shown, shown.others)
    assert "logit" in bars._exactly(shown, 3)
    plain = bars.grab().toImage()
    bars.underline(shown.others)
    assert bars.grab().toImage() != plain


def test_of_a_long_list_the_most_probable_have_bars_and_the_others_always(qtbot: QtBot) -> None:
    classes = tuple(f"class {number}" for number in range(40))
    bars = ProbabilityBars(Theme("light"))
    qtbot.addWidget(bars)
    bars.list_only(ClassList(classes[:30]))
    bars.resize(300, 1000)
    bars.show()
    bars.show_answer(classes, an_answer(*np.linspace(0.001, 1, 40)), None, sure=False)
    assert bars.shown.rows == (*range(29, 29 - MOST_ROWS + 1, -1), 40)
    assert bars.shown.answer.probabilities[40] == pytest.approx(bars.shown.answer.probabilities[30:40].sum())


def test_the_words_name_no_class_that_is_not_listed(open_window: OpenWindow, registry: Registry, qtbot: QtBot) -> None:
    window = open_window(site=Site(classes=("star", "unicorn")))
    frames, drawing = Frames(window), Drawing((stroke(1),))
    window.input.set_drawing(drawing)
    frames.wait_for_rest(qtbot, drawing)
    shown = window.answer.bars.shown
    assert [shown.classes[row] for row in shown.rows] == ["star", "other classes"]
    best = CLASSES[frames.last.trace.answer.best]
    words = window.answer.accessibleDescription()
    if best != "star":
        assert words.startswith("other classes") and best not in words
        assert "None of the classes that are listed" in words
    chart = window.history_chart
    chart._known()
    assert chart._names == ("star", "other classes")


def test_an_answer_among_the_others_is_one_where_they_are_likelier_than_not(registry: Registry, qtbot: QtBot) -> None:
    from test_answer import a_frame

    card = registry.cards[0]
    panel = AnswerPanel(Theme("light"))
    qtbot.addWidget(panel)
    panel.list_only(ClassList(("star", "square")))
    panel.show_model(card)
    for probabilities, words in (
        ((0.45, 0.1, 0.4, 0.05), "other classes 85 %. None of the classes"),
        ((0.4, 0.3, 0.05, 0.25), "other classes 45 %. Not sure"),
        ((0.02, 0.94, 0.02, 0.02), "square 94 %"),
        ((0.25, 0.3, 0.25, 0.2), "square 30 %. Not sure"),
    ):
        panel.show_frame(a_frame(card, an_answer(*probabilities), Drawing((stroke(2),))))
        assert panel.accessibleDescription().startswith(words)


# models


def test_only_the_models_that_are_offered(open_window: OpenWindow, registry: Registry, qtbot: QtBot) -> None:
    window = open_window(site=Site(models=("shapes-b",)))
    assert [card.name for card in window.session.registry.cards] == ["shapes-b"]
    add = entry(window, "Add model")
    assert not add.isEnabled() and WHY in add.text()
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile(str(registry.folders[0] / "shapes-a"))])
    window.documents.take(dropped)
    assert "set by your school" in window.banner.text
    assert not own_models_folder().exists()
    window.session.show_kind("photos")
    assert window.session.card.name == "shapes-b", "at the worst one for drawings"


def test_models_for_everybody_come_from_a_folder(
    open_window: OpenWindow, registry: Registry, tmp_path: Path, qtbot: QtBot
) -> None:
    write_model(tmp_path / "share" / "ours", {**card_data(), "title": "Our own net"}, seed=9)
    site = Site(model_folders=(tmp_path / "gone", tmp_path / "share"), drawing_model="ours")
    window = open_window(registry=find_models(*registry.folders, own_models_folder()), site=site)
    qtbot.waitUntil(lambda: window.session.card.name == "ours", timeout=LONG)
    assert {"shapes-a", "ours"} < {card.name for card in window.session.registry.cards}
    qtbot.waitUntil(lambda: str(tmp_path / "gone") in window.banner.text, timeout=LONG)
    assert not window.menus._remove.isEnabled(), "it is everybody's"
    again = window.session.registry.again()
    assert "ours" in [card.name for card in again.cards], "also after a model of one's own was added"


def test_a_model_that_is_wanted_before_it_is_known_is_taken_when_it_comes(
    open_window: OpenWindow, registry: Registry, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_model(tmp_path / "share" / "ours", {**card_data(), "title": "Our own net"}, seed=9)
    slow, real = threading.Event(), find_models
    monkeypatch.setattr(
        "desktop_app.ui.models.shared.find_models", lambda *folders: slow.wait(LONG / 1000) and real(*folders)
    )
    window = open_window(site=Site(model_folders=(tmp_path / "share",)))
    window.documents.open_session(lesson(tmp_path / "saved", "a", model="ours"))
    assert window.session.card.name == "shapes-a" and window.banner.text == ""
    slow.set()
    qtbot.waitUntil(lambda: window.session.card.name == "ours", timeout=LONG)
    window.documents.open_session(lesson(tmp_path / "saved", "b", model="nobody's"))
    assert "nobody's" in window.banner.text


# lessons


def test_a_lesson_is_opened_as_a_copy(open_window: OpenWindow, tmp_path: Path, qtbot: QtBot) -> None:
    file = lesson(tmp_path / "lessons", "2 A & B")
    before = file.read_bytes()
    lesson(tmp_path / "lessons", "10 ten")
    window = open_window(site=Site(lesson_folders=(tmp_path / "lessons",)))
    window.documents.save_session(tmp_path / "mine.convlens")
    lessons = menu(window, "Lessons")
    qtbot.waitUntil(lessons.menuAction().isVisible, timeout=LONG)
    assert [action.text() for action in lessons.actions()] == ["2 A && B", "10 ten"]
    lessons.actions()[0].trigger()
    qtbot.waitUntil(lambda: window.look.page == "softmax", timeout=LONG)
    assert window.session.card.name == "shapes-b"
    assert window.input.drawing().to_json() == LESSON.to_json()
    assert window.documents.file is None, "saving asks for a place"
    assert file.read_bytes() == before


def test_lessons_that_come_later_are_there_when_the_menu_is_opened(
    open_window: OpenWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "lessons").mkdir()
    window = open_window(site=Site(lesson_folders=(tmp_path / "lessons",)))
    lessons = menu(window, "Lessons")
    lesson(tmp_path / "lessons", "new")
    qtbot.waitUntil(lambda: window.lessons._looking is None, timeout=LONG)
    window.menus.file.aboutToShow.emit()
    qtbot.waitUntil(lessons.menuAction().isVisible, timeout=LONG)
    (tmp_path / "lessons" / "new.convlens").unlink()
    lessons.actions()[0].trigger()
    qtbot.waitUntil(lambda: "new" in window.banner.text, timeout=LONG)
    assert "not in" in window.banner.text


def test_a_share_that_is_slow_or_gone_holds_nothing_up(
    open_window: OpenWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    lesson(tmp_path / "lessons", "one")
    slow, real = threading.Event(), lessons_module.lessons_in
    monkeypatch.setattr(lessons_module, "lessons_in", lambda folder: slow.wait(LONG / 1000) and real(folder))
    window = open_window(site=Site(lesson_folders=(tmp_path / "gone", tmp_path / "lessons")))
    lessons = menu(window, "Lessons")
    assert not lessons.menuAction().isVisible()
    slow.set()
    qtbot.waitUntil(lessons.menuAction().isVisible, timeout=LONG)
    one, gone = lessons.actions()
    assert one.text() == "one" and str(tmp_path / "gone") in gone.text() and not gone.isEnabled()


def test_what_is_open_is_saved_with_a_session(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    spot, kept = Spot(1, (2, 5, 6)), tmp_path / "a.convlens"
    window.input.set_drawing(LESSON)
    window._look_at(spot)
    assert window.documents.save_session(kept)
    assert open_session(kept).looking == Looking("pixel", spot)
    window.look.close_page()
    assert window.look_again.now() == Looking() and window.selection.spot is None
    window.session.set_model(window.session.registry.named("shapes-b"))
    window.documents.open_session(kept)
    assert window.look.page == "pixel" and window.session.card.name == "shapes-a"
    qtbot.waitUntil(lambda: window.selection.spot == spot, timeout=LONG)
    window.documents.open_session(lesson(tmp_path, "closed", looking=Looking()))
    assert window.look.page == ""
    nowhere = Looking("filters", Spot(99, (0,)))
    window.documents.open_session(lesson(tmp_path, "other network", model="shapes-a", looking=nowhere))
    qtbot.waitUntil(lambda: window.look_again._sought is None, timeout=LONG)
    assert window.look.page == "filters" and window.selection.spot is None


# the start


def test_a_broken_file_is_told_once_and_stops_nothing(qapp: QApplication, tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text('theme = "dark"\nprojector = "on"\nwallpaper = 1\nmodels = ["no such model"]\n', encoding="utf-8")
    app = App(qapp, read_site(file))
    try:
        told = app.window.banner.text
        assert f"{file}, line 2, projector:" in told and "1 more" in told
        assert app.theme.dark and not app.theme.projector
        assert app.session.card.name == "shapes-lenet", "none of the models that are offered is there"
    finally:
        app.close()
        app.window.deleteLater()
