"""Everything that can be done to the input, as actions: for the panel's buttons and for the menus."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

from desktop_app.core.sketcher import LABELS
from desktop_app.ui.icons import dress
from desktop_app.ui.input.samples import shape_name
from desktop_app.ui.theme import Theme

translate = QCoreApplication.translate  # under this name lupdate finds the texts


def make_actions(parent: QWidget, theme: Theme) -> dict[str, QAction]:
    """Name -> action. Samples are called `sample_circle` and so on. The parent connects them."""
    actions: dict[str, QAction] = {}

    def add(name: str, text: str, tip: str, keys: list[QKeySequence | str], icon: str = "") -> QAction:
        action = QAction(text, parent)
        action.setShortcuts([QKeySequence(key) for key in keys])
        shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{tip} ({shown})" if shown else tip)
        action.setStatusTip(tip)
        if icon:
            dress(action, icon, theme)
        actions[name] = action
        return action

    standard = QKeySequence.StandardKey
    group = QActionGroup(parent)
    for name, text, tip, key in (
        ("brush", translate("InputActions", "&Brush"), translate("InputActions", "Draw"), "B"),
        ("eraser", translate("InputActions", "&Eraser"), translate("InputActions", "Rub out parts of lines"), "E"),
    ):
        action = add(name, text, tip, [key], name)
        action.setCheckable(True)
        group.addAction(action)
    actions["brush"].setChecked(True)
    add(
        "undo",
        translate("InputActions", "&Undo"),
        translate("InputActions", "Take back the last change of the drawing"),
        [QKeySequence(standard.Undo)],
        "undo-2",
    )
    add(
        "redo",
        translate("InputActions", "&Redo"),
        translate("InputActions", "Bring back what was undone"),
        ["Ctrl+Shift+Z", "Ctrl+Y"],
        "redo-2",
    )
    add(
        "clear",
        translate("InputActions", "&Clear"),
        translate("InputActions", "Empty the canvas; undo brings it back"),
        ["Del"],
        "trash-2",
    )
    add(
        "bigger",
        translate("InputActions", "&Wider brush"),
        translate("InputActions", "Make brush and eraser wider"),
        ["]"],
    )
    add(
        "smaller",
        translate("InputActions", "&Narrower brush"),
        translate("InputActions", "Make brush and eraser narrower"),
        ["["],
    )
    centre = add(
        "centre",
        translate("InputActions", "Cen&tre the drawing"),
        translate("InputActions", "Move and scale the drawing as the model's card says"),
        [],
    )
    centre.setCheckable(True)
    centre.setChecked(True)
    add(
        "open_photo",
        translate("InputActions", "&Open a photo…"),
        translate("InputActions", "Choose a picture file"),
        [QKeySequence(standard.Open)],
        "image",
    )
    camera = add(
        "camera",
        translate("InputActions", "Use the &camera"),
        translate("InputActions", "Read what the camera sees, as it happens"),
        ["Ctrl+Shift+M"],
        "camera",
    )
    camera.setCheckable(True)
    add(
        "open_drawing",
        translate("InputActions", "Open a &drawing…"),
        translate("InputActions", "Choose a drawing's .json file"),
        [],
        "folder-open",
    )
    add(
        "save_drawing",
        translate("InputActions", "Sa&ve the drawing…"),
        translate("InputActions", "As a PNG picture, or as JSON with every point"),
        [],
        "save",
    )
    add(
        "copy_drawing",
        translate("InputActions", "Cop&y the drawing"),
        translate("InputActions", "Copy the drawing as a picture"),
        [QKeySequence(standard.Copy)],
        "copy",
    )
    for number, label in enumerate(LABELS, start=1):
        shape = shape_name(label)
        tip = translate("InputActions", "Draw a {shape}, each time a little different").format(shape=shape)
        add(f"sample_{label}", shape.capitalize(), tip, [str(number % 10)]).setData(label)
    return actions
