"""Ten shapes at one click each: little pictures that draw a new one, never twice the same."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from desktop_app.core.sketcher import LABELS
from desktop_app.ui.icons import icon_pixmap
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.frames import paint_focus

_ICONS = {"cross": "x", "arrow": "arrow-up-right", "smiley": "smile"}
"""Where an icon is not called as its shape is."""


_NAMES = (
    QT_TRANSLATE_NOOP("shapes", "circle"),
    QT_TRANSLATE_NOOP("shapes", "square"),
    QT_TRANSLATE_NOOP("shapes", "triangle"),
    QT_TRANSLATE_NOOP("shapes", "diamond"),
    QT_TRANSLATE_NOOP("shapes", "star"),
    QT_TRANSLATE_NOOP("shapes", "heart"),
    QT_TRANSLATE_NOOP("shapes", "cross"),
    QT_TRANSLATE_NOOP("shapes", "arrow"),
    QT_TRANSLATE_NOOP("shapes", "check"),
    QT_TRANSLATE_NOOP("shapes", "smiley"),
)
"""Where lupdate finds the labels."""


def shape_name(label: str) -> str:
    """A label in the person's language."""
    return QCoreApplication.translate("shapes", label)


class SampleButton(QAbstractButton):
    def __init__(self, label: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = label
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(self.tr("Draw a {shape}, each time a little different").format(shape=shape_name(label)))
        self.setAccessibleName(self.tr("Draw a {shape}").format(shape=shape_name(label)))
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(22), self._theme.px(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours, radius = self._theme.colours, self._theme.px(4)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.ink_background)
        painter.drawRoundedRect(frame, radius, radius)
        side = self._theme.px(16)
        name = _ICONS.get(self.label, self.label)
        picture = icon_pixmap(name, colours.ink.name(), side, self.devicePixelRatioF())
        painter.drawPixmap(QPointF((self.width() - side) / 2, (self.height() - side) / 2), picture)
        if self.underMouse() or self.isDown():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colours.accent, 2 if self.isDown() else 1.5))
            painter.drawRoundedRect(frame.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        if self.hasFocus():
            paint_focus(painter, self.rect(), self._theme)


class SampleRow(QWidget):
    chosen = Signal(str)  # the shape's label

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3)
        self.buttons: dict[str, SampleButton] = {}
        for label in LABELS:
            button = SampleButton(label, theme)
            button.clicked.connect(self._click)
            self.buttons[label] = button
            row.addWidget(button)

    def _click(self) -> None:
        button = self.sender()
        assert isinstance(button, SampleButton)
        self.chosen.emit(button.label)
