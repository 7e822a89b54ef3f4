"""Whatever is dropped, pasted, opened or saved ends where it belongs, or in one message."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from conftest import LONG, Frames, Gate, OpenWindow
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.core.drawing.drawing_file import save_drawing
from desktop_app.core.drawing.strokes import Drawing, Stroke
from desktop_app.core.forward.factors import Factors
from desktop_app.core.forward.forwards import Forwards
from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.forward.request import Photo
from desktop_app.core.model.registry import Registry, find_models
from desktop_app.core.paths import models_folder, user_data
from desktop_app.core.session_file import SavedSession, open_session, save_session
from desktop_app.core.settings import Settings
from desktop_app.ui.mouse import Mouse
from desktop_app.ui.window.main_window import MainWindow

TWO_STROKES = Drawing(
    (
        Stroke(np.array([[0.2, 0.3], [0.6, 0.9]], np.float32), 0.05),
        Stroke(np.array([[0.8, 0.1], [0.1, 0.8], [0.5, 0.5]], np.float32), 0.1),
    )
)


@pytest.fixture(autouse=True)
def _clipboard(qapp: QApplication) -> Iterator[None]:
    """Emptied again: mime data made in Python must not outlive Python."""
    yield
    QGuiApplication.clipboard().clear()


def picture(file: Path, colour: tuple[int, int, int] = (200, 30, 30), size: tuple[int, int] = (90, 60)) -> Path:
    Image.new("RGB", size, colour).save(file)
    return file


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def drop(window: MainWindow, data: QMimeData) -> bool:
    """Real drag and drop events, as Qt sends them; whether the window wanted it."""
    middle, action, button = QPointF(window.rect().center()), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(middle.toPoint(), action, data, button, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(window, enter)
    if not enter.isAccepted():
        return False
    QApplication.sendEvent(window, QDropEvent(middle, action, data, button, Qt.KeyboardModifier.NoModifier))
    return True


def paste(window: MainWindow, data: QMimeData) -> None:
    QGuiApplication.clipboard().setMimeData(data)
    QTest.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def until_photo(window: MainWindow, frames: Frames, qtbot: QtBot, name: str) -> None:
    def shown() -> bool:
        return (
            bool(frames.seen)
            and isinstance(frames.last.request.source, Photo)
            and frames.last.request.source.name == name
        )

    qtbot.waitUntil(shown, timeout=LONG)
    frames.wait_for_rest(qtbot)


def test_a_dropped_picture_is_shown_and_read_by_a_photo_model(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    frames = Frames(window)
    assert drop(window, files(picture(tmp_path / "rot – 赤.png")))
    until_photo(window, frames, qtbot, "rot – 赤.png")
    assert frames.last.request.card.name == "photos-a"
    assert window.input.photo_view.source is frames.last.photo
    assert window.input.photo_view.isVisible() and not window.input.canvas.isVisible()
    net_input = frames.last.trace.outputs[0][:, 8, 8]
    np.testing.assert_allclose(
        net_input, (np.array([200, 30, 30]) / 255 - [0.5, 0.4, 0.3]) / [0.25, 0.5, 0.2], rtol=1e-5
    )
    assert window.answer.verdict is not None
    Mouse(window.input.photo_view)  # it can be pointed at
    window.input.set_kind("drawings")
    mouse = Mouse(window.input.canvas)
    mouse.press((0.3, 0.3))
    mouse.move((0.6, 0.6))
    mouse.release((0.6, 0.6))
    qtbot.waitUntil(lambda: frames.last.request.card.name == "shapes-a", timeout=LONG)


def test_a_photo_is_there_before_its_answer(window: MainWindow, gate: Gate, tmp_path: Path, qtbot: QtBot) -> None:
    """With all that belongs to it, and nothing that belongs to the drawing before."""
    frames, strip = Frames(window), window.input.strip
    gate.shut()
    with qtbot.waitSignal(window.session.photo_opened, timeout=LONG):
        drop(window, files(picture(tmp_path / "slow.png")))
    assert window.input.photo_tools.name.text() == "slow.png" and window.input.photo_view.source is not None
    assert not strip.accessibleDescription() and window.answer.verdict is None
    gate.open()
    until_photo(window, frames, qtbot, "slow.png")
    assert "Source" in strip.accessibleDescription() and window.answer.verdict is not None


def test_of_several_files_with_a_drawing_the_first_is_opened_and_that_is_said(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    frames, notices = Frames(window), QSignalSpy(window.documents.notice)
    save_drawing(TWO_STROKES, tmp_path / "b.json")
    drop(window, files(picture(tmp_path / "a.png"), tmp_path / "b.json"))
    until_photo(window, frames, qtbot, "a.png")
    assert any("One at a time" in notices.at(number)[0] for number in range(notices.count()))


def test_what_is_no_file_and_no_picture_is_not_taken(window: MainWindow, qtbot: QtBot) -> None:
    text = QMimeData()
    text.setText("hello")
    assert not drop(window, text)
    paste(window, text)
    assert "no picture" in window.banner.text
    web = QMimeData()
    web.setUrls([QUrl("https://example.org/dog.jpg")])
    drop(window, web)
    assert "no picture" in window.banner.text


def test_a_picture_from_the_clipboard_loses_nothing(window: MainWindow, qtbot: QtBot) -> None:
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(QColor(10, 200, 90))
    image.setPixelColor(7, 5, QColor(255, 0, 1))
    data = QMimeData()
    data.setImageData(image)
    frames = Frames(window)
    paste(window, data)
    until_photo(window, frames, qtbot, "pasted picture")
    assert frames.last.photo is not None
    assert frames.last.photo.rgb.shape == (30, 40, 3)
    assert frames.last.photo.rgb[5, 7].tolist() == [255, 0, 1]
    assert frames.last.photo.rgb[9, 9].tolist() == [10, 200, 90]


def test_a_copied_file_is_opened_by_pasting(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    frames = Frames(window)
    paste(window, files(picture(tmp_path / "a.jpg")))
    until_photo(window, frames, qtbot, "a.jpg")


def test_a_drawing_can_be_copied_and_pasted_as_a_picture(window: MainWindow, qtbot: QtBot) -> None:
    frames = Frames(window)
    window.input.set_drawing(TWO_STROKES)
    frames.wait_for_rest(qtbot, TWO_STROKES)
    window.input.actions["copy_drawing"].trigger()
    QTest.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    until_photo(window, frames, qtbot, "pasted picture")


def test_a_drawings_file_is_opened_on_the_canvas(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    frames = Frames(window)
    drop(window, files(picture(tmp_path / "a.png")))
    until_photo(window, frames, qtbot, "a.png")
    save_drawing(TWO_STROKES, tmp_path / "d.json")
    drop(window, files(tmp_path / "d.json"))
    qtbot.waitUntil(lambda: isinstance(frames.last.request.source, Drawing), timeout=LONG)
    frames.wait_for_rest(qtbot)
    assert window.input.drawing().to_json() == TWO_STROKES.to_json()
    assert window.input.canvas.isVisible()


@pytest.mark.parametrize("name", ["broken.jpg", "broken.json", "broken.convlens", "gone.png"])
def test_a_broken_file_is_one_message_and_the_previous_picture_stays(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, name: str
) -> None:
    frames = Frames(window)
    drop(window, files(picture(tmp_path / "good.png")))
    until_photo(window, frames, qtbot, "good.png")
    shown, answer = window.input.photo_view.source, window.answer.verdict
    window.banner.hide()
    if name.startswith("broken"):
        (tmp_path / name).write_bytes(b"this is nothing")
    drop(window, files(tmp_path / name))
    qtbot.waitUntil(lambda: name in window.banner.text, timeout=LONG)
    qtbot.waitUntil(lambda: not window.session._waiting.isActive(), timeout=LONG)
    assert window.input.photo_view.source is shown
    assert window.answer.verdict == answer
    assert window.session.kind == "photos"


# sessions


@pytest.mark.parametrize("kind", ["drawings", "photos"])
def test_a_saved_session_gives_the_same_answer_when_it_is_opened(
    open_window: OpenWindow, registry: Registry, tmp_path: Path, qtbot: QtBot, kind: str
) -> None:
    first = open_window(settings=Settings(scheme="light", centred=False, fit="stretch", scale="network"))
    frames = Frames(first)
    first.input.set_drawing(TWO_STROKES)
    first.session.set_model(registry.named("shapes-b"))
    frames.wait_for_rest(qtbot, TWO_STROKES)
    if kind == "photos":
        drop(first, files(picture(tmp_path / "a.png")))
        until_photo(first, frames, qtbot, "a.png")
    before = frames.last
    assert first.documents.save_session(tmp_path / "lesson.convlens")
    assert "lesson.convlens" in first.banner.text
    first.close()
    if kind == "photos":
        (tmp_path / "a.png").unlink()  # the session has it inside
    second = open_window()
    frames = Frames(second)
    drop(second, files(tmp_path / "lesson.convlens"))
    qtbot.waitUntil(lambda: bool(frames.seen) and frames.last.request.card is before.request.card, timeout=LONG)
    frames.wait_for_rest(qtbot)
    np.testing.assert_allclose(frames.last.trace.answer.probabilities, before.trace.answer.probabilities, atol=1e-3)
    assert second.session.kind == kind
    assert (second.session.centred, second.session.fit) == (False, "stretch")
    assert frames.last.request.view.scale == "network"
    assert second.input.drawing().to_json() == TWO_STROKES.to_json()
    assert second.documents.file == tmp_path / "lesson.convlens", "saving again goes to the same place"


def test_opening_a_session_without_a_photo_forgets_the_photo_before(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    """Or one person's picture would be saved into another's session."""
    frames = Frames(window)
    drop(window, files(picture(tmp_path / "private.png")))
    until_photo(window, frames, qtbot, "private.png")
    save_session(SavedSession(TWO_STROKES, "drawings", "shapes-a", Settings()), tmp_path / "other.convlens")
    assert window.documents.open_session(tmp_path / "other.convlens")
    qtbot.waitUntil(lambda: isinstance(frames.last.request.source, Drawing), timeout=LONG)
    assert window.documents.save_session(tmp_path / "again.convlens")
    assert open_session(tmp_path / "again.convlens").photo is None
    assert window.input.photo_view.source is None
    drop(window, files(tmp_path / "gone.png"))
    qtbot.waitUntil(lambda: "gone.png" in window.banner.text, timeout=LONG)
    assert window.session.photo is None and window.session.kind == "drawings"


def test_an_opened_session_has_no_filter_silenced_and_shows_its_drawing_of_now(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    """Whatever the one before looked at: a replay, a moment of the past, a net without one of its filters."""
    frames, file = Frames(window), tmp_path / "session.convlens"
    window.input.set_drawing(TWO_STROKES)
    frames.wait_for_rest(qtbot, window.session.drawing)
    whole = frames.last.trace
    window.history_chart._catch_up()
    window.history_chart._point(1)
    assert window.documents.save_session(file)
    window.session.set_factors(Factors(((1, 0, 0.0),)))
    window.history_chart._point(0)
    frames.wait_for_rest(qtbot)
    assert frames.last.request.earlier
    window.replay.toggle()
    assert window.documents.open_session(file)
    frames.wait_for_rest(qtbot, window.session.drawing)
    assert not frames.last.request.earlier and not window.session.factors
    np.testing.assert_allclose(frames.last.trace.answer.logits, whole.answer.logits, atol=1e-5)
    assert window.replay.live and window.input.canvas._moment is None


def test_a_session_with_a_model_that_is_not_here(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    save_session(SavedSession(TWO_STROKES, "drawings", "resnet", Settings()), tmp_path / "a.convlens")
    frames = Frames(window)
    assert window.documents.open_session(tmp_path / "a.convlens")
    frames.wait_for_rest(qtbot)
    assert "resnet" in window.banner.text and "shapes-a" in window.banner.text
    assert window.input.drawing().to_json() == TWO_STROKES.to_json()


def test_a_full_disk_is_told_and_the_old_session_stays(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.convlens"
    assert window.documents.save_session(file)
    before = file.read_bytes()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert not window.documents.save_session(file)
    assert "No space left" in window.banner.text
    assert file.read_bytes() == before


def test_a_picture_that_went_away_is_told_when_the_session_is_saved(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    frames = Frames(window)
    drop(window, files(picture(tmp_path / "stick.png")))
    until_photo(window, frames, qtbot, "stick.png")
    (tmp_path / "stick.png").unlink()
    assert not window.documents.save_session(tmp_path / "a.convlens")
    assert "stick.png" in window.banner.text


def test_what_was_drawn_is_autosaved_and_gone_after_a_clean_end(window: MainWindow, qtbot: QtBot) -> None:
    folder = user_data() / "autosave"
    window.input.set_drawing(TWO_STROKES)
    qtbot.waitUntil(lambda: bool(list(folder.glob("*.convlens"))), timeout=LONG)
    saved = open_session(next(folder.glob("*.convlens")))
    assert saved.drawing.to_json() == TWO_STROKES.to_json()
    window.close()
    assert list(folder.iterdir()) == []


def test_after_a_crash_the_work_is_back(open_window: OpenWindow, tmp_path: Path, qtbot: QtBot) -> None:
    folder = user_data() / "autosave"
    folder.mkdir(parents=True)
    photo = picture(tmp_path / "a.png").read_bytes()
    left = SavedSession(TWO_STROKES, "photos", "photos-a", Settings(fit="pad"), photo, "a.png")
    save_session(left, folder / "999999-1.convlens")
    window = open_window()
    frames = Frames(window)
    window.documents.recover()
    until_photo(window, frames, qtbot, "a.png")
    assert "Your work is back" in window.banner.text
    assert window.input.drawing().to_json() == TWO_STROKES.to_json()
    assert window.session.fit == "pad"
    qtbot.waitUntil(lambda: not (folder / "999999-1.convlens").exists(), timeout=LONG)
    assert len(list(folder.glob("*.convlens"))) == 1, "it is safe under this window's name now"


def test_half_a_file_of_a_crash_is_cleared_away_in_silence(open_window: OpenWindow, qtbot: QtBot) -> None:
    folder = user_data() / "autosave"
    folder.mkdir(parents=True)
    (folder / "999999-1.convlens").write_bytes(b"half")
    window = open_window()
    window.documents.recover()
    assert window.banner.text == ""
    assert not (folder / "999999-1.convlens").exists()


# all that is nasty


def test_each_nasty_file_ends_in_a_photo_or_a_message(open_window: OpenWindow, shared_data: Path, qtbot: QtBot) -> None:
    """Real broken, huge and odd files, dropped one after the other into one window."""
    nasty = sorted(file for file in (shared_data / "nasty").iterdir() if file.suffix != ".csv")
    assert len(nasty) > 50
    window = open_window(registry=find_models(models_folder()), forwards=Forwards(NumpyForward))
    opened, problems = QSignalSpy(window.session.photo_opened), QSignalSpy(window.session.problem)
    good = bad = 0
    for file in nasty:
        before = opened.count(), problems.count()
        source = window.input.photo_view.source
        assert drop(window, files(file))
        qtbot.waitUntil(lambda before=before: (opened.count(), problems.count()) != before, timeout=60_000)
        if problems.count() > before[1]:
            bad += 1
            assert window.input.photo_view.source is source, file.name
            assert file.name in window.banner.text
            assert "goes on" not in window.banner.text, f"{file.name}: an error nobody expected"
        else:
            good += 1
            photo = window.input.photo_view.source
            assert photo is not None and photo.name == file.name
    assert good > 30 and bad > 10
    frames = Frames(window)
    window.input.set_drawing(TWO_STROKES)
    frames.wait_for_rest(qtbot, TWO_STROKES)
