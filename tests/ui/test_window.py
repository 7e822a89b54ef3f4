"""The main window as a person uses it: mouse, keyboard, menus, themes, sizes; and it closes whatever is going on."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from conftest import LONG, Frames, Gate, OpenWindow
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QDockWidget,
    QLabel,
    QMenu,
    QTextBrowser,
    QToolBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from tiny_models import write_model

from desktop_app.core.drawing.strokes import Drawing, Stroke
from desktop_app.core.forward.forwards import Forwards
from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.model.registry import Registry, find_models
from desktop_app.core.paths import models_folder
from desktop_app.core.settings import Settings, load_settings
from desktop_app.ui import waiting
from desktop_app.ui.mouse import Mouse, Place
from desktop_app.ui.window.main_window import MainWindow, settings_file

CIRCLE = [(0.5 + 0.3 * np.cos(turn), 0.5 + 0.3 * np.sin(turn)) for turn in np.linspace(0, 6.4, 40)]


@pytest.fixture(scope="module")
def shipped() -> Registry:
    return find_models(models_folder())


def draw(window: MainWindow, places: list[Place]) -> None:
    mouse = Mouse(window.input.canvas)
    mouse.press(places[0])
    for place in places[1:]:
        mouse.move(place)
        QApplication.processEvents()
    mouse.release(places[-1])


def menus(window: MainWindow) -> Iterator[QAction]:
    """Every entry of every menu that can be chosen."""
    waiting = [action.menu() for action in window.menuBar().actions()]
    while waiting:
        for action in waiting.pop().actions():
            if isinstance(action.menu(), QMenu):
                waiting.append(action.menu())
            elif not action.isSeparator():
                yield action


def entry(window: MainWindow, text: str) -> QAction:
    return next(action for action in menus(window) if action.text().replace("&", "").startswith(text))


# drawing


def test_a_circle_by_mouse_is_a_circle_and_every_stage_lights_up(
    open_window: OpenWindow, shipped: Registry, qtbot: QtBot
) -> None:
    window = open_window(registry=shipped, forwards=Forwards(NumpyForward))
    empty = window.network.columns.grab().toImage()
    frames = Frames(window)
    assert window.answer.verdict is None
    draw(window, CIRCLE)
    frames.wait_for_rest(qtbot, window.session.drawing)
    assert window.answer.verdict is not None
    assert window.answer.verdict.label == "circle"
    assert "circle" in window.answer.accessibleDescription()
    assert len(window.session.drawing.strokes) == 1
    assert len(window.session.drawing.strokes[0].points) >= len(CIRCLE) - 2, "no point of the mouse is lost"
    assert len({frame.request.serial for frame in frames.seen}) >= 3, "it moves while the pen moves"
    image = window.network.columns.grab().toImage()
    for position, stage in enumerate(frames.last.trace.stages):
        changed = 0
        for index in range(1 if position == 0 else stage.maps[0]):
            top_left, bottom_right = window.network.columns.map_rect(position, index)
            piece = [QPoint(int(x), int(y)) for x in np.linspace(top_left.x(), bottom_right.x(), 8)[1:-1]
                     for y in np.linspace(top_left.y(), bottom_right.y(), 8)[1:-1]]  # fmt: skip
            changed += any(image.pixel(point) != empty.pixel(point) for point in piece)
        assert changed > 0, stage.name


def test_more_strokes_change_the_answer_and_undo_brings_it_back(window: MainWindow, qtbot: QtBot) -> None:
    frames = Frames(window)
    draw(window, [(0.2, 0.2), (0.8, 0.8)])
    frames.wait_for_rest(qtbot, window.session.drawing)
    one = frames.last
    draw(window, [(0.8, 0.1), (0.2, 0.8), (0.9, 0.9)])
    frames.wait_for_rest(qtbot, window.session.drawing)
    two = frames.last
    assert not np.array_equal(one.trace.answer.logits, two.trace.answer.logits)
    assert not np.array_equal(one.mosaics[1].pixels, two.mosaics[1].pixels)
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    frames.wait_for_rest(qtbot, window.session.drawing)
    assert len(window.session.drawing.strokes) == 1
    np.testing.assert_array_equal(frames.last.trace.answer.logits, one.trace.answer.logits)
    QTest.keyClick(window, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    frames.wait_for_rest(qtbot, window.session.drawing)
    np.testing.assert_array_equal(frames.last.trace.answer.logits, two.trace.answer.logits)


def test_the_newest_wins_while_a_flood_of_points_comes(window: MainWindow, gate: Gate, qtbot: QtBot) -> None:
    frames = Frames(window)
    gate.shut()
    draw(window, [(0.5 + 0.4 * np.cos(t), 0.5 + 0.4 * np.sin(t)) for t in np.linspace(0, 30, 600)])
    gate.open()
    frames.wait_for_rest(qtbot, window.session.drawing)
    assert len(frames.seen) <= 5  # the moments of its past go through the gate as well, but make no frames
    assert len(window.session.drawing.strokes[0].points) > 400, "the canvas kept them all"


def test_a_sample_is_one_click_away(window: MainWindow, qtbot: QtBot) -> None:
    frames = Frames(window)
    QTest.mouseClick(window.input.tools.samples.buttons["star"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(frames.seen) and bool(frames.last.request.source), timeout=LONG)
    assert window.answer.verdict is not None


# what goes wrong


def test_an_exception_while_working_is_shown_and_drawing_goes_on(
    window: MainWindow, gate: Gate, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    gate.error = MemoryError("no room for maps")
    with qtbot.waitSignal(window.session.problem, timeout=LONG):
        draw(window, CIRCLE[:5])
    qtbot.waitUntil(lambda: "no room for maps" in window.banner.text, timeout=LONG)
    assert window.banner.isVisible()
    gate.error = None
    frames = Frames(window)
    draw(window, CIRCLE)
    frames.wait_for_rest(qtbot, window.session.drawing)
    assert window.answer.verdict is not None
    close = window.banner.findChild(QToolButton)
    assert close is not None
    QTest.mouseClick(close, Qt.MouseButton.LeftButton)
    assert window.banner.text == ""


def test_a_long_message_is_readable_to_its_end(window: MainWindow) -> None:
    window.banner.show_problem("A file with a long name could not be read. " * 12)
    label = window.banner.findChild(QLabel)
    assert label is not None
    assert label.height() >= label.heightForWidth(label.width())
    assert window.rect().contains(window.banner.mapTo(window, window.banner.rect().bottomRight()))


def test_a_notice_does_not_push_a_problem_away(window: MainWindow) -> None:
    window.banner.show_problem("Read me.")
    window.banner.show_notice("All is well.")
    assert window.banner.text == "Read me."


@pytest.mark.parametrize("busy", [False, True], ids=["idle", "forward running"])
def test_closing_ends_all_threads(open_window: OpenWindow, gate: Gate, qtbot: QtBot, busy: bool) -> None:
    threads = set(threading.enumerate())
    window = open_window()
    started = [thread for thread in threading.enumerate() if thread not in threads]
    assert {thread.name for thread in started} >= {"convlens-worker", "convlens-autosave"}
    if busy:
        gate.shut()
        draw(window, CIRCLE[:9])
        assert gate.began.wait(LONG / 1000)
        timer = threading.Timer(0.3, gate.open)
        timer.start()
    window.close()
    assert not window.isVisible()
    for thread in started:
        thread.join(LONG / 1000)
        assert not thread.is_alive()
    if busy:
        timer.join()
    assert window.close(), "closing again is harmless"


def test_a_broken_model_is_one_message_and_the_rest_can_be_used(
    tmp_path: Path, open_window: OpenWindow, registry: Registry, qtbot: QtBot
) -> None:
    broken = registry.named("shapes-b")
    broken.weights_file.write_bytes(b"nothing")
    window = open_window(settings=Settings(scheme="light", drawing_model="shapes-a"))
    with qtbot.waitSignal(window.session.problem, timeout=LONG):
        entry(window, broken.title).trigger()
    qtbot.waitUntil(lambda: "weights.safetensors" in window.banner.text, timeout=LONG)
    assert entry(window, "Tiny drawings").isChecked()
    assert not entry(window, broken.title).isChecked()


# menus


def test_every_shortcut_means_one_thing(window: MainWindow) -> None:
    keys: Counter[str] = Counter()
    for action in set(window.findChildren(QAction)) | set(menus(window)):
        for key in action.shortcuts():
            keys[key.toString()] += 1
    assert [key for key, count in keys.items() if count > 1] == []
    assert {"Ctrl+O", "Ctrl+S", "Ctrl+Z", "Ctrl+V", "Ctrl+Q"} <= keys.keys()


def test_every_menu_letter_means_one_thing(window: MainWindow) -> None:
    for title in (action.menu() for action in window.menuBar().actions()):
        letters = re.findall(r"&(\w)", " ".join(action.text() for action in title.actions()).lower())
        double = [letter for letter, count in Counter(letters).items() if count > 1]
        assert double == [], title.title()


@pytest.mark.parametrize("kind", ["drawings", "photos"])
def test_the_keys_for_opening_work_whatever_is_shown(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Qt does nothing at all when two entries want the same key."""
    asked: list[str] = []
    monkeypatch.setattr(
        "PySide6.QtWidgets.QFileDialog.getOpenFileName", lambda *args, **_kw: (asked.append(args[1]), ("", ""))[1]
    )
    if kind == "photos":
        QTest.mouseClick(window.input._switch.buttons["photos"], Qt.MouseButton.LeftButton)
    window.network.columns.setFocus()
    QTest.keyClick(window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    assert len(asked) == 1


def test_about_names_the_licences(window: MainWindow, qtbot: QtBot) -> None:
    texts: dict[str, str] = {}

    def read() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QDialog)
        browser = dialog.findChild(QTextBrowser)
        assert browser is not None
        texts[dialog.windowTitle()] = browser.toPlainText()
        dialog.reject()

    for name in ("About ConvLens", "About this model", "Keyboard"):
        QTimer.singleShot(0, window, read)
        entry(window, name).trigger()
    about = texts["About ConvLens"]
    for part in ("torch", "PySide6", "numpy", "pillow", "pyqtgraph", "safetensors", "Inter", "Lucide"):
        assert part in about
    for licence in ("MIT", "BSD-3-Clause", "LGPL-3.0", "OFL"):
        assert licence in about
    assert "no network" in about
    assert "Random weights." in texts["Tiny drawings"]
    assert QKeySequence(QKeySequence.StandardKey.Undo).toString() in texts["Keyboard"]


# looks


def clipped(window: MainWindow) -> list[str]:
    """Visible texts that have less room than they need."""
    found = []
    for label in window.findChildren(QLabel):
        if not label.isVisible() or not label.text():
            continue
        needed = label.heightForWidth(label.width()) if label.wordWrap() else label.sizeHint().height()
        if label.height() < needed - 1 or (not label.wordWrap() and label.width() < label.sizeHint().width() - 1):
            found.append(f"{label.text()!r}: {label.size().toTuple()} for {label.sizeHint().toTuple()}")
    return found + [
        f"button {button.text()!r}: {button.width()} for {button.sizeHint().width()}"
        for button in window.findChildren(QAbstractButton)
        if button.isVisible() and button.text() and button.width() < button.sizeHint().width() - 1
    ]


def outside(window: MainWindow) -> list[str]:
    """Visible panels' widgets that stick out of the window or of their parents."""
    found = []
    for widget in window.findChildren(QWidget):
        parent = widget.parentWidget()
        if widget.isVisible() and not widget.isWindow() and isinstance(parent, QWidget):
            inside = QWidget.rect(parent).contains(widget.geometry())
            if not inside and parent.objectName() != "qt_scrollarea_viewport" and widget.width() * widget.height():
                found.append(f"{type(widget).__name__} {widget.geometry().getRect()} in {type(parent).__name__}")
    return found


def assert_whole(window: MainWindow) -> None:
    """Once layouts have settled, nothing is clipped and nothing sticks out."""
    for _ in range(100):
        if not clipped(window) and not outside(window):
            break
        QTest.qWait(10)
    assert clipped(window) == []
    assert outside(window) == []


@pytest.mark.parametrize("kind", ["drawings", "photos"])
def test_nothing_is_clipped_at_the_size_of_a_classroom_laptop(
    open_window: OpenWindow, shipped: Registry, qtbot: QtBot, kind: str
) -> None:
    window = open_window(registry=shipped, forwards=Forwards(NumpyForward), size=(1366, 768))
    frames = Frames(window)
    draw(window, CIRCLE)
    frames.wait_for_rest(qtbot, window.session.drawing)
    window.answer.set_logits(True)
    window.input.set_kind(kind)
    qtbot.waitUntil(lambda: any("ms" in label.text() for label in window.status.findChildren(QLabel)), timeout=LONG)
    assert_whole(window)
    assert window.size().toTuple() == (1366, 768), "the window can be that small"


TITLE_BAR = 68
"""Of a low screen's 768 pixels: at most so many are a window's title bar and the desktop's own."""


@pytest.mark.parametrize("projector", [False, True])
@pytest.mark.parametrize("kind", ["drawings", "photos"])
def test_the_window_fits_a_classroom_laptop_with_title_bar_and_page(
    open_window: OpenWindow, shipped: Registry, kind: Literal["drawings", "photos"], projector: bool
) -> None:
    settings = Settings(scheme="light", projector=projector)
    window = open_window(registry=shipped, forwards=Forwards(NumpyForward), settings=settings, size=None)
    window.session.show_kind(kind)
    for page in ("", "pixel", "filters", "likes", "silence", "softmax", "compare", "why", "why: occlusion"):
        if page:
            window.look.open(page.split(":")[0])
        if ":" in page:
            window.look.why.settings.methods.buttons["occlusion"].click()
        QApplication.sendPostedEvents()
        least = window.minimumSizeHint()
        low = TITLE_BAR if page != "softmax" else TITLE_BAR // 2  # all lines of its formula are seen
        assert least.width() <= 1366 and least.height() <= 768 - low, f"{page}: {least.toTuple()}"


def test_another_models_figures_are_not_shown_as_its_own(window: MainWindow, gate: Gate, registry: Registry) -> None:
    waiting.until(lambda: "forward" in _status(window), LONG / 1000)
    gate.shut()
    window.session.set_model(registry.named("shapes-b"))
    assert "Various shapes" in _status(window) and "ms" not in _status(window)


def _status(window: MainWindow) -> str:
    return " | ".join(label.text() for label in window.status.findChildren(QLabel))


def test_projector_size_makes_everything_larger_and_clips_nothing(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(size=(1600, 1000))
    draw(window, CIRCLE[:4])
    label = next(label for label in window.input.findChildren(QLabel) if label.isVisible() and label.text())
    before = label.fontInfo().pixelSize()
    entry(window, "Projector size").trigger()
    QTest.qWait(20)
    assert label.fontInfo().pixelSize() > 1.2 * before
    assert window.settings().projector
    assert_whole(window)
    entry(window, "Projector size").trigger()
    QTest.qWait(20)
    assert label.fontInfo().pixelSize() == before


def test_the_theme_can_be_switched_in_the_menu(window: MainWindow, qtbot: QtBot) -> None:
    light = window.answer.grab().toImage().pixelColor(3, 3)
    entry(window, "Dark").trigger()
    QTest.qWait(1)
    dark = window.answer.grab().toImage().pixelColor(3, 3)
    assert dark.lightness() < 70 < 200 < light.lightness()
    assert window.settings().scheme == "dark"
    entry(window, "Light").trigger()


def test_the_layout_is_remembered_and_can_be_reset(open_window: OpenWindow, qtbot: QtBot) -> None:
    first = open_window()
    first.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, first.answer_dock)
    first.input_dock.hide()
    first.resize(1500, 850)
    first.close()
    second = open_window(settings=load_settings(settings_file()), size=None)
    assert second.dockWidgetArea(second.answer_dock) == Qt.DockWidgetArea.LeftDockWidgetArea
    assert not second.input_dock.isVisible()
    entry(second, "Reset layout").trigger()
    assert second.dockWidgetArea(second.answer_dock) == Qt.DockWidgetArea.RightDockWidgetArea
    assert second.dockWidgetArea(second.input_dock) == Qt.DockWidgetArea.LeftDockWidgetArea
    assert second.input_dock.isVisible() and second.answer_dock.isVisible()
    assert not any(dock.isFloating() for dock in second.findChildren(QDockWidget))


def drag_splitter(window: MainWindow, by: int) -> None:
    handle = window.middle.handle(1)
    middle = handle.rect().center()
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(handle, middle + QPoint(0, by))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=middle + QPoint(0, by))


def test_the_height_of_a_page_stays_as_the_person_has_it(open_window: OpenWindow) -> None:
    window = open_window()
    window.look.open("softmax")
    halves = window.middle.sizes()
    assert abs(halves[0] - halves[1]) <= 2
    drag_splitter(window, -60)
    dragged = window.middle.sizes()
    assert dragged[1] > halves[1] + 40
    window.look.open("filters")
    assert window.middle.sizes() == dragged
    window.look.close_page()
    window.look.open("filters")
    assert window.middle.sizes() == dragged
    window.close()
    second = open_window(settings=load_settings(settings_file()), size=None)
    second.look.open("softmax")
    assert abs(second.middle.sizes()[1] - dragged[1]) <= 2
    entry(second, "Reset layout").trigger()
    assert abs(second.middle.sizes()[1] - halves[1]) <= 2


def test_reset_layout_brings_the_bar_of_the_replay_back(window: MainWindow) -> None:
    bar = window.findChild(QToolBar, "replay")
    assert isinstance(bar, QToolBar)
    bar.toggleViewAction().trigger()
    assert not window.replay.isVisible()
    entry(window, "Reset layout").trigger()
    assert window.replay.isVisible()


def test_all_settings_come_back(open_window: OpenWindow, registry: Registry, qtbot: QtBot) -> None:
    chosen = Settings(
        scheme="dark", projector=True, scale="channel", contrast=3.0, centred=False, fit="pad", background="#102030",
        logits=True, drawing_model="shapes-b", photo_model="photos-a",
    )  # fmt: skip
    first = open_window(settings=chosen)
    assert first.session.card.name == "shapes-b"
    assert (first.session.centred, first.session.fit, first.session.background) == (False, "pad", (16, 32, 48))
    first.close()
    saved = load_settings(settings_file())
    assert saved.contrast == pytest.approx(3.0)
    for name in ("scheme", "projector", "scale", "centred", "fit", "background", "logits", "drawing_model"):
        assert getattr(saved, name) == getattr(chosen, name), name
    assert saved.photo_model == "photos-a"


@pytest.mark.parametrize("text", ["not base64 at all \ud800 é", "AAAA", "////" * 50])
def test_a_damaged_layout_is_no_reason_not_to_start(open_window: OpenWindow, text: str) -> None:
    window = open_window(settings=Settings(scheme="light", geometry=text, layout=text))
    assert window.input_dock.isVisible() and window.answer_dock.isVisible()


def test_frames_go_on_with_a_panel_closed_and_with_all_minimised(window: MainWindow, qtbot: QtBot) -> None:
    """A panel that is not on screen never paints; nobody may wait for it."""
    window.answer_dock.hide()
    frames = Frames(window)
    draw(window, CIRCLE[:6])
    frames.wait_for_rest(qtbot, window.session.drawing)
    window.showMinimized()
    shown = Frames(window.session)
    for seed in range(3):
        drawing = Drawing((Stroke(np.random.default_rng(seed).random((5, 2), np.float32)),))
        window.session.set_drawing(drawing)
        qtbot.waitUntil(lambda drawing=drawing: bool(shown.seen) and shown.last.request.source is drawing, timeout=LONG)


def test_every_control_has_a_name_and_can_be_reached_by_keyboard(window: MainWindow) -> None:
    for button in window.findChildren(QAbstractButton):
        if button.isVisible() and not button.objectName().startswith("qt_"):
            assert button.accessibleName() or button.text() or button.toolTip(), button
    seen: set[QWidget] = set()
    window.input.canvas.setFocus()
    for _ in range(80):
        focused = QApplication.focusWidget()
        if focused is None or focused in seen:
            break
        seen.add(focused)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert {window.input.canvas, window.network.columns, window.answer.bars} <= seen


def test_the_status_bar_tells_time_device_and_model(window: MainWindow, qtbot: QtBot) -> None:
    draw(window, CIRCLE)
    qtbot.waitUntil(
        lambda: "forward" in " ".join(label.text() for label in window.status.findChildren(QLabel)), timeout=LONG
    )
    text = " | ".join(label.text() for label in window.status.findChildren(QLabel))
    assert re.search(r"forward \d+\.\d\d ms", text)
    assert re.search(r"pen to screen \d+ ms", text)
    assert "gate" in text and "Tiny drawings" in text and "offline" in text


def test_a_model_of_ones_own_stands_beside_the_shipped(tmp_path: Path, open_window: OpenWindow) -> None:
    write_model(tmp_path / "own" / "mine")
    window = open_window(registry=find_models(models_folder(), tmp_path / "own"), forwards=Forwards(NumpyForward))
    assert any(action.text() == "Tiny drawings" for action in menus(window))
