"""A dropped folder: its photos with their answers, sorted, filtered, opened and exported by mouse and keys."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import Frames
from PIL import Image
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QWidget

from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.forward.request import Photo
from desktop_app.core.forward.trace import Answer, answer_of
from desktop_app.core.many.row import Row
from desktop_app.core.model.card import ModelCard
from desktop_app.core.source.fitting import LEAST
from desktop_app.core.source.photo import load_photo
from desktop_app.core.source.preprocess import prepare_photo
from desktop_app.ui.many.asking import SWITCH, USUAL_SWITCH
from desktop_app.ui.many.model import ROW
from desktop_app.ui.many.thumbnails import Thumbnails
from desktop_app.ui.many.window import ContactSheet
from desktop_app.ui.waiting import until
from desktop_app.ui.window.main_window import MainWindow

PHOTOS = 40
BROKEN = ("IMG_7.jpg", "IMG_23.jpg")
"""5 % of them."""


@pytest.fixture
def album(tmp_path: Path) -> Path:
    folder = tmp_path / "album"
    folder.mkdir()
    rng = np.random.default_rng(2)
    for number in range(PHOTOS):
        pixels = rng.integers(0, 256, (4, 5, 3), dtype=np.uint8)
        Image.fromarray(pixels).resize((64, 48)).save(folder / f"IMG_{number}.jpg")
    for name in BROKEN:
        (folder / name).write_bytes((folder / name).read_bytes()[:300])
    return folder


def drop(on: QWidget, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    middle, action, button = QPointF(on.rect().center()), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    QApplication.sendEvent(on, QDragEnterEvent(middle.toPoint(), action, data, button, Qt.KeyboardModifier.NoModifier))
    QApplication.sendEvent(on, QDropEvent(middle, action, data, button, Qt.KeyboardModifier.NoModifier))
    QApplication.sendPostedEvents()  # the sheet is opened after the drop


def rests(sheet: ContactSheet) -> None:
    assert until(lambda: not sheet.asking.running)


@pytest.fixture
def sheet(window: MainWindow, album: Path) -> ContactSheet:
    """With all answers."""
    drop(window, album)
    assert window.many.sheet is not None
    rests(window.many.sheet)
    return window.many.sheet


def shown(sheet: ContactSheet) -> list[Row]:
    return [sheet.model.index(place).data(ROW) for place in range(sheet.model.rowCount())]


def middle_of(sheet: ContactSheet, name: str) -> QPoint:
    place = [row.name for row in shown(sheet)].index(name)
    sheet.grid.scrollTo(sheet.model.index(place))
    return sheet.grid.visualRect(sheet.model.index(place)).center()


def choose(box: QComboBox, words: str) -> None:
    """By the keyboard, as a person who types its first letters."""
    place = next(place for place in range(box.count()) if box.itemText(place).startswith(words))
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Home)
    while box.currentIndex() < place:
        QTest.keyClick(box, Qt.Key.Key_Down)
    assert box.currentIndex() == place


def alone(card: ModelCard, file: Path) -> Answer:
    net_input = prepare_photo(load_photo(file, at_least=LEAST), card.preprocessing, fit="crop").input
    return answer_of(NumpyForward(card)(net_input)[-1], card.temperature)


def test_a_dropped_folder_is_answered_past_its_broken_files(
    sheet: ContactSheet, window: MainWindow, album: Path
) -> None:
    assert sheet.isVisible() and "album" in sheet.windowTitle()
    rows = shown(sheet)
    assert [row.name for row in rows] == [f"IMG_{number}.jpg" for number in range(PHOTOS)]
    assert tuple(row.name for row in rows if row.error) == BROKEN
    card = window.session.registry.named("photos-a")
    assert sheet.card is card
    for row in rows[::6]:
        if not row.error:
            want = alone(card, row.path)
            assert row.label == card.classes[want.best]
            assert row.confidence == pytest.approx(float(want.probabilities[want.best]), abs=1e-4)
    assert f"{PHOTOS} photos" in sheet.progress.words.text()
    assert f"{len(BROKEN)} cannot be read" in sheet.progress.words.text()
    assert not sheet.progress.button.isVisible() and not sheet.progress.bar.isVisible()
    assert all(sheet.thumbnails.lacks(row.path) == bool(row.error) for row in rows)


def test_tiles_are_painted_and_told_to_screen_readers(sheet: ContactSheet) -> None:
    def colours() -> int:
        image = sheet.grid.viewport().grab().toImage()
        spot = middle_of(sheet, "IMG_0.jpg") - QPoint(0, 40)
        return len({image.pixelColor(spot + QPoint(x, 0)).rgb() for x in range(-60, 60, 4)})

    assert until(lambda: colours() > 8)  # the photo, not an empty frame
    first = sheet.model.index(0)
    told = first.data(Qt.ItemDataRole.AccessibleTextRole)
    assert told.startswith("IMG_0.jpg, ") and "%" in told and "sure" in told and "entropy" in told
    broken = sheet.model.index(7).data(Qt.ItemDataRole.ToolTipRole)
    assert "damaged" in broken and "%" not in broken


def test_sorting_and_filtering(sheet: ContactSheet) -> None:
    controls = sheet.controls
    choose(controls.orders, "Most confident")
    found = [row.confidence for row in shown(sheet)[: -len(BROKEN)]]
    assert found == sorted(found, reverse=True)
    assert {row.name for row in shown(sheet)[-len(BROKEN) :]} == set(BROKEN)
    choose(controls.orders, "Least sure")
    bits = [row.entropy for row in shown(sheet)[: -len(BROKEN)]]
    assert bits == sorted(bits, reverse=True)
    choose(controls.shown, "Cannot be read · 2")
    assert {row.name for row in shown(sheet)} == set(BROKEN)
    label, count = sheet.model.sheet.counts().labels[0]
    choose(controls.shown, f"{label} · {count}")
    assert len(shown(sheet)) == count and {row.label for row in shown(sheet)} == {label}
    choose(controls.shown, "Not sure")
    assert all(row.not_sure for row in shown(sheet))
    choose(controls.shown, "All photos")
    QTest.keyClick(sheet, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(controls.search, "img_3")
    assert {row.name for row in shown(sheet)} == {"IMG_3.jpg", *(f"IMG_3{digit}.jpg" for digit in range(10))}
    assert "11 shown" in sheet.progress.words.text()
    QTest.keyClicks(controls.search, "xyz")
    assert sheet.nothing.isVisible()
    QTest.mouseClick(sheet.nothing.button, Qt.MouseButton.LeftButton)
    assert len(shown(sheet)) == PHOTOS and sheet.grid.isVisible()


def test_double_click_and_enter_open_the_photo_with_the_same_answer(sheet: ContactSheet, window: MainWindow) -> None:
    frames, viewport = Frames(window), sheet.grid.viewport()

    def answered(name: str) -> bool:
        source = frames.last.request.source if frames.seen else None
        return isinstance(source, Photo) and source.name == name

    spot = middle_of(sheet, "IMG_4.jpg")
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=spot)
    QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=spot)
    assert until(lambda: answered("IMG_4.jpg"))
    row = next(row for row in shown(sheet) if row.name == "IMG_4.jpg")
    card = window.session.card
    assert card is sheet.card
    assert card.classes[frames.last.trace.answer.best] == row.label
    sheet.grid.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(sheet.grid, Qt.Key.Key_Right)
    QTest.keyClick(sheet.grid, Qt.Key.Key_Return)
    assert until(lambda: answered("IMG_5.jpg"))


def test_another_model_is_asked_and_no_picture_read_twice(sheet: ContactSheet, window: MainWindow) -> None:
    before = [row.guesses for row in shown(sheet)]
    packed = dict(sheet.thumbnails._packed)
    choose(sheet.controls.orders, "Most confident")
    sheet.controls.models.setFocus()
    place = sheet.controls.models._rows.index(window.session.registry.named("shapes-a"))
    while sheet.controls.models.currentIndex() != place:
        QTest.keyClick(sheet.controls.models, Qt.Key.Key_Up)
    rests(sheet)
    assert sheet.card.name == "shapes-a"
    choose(sheet.controls.orders, "By name")
    assert [row.guesses for row in shown(sheet)] != before
    assert not any(row.waiting for row in shown(sheet))
    assert all(sheet.thumbnails._packed[path] is packed[path] for path in packed)


def test_stopping_keeps_what_is_there_and_goes_on_later(window: MainWindow, album: Path) -> None:
    drop(window, album)
    sheet = window.many.sheet
    assert sheet is not None
    assert until(lambda: any(not row.waiting for row in sheet.model.sheet.rows))
    if sheet.asking.running:
        QTest.mouseClick(sheet.progress.button, Qt.MouseButton.LeftButton)
    assert not sheet.asking.running
    kept = [row for row in sheet.model.sheet.rows if not row.waiting]
    assert kept
    if sheet.progress.button.isVisible():
        assert sheet.progress.button.text() == "Go on"
        QTest.mouseClick(sheet.progress.button, Qt.MouseButton.LeftButton)
        rests(sheet)
    assert all(row in sheet.model.sheet.rows for row in kept)
    assert not sheet.model.sheet.counts().waiting and len(sheet.model.sheet.rows) == PHOTOS


def test_the_table_has_what_is_shown(sheet: ContactSheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out ü.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_rest: (str(out), ""))
    choose(sheet.controls.orders, "Most confident")
    QTest.mouseClick(sheet.controls.export, Qt.MouseButton.LeftButton)
    assert out.name in sheet.banner.text
    lines = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"), newline="")))
    assert [line["path"] for line in lines] == [str(row.path) for row in shown(sheet)]
    assert float(lines[0]["probability"]) == pytest.approx(shown(sheet)[0].confidence, abs=1e-6)
    assert sum(bool(line["error"]) for line in lines) == len(BROKEN)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_rest: (str(tmp_path / "album"), ""))
    sheet.ask_export()
    assert "could not be written" in sheet.banner.text


def test_an_empty_folder_says_so_and_several_files_are_a_sheet(window: MainWindow, album: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    drop(window, tmp_path / "empty")
    sheet = window.many.sheet
    assert sheet is not None
    rests(sheet)
    assert sheet.nothing.isVisible() and "no pictures in empty" in sheet.nothing.words.text()
    assert not sheet.controls.export.isEnabled() and not sheet.progress.button.isVisible()
    drop(sheet, album / "IMG_1.jpg", album / "IMG_2.jpg")  # on the sheet itself
    rests(sheet)
    assert window.many.sheet is sheet and "2 files" in sheet.windowTitle()
    assert [row.name for row in shown(sheet)] == ["IMG_1.jpg", "IMG_2.jpg"]
    assert sheet.grid.isVisible()


def test_a_model_that_cannot_be_used_is_one_message(window: MainWindow, album: Path) -> None:
    window.session.registry.named("photos-a").weights_file.unlink()
    drop(window, album)
    sheet = window.many.sheet
    assert sheet is not None
    rests(sheet)
    assert "weights cannot be read" in sheet.banner.text
    assert sheet.model.sheet.counts().waiting == PHOTOS and sheet.progress.button.text() == "Go on"


def test_closing_the_main_window_closes_the_sheet(sheet: ContactSheet, window: MainWindow) -> None:
    gone = QSignalSpy(sheet.destroyed)
    sheet.close()
    window.many.show()
    assert sheet.isVisible()
    window.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert gone.count() == 1 and window.many.sheet is None


def test_a_model_is_kept_ready_until_the_sheet_is_closed_and_threads_take_turns_meanwhile_only(
    sheet: ContactSheet, album: Path
) -> None:
    ready = sheet.asking._ready
    kept = ready._kept
    assert kept is not None and kept.card is sheet.card
    assert sys.getswitchinterval() == pytest.approx(USUAL_SWITCH)
    drop(sheet, album)
    assert until(lambda: sys.getswitchinterval() == pytest.approx(SWITCH))
    rests(sheet)
    assert ready._kept is kept
    assert sys.getswitchinterval() == pytest.approx(USUAL_SWITCH)
    sheet.close()
    assert ready._kept is None


def test_small_pictures_do_not_fill_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop_app.ui.many.thumbnails.MOST_BYTES", 100)
    kept = Thumbnails()
    kept.add(Path("a"), bytes(60))
    kept.add(Path("b"), bytes(60))
    assert not kept.lacks(Path("a")) and kept.lacks(Path("b"))
    kept.add(Path("c"), bytes(40))
    assert not kept.lacks(Path("b"))  # there is no room: it need not be made
    kept.clear()
    assert kept.lacks(Path("a"))


def test_transparent_pictures_get_the_main_windows_background(window: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "clear" / "clear.png"
    file.parent.mkdir()
    Image.new("RGBA", (60, 60), (0, 0, 0, 0)).save(file)
    window.session.set_background((255, 0, 0))
    drop(window, file.parent)
    sheet = window.many.sheet
    assert sheet is not None
    rests(sheet)
    (row,) = shown(sheet)
    photo = load_photo(file, at_least=LEAST, background=(255, 0, 0))
    want = answer_of(
        NumpyForward(sheet.card)(prepare_photo(photo, sheet.card.preprocessing, fit="crop").input)[-1],
        sheet.card.temperature,
    )
    assert row.confidence == pytest.approx(float(want.probabilities.max()), abs=1e-4)
