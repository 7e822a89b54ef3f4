"""The canvas, by real events: mouse, pen, finger, keyboard; undo, eraser, interruptions; and what is painted."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QImage,
    QInputDevice,
    QKeyEvent,
    QMouseEvent,
    QPointingDevice,
    QTabletEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.core.drawing.raster import rasterise
from desktop_app.core.drawing.strokes import Drawing, Stroke
from desktop_app.ui.input.canvas import ERASER_RATIO, Canvas
from desktop_app.ui.input.gesture import BrushGesture
from desktop_app.ui.input.ink_layer import InkLayer
from desktop_app.ui.theme import Theme

SIDE = 250
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    made = Canvas(Theme("light"))
    qtbot.addWidget(made)
    made.resize(SIDE, SIDE)
    made.show()
    made.setFocus()
    qtbot.waitExposed(made)
    return made


def circle(count: int, radius: float = 0.3) -> list[QPoint]:
    steps = [2 * math.pi * number / count for number in range(count)]
    places = [(0.5 + radius * math.cos(angle), 0.5 + radius * math.sin(angle)) for angle in steps]
    return [QPoint(round(SIDE * x), round(SIDE * y)) for x, y in places]


def drag(canvas: Canvas, places: list[QPoint]) -> None:
    QTest.mousePress(canvas, LEFT, pos=places[0])
    for place in places[1:]:
        QTest.mouseMove(canvas, place)
    QTest.mouseRelease(canvas, LEFT, pos=places[-1])


def picture(canvas: Canvas) -> np.ndarray:
    """(SIDE, SIDE) of 0..255, as painted."""
    image = canvas.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width()].copy()


def expected(drawing: Drawing) -> np.ndarray:
    return rasterise(drawing, SIDE, longest=None) * 255


def same_ink(first: np.ndarray, second: np.ndarray) -> bool:
    """But for the softness of edges, and the rounded corners of the canvas."""
    inner = np.s_[8:-8, 8:-8]
    away = np.abs(first.astype(float) - second)[inner]
    return float((away > 90).mean()) < 1e-3 and float(away.mean()) < 1.5


def test_a_stroke_has_every_point_and_changes_are_told(canvas: Canvas) -> None:
    told: list[Drawing] = []
    canvas.edited.connect(told.append)
    places = circle(400)
    drag(canvas, places)
    (stroke,) = canvas.drawing().strokes
    np.testing.assert_allclose(stroke.points, [(p.x() / SIDE, p.y() / SIDE) for p in places], atol=1e-6)
    lengths = [len(drawing.strokes[0].points) for drawing in told]
    assert lengths == sorted(set(lengths))  # points that come too fast are told together
    assert (lengths[0], lengths[-1]) == (1, 400)
    assert stroke.pressure is None
    assert stroke.pen == canvas.pen


def test_what_is_painted_live_is_the_drawing_and_stays_so_when_it_is_drawn_again(canvas: Canvas) -> None:
    drag(canvas, circle(200))
    drag(canvas, [QPoint(60, 60), QPoint(190, 190)])
    live = picture(canvas)
    assert same_ink(live, expected(canvas.drawing()))
    canvas.resize(SIDE + 40, SIDE + 40)
    canvas.resize(SIDE, SIDE)
    assert same_ink(live, picture(canvas))


def test_a_click_makes_a_dot_and_a_double_click_two(canvas: Canvas) -> None:
    QTest.mouseClick(canvas, LEFT, pos=QPoint(125, 125))
    assert [len(stroke.points) for stroke in canvas.drawing().strokes] == [1]
    assert picture(canvas)[125, 125] == 255
    QTest.mouseDClick(canvas, LEFT, pos=QPoint(125, 125))
    assert len(canvas.drawing().strokes) >= 2


def test_undo_and_redo_reach_the_whole_history_with_the_picture(canvas: Canvas) -> None:
    for number in range(30):
        drag(canvas, [QPoint(20, 8 * number + 5), QPoint(220, 8 * number + 5)])
    full = picture(canvas)
    for left in range(29, -1, -1):
        canvas.undo()
        assert len(canvas.drawing().strokes) == left
    canvas.undo()
    assert not canvas.drawing()
    for _ in range(31):
        canvas.redo()
    assert len(canvas.drawing().strokes) == 30
    assert same_ink(picture(canvas), full)


def test_clear_and_a_new_drawing_can_be_undone(canvas: Canvas) -> None:
    drag(canvas, circle(20))
    drawn = canvas.drawing()
    canvas.clear()
    assert not canvas.drawing()
    canvas.undo()
    assert canvas.drawing() is drawn
    canvas.set_drawing(Drawing((Stroke(np.array([(0.1, 0.1), (0.9, 0.9)], np.float32)),)))
    canvas.undo()
    assert canvas.drawing() is drawn
    canvas.clear()
    canvas.clear()  # an empty canvas is no step
    canvas.undo()
    assert canvas.drawing() is drawn


def test_the_eraser_cuts_a_line_in_two_as_one_step_of_undo(canvas: Canvas) -> None:
    drag(canvas, [QPoint(20, 125), QPoint(230, 125)])
    before = canvas.drawing()
    canvas.set_tool("eraser")
    drag(canvas, [QPoint(125, y) for y in range(40, 210, 2)])
    left, right = canvas.drawing().strokes
    gap = ERASER_RATIO * canvas.pen + canvas.pen  # the eraser's width and half a pen to either side
    assert right.points[0, 0] - left.points[-1, 0] == pytest.approx(gap, abs=2e-3)
    shown = picture(canvas)
    assert shown[125, 125] == 0
    assert shown[125, 60] == 255
    assert same_ink(shown, expected(canvas.drawing()))
    canvas.undo()
    assert canvas.drawing() is before
    assert picture(canvas)[125, 125] == 255


def test_an_eraser_that_meets_nothing_is_no_step(canvas: Canvas) -> None:
    drag(canvas, [QPoint(20, 20), QPoint(40, 20)])
    canvas.set_tool("eraser")
    drag(canvas, [QPoint(200, 200), QPoint(220, 220)])
    canvas.undo()
    assert not canvas.drawing()


def test_off_the_canvas_the_pen_draws_nothing_and_one_undo_takes_back_the_gesture(canvas: Canvas) -> None:
    drag(canvas, [QPoint(125, 125), QPoint(375, 125), QPoint(375, 200), QPoint(125, 200)])
    first, second = canvas.drawing().strokes
    np.testing.assert_allclose(first.points, [(0.5, 0.5), (1, 0.5)])
    np.testing.assert_allclose(second.points, [(1, 0.8), (0.5, 0.8)])
    assert same_ink(picture(canvas), expected(canvas.drawing()))
    canvas.undo()
    assert not canvas.drawing()


@pytest.mark.parametrize("how", ["focus", "window", "hidden", "released unseen", "resized"])
def test_what_interrupts_a_stroke_ends_it(canvas: Canvas, how: str) -> None:
    QTest.mousePress(canvas, LEFT, pos=QPoint(50, 50))
    QTest.mouseMove(canvas, QPoint(100, 100))
    if how == "focus":
        QApplication.sendEvent(canvas, QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.ActiveWindowFocusReason))
    elif how == "window":
        QApplication.sendEvent(canvas, QEvent(QEvent.Type.WindowDeactivate))
    elif how == "hidden":
        canvas.hide()
        canvas.show()
    elif how == "resized":
        canvas.resize(SIDE + 10, SIDE + 10)
    else:
        send_move(canvas, QPoint(110, 110), Qt.MouseButton.NoButton)
    assert canvas.history.can_undo
    send_move(canvas, QPoint(200, 200), LEFT)
    (stroke,) = canvas.drawing().strokes
    assert len(stroke.points) == 2
    QTest.mouseRelease(canvas, LEFT, pos=QPoint(200, 200))
    assert len(canvas.drawing().strokes) == 1


def send_move(canvas: Canvas, place: QPoint, buttons: Qt.MouseButton) -> None:
    no = Qt.MouseButton.NoButton
    at = QPointF(place)
    move = QMouseEvent(QEvent.Type.MouseMove, at, canvas.mapToGlobal(at), no, buttons, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(canvas, move)


def test_undo_while_drawing_ends_the_stroke_first(canvas: Canvas) -> None:
    QTest.mousePress(canvas, LEFT, pos=QPoint(50, 50))
    QTest.mouseMove(canvas, QPoint(100, 100))
    canvas.undo()
    assert not canvas.drawing()
    canvas.redo()
    assert len(canvas.drawing().strokes[0].points) == 2


def test_other_buttons_do_not_draw(canvas: Canvas) -> None:
    canvas.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
    QTest.mouseClick(canvas, Qt.MouseButton.RightButton, pos=QPoint(50, 50))
    QTest.mouseClick(canvas, Qt.MouseButton.MiddleButton, pos=QPoint(50, 50))
    assert not canvas.drawing()


def tablet(canvas: Canvas, kind: QEvent.Type, place: QPoint, pressure: float, rubber: bool = False) -> None:
    end = QPointingDevice.PointerType.Eraser if rubber else QPointingDevice.PointerType.Pen
    device = QPointingDevice("pen", 7, QInputDevice.DeviceType.Stylus, end, QInputDevice.Capability.Position, 1, 2)
    at, none = QPointF(place), Qt.MouseButton.NoButton
    button = none if kind == QEvent.Type.TabletMove else LEFT
    held = none if kind == QEvent.Type.TabletRelease else LEFT
    plain = Qt.KeyboardModifier.NoModifier
    event = QTabletEvent(kind, device, at, canvas.mapToGlobal(at), pressure, 0, 0, 0, 0, 0, plain, button, held)
    QApplication.sendEvent(canvas, event)
    assert event.isAccepted()


def test_a_pen_draws_with_its_pressure_and_rubs_with_its_other_end(canvas: Canvas) -> None:
    tablet(canvas, QEvent.Type.TabletPress, QPoint(20, 125), 0.0)
    for number in range(1, 106):
        tablet(canvas, QEvent.Type.TabletMove, QPoint(20 + 2 * number, 125), number / 105)
    tablet(canvas, QEvent.Type.TabletRelease, QPoint(230, 125), 0.0)
    (stroke,) = canvas.drawing().strokes
    assert len(stroke.points) == 106
    assert stroke.pressure is not None
    assert (np.diff(stroke.pressure) > 0).all()
    live = picture(canvas)
    thickness = (live > 127).sum(axis=0)
    assert thickness[40] < thickness[125] < thickness[215]
    assert same_ink(live, expected(canvas.drawing()))
    tablet(canvas, QEvent.Type.TabletPress, QPoint(125, 125), 0.5, rubber=True)
    tablet(canvas, QEvent.Type.TabletRelease, QPoint(125, 125), 0.5, rubber=True)
    assert len(canvas.drawing().strokes) == 2
    assert same_ink(picture(canvas), expected(canvas.drawing()))
    assert canvas.tool == "brush"


def test_one_finger_draws_once_and_a_second_one_nothing(canvas: Canvas) -> None:
    device = QTest.createTouchDevice()
    touch = QTest.touchEvent(canvas, device)
    touch.press(0, QPoint(50, 50), canvas).commit()
    touch.move(0, QPoint(100, 60), canvas).commit()
    touch.press(1, QPoint(200, 200), canvas).move(0, QPoint(120, 70), canvas).commit()
    touch.move(1, QPoint(210, 210), canvas).move(0, QPoint(150, 80), canvas).commit()
    touch.release(1, QPoint(210, 210), canvas).move(0, QPoint(160, 90), canvas).commit()
    touch.release(0, QPoint(160, 90), canvas).commit()
    (stroke,) = canvas.drawing().strokes
    np.testing.assert_allclose(stroke.points * SIDE, [(50, 50), (100, 60), (120, 70), (150, 80), (160, 90)], atol=1e-3)
    assert len(canvas.history._drawings) == 2


def test_the_keyboard_draws_a_square(canvas: Canvas) -> None:
    keys = Qt.Key
    QTest.keyClick(canvas, keys.Key_Left)
    assert not canvas.drawing()
    assert picture(canvas).max() > 0  # the cross-hair
    QTest.keyClick(canvas, keys.Key_Space)
    for key in (keys.Key_Up, keys.Key_Right, keys.Key_Down, keys.Key_Left):
        for _ in range(10):
            QTest.keyClick(canvas, key)
    QTest.keyClick(canvas, keys.Key_Escape)
    (stroke,) = canvas.drawing().strokes
    assert len(stroke.points) == 41
    low, high = stroke.points.min(axis=0), stroke.points.max(axis=0)
    np.testing.assert_allclose(high - low, 0.2, atol=1e-5)
    np.testing.assert_allclose(stroke.points[0], stroke.points[-1], atol=1e-5)
    QTest.keyClick(canvas, keys.Key_Delete)
    assert not canvas.drawing()


def test_shift_makes_fine_steps_and_two_arrows_go_diagonally(canvas: Canvas) -> None:
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    QTest.keyClick(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyPress(canvas, Qt.Key.Key_Right)
    QTest.keyPress(canvas, Qt.Key.Key_Down)
    QTest.keyRelease(canvas, Qt.Key.Key_Right)
    QTest.keyRelease(canvas, Qt.Key.Key_Down)
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    (stroke,) = canvas.drawing().strokes
    np.testing.assert_allclose(np.diff(stroke.points, axis=0), [(0.005, 0), (0.02, 0), (0.02, 0.02)], atol=1e-5)


def test_keys_that_are_not_ours_go_on_to_the_window(canvas: Canvas) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "a")
    QApplication.sendEvent(canvas, event)
    assert not event.isAccepted()


def test_an_empty_canvas_says_what_to_do_until_the_pen_is_down(canvas: Canvas) -> None:
    hint = picture(canvas)[110:140]
    assert hint.max() > 100
    QTest.mousePress(canvas, LEFT, pos=QPoint(20, 20))
    assert picture(canvas)[110:140].max() == 0
    QTest.mouseRelease(canvas, LEFT, pos=QPoint(20, 20))


def test_only_the_pixels_around_the_pen_are_painted_again(canvas: Canvas, qtbot: QtBot) -> None:
    areas: list[QRect] = []
    paint = canvas.paintEvent
    canvas.paintEvent = lambda event: (areas.append(event.rect()), paint(event))[1]  # type: ignore[method-assign]
    QTest.mousePress(canvas, LEFT, pos=QPoint(100, 100))
    QApplication.processEvents()
    areas.clear()
    QTest.mouseMove(canvas, QPoint(104, 102))
    qtbot.waitUntil(lambda: bool(areas))
    assert all(area.width() < 40 and area.height() < 40 for area in areas)
    QTest.mouseRelease(canvas, LEFT, pos=QPoint(104, 102))


def test_a_dense_screen_gets_its_own_pixels(canvas: Canvas, monkeypatch: pytest.MonkeyPatch) -> None:
    drag(canvas, circle(50))
    monkeypatch.setattr(canvas, "devicePixelRatioF", lambda: 2.0)
    QApplication.sendEvent(canvas, QEvent(QEvent.Type.DevicePixelRatioChange))
    assert canvas._ink.side == 2 * SIDE
    image = QImage(2 * SIDE, 2 * SIDE, QImage.Format.Format_Grayscale8)
    image.setDevicePixelRatio(2.0)
    canvas.render(image)
    shown = np.frombuffer(image.constBits(), np.uint8).reshape(2 * SIDE, -1)
    assert same_ink(shown, rasterise(canvas.drawing(), 2 * SIDE, longest=None) * 255)


def test_points_faster_than_the_room_grows_are_all_there() -> None:
    gesture = BrushGesture(Drawing(), InkLayer(64), 0.05, pressed=False)
    for number in range(3000):
        gesture.move((0.5 + 0.4 * math.sin(number / 50), 0.5 + 0.4 * math.cos(number / 70)))
    assert len(gesture.drawing.strokes[0].points) == 3000


def test_it_says_to_a_screen_reader_what_it_is(canvas: Canvas) -> None:
    assert canvas.accessibleName() == "Drawing canvas"
    assert "arrow keys" in canvas.accessibleDescription()
