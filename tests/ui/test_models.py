"""Models come and go in the window: added by menu and drop, filled in by hand, chosen, compared, removed."""

from __future__ import annotations

import hashlib
import pickle
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from conftest import LONG, Frames, OpenWindow
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QMenu, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from tiny_models import card_data, write_model

from desktop_app.core.errors import UserError
from desktop_app.core.forward.forwards import Forwards
from desktop_app.core.model.card import read_card
from desktop_app.core.model.registry import Registry, find_models
from desktop_app.core.paths import own_models_folder
from desktop_app.core.settings import Settings
from desktop_app.learn.arrival import torch_forward
from desktop_app.learn.models import add as add_module
from desktop_app.learn.models import onnx_export
from desktop_app.learn.models.catalogue import recommended
from desktop_app.learn.network.torchvision_nets import torchvision_net
from desktop_app.ui.models.model_menu import MOST
from desktop_app.ui.models.numbers import PRESETS, in_words, preset_of, three, whole
from desktop_app.ui.models.own_form import OwnForm
from desktop_app.ui.window.main_window import MainWindow

NAMES = ("cat", "dog", "owl")


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state dict of a small architecture of torchvision, for three classes."""
    torch.manual_seed(1)
    file = tmp_path_factory.mktemp("weights") / "my_pets.pth"
    torch.save(torchvision_net("squeezenet1_1", len(NAMES)).state_dict(), file)
    return file


@pytest.fixture
def home(tmp_path: Path, registry: Registry) -> Registry:
    """The three tiny models as if they were shipped, and the person's own folder, empty."""
    return find_models(*registry.folders, own_models_folder())


@pytest.fixture
def window(open_window: OpenWindow, home: Registry, tmp_path: Path, qtbot: QtBot) -> Iterator[MainWindow]:
    """With a photo that is shown, and torch."""
    Image.new("RGB", (60, 40), (200, 120, 40)).save(tmp_path / "photo.png")
    made = open_window(registry=home, forwards=Forwards(torch_forward))
    frames = Frames(made)
    made.documents.open(tmp_path / "photo.png")
    qtbot.waitUntil(lambda: bool(frames.seen) and frames.last.photo is not None, timeout=LONG)
    made.banner.hide()
    yield made
    assert made.jobs.stop(LONG / 1000)


def dropped(target: QWidget, *paths: Path) -> None:
    """Real drag and drop events, as Qt sends them."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    middle, action, button = QPointF(target.rect().center()), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(middle.toPoint(), action, data, button, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(target, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(target, QDropEvent(middle, action, data, button, Qt.KeyboardModifier.NoModifier))


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(8, widget.height() // 2))


def button(parent: QWidget, text: str) -> QPushButton:
    return next(one for one in parent.findChildren(QPushButton) if one.text().replace("&", "") == text)


def menu(window: MainWindow, title: str) -> QMenu:
    return next(a.menu() for a in window.menuBar().actions() if a.text().replace("&", "") == title)  # type: ignore[return-value]


def entry(window: MainWindow, title: str, text: str) -> QAction:
    return entry_of(menu(window, title), text)


def entry_of(found: object, text: str) -> QAction:
    assert isinstance(found, QMenu)
    return next(action for action in found.actions() if action.text().replace("&", "").startswith(text))


def chooser(window: MainWindow) -> QComboBox:
    return next(box for box in window.network.findChildren(QComboBox) if box.accessibleName() == "Model")


def titles(box: QComboBox) -> list[str]:
    return [box.itemText(row).split(" · ")[0] for row in range(box.count()) if box.itemText(row)]


def form_of(window: MainWindow, qtbot: QtBot) -> OwnForm:
    qtbot.waitUntil(lambda: window.adding.form is not None or bool(window.banner.text), timeout=LONG)
    assert window.adding.form is not None, window.banner.text
    return window.adding.form


def write(edit: QLineEdit, text: str) -> None:
    edit.setFocus()
    edit.selectAll()
    QTest.keyClick(edit, Qt.Key.Key_Delete)
    QTest.keyClicks(edit, text)


def fill_in(form: OwnForm, names: tuple[str, ...] = NAMES) -> None:
    """As a person types and pastes it; a small input, so that nobody has to wait."""
    for edit in (form.fields.width_, form.fields.height_, form.fields.resize_):
        write(edit, "48")
    form.fields.classes.edit.setFocus()
    form.fields.classes.edit.selectAll()
    QGuiApplication.clipboard().setText("\n".join(names))
    QTest.keyClick(form.fields.classes.edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    QGuiApplication.clipboard().clear()


def words(widget: QWidget) -> str:
    """All that can be read there."""
    return " | ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible() and label.text())


# the list


def test_what_lists_models_follows_without_a_restart(open_window: OpenWindow, home: Registry) -> None:
    window = open_window(registry=home)
    session, before = window.session, window.session.card
    window.look.open("compare")
    second = next(box for box in window.look.compare.findChildren(QComboBox) if box.accessibleName() == "Second model")
    write_model(own_models_folder() / "mine", {**card_data(), "title": "My own"}, seed=7)
    session.set_registry(session.registry.again())
    assert titles(chooser(window))[-1] == titles(second)[-1] == "My own"
    assert entry(window, "Model", "My own").isEnabled()
    assert session.card is before and entry(window, "Model", before.title).isChecked()
    assert chooser(window).currentText().startswith(before.title)

    entry(window, "Model", "My own").trigger()
    mine = session.card
    assert mine.name == "mine" and chooser(window).currentText().startswith("My own")
    session.set_registry(session.registry.again())
    assert session.card is mine, "what has not changed keeps its card, and what was made of it"

    write_model(own_models_folder() / "mine", {**card_data(), "title": "My own, better"}, seed=2)
    session.set_registry(session.registry.again())
    assert session.card.title == "My own, better" and session.preferred("drawings") == "mine"
    assert chooser(window).currentText().startswith("My own, better")


def test_the_default_takes_over_from_a_model_that_has_gone(open_window: OpenWindow, home: Registry) -> None:
    write_model(own_models_folder() / "mine", {**card_data(), "title": "My own"})
    window = open_window(registry=home.again())
    session = window.session
    session.set_beside(session.registry.named("mine"))
    session.set_model(session.registry.named("mine"))
    session.set_registry(home.again().__class__(home.cards, folders=home.folders))
    assert session.card is home.first_for("drawings") and session.beside is None
    assert session.preferred("drawings") == ""
    assert "My own" not in titles(chooser(window))


def test_many_models_of_ones_own_get_a_menu_of_their_own(open_window: OpenWindow, home: Registry) -> None:
    for number in range(MOST + 1):
        write_model(own_models_folder() / f"own-{number}", {**card_data(), "title": f"Own {number} & more"})
    window = open_window(registry=home.again())
    inside = entry(window, "Model", "Added by you").menu()
    assert isinstance(inside, QMenu)
    assert [action.text() for action in inside.actions()] == [f"Own {n} && more" for n in range(MOST + 1)]
    inside.actions()[3].trigger()
    assert window.session.card.name == "own-3"
    headings = [action.text() for action in menu(window, "Model").actions() if not action.isEnabled()]
    assert headings[:2] == ["For drawings", "For photos"]


# removing


def test_a_model_of_ones_own_is_removed_after_a_question(window: MainWindow, home: Registry, qtbot: QtBot) -> None:
    folder = write_model(own_models_folder() / "mine", {**card_data("photos"), "title": "My own"})
    session = window.session
    assert not entry(window, "Model", "Remove this model").isEnabled(), "a shipped model stays"
    session.set_registry(session.registry.again())
    session.set_model(session.registry.named("mine"))

    entry(window, "Model", "Remove this model").trigger()
    box = window.findChild(QMessageBox)
    assert "My own" in box.text() and str(folder) in box.informativeText()
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert folder.is_dir() and session.card.name == "mine", "Cancel is what Enter does"

    entry(window, "Model", "Remove this model").trigger()
    click(button(window.findChildren(QMessageBox)[-1], "Remove"))
    qtbot.waitUntil(lambda: "My own was removed" in window.banner.text, timeout=LONG)
    assert session.card.name == "photos-a"
    assert not folder.exists() and list(own_models_folder().iterdir()) == []
    assert session.photo is not None and session.photo.name == "photo.png"

    card = home.named("photos-a")
    window.library.remove(card)
    qtbot.waitUntil(lambda: "cannot be removed" in window.banner.text, timeout=LONG)
    assert card.weights_file.is_file()


# adding


def test_own_weights_are_dropped_filled_in_tried_and_added(
    window: MainWindow, weights: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    dropped(window, weights)
    assert weights.name in window.progress.words
    form = form_of(window, qtbot)
    assert window.progress.isHidden()
    assert "SqueezeNet 1.1" in words(form) and "3 classes" in words(form)
    assert form.fields.title.text() == "my_pets" and form.fields.width_.text() == "224"
    assert preset_of(*form.fields.normalisation.values()) == "imagenet"  # type: ignore[misc]

    fill_in(form, NAMES[:2])
    write(form.fields.title, "")
    QTest.keyClick(form, Qt.Key.Key_Return)
    assert "3 classes, and here are 2 names" in words(form) and "needs a name" in words(form)
    write(form.fields.title, "tiny Photos")
    QTest.keyClick(form, Qt.Key.Key_Return)
    assert "Another model is called so" in words(form)
    write(form.fields.title, "Pets")
    fill_in(form)
    qtbot.waitUntil(lambda: set(form.preview.words.split(", ")) == set(NAMES), timeout=LONG)
    assert "3×48×48" in words(form.preview)

    frames = Frames(window)
    click(button(form, "Add model"))
    qtbot.waitUntil(lambda: bool(frames.seen) and frames.last.request.card.name == "pets", timeout=LONG)
    assert window.adding.form is None
    card = read_card(own_models_folder() / "pets")
    assert card.classes == NAMES and card.title == "Pets" and card.preprocessing.shape == (3, 48, 48)
    assert "Pets was added: 3 classes" in window.banner.text
    assert frames.last.photo is not None, "the photo that was shown is read at once"
    assert entry(window, "Model", "Pets").isChecked()


def test_what_cannot_be_written_leaves_the_form_as_it_is(
    window: MainWindow, weights: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    def full(*_args: object) -> Iterator[object]:
        raise UserError("The disk is full: make room there.")
        yield

    window.adding.add([weights])
    form = form_of(window, qtbot)
    fill_in(form)
    with monkeypatch.context() as patch:
        patch.setattr(add_module, "write_model", full)
        click(button(form, "Add model"))
        qtbot.waitUntil(lambda: "The disk is full" in words(form), timeout=LONG)
    assert window.adding.form is form and form.fields.isEnabled()
    assert form.fields.classes.names() == NAMES and form.fields.width_.text() == "48"
    click(button(form, "Add model"))
    qtbot.waitUntil(lambda: window.session.card.title == "my_pets", timeout=LONG)


def test_a_list_of_names_is_read_from_a_file(window: MainWindow, weights: Path, tmp_path: Path, qtbot: QtBot) -> None:
    window.adding.add([weights])
    form = form_of(window, qtbot)
    (tmp_path / "broken.txt").write_bytes("größe\n".encode("latin-1"))
    dropped(form, tmp_path / "broken.txt")
    qtbot.waitUntil(lambda: "not written in UTF-8" in words(form), timeout=LONG)
    (tmp_path / "names.txt").write_text("\ufeffKatze\n\n  Hund \r\nEule", encoding="utf-8")
    dropped(form, tmp_path / "names.txt")
    qtbot.waitUntil(lambda: form.fields.classes.names() == ("Katze", "Hund", "Eule"), timeout=LONG)
    click(button(form, "Number them"))
    assert form.fields.classes.names() == ("class 1", "class 2", "class 3")
    Image.new("RGB", (30, 30), (20, 220, 40)).save(tmp_path / "green.png")
    dropped(form, tmp_path / "green.png")
    qtbot.waitUntil(lambda: window.input.photo_view.source.name == "green.png", timeout=LONG)  # type: ignore[union-attr]
    QTest.keyClick(form, Qt.Key.Key_Escape)
    question = form.findChild(QMessageBox)
    assert "what was filled in is lost" in question.informativeText()
    QTest.keyClick(question, Qt.Key.Key_Return)
    assert window.adding.form is form and form.fields.classes.names(), "Stay is what Enter does"
    form.close()
    click(button(form.findChildren(QMessageBox)[-1], "Leave"))
    assert window.adding.form is None


@pytest.fixture(scope="module")
def thousand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same architecture with ImageNet's number of classes."""
    file = tmp_path_factory.mktemp("weights") / "file.pth"
    torch.manual_seed(2)
    torch.save(torchvision_net("squeezenet1_1", 1000).state_dict(), file)
    return file


@pytest.fixture
def official(thousand: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that passes for one of torchvision's: its name says how its SHA-256 begins."""
    prefix = hashlib.sha256(thousand.read_bytes()).hexdigest()[:8]
    known = recommended("squeezenet1_1")
    assert known is not None
    small = replace(known.preprocessing, height=64, width=64, resize=64)
    told = replace(known, file=f"squeezenet1_1-{prefix}.pth", prefix=prefix, preprocessing=small)
    monkeypatch.setattr(add_module, "recognised", lambda name: told if name == told.file else None)
    return Path(shutil.copy(thousand, tmp_path / told.file))


def test_a_file_of_torchvision_is_chosen_in_the_menu_and_used_at_once(
    window: MainWindow, official: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr("PySide6.QtWidgets.QFileDialog.getOpenFileNames", lambda *_args, **_kw: ([str(official)], ""))
    frames = Frames(window)
    entry(window, "File", "Add model").trigger()
    qtbot.waitUntil(lambda: bool(frames.seen) and frames.last.request.card.name == "squeezenet1_1", timeout=LONG)
    assert window.banner.text == "SqueezeNet 1.1 was added: 1,000 classes, 1,235,496 weights."
    text = model_text_of(window)
    assert "58.2" in text and "among the first five" in text and "BSD-3-Clause" in text and official.name in text
    assert "shorter side is brought to 64 pixels (bilinear)" in text and "0.485, 0.456, 0.406" in text
    window.documents.open(official)
    qtbot.waitUntil(lambda: "was there already" in window.banner.text, timeout=LONG)
    assert [folder.name for folder in own_models_folder().iterdir()] == ["squeezenet1_1"]


def test_while_somebody_draws_a_new_model_waits_for_photos(
    open_window: OpenWindow, home: Registry, official: Path, qtbot: QtBot
) -> None:
    window = open_window(registry=home)
    drawing = window.session.card
    dropped(window, official)
    qtbot.waitUntil(lambda: "was added" in window.banner.text, timeout=LONG)
    assert window.session.card is drawing and window.session.preferred("photos") == "squeezenet1_1"
    assert "photos that you open" in window.banner.text


def test_cancelling_leaves_nothing(window: MainWindow, official: Path, qtbot: QtBot) -> None:
    window.adding.add([official, official])
    click(window.progress.cancel)
    qtbot.waitUntil(window.progress.isHidden, timeout=LONG)
    assert window.adding.form is None and window.session.card.name == "photos-a"
    assert not own_models_folder().exists() or list(own_models_folder().iterdir()) == []


class Crafted:
    """What a pickle can do: this one writes a file when it is opened."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.file,)


def test_a_hostile_or_wrong_file_is_one_message_and_nothing_is_lost(
    window: MainWindow, weights: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    session, ran = window.session, tmp_path / "ran"
    card, photo = session.card, session.photo
    torch.save({"weight": Crafted(ran)}, tmp_path / "crafted.pth")
    (tmp_path / "plain.pt").write_bytes(pickle.dumps(Crafted(ran)))
    (tmp_path / "short.pth").write_bytes(weights.read_bytes()[:-1000])
    torch.save({"a.weight": torch.zeros(3, 4)}, tmp_path / "other.pth")
    for name in ("crafted.pth", "plain.pt", "short.pth", "other.pth"):
        window.banner.hide()
        dropped(window, tmp_path / name)
        qtbot.waitUntil(lambda: bool(window.banner.text) and window.progress.isHidden(), timeout=LONG)
        assert name in window.banner.text, name
    assert not ran.exists()
    assert session.card is card and session.photo is photo
    assert not own_models_folder().exists()


def test_files_are_taken_one_after_the_other(window: MainWindow, weights: Path, tmp_path: Path, qtbot: QtBot) -> None:
    friend = write_model(tmp_path / "friend", {**card_data("photos"), "title": "A friend's"}, seed=8)
    Image.new("RGB", (30, 30), (20, 220, 40)).save(tmp_path / "green.png")
    dropped(window, weights, friend, tmp_path / "green.png")
    form = form_of(window, qtbot)
    assert window.session.photo is not None and window.session.photo.name == "green.png"
    assert window.session.card.title == "Tiny photos", "the second waits until the form is closed"
    click(button(form, "Cancel"))
    qtbot.waitUntil(lambda: window.session.card.title == "A friend's", timeout=LONG)
    assert window.session.card.weights_file.parent.parent == own_models_folder(), "a model's folder is copied as it is"


# exporting


def test_a_model_is_exported_as_onnx_with_its_proof(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    pytest.importorskip("onnxruntime")
    chosen = tmp_path / "net"
    monkeypatch.setattr("PySide6.QtWidgets.QFileDialog.getSaveFileName", lambda *_args, **_kw: (str(chosen), ""))
    entry_of(entry(window, "File", "Export").menu(), "Model as ONNX").trigger()
    qtbot.waitUntil(lambda: "ONNX Runtime gives the same logits for 5 inputs" in window.banner.text, timeout=LONG)
    assert "net.onnx" in window.banner.text and (tmp_path / "net.onnx").stat().st_size > 1000
    assert re.search(r"largest difference is \de?[-.\de]*, of logits up to \d", window.banner.text)
    assert window.export_progress.isHidden()


def test_what_onnx_lacks_is_said_before_a_name_is_asked_for(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(onnx_export, "missing", lambda: "ONNX export needs the package onnx: run pip.")
    monkeypatch.setattr("PySide6.QtWidgets.QFileDialog.getSaveFileName", lambda *_args, **_kw: pytest.fail("asked"))
    entry_of(entry(window, "File", "Export").menu(), "Model as ONNX").trigger()
    qtbot.waitUntil(lambda: "needs the package onnx" in window.banner.text, timeout=LONG)


# the form


def test_everything_in_the_form_has_a_name_a_key_and_room(
    open_window: OpenWindow, home: Registry, weights: Path, qtbot: QtBot
) -> None:
    """At projector size, which has the least room."""
    window = open_window(registry=home, settings=Settings(scheme="dark", projector=True))
    window.adding.add([weights])
    form = form_of(window, qtbot)
    form.resize(window.theme.px(820), 688)
    QApplication.processEvents()
    reached = []
    form.fields.title.setFocus()
    for _ in range(40):
        widget = QApplication.focusWidget()
        if widget is None or widget in reached:
            break
        reached.append(widget)
        assert widget.accessibleName() or widget.property("text"), widget
        QTest.keyClick(widget, Qt.Key.Key_Tab)
    edits = [edit for edit in form.findChildren(QLineEdit) if edit.isEnabled()]
    assert set(edits) <= set(reached) and form.fields.classes.edit in reached and button(form, "Add model") in reached
    for label in form.findChildren(QLabel):
        if label.isVisible() and not label.wordWrap() and type(label).__name__ != "Elided":
            assert label.width() >= label.sizeHint().width(), label.text()
    assert form.width() <= 1366
    window.close()
    assert not window.isVisible(), "an open form holds nobody up"


def test_numbers_are_read_as_people_write_them() -> None:
    assert three("0.485, 0.456,0.406") == PRESETS["imagenet"][0]
    assert three("[123/255, 117/255, 104 / 255]") == PRESETS["caffe"][0]
    assert three("(0.5)") == (0.5, 0.5, 0.5) and three("-1e-2 .5 2.") == (-0.01, 0.5, 2.0)
    assert three("−0.5; 1; 2") == (-0.5, 1.0, 2.0)
    for wrong in ("", "0.4, x", "1, 2", "1 2 3 4", "1e999", "1/0, 1, 1", "0.5.5, 1", "nan"):
        assert three(wrong) is None, wrong
    assert [whole(text) for text in ("224", " 7 ", "0", "-3", "2.5", "", "١", "123456")] == [224, 7, *[None] * 6]
    for key, values in PRESETS.items():
        assert preset_of(*(three(in_words(part)) for part in values)) == key
    assert preset_of(None, (1.0, 1.0, 1.0)) == "own"


def model_text_of(window: MainWindow) -> str:
    from desktop_app.ui.window.about import model_text

    return model_text(window.session.card)
