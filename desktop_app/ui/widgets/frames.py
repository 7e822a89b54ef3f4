"""Rounded corners and the focus ring of pictures that paint themselves."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from desktop_app.ui.style_sheet import RADIUS
from desktop_app.ui.theme import Theme

BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
"""Focus that came so is shown; who clicks knows where it is."""


def paint_corners(painter: QPainter, frame: QRect, dirty: QRect, theme: Theme) -> None:
    """Rounds the corners of what was painted inside the frame, by covering them with the panel's colour."""
    radius = theme.px(RADIUS)
    inner = (frame.adjusted(radius, 0, -radius, 0), frame.adjusted(0, radius, 0, -radius))
    if any(part.contains(dirty) for part in inner):
        return
    corners = QPainterPath()
    corners.addRect(QRectF(frame))
    corners.addRoundedRect(QRectF(frame), radius, radius)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillPath(corners, theme.colours.panel)


def paint_focus(painter: QPainter, frame: QRect, theme: Theme) -> None:
    """The keyboard's focus ring, just inside the frame."""
    radius = theme.px(RADIUS)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.colours.accent, 2))
    painter.drawRoundedRect(QRectF(frame).adjusted(1, 1, -1, -1), radius - 1, radius - 1)
