"""Says that some maps are scaled, wherever the person is, and switches all of them on again."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from desktop_app.core.forward.factors import UNTOUCHED, Factors
from desktop_app.ui.style_sheet import RADIUS
from desktop_app.ui.theme import Theme


class ScaledNote(QAbstractButton):
    """Hidden while the network is whole. No taller than a line of text: maps must not make room when it comes."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setToolTip(self.tr("Switch all filters on again (Ctrl+0)"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.changed.connect(self.updateGeometry)
        self.show_factors(UNTOUCHED)

    def show_factors(self, factors: Factors) -> None:
        count = len(factors.scaled)
        words = self.tr("1 map scaled · Reset") if count == 1 else self.tr("{n} maps scaled · Reset")
        if words.format(n=count) != self.text():
            self.setText(words.format(n=count))
            self.setAccessibleName(self.text())
            self.updateGeometry()
        self.setVisible(bool(factors))

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(self._theme.font("caption"))
        wide = metrics.horizontalAdvance(self.text()) + 4 * self._theme.unit
        return QSize(round(wide) + 1, int(metrics.height()) + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._theme.colours
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(colours.accent if self.hasFocus() else colours.ghost, 1))
        painter.setBrush(colours.hover if self.underMouse() or self.isDown() else colours.panel)
        painter.drawRoundedRect(frame, self._theme.px(RADIUS), self._theme.px(RADIUS))
        painter.setFont(self._theme.font("caption"))
        painter.setPen(colours.ghost)
        painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, self.text())
