"""The application from start to end: window first, torch later, and a way out of everything."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from conftest import LONG, Frames
from PIL import Image
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tiny_models import card_data, write_card, write_model

from desktop_app.core.drawing.strokes import Drawing, Stroke
from desktop_app.core.errors import UserError
from desktop_app.core.model.registry import Registry
from desktop_app.core.paths import user_data
from desktop_app.core.session_file import open_session
from desktop_app.core.settings import Settings, load_settings, save_settings
from desktop_app.ui import app as app_module
from desktop_app.ui.app import App
from desktop_app.ui.incidents import Incidents
from desktop_app.ui.look.panel import PAGES
from desktop_app.ui.window.main_window import settings_file

ROOT = Path(__file__).parents[2]
LINE = Drawing((Stroke(np.array([[0.2, 0.2], [0.8, 0.7]], np.float32)),))


@pytest.fixture
def app(qapp: QApplication) -> Iterator[App]:
    interval = sys.getswitchinterval()
    made = App(qapp)
    yield made
    made.close()
    made.window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    sys.setswitchinterval(interval)


def test_numpy_answers_first_then_torch_with_the_same_numbers(app: App, qtbot: QtBot) -> None:
    frames = Frames(app.window)
    app.show()
    app.window.input.set_drawing(LINE)
    qtbot.waitUntil(lambda: bool(frames.seen) and frames.last.request.source is LINE, timeout=LONG)
    by_numpy = next((frame for frame in frames.seen if frame.request.source is LINE and "numpy" in frame.device), None)
    qtbot.waitUntil(lambda: app.wait_for_torch(0), timeout=60_000)
    app.window.input.set_drawing(Drawing(LINE.strokes))
    frames.wait_for_rest(qtbot, app.session.drawing)
    assert frames.last.device == "CPU"
    if by_numpy is not None:  # unless torch had been imported by another test and was quicker
        for one, other in zip(by_numpy.trace.outputs, frames.last.trace.outputs, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)


def test_torch_is_fetched_only_once_the_window_is_on_screen(app: App, qtbot: QtBot) -> None:
    assert not [thread for thread in threading.enumerate() if thread.name == "convlens-torch"]
    assert not app.wait_for_torch(0)
    with qtbot.waitSignal(app.window.frame_painted, timeout=LONG):
        app.show()
    assert app._torch is not None


def test_the_pages_are_imported_ahead_once_torch_is_there(
    app: App, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[str] = []
    monkeypatch.setattr(app_module, "import_pages", lambda: threads.append(threading.current_thread().name))
    with qtbot.waitSignal(app.window.frame_painted, timeout=LONG):
        app.show()
    qtbot.waitUntil(lambda: app.wait_for_torch(0), timeout=60_000)
    assert threads == ["convlens-torch"]
    assert tuple(app.window.look.tabs) == PAGES, "there is one for every tab"


def test_pages_can_be_imported_in_any_thread() -> None:
    code = """
        import sys, threading
        from desktop_app.ui.look.panel import PAGES, import_pages
        names = {f"desktop_app.ui.look.{name}.page" for name in PAGES}
        assert not names & set(sys.modules)
        thread = threading.Thread(target=import_pages)
        thread.start()
        thread.join()
        assert names <= set(sys.modules)
    """
    subprocess.run([sys.executable, "-W", "error", "-c", textwrap.dedent(code)], check=True, cwd=ROOT, timeout=60)


def test_without_torch_numpy_goes_on(app: App, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_forwards: object) -> None:
        raise OSError("libtorch.so: cannot open shared object file")

    import desktop_app.learn.arrival

    monkeypatch.setattr(desktop_app.learn.arrival, "take_over", fails)
    frames = Frames(app.window)
    app.show()
    qtbot.waitUntil(lambda: "libtorch.so" in app.window.banner.text, timeout=LONG)
    assert "numpy" in app.window.banner.text
    app.window.input.set_drawing(LINE)
    frames.wait_for_rest(qtbot, LINE)
    assert "numpy" in frames.last.device


def test_closing_the_window_and_then_the_app(app: App, qtbot: QtBot) -> None:
    """As when a person closes it: the event loop ends, and the app cleans up after it."""
    before = set(threading.enumerate())
    with qtbot.waitSignal(app.window.frame_painted, timeout=LONG):
        app.show()
    app.window.close()
    app.close()
    assert not [
        thread for thread in threading.enumerate() if thread not in before and thread.name.startswith("convlens")
    ]
    assert settings_file().exists()


def test_settings_are_those_of_the_last_time(qapp: QApplication, app: App) -> None:
    app.window.close()
    save_settings(Settings(scheme="dark", logits=True), settings_file())
    again = App(qapp)
    assert again.theme.dark and again.window.answer.shows_logits
    again.close()
    again.window.deleteLater()
    assert load_settings(settings_file()).logits


def test_a_broken_model_of_ones_own_is_told_at_the_start(qapp: QApplication) -> None:
    write_model(user_data() / "models" / "mine")
    write_card(user_data() / "models" / "broken", {**card_data(), "reads": "music"})
    made = App(qapp)
    try:
        assert str(user_data() / "models" / "broken") in made.window.banner.text
        assert "mine" in [card.name for card in made.session.registry.cards]
    finally:
        made.close()
        made.window.deleteLater()


def test_without_any_model_there_is_one_clear_error(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_module, "find_models", lambda *_folders: Registry(()))
    with pytest.raises(UserError, match="Install ConvLens anew"):
        App(qapp)


def test_ctrl_c_in_the_terminal_closes_the_window(app: App) -> None:
    app.show()
    incidents = Incidents()
    incidents.start()
    try:
        incidents.attach(app.window)
        sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    finally:
        incidents.stop()
    assert not app.window.isVisible()


START = """
    import sys
    from pathlib import Path
    from PySide6.QtCore import QTimer
    from desktop_app.ui import app

    class Watched(app.App):
        def show(self):
            super().show()
            self.window.frame_painted.connect(self.look)
            self.session.problem.connect(self.problem)
        seen = set()
        def problem(self, text):
            print("problem:", text, flush=True)
            self.seen.add("problem")
            {then}
        def look(self, frame):
            print("painted", self.session.kind, frame.request.card.name, flush=True)
            self.seen.add("painted")
            {then}

    app.App = Watched
    sys.exit(app.run({arguments}))
"""


def start(arguments: str, then: str) -> subprocess.Popen[str]:
    """The real thing in a process of its own; `then` is done at every painted frame."""
    code = textwrap.dedent(START).format(arguments=arguments, then=then)
    return subprocess.Popen(
        [sys.executable, "-X", "faulthandler", "-W", "error", "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def test_a_start_with_a_picture_and_an_end_while_torch_is_being_imported(tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    Image.new("RGB", (50, 50), "red").save(file)
    process = start(
        f"picture=Path({str(file)!r}), model=None",
        "self.session.kind == 'photos' and QTimer.singleShot(0, self.window.close)",
    )
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    if "no model for photos" not in out:
        assert "painted photos" in out
    assert "Traceback" not in err


def test_a_broken_picture_on_the_command_line_still_opens_the_window(tmp_path: Path) -> None:
    """With a model that would read it, so that no change of model brings the first frame."""
    (tmp_path / "a.png").write_bytes(b"nothing")
    process = start(
        f"picture=Path({str(tmp_path / 'a.png')!r}), model='shapes-lenet'",
        "len(self.seen) == 2 and QTimer.singleShot(0, self.window.close)",
    )
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "shapes-lenet" in out and "a.png" in out
    assert not [word for word in ("Traceback", "Warning", "QThread", "QObject") if word in err], err


@pytest.mark.skipif(os.name != "posix", reason="kills a process")
def test_a_killed_app_leaves_its_work_for_the_next_start(tmp_path: Path, app: App, qtbot: QtBot) -> None:
    process = start(
        "picture=None",
        "len(self.session.drawing.strokes) == 0 and self.window.input.draw_sample('star')",
    )
    folder = user_data() / "autosave"
    try:
        qtbot.waitUntil(lambda: bool(list(folder.glob("*.convlens"))), timeout=60_000)
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    left = open_session(next(folder.glob("*.convlens")))
    assert left.drawing
    with qtbot.waitSignal(app.window.frame_painted, timeout=LONG):
        app.show()
    qtbot.waitUntil(lambda: bool(app.window.input.drawing()), timeout=LONG)
    assert app.window.input.drawing().to_json() == left.drawing.to_json()
    assert "Your work is back" in app.window.banner.text
