"""One photo of the contact sheet: the picture, the answer, how sure it is, the file's name."""

from __future__ import annotations

import time
from collections import OrderedDict
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop_app.core.forward.verdict import percent
from desktop_app.core.many.row import Row, short_reason
from desktop_app.ui.icons import icon_pixmap
from desktop_app.ui.many.model import ROW
from desktop_app.ui.many.thumbnails import Thumbnails
from desktop_app.ui.style_sheet import RADIUS
from desktop_app.ui.theme import Theme

PICTURE = (160, 120)
"""Room for it in pixels at normal size."""
BAR = 4
KEPT = 300
"""Tiles that are kept as they were painted, some 40 MB at normal size: a repaint takes none of Python's time."""
PAINTED_SECONDS = 0.004
"""Tiles are painted anew for so long in one go, each in a millisecond where nothing else goes on, and one at least; the
others come when the window has had its turn."""

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_MIDDLE = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
_ELIDED = Qt.TextElideMode.ElideRight


class _Painted(NamedTuple):
    """A tile, and of what."""

    row: Row
    state: QStyle.StateFlag
    ratio: float
    pixmap: QPixmap


class Tile(QStyledItemDelegate):
    """behind: there are tiles that were not painted, since it would have taken too long."""

    def __init__(self, theme: Theme, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme, self._thumbnails = theme, thumbnails
        self._kept: OrderedDict[Path, _Painted] = OrderedDict()
        self._until = 0.0
        self._painted_one = False
        self.behind = False
        theme.changed.connect(self._dress)
        self._dress()

    @property
    def size(self) -> QSize:
        """Of a tile with the gap to its neighbours."""
        return self._size

    def begin(self) -> None:
        """What is on screen is about to be painted."""
        self._until, self._painted_one, self.behind = time.perf_counter() + PAINTED_SECONDS, False, False

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return self._size

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row: Row = index.data(ROW)
        state = option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver)
        pixmap = self._pixmap(row, state, painter.device().devicePixelRatio())
        if pixmap is not None:
            half = self._gap // 2
            painter.drawPixmap(option.rect.topLeft() + QPoint(half, half), pixmap)

    def _pixmap(self, row: Row, state: QStyle.StateFlag, ratio: float) -> QPixmap | None:
        known = self._kept.get(row.path)
        if known is not None and known.row is row and known[1:3] == (state, ratio):
            self._kept.move_to_end(row.path)
            return known.pixmap
        if self._painted_one and time.perf_counter() > self._until:
            self.behind = True
            return known.pixmap if known else None
        self._painted_one = True
        pixmap = self._painted(row, state, ratio)
        self._kept[row.path] = _Painted(row, state, ratio, pixmap)
        self._kept.move_to_end(row.path)
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return pixmap

    def _painted(self, row: Row, state: QStyle.StateFlag, ratio: float) -> QPixmap:
        size = self._size - QSize(self._gap, self._gap)
        pixmap = QPixmap(size * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_frame(painter, QRectF(0, 0, size.width(), size.height()), state)
        room = QRect(QPoint(self._edge, self._edge), self._room)
        self._paint_picture(painter, room, row, ratio)
        line = QRect(room.left(), room.bottom() + 1 + self._gap // 2, room.width(), self._strong_height)
        if row.guesses:
            self._paint_answer(painter, line, row)
        line.moveTop(line.bottom() + 1 + self._bar + self._gap)
        line.setHeight(self._caption_height)
        self._paint_name(painter, line, row)
        painter.end()
        return pixmap

    def _paint_frame(self, painter: QPainter, frame: QRectF, state: QStyle.StateFlag) -> None:
        colours = self._theme.colours
        selected, pointed = state & QStyle.StateFlag.State_Selected, state & QStyle.StateFlag.State_MouseOver
        painter.setPen(QPen(colours.accent, 2) if selected else QPen(colours.border, 1))
        painter.setBrush(colours.accent_soft if selected else colours.hover if pointed else colours.panel)
        radius, edge = self._theme.px(RADIUS), 1.0 if selected else 0.5
        painter.drawRoundedRect(frame.adjusted(edge, edge, -edge, -edge), radius, radius)

    def _paint_picture(self, painter: QPainter, room: QRect, row: Row, ratio: float) -> None:
        colours = self._theme.colours
        picture = None if row.error else self._thumbnails.picture(row.path, room.size() * ratio)
        if picture is not None:
            picture.setDevicePixelRatio(ratio)
            place = QRect(QPoint(0, 0), picture.deviceIndependentSize().toSize())
            place.moveCenter(room.center())
            painter.drawPixmap(place.topLeft(), picture)
            return
        painter.fillRect(room, colours.window)
        if row.error:
            side = self._theme.px(20)
            sign = icon_pixmap("triangle-alert", colours.muted.name(), side, ratio)
            painter.drawPixmap(room.center().x() - side // 2, room.top() + room.height() // 5, sign)
            painter.setFont(self._caption)
            painter.setPen(colours.muted)
            words = room.adjusted(self._gap, room.height() // 3, -self._gap, 0)
            painter.drawText(words, _MIDDLE, short_reason(row))

    def _paint_answer(self, painter: QPainter, line: QRect, row: Row) -> None:
        colours = self._theme.colours
        share = percent(row.confidence)
        wide = self._strong_metrics.horizontalAdvance(share)
        painter.setFont(self._strong)
        painter.setPen(colours.text)
        label = self._strong_metrics.elidedText(row.label, _ELIDED, line.width() - wide - self._gap)
        painter.drawText(line, _LEFT, label)
        painter.drawText(line, _RIGHT, share)
        bar = QRectF(line.left(), line.bottom() + 1 + self._gap / 2, line.width(), self._bar)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.track)
        painter.drawRoundedRect(bar, self._bar / 2, self._bar / 2)
        if row.confidence > 0:  # NaN is not
            bar.setWidth(max(bar.width() * row.confidence, self._bar))
            painter.setBrush(colours.ghost if row.not_sure else colours.accent)
            painter.drawRoundedRect(bar, self._bar / 2, self._bar / 2)

    def _paint_name(self, painter: QPainter, line: QRect, row: Row) -> None:
        colours = self._theme.colours
        painter.setFont(self._caption)
        room = line.width()
        if row.not_sure:
            words = self.tr("not sure")
            painter.setPen(colours.ghost)
            painter.drawText(line, _RIGHT, words)
            room -= self._caption_metrics.horizontalAdvance(words) + self._gap
        painter.setPen(colours.muted)
        name = self._caption_metrics.elidedText(row.name, Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(line, _LEFT, name)

    def _dress(self) -> None:
        theme = self._theme
        self._kept.clear()
        self._strong, self._caption = theme.font("strong"), theme.font("caption")
        self._strong_metrics, self._caption_metrics = QFontMetrics(self._strong), QFontMetrics(self._caption)
        self._strong_height, self._caption_height = self._strong_metrics.height(), self._caption_metrics.height()
        self._gap, self._edge, self._bar = 2 * theme.unit, 2 * theme.unit, theme.px(BAR)
        self._room = QSize(theme.px(PICTURE[0]), theme.px(PICTURE[1]))
        words = self._strong_height + self._bar + self._caption_height + 3 * self._gap // 2
        around = 2 * self._edge + self._gap
        self._size = QSize(self._room.width() + around, self._room.height() + words + around)
