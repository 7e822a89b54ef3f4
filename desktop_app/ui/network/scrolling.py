"""The columns in the scroll area that they may lie in."""

from __future__ import annotations

from PySide6.QtWidgets import QScrollArea, QWidget


def room_of(columns: QWidget) -> int:
    """Width to fill: of the scroll area that this lies in, if any."""
    parent = columns.parentWidget()
    width: int = (parent if parent else columns).width()
    return width


def bring_into_view(columns: QWidget, left: float, right: float) -> None:
    """Scrolls to what is between these, where there is more than room; the left is the more important end."""
    port = columns.parentWidget()
    area = port.parentWidget() if port else None
    if not isinstance(area, QScrollArea):
        return
    right = min(right, left + area.viewport().width())
    if columns.width() < columns.minimumWidth():
        # else the area does not know how far it can scroll
        columns.resize(columns.minimumWidth(), columns.height())
    area.ensureVisible(int((left + right) / 2), 0, int((right - left) / 2), 0)
