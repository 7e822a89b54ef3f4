"""File ▸ Export as a person uses it: the four kinds of file, their endings, and places that cannot be written."""

from __future__ import annotations

import os
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from conftest import LONG, Frames, Gate, OpenWindow
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from test_window import draw, entry

from desktop_app.core.forward.spot import Spot
from desktop_app.ui.colours import LIGHT
from desktop_app.ui.window.main_window import MainWindow

ENTRIES = {
    ".png": "View as picture",
    ".svg": "View as drawing",
    ".html": "Whole trace as a report",
    ".npz": "Numbers",
}
LINE = [(0.2, 0.2), (0.8, 0.8)]


@pytest.fixture
def drawn(window: MainWindow, qtbot: QtBot) -> MainWindow:
    frames = Frames(window)
    draw(window, LINE)
    frames.wait_for_rest(qtbot, window.session.drawing)
    window.last = frames.last
    return window


class Dialogue:
    """Answers the file dialogue."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answer: Path | str = ""
        self.proposed: list[str] = []
        monkeypatch.setattr(QFileDialog, "getSaveFileName", self._asked)

    def _asked(self, _parent: object, _title: str, proposal: str, kinds: str) -> tuple[str, str]:
        self.proposed.append(proposal)
        return str(self.answer), kinds


@pytest.fixture
def dialogue(monkeypatch: pytest.MonkeyPatch) -> Dialogue:
    return Dialogue(monkeypatch)


def exported(window: MainWindow, dialogue: Dialogue, file: Path, qtbot: QtBot) -> Path:
    """Through the menu, until the banner says so."""
    dialogue.answer = file
    window.banner.hide()
    entry(window, ENTRIES[file.suffix]).trigger()
    qtbot.waitUntil(lambda: bool(window.banner.text), timeout=LONG)
    assert window.banner.text == f"Saved as {file.name}."
    return file


def test_the_picture_is_the_whole_network_twice_as_fine(
    drawn: MainWindow, dialogue: Dialogue, tmp_path: Path, qtbot: QtBot
) -> None:
    drawn.resize(1000, 700)  # the columns need more and scroll
    drawn.look.open("compare")
    qtbot.wait(1)
    columns, page = drawn.network.columns, drawn.look.compare
    image = Image.open(exported(drawn, dialogue, tmp_path / "view.png", qtbot))
    assert image.width >= 2 * columns.width() and image.height >= 2 * (columns.height() + page.height())
    assert "Tiny drawings" in image.text["Title"] and "conv1 (5×16×16)" in image.text["Description"]
    pixels = np.asarray(image.convert("RGB"))
    assert tuple(pixels[2, 2]) == LIGHT.window.getRgb()[:3]
    assert tuple(pixels[-2, -2]) == LIGHT.panel.getRgb()[:3]
    margin = 4 * drawn.theme.unit
    head = margin + round(QFontMetricsF(drawn.theme.font("title")).height() + 2 * drawn.theme.unit)
    shown = columns.grab().toImage()
    for position in range(len(columns.stages)):
        (left, top), (right, bottom) = (point.toPoint().toTuple() for point in columns.map_rect(position, 0))
        for x in range(left + 3, right - 3):  # clear of the gaps, which the picture has twice as fine
            for y in range(top + 3, bottom - 3):
                found = tuple(pixels[2 * (y + head) + 1, 2 * (x + margin) + 1].tolist())
                near = [shown.pixelColor(x + a, y + b).getRgb()[:3] for a in (-1, 0, 1) for b in (-1, 0, 1)]
                assert found in near, (columns.stages[position].name, x, y)


def test_the_drawing_has_its_stages_as_text_and_its_maps_as_pictures(
    drawn: MainWindow, dialogue: Dialogue, tmp_path: Path, qtbot: QtBot
) -> None:
    drawn.look.open("compare")
    file = exported(drawn, dialogue, tmp_path / "view.svg", qtbot)
    root = ElementTree.parse(file).getroot()
    assert root.findtext("{*}title", "").startswith("Tiny drawings: ")
    assert "pool1 (5×8×8) → conv2 (7×6×6)" in root.findtext("{*}desc", "")
    texts = [element.text for element in root.iter() if element.tag.endswith("}text")]
    for stage in drawn.last.trace.stages:
        assert stage.name in texts
    assert "B − A" not in texts and "B" in texts, "the page, with nothing pinned"
    pictures = [element for element in root.iter() if element.tag.endswith("}image")]
    assert len(pictures) >= len(drawn.last.trace.stages)
    assert all("pixelated" in element.get("style", "") for element in pictures)
    width, height = int(root.get("width", "0")), int(root.get("height", "0"))
    renderer = QSvgRenderer(str(file))
    assert renderer.isValid() and renderer.defaultSize().toTuple() == (width, height)
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.magenta)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    assert image.pixelColor(1, 1) == LIGHT.window
    picture = Image.open(exported(drawn, dialogue, tmp_path / "view.png", qtbot)).convert("RGB")
    image.save(str(tmp_path / "drawn.png"))
    differences = np.asarray(Image.open(tmp_path / "drawn.png").convert("RGB")) - np.asarray(
        picture.resize((width, height)), np.float32
    )
    assert np.abs(differences).mean() < 8, "every picture is in its place"


def test_without_a_page_there_is_only_the_network(
    drawn: MainWindow, dialogue: Dialogue, tmp_path: Path, qtbot: QtBot
) -> None:
    image = Image.open(exported(drawn, dialogue, tmp_path / "view.png", qtbot))
    columns = drawn.network.columns
    assert image.height < 2 * (columns.height() + 120)
    assert np.asarray(image).std() > 5


def test_the_report_tells_the_chosen_pixel(drawn: MainWindow, dialogue: Dialogue, tmp_path: Path, qtbot: QtBot) -> None:
    text = exported(drawn, dialogue, tmp_path / "one.html", qtbot).read_text("utf-8")
    assert "No pixel was chosen" in text and "Tiny drawings" in text
    drawn.selection.choose(Spot(1, (3, 4, 5)))
    text = exported(drawn, dialogue, tmp_path / "two.html", qtbot).read_text("utf-8")
    assert "conv1, map 4, pixel (5, 6)" in text and "equals the network" in text


def test_the_numbers_are_the_frames_on_screen(
    drawn: MainWindow, dialogue: Dialogue, tmp_path: Path, qtbot: QtBot
) -> None:
    with np.load(exported(drawn, dialogue, tmp_path / "trace.npz", qtbot), allow_pickle=False) as read:
        for stage, output in zip(drawn.last.trace.stages, drawn.last.trace.outputs, strict=True):
            np.testing.assert_array_equal(read[stage.name], output)


def test_a_missing_ending_is_added(drawn: MainWindow, dialogue: Dialogue, tmp_path: Path, qtbot: QtBot) -> None:
    dialogue.answer = tmp_path / "my.first"
    entry(drawn, ENTRIES[".npz"]).trigger()
    qtbot.waitUntil(lambda: drawn.banner.text == "Saved as my.first.npz.", timeout=LONG)
    assert Path(dialogue.proposed[0]).name == "shapes-a.npz"
    (tmp_path / "my.first.npz").write_text("old")
    entry(drawn, ENTRIES[".npz"]).trigger()
    assert "my.first.npz is there already" in drawn.banner.text
    assert (tmp_path / "my.first.npz").read_text() == "old"
    assert Path(dialogue.proposed[1]).parent == tmp_path, "the folder is remembered"


def test_a_dialogue_that_is_closed_writes_nothing(drawn: MainWindow, dialogue: Dialogue, tmp_path: Path) -> None:
    for text in ENTRIES.values():
        entry(drawn, text).trigger()
    assert len(dialogue.proposed) == 4
    assert list(tmp_path.glob("*.*")) == []
    assert drawn.banner.text == ""


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the superuser writes everywhere")
def test_a_folder_that_is_read_only(drawn: MainWindow, dialogue: Dialogue, tmp_path: Path, qtbot: QtBot) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    folder.chmod(0o500)
    dialogue.answer = folder / "x.npz"
    entry(drawn, ENTRIES[".npz"]).trigger()
    qtbot.waitUntil(lambda: "could not be written" in drawn.banner.text, timeout=LONG)
    folder.chmod(0o700)


@pytest.mark.parametrize("suffix", ENTRIES)
def test_a_place_that_cannot_be_written_is_said(
    drawn: MainWindow, dialogue: Dialogue, tmp_path: Path, qtbot: QtBot, suffix: str
) -> None:
    (tmp_path / "file").write_text("no folder")
    dialogue.answer = tmp_path / "file" / f"x{suffix}"
    entry(drawn, ENTRIES[suffix]).trigger()
    qtbot.waitUntil(lambda: "could not be written" in drawn.banner.text, timeout=LONG)
    assert "Save it in another place" in drawn.banner.text


def test_a_full_disk_leaves_the_old_file(
    drawn: MainWindow, dialogue: Dialogue, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = exported(drawn, dialogue, tmp_path / "x.npz", qtbot)
    before = file.read_bytes()

    def full(_number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    entry(drawn, ENTRIES[".npz"]).trigger()
    qtbot.waitUntil(lambda: "No space left on device" in drawn.banner.text, timeout=LONG)
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.glob("*.*")] == ["x.npz"]


def test_something_unforeseen_is_said_and_the_window_goes_on(
    drawn: MainWindow, dialogue: Dialogue, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> bytes:
        raise MemoryError("too large")

    monkeypatch.setattr("desktop_app.core.export.report.report", broken)
    dialogue.answer = tmp_path / "x.html"
    entry(drawn, ENTRIES[".html"]).trigger()
    qtbot.waitUntil(lambda: "x.html could not be saved (MemoryError: too large)" in drawn.banner.text, timeout=LONG)
    assert not (tmp_path / "x.html").exists()


def test_before_the_first_answer_there_is_nothing_to_export(open_window: OpenWindow, tmp_path: Path) -> None:
    window = open_window()
    window.exporter._frame = None
    window.exporter.export("png", tmp_path / "x.png")
    assert "nothing to export yet" in window.banner.text


def test_another_models_columns_do_not_get_the_answer_of_the_one_before(
    drawn: MainWindow, gate: Gate, tmp_path: Path, qtbot: QtBot
) -> None:
    frames = Frames(drawn)
    gate.shut()
    drawn.session.set_model(drawn.session.registry.named("shapes-b"))
    drawn.exporter.export("npz", tmp_path / "early.npz")
    assert "nothing to export yet" in drawn.banner.text
    gate.open()
    frames.wait_for_rest(qtbot, drawn.session.drawing)
    drawn.banner.hide()
    drawn.exporter.export("npz", tmp_path / "later.npz")
    qtbot.waitUntil(lambda: drawn.banner.text == "Saved as later.npz.", timeout=LONG)
    assert not (tmp_path / "early.npz").exists()


def test_drawing_goes_on_while_something_is_exported(
    drawn: MainWindow, dialogue: Dialogue, tmp_path: Path, qtbot: QtBot
) -> None:
    frames = Frames(drawn)
    dialogue.answer = tmp_path / "x.html"
    entry(drawn, ENTRIES[".html"]).trigger()
    draw(drawn, [(0.1, 0.5), (0.9, 0.5)])
    frames.wait_for_rest(qtbot, drawn.session.drawing)
    qtbot.waitUntil(lambda: drawn.banner.text == "Saved as x.html.", timeout=LONG)


def test_closing_the_window_ends_an_export(drawn: MainWindow, dialogue: Dialogue, tmp_path: Path) -> None:
    dialogue.answer = tmp_path / "x.html"
    entry(drawn, ENTRIES[".html"]).trigger()
    drawn.close()
    assert [path.name for path in tmp_path.glob("*x.html*")] in ([], ["x.html"]), "whole or not at all"
    QTest.qWait(1)
