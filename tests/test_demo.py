"""The demo is the whole app at work: window, mouse, worker, torch and picture."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtWidgets import QApplication

from desktop_app.ui import demo


def test_demo_draws_a_circle_and_takes_a_picture(
    qapp: QApplication, tmp_path: Path, user_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "window.png"
    assert demo.run(out) == 0
    with Image.open(out) as picture:
        assert picture.format == "PNG"
        assert picture.size == demo.WINDOW
        assert len(picture.convert("RGB").getcolors(1 << 24) or ()) > 100  # maps in many shades, not an empty window
    lines = capsys.readouterr().out.splitlines()
    rows = [line.split() for line in lines if line.startswith("  ")]
    assert len(rows) == 10
    assert rows[0][0] == "circle"
    assert sum(float(row[1]) for row in rows) == pytest.approx(100, abs=0.1)
    assert "numpy" not in lines[0]
    assert not user_folder.exists()
    assert os.environ["CONVLENS_HOME"] == str(user_folder)


def test_demo_says_where_it_cannot_write(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert demo.run(tmp_path / "missing" / "window.png") == 1
    assert "window.png" in capsys.readouterr().err


def test_without_a_display_the_window_is_drawn_in_memory(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    demo.choose_platform()
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"
    assert "No display" in capsys.readouterr().out
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    demo.choose_platform()
    assert os.environ["QT_QPA_PLATFORM"] == "xcb"


def test_a_persons_display_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.setenv("DISPLAY", ":0")
    demo.choose_platform()
    assert "QT_QPA_PLATFORM" not in os.environ
