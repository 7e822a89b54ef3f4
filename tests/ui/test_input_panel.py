"""The input panel, as a person uses it: samples, tools, files, photo, strip, keyboard."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeySequence, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QFileDialog, QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.core.drawing.strokes import Drawing, Stroke
from desktop_app.core.model.card import Fit, Preprocessing
from desktop_app.core.sketcher import LABELS
from desktop_app.core.source.fitting import frames
from desktop_app.core.source.photo import SourceImage
from desktop_app.core.source.preprocess import Step, prepare_drawing, prepare_photo
from desktop_app.ui.input import strip
from desktop_app.ui.input.panel import InputPanel
from desktop_app.ui.theme import Theme

GREY = Preprocessing("grey", 32, 32, "crop", "bilinear", (0.0,), (1.0,), longest=24, pen=2.2)
COLOUR = Preprocessing("rgb", 224, 224, "crop", "bilinear", (0.5,) * 3, (0.25,) * 3, resize=256)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(qtbot: QtBot) -> InputPanel:
    made = InputPanel(Theme("light"), rng=np.random.default_rng(3))
    qtbot.addWidget(made)
    made.resize(270, 600)
    made.show_spec(GREY)
    made.show()
    made.activateWindow()
    qtbot.waitExposed(made)
    return made


def photo(width: int = 600, height: int = 400) -> SourceImage:
    rgb = np.zeros((height, width, 3), np.uint8)
    rgb[:, : width // 2] = (200, 30, 30)
    return SourceImage(rgb, (width * 4, height * 4), "a dog.jpg", ("CMYK turned into RGB",))


def button(panel: InputPanel, name: str) -> QToolButton:
    """The tool button of an action."""
    action = panel.actions[name]
    return next(child for child in panel.findChildren(QToolButton) if child.defaultAction() is action)


def scrawl(panel: InputPanel, *places: tuple[int, int]) -> None:
    QTest.mousePress(panel.canvas, LEFT, pos=QPoint(*places[0]))
    for place in places[1:]:
        QTest.mouseMove(panel.canvas, QPoint(*place))
    QTest.mouseRelease(panel.canvas, LEFT, pos=QPoint(*places[-1]))


def test_each_sample_button_draws_another_one_at_every_click(panel: InputPanel) -> None:
    told: list[Drawing] = []
    panel.drawing_edited.connect(told.append)
    for label in LABELS:
        sample = panel.tools.samples.buttons[label]
        for _ in range(2):
            QTest.mouseClick(sample, LEFT)
        first, second = (np.concatenate([stroke.points for stroke in drawing.strokes]) for drawing in told[-2:])
        assert first.shape != second.shape or not np.allclose(first, second)
        assert label in sample.accessibleName()
    assert len(told) == 20
    for drawing in told:
        left, top, right, bottom = drawing.bounds()
        assert min(left, top) >= -0.05
        assert max(right, bottom) <= 1.05
        assert drawing.strokes[0].pen == panel.canvas.pen
    last_but_one = told[-2]
    QTest.mouseClick(button(panel, "undo"), LEFT)
    assert panel.drawing() is last_but_one


def test_the_tools_do_what_they_show(panel: InputPanel) -> None:
    assert not button(panel, "undo").isEnabled()
    assert not button(panel, "clear").isEnabled()
    scrawl(panel, (20, 120), (220, 120))
    QTest.mouseClick(button(panel, "eraser"), LEFT)
    assert not button(panel, "brush").isChecked()
    scrawl(panel, (120, 60), (120, 180))
    assert len(panel.drawing().strokes) == 2
    QTest.mouseClick(button(panel, "undo"), LEFT)
    assert len(panel.drawing().strokes) == 1
    QTest.mouseClick(button(panel, "redo"), LEFT)
    assert len(panel.drawing().strokes) == 2
    QTest.mouseClick(button(panel, "clear"), LEFT)
    assert not panel.drawing()
    QTest.mouseClick(button(panel, "brush"), LEFT)
    assert panel.canvas.tool == "brush"


def test_the_shortcuts_work_without_a_mouse(panel: InputPanel) -> None:
    panel.canvas.setFocus()
    QTest.keyClick(panel, Qt.Key.Key_E)
    assert panel.canvas.tool == "eraser"
    QTest.keyClick(panel, Qt.Key.Key_B)
    assert panel.canvas.tool == "brush"
    QTest.keyClick(panel, Qt.Key.Key_5)
    assert panel.drawing()
    width = panel.canvas.pen
    QTest.keyClick(panel, Qt.Key.Key_BracketRight)
    assert panel.canvas.pen == pytest.approx(width + 0.01)
    QTest.keyClick(panel, Qt.Key.Key_BracketLeft)
    assert panel.canvas.pen == pytest.approx(width)
    QTest.keyClick(panel, Qt.Key.Key_Delete)
    assert not panel.drawing()
    QTest.keyClick(panel, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert panel.drawing()
    QTest.keyClick(panel, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert not panel.drawing()


def test_no_two_actions_share_a_shortcut_and_all_are_explained(panel: InputPanel) -> None:
    keys = [key.toString() for action in panel.actions.values() for key in action.shortcuts()]
    assert len(keys) == len(set(keys))
    assert QKeySequence("Ctrl+O").toString() in keys
    for action in panel.actions.values():
        assert action.toolTip()
        assert action.text()


def test_a_stroke_uses_the_width_of_the_slider(panel: InputPanel) -> None:
    panel.tools.slider.setValue(120)
    scrawl(panel, (50, 50), (60, 60))
    assert panel.drawing().strokes[0].pen == pytest.approx(0.12)


def test_save_and_open_bring_the_drawing_back(
    panel: InputPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scrawl(panel, (20, 20), (90, 120), (200, 60))
    drawn = panel.drawing()
    file = tmp_path / "mine.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine"), "Drawing (*.json)"))
    panel.actions["save_drawing"].trigger()
    panel.actions["clear"].trigger()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    panel.actions["open_drawing"].trigger()
    np.testing.assert_allclose(panel.drawing().strokes[0].points, drawn.strokes[0].points, atol=1e-4)
    panel.actions["undo"].trigger()
    assert not panel.drawing()
    panel.actions["undo"].trigger()
    assert panel.drawing() is drawn


def test_a_file_that_cannot_be_used_is_told_and_the_drawing_stays(
    panel: InputPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scrawl(panel, (20, 20), (90, 120))
    drawn, problems = panel.drawing(), []
    panel.problem.connect(problems.append)
    (tmp_path / "bad.json").write_text("no drawing")
    panel.open_drawing(tmp_path / "bad.json")
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "file" / "x.png"), ""))
    panel.actions["save_drawing"].trigger()
    assert panel.drawing() is drawn
    assert len(problems) == 2
    assert "bad.json" in problems[0]
    assert "could not be written" in problems[1]


def test_copy_puts_a_picture_on_the_clipboard(panel: InputPanel) -> None:
    scrawl(panel, (120, 20), (120, 220))
    panel.actions["copy_drawing"].trigger()
    image = QGuiApplication.clipboard().image()
    assert image.size() == QSize(512, 512)
    assert image.pixelColor(250, 250).lightness() == 255
    assert image.pixelColor(20, 250).lightness() == 0


def test_open_asks_for_a_file_and_a_person_who_cancels_gets_nothing(
    panel: InputPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen: list[Path] = []
    panel.photo_chosen.connect(chosen.append)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    panel.actions["open_photo"].trigger()
    assert chosen == []
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("/a/dog.jpg", ""))
    QTest.mouseClick(panel._switch.buttons["photos"], LEFT)
    QTest.mouseClick(panel.photo_view.findChild(QPushButton), LEFT)
    assert chosen == [Path("/a/dog.jpg")]


def test_turning_to_the_photo_is_told_only_when_a_person_does_it(panel: InputPanel) -> None:
    told: list[str] = []
    panel.source_kind_changed.connect(told.append)
    panel.set_kind("photos")
    assert panel.photo_view.isVisible()
    assert not panel.canvas.isVisible()
    assert told == []
    QTest.mouseClick(panel._switch.buttons["drawings"], LEFT)
    assert panel.canvas.isVisible()
    assert told == ["drawings"]


def test_a_sample_turns_back_to_the_canvas_and_undo_is_off_while_the_photo_is_shown(panel: InputPanel) -> None:
    scrawl(panel, (20, 20), (90, 120))
    panel.set_kind("photos")
    assert not panel.actions["undo"].isEnabled()
    panel.actions["sample_star"].trigger()
    assert panel.canvas.isVisible()
    assert panel.actions["undo"].isEnabled()


def test_the_photo_is_described_and_framed(panel: InputPanel) -> None:
    panel.show_spec(COLOUR)
    panel.set_kind("photos")
    panel.show_photo(photo())
    side = panel.photo_view.width()
    assert panel.photo_tools.name.text() == "a dog.jpg"
    assert panel.photo_tools.notes.text() == "2400×1600 pixels · CMYK turned into RGB"
    frame = panel.photo_view.frame()
    assert frame.width() == pytest.approx(side * 1600 / 2400 * 224 / 256)
    assert frame.center() == QPointF(side / 2, side / 2)
    QTest.mouseClick(panel._fits.buttons["pad"], LEFT)
    assert panel.photo_view.frame().width() == pytest.approx(side)
    assert panel.photo_view.frame().height() == pytest.approx(side)
    image = panel.photo_view.grab().toImage()
    assert image.pixelColor(side // 4, side // 2).red() == 200
    assert image.pixelColor(3 * side // 4, side // 2).red() == 0
    assert image.pixelColor(side // 2, side // 12).getRgb()[:3] == (128, 128, 128)  # what padding fills up with


@pytest.mark.parametrize(
    "fit, spec, expected",
    [
        ("stretch", COLOUR, (0, 0, 600, 400)),
        ("crop", COLOUR, (125, 25, 475, 375)),
        ("pad", COLOUR, (0, -100, 600, 500)),
        ("crop", GREY, (0, 0, 600, 400)),
    ],
)
def test_the_frame_is_what_the_fit_keeps(fit: Fit, spec: Preprocessing, expected: tuple[float, ...]) -> None:
    assert frames((600, 400), spec, fit) == (pytest.approx(expected),)


@pytest.mark.parametrize("fit", ["crop", "pad"])
def test_the_frame_has_the_size_that_preprocessing_says(fit: Fit) -> None:
    source = photo()
    step = prepare_photo(source, COLOUR, fit=fit, with_steps=True).steps[1]
    ((left, top, right, bottom),) = frames(source.full_size, COLOUR, fit)
    assert step.caption == f"{round(right - left)}×{round(bottom - top)}"


def test_five_crops_are_outlined_over_the_photo(panel: InputPanel) -> None:
    panel.show_spec(COLOUR)
    panel.set_kind("photos")
    panel.show_photo(photo())
    before = panel.photo_view.frame()
    QTest.mouseClick(panel._fits.buttons["crops"], LEFT)
    assert panel.photo_view.frame() == before, "the one in the middle stays"
    image, side = panel.photo_view.grab().toImage(), panel.photo_view.width()
    accent = panel._theme.colours.accent
    high = side * 1600 / 2400
    wide, top = high * 224 / 256, (side - high) / 2
    for edge in (wide, side - wide):  # inner edges of the corners' crops, dashed
        lines = [
            sum(image.pixelColor(x, round(top) + y) == accent for y in range(5, round(wide) - 5))
            for x in range(round(edge) - 3, round(edge) + 4)
        ]
        assert max(lines) > 0.3 * wide
    assert image.pixelColor(3, round(side / 2)).red() == 200, "nothing is shaded: the corners' crops reach everywhere"


def test_choices_of_a_person_are_told_and_those_of_the_program_are_not(panel: InputPanel) -> None:
    told: list[object] = []
    panel.fit_changed.connect(told.append)
    panel.centred_changed.connect(told.append)
    panel.set_fit("pad")
    panel.set_centred(False)
    box = panel.findChild(QCheckBox)
    assert not box.isChecked()
    assert told == []
    QTest.mouseClick(box, LEFT, pos=QPoint(8, box.height() // 2))
    panel.show_spec(COLOUR)
    panel.set_kind("photos")
    QTest.mouseClick(panel._fits.buttons["stretch"], LEFT)
    assert told == [True, "stretch"]


def test_the_strip_shows_each_step_and_enlarges_the_one_pointed_at(panel: InputPanel) -> None:
    stroke = Stroke(np.array([(0.2, 0.2), (0.8, 0.8)], np.float32))
    steps = prepare_drawing(Drawing((stroke,)), GREY, with_steps=True).steps
    panel.show_steps(steps)
    image = panel.strip.grab().toImage()
    for number in range(len(steps)):
        centre = panel.strip.place(number).center()
        assert image.pixelColor(centre).lightness() > 200
    lens = panel.strip._lens
    assert not lens.isVisible()
    point_at(panel.strip, QPointF(panel.strip.place(2).center()))
    assert lens.isVisible()
    assert panel.rect().contains(lens.geometry())
    QApplication.sendEvent(panel.strip, QEvent(QEvent.Type.Leave))
    assert not lens.isVisible()
    assert steps[0].name in panel.strip.accessibleDescription()


def point_at(widget: QWidget, place: QPointF) -> None:
    none = Qt.MouseButton.NoButton
    plain = Qt.KeyboardModifier.NoModifier
    move = QMouseEvent(QMouseEvent.Type.MouseMove, place, widget.mapToGlobal(place), none, none, plain)
    QApplication.sendEvent(widget, move)


@pytest.mark.parametrize("projector", [False, True])
@pytest.mark.parametrize("kind", ["drawings", "photos"])
def test_nothing_is_clipped_in_the_smallest_window(panel: InputPanel, kind: str, projector: bool) -> None:
    theme = panel._theme
    theme.set_projector(projector)
    try:
        panel.show_photo(photo())
        panel.set_kind(kind)
        panel.resize(*((350, 620) if projector else (270, 600)))
        QApplication.processEvents()
        assert panel.minimumSizeHint().height() <= panel.height()
        assert panel.minimumSizeHint().width() <= panel.width()
        square = panel.canvas if kind == "drawings" else panel.photo_view
        assert square.width() == square.height()
        assert square.width() >= 200
        for label in panel.findChildren(QLabel):
            if label.isVisible() and not label.wordWrap() and label is not panel.photo_tools.name:
                assert QFontMetrics(label.font()).horizontalAdvance(label.text()) <= label.width() + 1, label.text()
        below = [child for child in panel.findChildren(QWidget) if child.isVisible() and child.parent() is panel]
        assert all(panel.rect().contains(child.geometry()) for child in below)
    finally:
        theme.set_projector(False)


def test_the_canvas_grows_with_the_window(panel: InputPanel) -> None:
    small = panel.canvas.width()
    panel.resize(420, 1000)
    QApplication.processEvents()
    assert panel.canvas.width() > small + 100
    assert panel.canvas.width() == panel.canvas.height()


def test_everything_has_a_name_for_a_screen_reader(panel: InputPanel) -> None:
    for child in [*panel.findChildren(QToolButton), panel.tools.slider, panel.canvas, panel.strip, panel.photo_view]:
        assert child.accessibleName() or child.text(), child
    for child in panel.findChildren(QToolButton):
        assert child.toolTip()


def test_a_closed_panel_is_gone_and_the_theme_forgets_it(qtbot: QtBot) -> None:
    theme = Theme("light")
    panel = InputPanel(theme)
    panel.show()
    panel.draw_sample("heart")
    gone = weakref.ref(panel)
    panel.close()
    del panel
    gc.collect()
    assert gone() is None
    theme.set_scheme("dark")


def test_a_size_stands_below_the_last_of_the_steps_that_have_it() -> None:
    picture = np.zeros((2, 2), np.uint8)
    captions = ("512×430", "3×64×64", "3×64×64, normalised", "mean 0")
    assert strip._sizes(tuple(Step("", caption, picture) for caption in captions)) == ["512×430", "", "3×64×64", ""]
    assert strip._sizes(()) == []
