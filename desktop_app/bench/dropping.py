"""Something is dropped onto a widget, by the events that Qt sends."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget


def drop(file: Path, widget: QWidget) -> None:
    """A file or a folder, in the widget's middle."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    button, keys, action = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    middle = widget.rect().center()
    # Qt delivers a drop only to a widget that has been entered.
    QApplication.sendEvent(widget, QDragEnterEvent(middle, action, data, button, keys))
    QApplication.sendEvent(widget, QDropEvent(QPointF(middle), action, data, button, keys))
