"""One window for all starts: a second one's file is opened in the first. And what is left when the first one dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from conftest import LONG, Frames
from PIL import Image
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from desktop_app.core.crash import reports
from desktop_app.core.drawing.strokes import Drawing, Stroke
from desktop_app.core.instance import Instance, Wish
from desktop_app.core.paths import user_data
from desktop_app.core.session_file import SavedSession, open_session, save_session
from desktop_app.core.settings import Settings
from desktop_app.ui.app import App
from desktop_app.ui.incidents import Incidents
from desktop_app.ui.reception import Reception
from desktop_app.ui.window.main_window import MainWindow

ROOT = Path(__file__).parents[2]
LINE = Drawing((Stroke(np.array([[0.2, 0.2], [0.8, 0.7]], np.float32)),))

FIRST = """
    import sys
    from PySide6.QtCore import QCoreApplication, QUrl
    from PySide6.QtGui import QFileOpenEvent
    from desktop_app.ui import app, application

    class Double(application.Application):
        def __init__(self, arguments):
            super().__init__(arguments)  # macOS sends this before there is a window
            QCoreApplication.sendEvent(self, QFileOpenEvent(QUrl.fromLocalFile(sys.argv[1])))

    class Watched(app.App):
        def show(self):
            super().show()
            self.window.frame_painted.connect(self.look)
        def fetch_torch(self):
            pass
        def look(self, frame):
            print("painted", frame.request.source.__class__.__name__, frame.request.card.name, flush=True)

    app.Application, app.App = Double, Watched
    from desktop_app.cli import main
    sys.exit(main([]))
"""


@pytest.mark.skipif(os.name != "posix", reason="ends a process by a signal")
def test_a_second_start_hands_over_and_after_a_crash_all_is_back(
    tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(App, "fetch_torch", lambda _self: None)
    drawing, photo = tmp_path / "zebra.json", tmp_path / "dog.png"
    drawing.write_text('{"strokes": [[[0.2, 0.2], [0.8, 0.7]]]}')
    Image.new("RGB", (60, 40), "red").save(photo)
    code = [sys.executable, "-W", "error", "-c", textwrap.dedent(FIRST), str(drawing)]
    first = subprocess.Popen(code, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert first.stdout is not None
        lines = iter(first.stdout.readline, "")
        assert any("painted Drawing" in line for line in lines)
        second = [sys.executable, "-W", "error", "-m", "desktop_app", "dog.png", "--model", "photos-simple"]
        there = os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", "")))
        surroundings = {**os.environ, "PYTHONPATH": there}
        done = subprocess.run(
            second, cwd=tmp_path, env=surroundings, capture_output=True, text=True, timeout=60, check=False
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert any("painted Photo photos-simple" in line for line in lines)
        folder = user_data() / "autosave"
        end = time.monotonic() + LONG / 1000
        while not any(holds_photo(file) for file in folder.glob("*.convlens")):
            assert time.monotonic() < end, "the photo was not autosaved"
            time.sleep(0.02)
    finally:
        first.send_signal(signal.SIGSEGV)
        first.communicate()
    incidents = Incidents()
    app = App(QApplication.instance())
    try:
        incidents.attach(app.window)
        frames = Frames(app.window)
        assert not incidents.recovery_kills
        app.show()
        incidents.look_back(app.window.documents.recovered)
        qtbot.waitUntil(lambda: bool(frames.seen) and frames.last.photo is not None, timeout=LONG)
        assert app.session.photo is not None and app.session.photo.name == "dog.png"
        assert app.session.card.name == "photos-simple"
        assert len(app.window.input.drawing().strokes) == 1
        assert "crashed the last time. Your work is back." in app.window.banner.text
        incidents.wait()
        report = reports.kept()[0].read_text("utf-8")
        assert "Segmentation fault" in report and "desktop_app/ui/app.py" in report and "photo opened" in report
        assert not [word for word in ("dog", "zebra", str(tmp_path), str(ROOT)) if word in report]
    finally:
        incidents.stop()
        app.close()
        app.window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def holds_photo(file: Path) -> bool:
    return open_session(file).photo is not None


@pytest.fixture
def reception(window: MainWindow) -> Iterator[Reception]:
    instance = Instance()
    assert instance.claim()
    yield Reception(instance, window)
    instance.close()


def ask_for(qtbot: QtBot, wish: Wish) -> None:
    """As a second start does it."""
    assert Instance().hand_over(wish, pause=lambda seconds: qtbot.wait(round(seconds * 1e3)))


def test_a_wish_is_granted_in_the_window_which_comes_to_the_front(
    window: MainWindow, reception: Reception, tmp_path: Path, qtbot: QtBot
) -> None:
    Image.new("RGB", (60, 40), "red").save(tmp_path / "dog.png")
    frames = Frames(window)
    window.showMinimized()
    ask_for(qtbot, Wish(str(tmp_path / "dog.png"), "photos-a"))
    assert not window.isMinimized() and window.isVisible()
    frames.wait_for_rest(qtbot, window.session.photo)
    assert window.session.photo is not None and window.session.photo.name == "dog.png"
    ask_for(qtbot, Wish(model="shapes-b"))
    qtbot.waitUntil(lambda: window.session.card.name == "shapes-b", timeout=LONG)
    ask_for(qtbot, Wish(model="gone"))
    assert "gone" in window.banner.text
    ask_for(qtbot, Wish())


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    file = tmp_path / "lesson.convlens"
    save_session(SavedSession(Drawing(LINE.strokes * 2), "drawings", "shapes-b", Settings()), file)
    return file


def question(window: MainWindow) -> QMessageBox | None:
    return next((box for box in window.findChildren(QMessageBox) if box.isVisible()), None)


def answer(window: MainWindow, text: str) -> None:
    box = question(window)
    assert box is not None
    button = next(one for one in box.buttons() if one.text().replace("&", "") == text)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert question(window) is None


def test_a_session_asks_before_it_takes_an_unsaved_drawings_place(
    window: MainWindow,
    reception: Reception,
    lesson: Path,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mine = tmp_path / "mine.convlens"
    names = iter([("", ""), (str(mine), "")])
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: next(names))
    window.input.set_drawing(LINE)
    ask_for(qtbot, Wish(str(lesson)))
    answer(window, "Cancel")
    assert window.input.drawing() is LINE
    ask_for(qtbot, Wish(str(lesson)))
    answer(window, "Save")
    assert window.input.drawing() is LINE, "no name was given"
    ask_for(qtbot, Wish(str(lesson)))
    answer(window, "Save")
    assert len(window.input.drawing().strokes) == 2 and window.session.card.name == "shapes-b"
    assert open_session(mine).drawing.to_json() == LINE.to_json()
    ask_for(qtbot, Wish(str(mine)))
    assert question(window) is None and len(window.input.drawing().strokes) == 1, "that is in a file as it is"
    window.input.set_drawing(LINE)
    ask_for(qtbot, Wish(str(lesson)))
    answer(window, "Don't save")
    assert len(window.input.drawing().strokes) == 2


def test_a_picture_that_is_a_file_is_not_asked_about_and_a_pasted_one_is(
    window: MainWindow, lesson: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    Image.new("RGB", (60, 40), "red").save(tmp_path / "dog.png")
    window.documents.open(tmp_path / "dog.png")
    window.documents.open(lesson)
    assert question(window) is None and window.session.card.name == "shapes-b"
    QApplication.clipboard().setImage(window.grab().toImage())
    QTest.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert window.session.photo is not None
    window.documents.open(lesson)
    answer(window, "Cancel")
    assert window.session.photo is not None
    QApplication.clipboard().clear()
