"""The camera, as a person uses it: on, hold, keep, mirror, another one, off; and what happens without one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import Frames, OpenWindow
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from desktop_app.core.camera import device
from desktop_app.core.camera.stream import Place
from desktop_app.core.camera.synthetic import synthetic
from desktop_app.core.errors import UserError
from desktop_app.core.forward.request import Photo, Still
from desktop_app.core.session_file import open_session
from desktop_app.ui.waiting import wait
from desktop_app.ui.window.main_window import MainWindow

LONG = 10_000
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def eye(window: MainWindow) -> MainWindow:
    """A window with two cameras."""
    window.camera.find = lambda: (synthetic(rate=60), Place("second camera", synthetic(rate=60).open))
    return window


def click(window: MainWindow, name: str) -> None:
    """The button of an action, in the input panel."""
    window.input.set_kind("photos")
    action = window.input.actions[name]
    button = next(child for child in window.input.findChildren(QToolButton) if child.defaultAction() is action)
    QTest.mouseClick(button, LEFT)


def switch_on(window: MainWindow, qtbot: QtBot) -> Frames:
    frames = Frames(window)
    click(window, "camera")
    qtbot.waitUntil(lambda: is_live(frames), timeout=LONG)
    return frames


def is_live(frames: Frames) -> bool:
    return bool(frames.seen) and isinstance(frames.last.request.source, Still)


def reading() -> bool:
    return any(thread.name == "convlens-camera" for thread in threading.enumerate())


def test_all_panels_follow_the_camera(eye: MainWindow, qtbot: QtBot) -> None:
    opened: list[object] = []
    eye.session.photo_opened.connect(opened.append)
    frames = switch_on(eye, qtbot)
    assert eye.session.card.reads == "photos"
    seen = len(frames.seen)
    qtbot.waitUntil(lambda: len(frames.seen) > seen + 3, timeout=LONG)
    live = [frame for frame in frames.seen if isinstance(frame.request.source, Still)]
    assert len({frame.request.source for frame in live}) > 2, "the picture moves"
    assert all(frame.photo is frame.request.source.image for frame in live)
    assert eye.input.photo_view.source is not None
    assert eye.input.photo_view.source.full_size == (640, 480)
    assert eye.input.camera_tools.isVisible() and eye.input.actions["camera"].isChecked()
    assert not opened, "a live picture is no photo that was opened"
    assert eye.session.photo is None
    eye.close()
    assert not reading(), "the camera is free again"


def test_space_holds_the_picture_and_goes_on(eye: MainWindow, qtbot: QtBot) -> None:
    frames, view = switch_on(eye, qtbot), eye.input.photo_view
    qtbot.waitUntil(view.hasFocus, timeout=LONG)
    QTest.keyClick(view, Qt.Key.Key_Space)
    held = view.source
    assert eye.input.camera_tools.hold.isChecked()
    frames.wait_for_rest(qtbot)
    assert frames.last.photo is held, "what is held is what is answered"
    assert frames.last.steps
    wait(0.06)
    assert view.source is held
    QTest.mouseClick(eye.input.camera_tools.hold, LEFT)
    qtbot.waitUntil(lambda: view.source is not held, timeout=LONG)


def test_the_mirror_changes_sides(eye: MainWindow, qtbot: QtBot) -> None:
    switch_on(eye, qtbot)
    view = eye.input.photo_view
    assert view.source is not None and eye.input.camera_tools.mirror.isChecked()
    darker = view.source.rgb[470, 3, 0] > view.source.rgb[470, -3, 0]
    assert darker, "the ground is brighter to the right, and so to the left in a mirror"
    QTest.mouseClick(eye.input.camera_tools.mirror, LEFT)
    qtbot.waitUntil(lambda: view.source.rgb[470, 3, 0] < view.source.rgb[470, -3, 0], timeout=LONG)


def test_a_picture_that_is_kept_becomes_the_photo_and_is_saved(eye: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    frames = switch_on(eye, qtbot)
    eye.documents.save_session(tmp_path / "live.convlens")
    assert open_session(tmp_path / "live.convlens").photo is None, "a live picture is not written anywhere"
    QTest.keyClick(eye.input.photo_view, Qt.Key.Key_Space)
    held = eye.input.photo_view.source
    assert held is not None
    QTest.mouseClick(eye.input.camera_tools.keep, LEFT)
    qtbot.waitUntil(lambda: isinstance(frames.last.request.source, Photo), timeout=LONG)
    assert not eye.camera.on and not eye.input.actions["camera"].isChecked()
    assert frames.last.photo is not None
    np.testing.assert_array_equal(frames.last.photo.rgb, held.rgb)
    assert eye.input.photo_tools.isVisible() and "camera" in eye.input.photo_tools.name.text()
    eye.documents.save_session(tmp_path / "kept.convlens")
    assert open_session(tmp_path / "kept.convlens").photo is not None
    qtbot.waitUntil(lambda: not reading(), timeout=LONG)


def test_another_source_switches_it_off(eye: MainWindow, qtbot: QtBot, shared_photo: Path) -> None:
    def draw() -> None:
        QTest.mouseClick(eye.input._switch.buttons["drawings"], LEFT)

    def sample() -> None:
        eye.input.actions["sample_star"].trigger()

    def photo() -> None:
        eye.documents.open(shared_photo)

    def again() -> None:
        QTest.mouseClick(eye.input.camera_tools.close_, LEFT)

    changes: tuple[Callable[[], None], ...] = (draw, sample, photo, again)
    for change in changes:
        frames = switch_on(eye, qtbot)
        change()
        assert not eye.camera.on and not eye.input.actions["camera"].isChecked(), change
        qtbot.waitUntil(lambda: not reading(), timeout=LONG)
        frames.wait_for_rest(qtbot)
        assert not is_live(frames), change
    assert frames.last.request.source is eye.session.photo, "the photo of before comes back"
    assert eye.input.photo_view.source is frames.last.photo


def test_a_source_that_comes_before_the_first_picture_wins(eye: MainWindow, qtbot: QtBot) -> None:
    click(eye, "camera")
    assert eye.camera.on
    eye.input.actions["sample_star"].trigger()
    assert not eye.camera.on
    qtbot.waitUntil(lambda: not reading(), timeout=LONG)
    assert eye.session.kind == "drawings"


def test_one_of_several_is_chosen(eye: MainWindow, qtbot: QtBot) -> None:
    switch_on(eye, qtbot)
    tools = eye.input.camera_tools
    assert tools.others.isVisible() and tools.name.text() == "synthetic camera"
    tools.others.menu().actions()[1].trigger()
    qtbot.waitUntil(lambda: eye.session.still.name == "second camera", timeout=LONG)
    assert tools.name.text() == "second camera"
    assert sum(thread.name == "convlens-camera" for thread in threading.enumerate()) <= 2
    eye.camera.find = lambda: (synthetic(),)
    eye.camera.stop()
    switch_on(eye, qtbot)
    assert not tools.others.isVisible(), "of one there is nothing to choose"


def test_a_camera_that_is_unplugged_is_told_and_the_drawing_comes_back(window: MainWindow, qtbot: QtBot) -> None:
    window.camera.find = lambda: (synthetic(rate=60, last=3),)
    told: list[str] = []
    window.camera.problem.connect(told.append)
    click(window, "camera")
    qtbot.waitUntil(lambda: bool(told), timeout=LONG)
    assert "plug it in again" in told[0]
    assert not window.camera.on and window.session.kind == "drawings"


def test_a_camera_that_cannot_be_opened_is_told(window: MainWindow, qtbot: QtBot) -> None:
    def busy() -> device.DeviceCamera:
        raise UserError("Camera 1 cannot be opened: close other programs that use it.")

    window.camera.find = lambda: (Place("Camera 1", busy),)
    told: list[str] = []
    window.camera.problem.connect(told.append)
    click(window, "camera")
    qtbot.waitUntil(lambda: bool(told), timeout=LONG)
    assert "close other programs" in told[0] and not window.input.actions["camera"].isChecked()


def test_without_a_camera_the_button_says_what_to_do(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(device.importlib.util, "find_spec", lambda _name: None)
    window = open_window()
    assert "opencv-python-headless" in window.input.actions["camera"].toolTip()
    told: list[str] = []
    window.camera.problem.connect(told.append)
    window.input.set_kind("photos")
    button = next(b for b in window.input.photo_view.findChildren(QPushButton) if "camera" in b.text())
    QTest.mouseClick(button, LEFT, pos=QPoint(10, 10))
    assert "opencv-python-headless" in told[0]
    assert not window.input.actions["camera"].isChecked() and not window.camera.on
    monkeypatch.setattr(device.importlib.util, "find_spec", lambda _name: object())
    monkeypatch.setattr(device.sys, "platform", "linux")
    monkeypatch.setattr(device, "_NODES", Path("/nowhere"))
    QTest.mouseClick(button, LEFT, pos=QPoint(10, 10))
    assert "No camera was found" in told[1]


@pytest.fixture
def shared_photo(tmp_path: Path) -> Path:
    from PIL import Image

    file = tmp_path / "photo.png"
    Image.new("RGB", (60, 40), (200, 30, 30)).save(file)
    return file
