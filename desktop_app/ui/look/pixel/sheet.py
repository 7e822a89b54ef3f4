"""The sheet that a board is painted on, with its line of arithmetic; what is on it can be clicked."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QHideEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from desktop_app.core.forward.spot import Spot
from desktop_app.ui.look.pixel.board import Board
from desktop_app.ui.look.pixel.pencil import Pencil, Target
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.wheel import Wheel


class Sheet(QWidget):
    """spot_chosen: the number that was clicked.  turned: to which of the things that are paged through."""

    spot_chosen = Signal(object)  # Spot
    spot_pointed = Signal(object)  # Spot under the mouse to which a click would lead, or None
    turned = Signal(int)
    resized = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pencil = Pencil(theme)
        self._board: Board | None = None
        self._first = 0
        self._wheel = Wheel()
        self._pointed: Spot | None = None
        self.targets: list[Target] = []
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_board(self, board: Board | None, first: int) -> None:
        self._board, self._first = board, first
        self.targets = []
        self.update()

    def dress(self) -> None:
        self._pencil.dress()
        self.update()

    def shown(self) -> int:
        """How many of the things that are paged through are on the sheet."""
        return self._board.at_once(self._pencil, self._room()) if self._board else 1

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(320), self._theme.px(120))

    def _room(self) -> QRectF:
        """For the board: what its line leaves."""
        assert self._board is not None
        whole = QRectF(self.rect())
        lines = self._pencil.lines(self._board.line(), whole.width())
        return whole.adjusted(0, 0, -1, -lines * (self._pencil.height("strong") + self._theme.px(2)) - self._theme.unit)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        pencil = self._pencil
        pencil.start(painter)
        if self._board is None:
            self._invite(painter)
        else:
            room = self._room()
            bottom = self._board.paint(pencil, room, self._first)
            pencil.line(self._board.line(), 0, min(bottom, room.bottom()) + self._theme.unit, self.width())
        self.targets = pencil.targets
        painter.end()  # the pencil still knows it, and Qt wants it gone now

    def _invite(self, painter: QPainter) -> None:
        painter.setFont(self._theme.font("title"))
        painter.setPen(self._theme.colours.text)
        upper = QRectF(0, 0, self.width(), self.height() / 2)
        centre, wrap = Qt.AlignmentFlag.AlignHCenter, Qt.TextFlag.TextWordWrap
        painter.drawText(upper, centre | Qt.AlignmentFlag.AlignBottom, self.tr("Click any pixel of any map"))
        painter.setFont(self._theme.font("body"))
        painter.setPen(self._theme.colours.muted)
        lower = upper.translated(0, self.height() / 2 + self._theme.unit)
        words = self.tr("Its arithmetic is worked out here, with the network's own numbers.")
        painter.drawText(lower, centre | Qt.AlignmentFlag.AlignTop | wrap, words)

    def target_at(self, where: QPointF) -> Target | None:
        """The one painted last, where several lie on each other."""
        return next((target for target in reversed(self.targets) if target.rect.contains(where)), None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.resized.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        target = self.target_at(event.position())
        leads = target is not None and (target.goes is not None or target.turns is not None)
        self.setCursor(Qt.CursorShape.PointingHandCursor if leads else Qt.CursorShape.ArrowCursor)
        self._point(target.goes if target is not None else None)

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)

    def hideEvent(self, event: QHideEvent) -> None:
        self._point(None)

    def _point(self, spot: Spot | None) -> None:
        if spot != self._pointed:
            self._pointed = spot
            self.spot_pointed.emit(spot)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        target = self.target_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and target is not None:
            if target.goes is not None:
                self.spot_chosen.emit(target.goes)
            elif target.turns is not None:
                self.turned.emit(target.turns)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A notch is a page."""
        if notches := self._wheel.notches(event):
            self.turned.emit(self._first - notches * self.shown())

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            target = self.target_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), target.words if target else "", self)
            return True
        return bool(super().event(event))
