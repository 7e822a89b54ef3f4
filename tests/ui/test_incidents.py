"""What goes wrong inside is said once, reported, and costs no more than it must."""

from __future__ import annotations

import logging
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import LONG, Gate, OpenWindow
from PIL import Image
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot
from tiny_models import write_model

from desktop_app.core.crash import reports
from desktop_app.core.crash.recorder import Recorder
from desktop_app.core.errors import UserError
from desktop_app.core.forward.forwards import Forwards
from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.model.registry import find_models
from desktop_app.core.paths import models_folder, own_models_folder, user_data
from desktop_app.ui import incidents as module
from desktop_app.ui.incidents import Incidents
from desktop_app.ui.window.main_window import MainWindow
from desktop_app.ui.window.report_dialog import ReportDialog


@pytest.fixture
def incidents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> Iterator[Incidents]:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    made = Incidents()
    made.start()
    yield made
    made.stop()
    sys.excepthook, threading.excepthook, sys.unraisablehook = before
    reports.unkept.clear()


def go_wrong(text: str = "two plus two") -> None:
    raise ValueError(text)


def only_report() -> str:
    (file,) = reports.kept()
    return file.read_text("utf-8")


def press(window: MainWindow, text: str) -> None:
    button = next(one for one in window.banner.findChildren(QPushButton) if one.text() == text)
    assert button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_an_error_in_the_windows_own_code_is_said_and_reported_with_what_was_done(
    window: MainWindow, incidents: Incidents, tmp_path: Path, qtbot: QtBot
) -> None:
    """In a slot, as most are: Python hears of it by the hook only."""
    incidents.attach(window)
    QTest.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    window.input.draw_sample("star")
    Image.new("RGB", (20, 20)).save(tmp_path / "our dog.png")
    with qtbot.waitSignal(window.session.photo_opened, timeout=LONG):
        window.documents.open(tmp_path / "our dog.png")
    sys.excepthook = incidents._unexpected  # pytest-qt has taken it
    QTimer.singleShot(0, go_wrong)
    qtbot.waitUntil(lambda: "ValueError: two plus two" in window.banner.text, timeout=LONG)
    incidents.wait()
    text = only_report()
    assert 'File "tests/ui/test_incidents.py"' in text and "in go_wrong" in text
    for action in ("page pixel", "draws", "photo opened", "model that was added, photos"):
        assert action in text
    assert "dog" not in text and str(tmp_path) not in text
    shown: list[ReportDialog] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ReportDialog)
        shown.append(dialog)
        assert dialog._text.toPlainText() == text and str(reports.kept()[0]) in dialog._place.text()
        dialog._copy.click()
        dialog.reject()

    QTimer.singleShot(0, look)
    press(window, "Show report")
    assert shown and QApplication.clipboard().text() == text
    QApplication.clipboard().clear()


def test_what_fails_again_and_again_is_one_report_and_one_message(
    window: MainWindow, incidents: Incidents, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    incidents.attach(window)

    def fail(text: str = "again") -> None:
        with pytest.raises(ValueError, match=text) as caught:
            go_wrong(text)
        sys.excepthook(ValueError, caught.value, caught.tb)

    for _ in range(3):
        fail()
        window.banner.hide()
    incidents.wait()
    assert "again" in only_report() and window.banner.text == ""
    fail("another")
    assert "another" in window.banner.text
    monkeypatch.setattr(module, "QUIET", 0.0)
    fail()
    assert "again" in window.banner.text, "a minute later it is said again"


def test_other_threads_caught_errors_and_what_nobody_can_catch(
    window: MainWindow, incidents: Incidents, qtbot: QtBot
) -> None:
    incidents.attach(window)
    thread = threading.Thread(target=go_wrong, name="convlens-trying")
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: "two plus two" in window.banner.text, timeout=LONG)
    window.banner.hide()
    try:
        raise KeyError("of a worker")
    except KeyError:
        logging.getLogger("desktop_app.core.worker").exception("caught")

    class Broken:
        def __del__(self) -> None:
            raise RuntimeError("too late")

    Broken()
    incidents.wait()
    found = "\n".join(file.read_text("utf-8") for file in reports.kept())
    assert "in convlens-trying" in found and "KeyError" in found and "RuntimeError: too late" in found
    assert window.banner.text == "", "they are told where they happened, or interrupt nothing"


def test_actions_that_have_a_persons_words_are_not_noted(
    incidents: Incidents, open_window: OpenWindow, gate: Gate, qtbot: QtBot
) -> None:
    """Their own models, and lessons, which come into a menu later."""
    write_model(own_models_folder() / "annas")
    window = open_window(
        registry=find_models(models_folder(), own_models_folder()), forwards=Forwards(NumpyForward), size=None
    )
    incidents.attach(window)
    for menu in window.menuBar().actions():
        if (inside := menu.menu()) is not None:
            later = QAction("Anna's lesson", inside)
            inside.addAction(later)
            later.trigger()
    cards = {card.name: card for card in window.session.registry.cards}
    for action in window.findChildren(QAction):
        if action.data() in (cards["annas"], cards["everyday"]) and action.text():
            action.trigger()
    next(action for action in window.findChildren(QAction) if action.text() == "Switch all filters &on again").trigger()
    noted = "\n".join(incidents._recorder.actions)
    assert "Switch all filters on again" in noted and "model that was added" in noted
    assert cards["everyday"].title in noted
    assert "Anna" not in noted and cards["annas"].title not in noted.replace(cards["everyday"].title, "")


def crashed(*actions: str, dump: bool) -> None:
    """An earlier ConvLens that did not end cleanly, just after its start."""
    died = Recorder()
    for action in actions:
        died.add(action)
    assert died._file is not None
    text = died._file.read_text()
    died.close()
    copy = died._file
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_text(text + ("Fatal Python error: Aborted\n\n" if dump else ""))


@pytest.mark.parametrize("dump", [True, False])
def test_how_the_last_one_ended_is_told_and_reported(
    window: MainWindow, qapp: QApplication, qtbot: QtBot, dump: bool
) -> None:
    crashed("page why", dump=dump)
    made = Incidents()
    made.attach(window)
    assert not made.recovery_kills
    made.look_back("Your work is back.")
    made.stop()
    assert "page why" in only_report() and ("Aborted" in only_report()) == dump
    assert ("crashed the last time. Your work is back." in window.banner.text) == dump, "the other is told already"
    assert Incidents()._past == []


@pytest.mark.parametrize("dump, times", [(True, 1), (False, 2)])
def test_a_session_that_kills_is_not_brought_back_for_ever(qapp: QApplication, dump: bool, times: int) -> None:
    for before in range(times):
        crashed(f"{module._RECOVERED} {before}" if before else "draws", dump=dump)
        made = Incidents()
        assert not made.recovery_kills
        made.look_back("Your work is back.")
        noted = made._recorder.actions[-1]
        made.stop()
    crashed(noted.split(maxsplit=1)[1], dump=dump)
    made = Incidents()
    assert made.recovery_kills
    made.look_back("")
    made.stop()
    assert not Incidents().recovery_kills


def test_a_start_that_fails_says_where_its_report_is(
    incidents: Incidents, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValueError, match="two") as caught:
        go_wrong()
    incidents.could_not_start(caught.value)
    assert str(reports.kept()[0]) in capsys.readouterr().err
    incidents.could_not_start(UserError("Install it anew."))
    assert capsys.readouterr().err == "" and len(reports.kept()) == 1, "the command line says it"


def test_reports_for_which_there_was_no_room_can_be_copied(incidents: Incidents, window: MainWindow) -> None:
    dialog = ReportDialog(window.theme, window)
    assert "none" in dialog._text.toPlainText() and not dialog._copy.isEnabled()
    (user_data() / reports.FOLDER).mkdir(parents=True, exist_ok=True)
    reports.keep("ConvLens crash report of today\n\nWhat happened\nValueError\n")
    reports.unkept.append("ConvLens crash report of now\n\nWhat happened\nKeyError\n")
    dialog = ReportDialog(window.theme, window)
    assert [dialog._which.itemText(index) for index in range(2)] == [
        "today  ValueError",
        "now  KeyError (only in memory)",
    ]
    dialog._which.setCurrentIndex(1)
    assert "KeyError" in dialog._text.toPlainText() and "copy it" in dialog._place.text()
    assert not dialog._folder.isEnabled()
