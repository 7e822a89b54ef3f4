"""Files of every kind and none, dropped onto the window one after the other: a picture or one message each."""

from __future__ import annotations

from pathlib import Path

from conftest import LONG, Frames
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.core.source.photo import SourceImage
from desktop_app.ui.window.main_window import MainWindow

READ = (
    "exif_portrait_6.jpg", "exif_landscape_5.jpg", "cmyk_noprofile_jpg.jpg", "rgb16_png.png", "grey16_alpha_png.png",
    "animated_webp.webp", "pillow_multipage_tiff.tiff", "pillow_ico.ico", "exifs_image01980.jpg",
    "name with ünïcødé 漢字 and spaces.jpg",
)  # fmt: skip
REFUSED = (
    "empty.jpg", "truncated_jpg.jpg", "bomb_65536sq_png.png", "exifs_IMG_5195.HEIC", "svg_not_raster.svg",
    "text_as_png.png", "bad_Bad_clrsUsed.bmp", "pillow_png_decompression_dos.png",
)  # fmt: skip


def drop(window: MainWindow, file: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    place = window.rect().center()
    QApplication.sendEvent(window, QDragEnterEvent(place, Qt.DropAction.CopyAction, data, left, none))
    QApplication.sendEvent(window, QDropEvent(QPointF(place), Qt.DropAction.CopyAction, data, left, none))


def test_every_drop_is_a_picture_or_one_message(window: MainWindow, qtbot: QtBot, shared_data: Path) -> None:
    opened: list[SourceImage] = []
    told: list[str] = []
    window.session.photo_opened.connect(opened.append)
    window.session.problem.connect(told.append)
    frames = Frames(window)
    order = [name for pair in zip(READ, REFUSED, strict=False) for name in pair] + list(READ[len(REFUSED) :])
    for name in order:
        before = len(opened), len(told)
        drop(window, shared_data / "nasty" / name)
        qtbot.waitUntil(lambda: (len(opened), len(told)) != before, timeout=LONG)  # noqa: B023 - called at once
        assert (len(opened) > before[0]) == (name in READ), name
        if name in REFUSED:
            assert len(told) == before[1] + 1 and name in told[-1]
        else:
            qtbot.waitUntil(lambda: bool(frames.seen) and frames.last.photo is opened[-1], timeout=LONG)
        assert window.input.photo_view.source is opened[-1], "a file that is refused leaves the picture before it"
        assert opened[-1].name in READ
    upright = {picture.name: picture.full_size for picture in opened}
    assert upright["exif_portrait_6.jpg"] == (1200, 1800)
    assert upright["exif_landscape_5.jpg"] == (1800, 1200)
