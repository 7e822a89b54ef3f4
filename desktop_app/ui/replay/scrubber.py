"""The slider of a replay: time from left to right, with a tick where a stage begins."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from desktop_app.ui.theme import Theme

GROOVE, KNOB, TALL, NARROWEST, USUAL = 4, 12, 24, 96, 260
"""Thickness of the groove, the knob's side, and the whole slider's height and widths, pixels at normal size."""
NEAREST = 5
"""Ticks closer together than this many pixels at normal size are not painted."""
A_SECOND = 1000
"""The slider counts milliseconds."""


class Scrubber(QSlider):
    """A click goes there at once, and the knob follows the mouse."""

    scrubbed = Signal(float)  # seconds, when a person moved the knob

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self._starts: tuple[float, ...] = ()
        self._total = 1.0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSingleStep(A_SECOND // 10)
        self.setPageStep(A_SECOND)
        self.actionTriggered.connect(self._tell)
        theme.changed.connect(self.updateGeometry)

    def set_times(self, starts: Sequence[float], total: float) -> None:
        """starts: of the stages, in seconds; the first is 0."""
        self._starts, self._total = tuple(starts), max(total, 1e-3)
        self.setRange(0, round(self._total * A_SECOND))
        self.update()

    def show_seconds(self, seconds: float) -> None:
        """In silence."""
        self.setValue(round(seconds * A_SECOND))

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(USUAL), self._theme.px(TALL))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(NARROWEST), self._theme.px(TALL))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._go(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._go(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Nobody shall leave the live view by chance."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours, theme = self._theme.colours, self._theme
        groove = self._groove()
        here = self._x(self.value() / A_SECOND)
        painter.setPen(Qt.PenStyle.NoPen)
        self._bar(painter, groove, colours.track)
        self._bar(painter, QRectF(groove.left(), groove.top(), here - groove.left(), groove.height()), colours.accent)
        nearest, before = theme.px(NEAREST), groove.left()
        for start in self._starts[1:]:
            x = self._x(start)
            if x - before >= nearest:
                painter.fillRect(QRectF(x - 0.5, groove.top() - theme.px(3), 1, groove.height() + theme.px(6)),
                                 colours.muted)  # fmt: skip
                before = x
        side = theme.px(KNOB)
        painter.setBrush(colours.accent)
        painter.setPen(QPen(colours.text, 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.drawEllipse(QRectF(here - side / 2, self.height() / 2 - side / 2, side, side))

    def _bar(self, painter: QPainter, where: QRectF, colour: QColor) -> None:
        painter.setBrush(colour)
        painter.drawRoundedRect(where, where.height() / 2, where.height() / 2)

    def _groove(self) -> QRectF:
        inset, thick = self._theme.px(KNOB) / 2 + 1, self._theme.px(GROOVE)
        return QRectF(inset, (self.height() - thick) / 2, max(self.width() - 2 * inset, 1), thick)

    def _x(self, seconds: float) -> float:
        groove = self._groove()
        return groove.left() + groove.width() * min(seconds / self._total, 1.0)

    def _go(self, x: float) -> None:
        groove = self._groove()
        share = min(max((x - groove.left()) / groove.width(), 0.0), 1.0)
        self.setValue(round(share * self._total * A_SECOND))
        self._tell()

    def _tell(self, _action: int = 0) -> None:
        """Also when a key was pressed; then the value follows after this."""
        place = self.sliderPosition()
        self.scrubbed.emit(self._total if place == self.maximum() else place / A_SECOND)
