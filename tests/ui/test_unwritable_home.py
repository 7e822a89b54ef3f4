"""A home that cannot be written costs settings and models, one message, and nothing else."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from conftest import LONG, Gate, OpenWindow
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.core.crash import reports
from desktop_app.core.drawing.strokes import Drawing, Stroke
from desktop_app.core.paths import spare_folder, user_data
from desktop_app.core.settings import Settings, load_settings
from desktop_app.ui.autosave import Autosave
from desktop_app.ui.incidents import Incidents
from desktop_app.ui.window.main_window import settings_file


@pytest.mark.parametrize("temporary_files", [True, False])
def test_everything_goes_on_and_one_message_says_why(
    open_window: OpenWindow, gate: Gate, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch,
    temporary_files: bool,
) -> None:  # fmt: skip
    """A file is in its way: that stops even an administrator."""
    user_data().write_text("in the way")
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp") if temporary_files else str(user_data()))
    incidents = Incidents()
    try:
        window = open_window(settings=load_settings(settings_file()))
        assert not window.banner.text, "nothing is lost yet"
        incidents.attach(window)
        window.documents.recover()
        incidents.look_back(window.documents.recovered)
        said = QSignalSpy(window.documents.problem)
        for place in np.linspace(0.2, 0.7, 4, dtype=np.float32):
            window.input.set_drawing(Drawing((Stroke(np.array([[place, place]], np.float32)),)))
            window.documents._resting.stop()
            window.documents._keep()
            QApplication.processEvents()
        qtbot.waitUntil(lambda: said.count() == 1, timeout=LONG)
        assert str(user_data()) in window.banner.text
        if temporary_files:
            spare = spare_folder() / "autosave"
            qtbot.waitUntil(lambda: bool(list(spare.glob("*.convlens"))), timeout=LONG)
            assert str(spare) in window.banner.text
        incidents.report(ValueError("two"), "the window")
        incidents.wait()
        window.close()
        assert said.count() == 1
        assert load_settings(settings_file()) == Settings()
        after = Autosave(user_data() / "autosave")
        assert after.left_behind() is None and after.finish()
        assert len(reports.unkept) == (not temporary_files)
    finally:
        incidents.stop()
        reports.unkept.clear()
    assert user_data().read_text() == "in the way"
