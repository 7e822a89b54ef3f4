"""One photo of the contact sheet: the picture, the answer, how sure it is, the file's name."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
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

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_MIDDLE = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
_ELIDED = Qt.TextElideMode.ElideRight


class Tile(QStyledItemDelegate):
    def __init__(self, theme: Theme, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme, self._thumbnails = theme, thumbnails
        theme.changed.connect(self._dress)
        self._dress()

    @property
    def size(self) -> QSize:
        """Of a tile with the gap to its neighbours."""
        return self._size

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return self._size

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row: Row = index.data(ROW)
        state = QStyle.StateFlag(option.state)
        frame = QRect(QPoint(0, 0), self._size - QSize(self._gap, self._gap))
        frame.moveCenter(option.rect.center())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_frame(painter, frame, state)
        inner = frame.adjusted(self._edge, self._edge, -self._edge, -self._edge)
        picture = QRect(inner.topLeft(), self._room)
        self._paint_picture(painter, picture, row)
        below = QRect(inner.left(), picture.bottom() + 1 + self._gap // 2, inner.width(), self._strong_height)
        if row.guesses:
            self._paint_answer(painter, below, row)
        below.moveTop(below.bottom() + 1 + self._bar + self._gap)
        below.setHeight(self._caption_height)
        self._paint_name(painter, below, row)
        painter.restore()

    def _paint_frame(self, painter: QPainter, frame: QRect, state: QStyle.StateFlag) -> None:
        colours = self._theme.colours
        selected, pointed = state & QStyle.StateFlag.State_Selected, state & QStyle.StateFlag.State_MouseOver
        painter.setPen(QPen(colours.accent, 2) if selected else QPen(colours.border, 1))
        painter.setBrush(colours.accent_soft if selected else colours.hover if pointed else colours.panel)
        radius = self._theme.px(RADIUS)
        painter.drawRoundedRect(QRectF(frame).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)

    def _paint_picture(self, painter: QPainter, room: QRect, row: Row) -> None:
        colours = self._theme.colours
        ratio = painter.device().devicePixelRatio()
        picture = None if row.error else self._thumbnails.picture(row.path, room.size(), ratio)
        if picture is not None:
            place = QRect(0, 0, *picture.deviceIndependentSize().toSize().toTuple())
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
        self._strong, self._caption = theme.font("strong"), theme.font("caption")
        self._strong_metrics, self._caption_metrics = QFontMetrics(self._strong), QFontMetrics(self._caption)
        self._strong_height, self._caption_height = self._strong_metrics.height(), self._caption_metrics.height()
        self._gap, self._edge, self._bar = 2 * theme.unit, 2 * theme.unit, theme.px(BAR)
        self._room = QSize(theme.px(PICTURE[0]), theme.px(PICTURE[1]))
        words = self._strong_height + self._bar + self._caption_height + 3 * self._gap // 2
        around = 2 * self._edge + self._gap
        self._size = QSize(self._room.width() + around, self._room.height() + words + around)
