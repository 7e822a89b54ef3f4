"""The probability bar chart: one row a class, with the previous answer as a ghost mark."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGraphicsView, QSizePolicy, QStyleOptionGraphicsItem, QToolTip, QWidget

from desktop_app.core.numerals import short
from desktop_app.core.trace import Answer
from desktop_app.core.verdict import percent
from desktop_app.ui.theme import Theme

MOST_ROWS = 12
"""With more classes than this only the most probable are shown, best first; up to it, classes keep their places."""
ROW, TALLEST_ROW = 25, 42
"""Height of a row at normal size, pixels: the least, and where there is room."""


@dataclass(frozen=True, eq=False)
class _Shown:
    classes: tuple[str, ...]
    answer: Answer
    ghost: Answer | None
    rows: tuple[int, ...]
    sure: bool


class _BarsItem(pg.GraphicsObject):
    """Paints all rows at once: a text item and a bar item a class would cost several times as much a frame."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown: _Shown | None = None
        self._logits = False
        self._size = QSize(10, 10)

    def resize(self, size: QSize) -> None:
        self.prepareGeometryChange()
        self._size = size

    def show_answer(self, shown: _Shown | None, logits: bool) -> None:
        self._shown, self._logits = shown, logits
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, self._size.width(), self._size.height())

    def _head(self) -> float:
        """Height of the line that names the columns of numbers, where there are two."""
        return QFontMetricsF(self._theme.font("caption")).height() if self._logits else 0.0

    def row_height(self) -> float:
        count = len(self._shown.rows) if self._shown else 1
        return min((self._size.height() - self._head()) / max(count, 1), self._theme.px(TALLEST_ROW))

    def row_at(self, y: float) -> int | None:
        """The class whose row is at a height of this item."""
        place = int((y - self._head()) // self.row_height())
        return self._shown.rows[place] if self._shown and 0 <= place < len(self._shown.rows) else None

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        shown = self._shown
        if shown is None:
            return
        theme, colours, tall = self._theme, self._theme.colours, self.row_height()
        plain, strong = theme.font("body"), theme.font("strong")
        width = self._size.width()
        name_width = min(
            max(QFontMetricsF(strong).horizontalAdvance(shown.classes[i]) for i in shown.rows), width * 0.42
        )
        number_width = QFontMetricsF(strong).horizontalAdvance(">99 %")
        gap = 2 * theme.unit
        left, right = name_width + gap, width - number_width - gap
        logit_width = QFontMetricsF(plain).horizontalAdvance("−88.8")
        if self._logits:
            right -= logit_width + gap
            self._paint_head(painter, QRectF(0, 0, width - number_width - gap, self._head()))
        best = shown.answer.best
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, index in enumerate(shown.rows):
            first = index == best and shown.sure
            top = self._head() + place * tall
            painter.setFont(strong if first else plain)
            painter.setPen(colours.text)
            name = QFontMetricsF(strong if first else plain).elidedText(
                shown.classes[index], Qt.TextElideMode.ElideRight, name_width
            )
            painter.drawText(QRectF(0, top, name_width + gap, tall), Qt.AlignmentFlag.AlignVCenter, name)
            probability = float(np.nan_to_num(shown.answer.probabilities[index]))
            thick = min(tall * 0.56, self._theme.px(18))
            track = QRectF(left, top + (tall - thick) / 2, right - left, thick)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.track)
            painter.drawRoundedRect(track, 2, 2)
            painter.setBrush(colours.accent if first else colours.muted)
            painter.drawRoundedRect(
                QRectF(track.left(), track.top(), max(track.width() * probability, 1), track.height()), 2, 2
            )
            if shown.ghost is not None:
                x = track.left() + track.width() * float(np.nan_to_num(shown.ghost.probabilities[index]))
                painter.fillRect(QRectF(x - 1, track.top() - 3, 2, track.height() + 6), colours.ghost)
            painter.setPen(colours.text)
            number = QRectF(width - number_width, top, number_width, tall)
            painter.drawText(
                number,
                Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
                percent(float(shown.answer.probabilities[index])),
            )
            if self._logits:
                painter.setPen(colours.muted)
                painter.setFont(plain)
                column = QRectF(right, top, width - number_width - gap - right, tall)
                painter.drawText(
                    column,
                    Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
                    short(float(shown.answer.logits[index])),
                )

    def _paint_head(self, painter: QPainter, left_of_probabilities: QRectF) -> None:
        painter.setFont(self._theme.font("caption"))
        painter.setPen(self._theme.colours.muted)
        text = QCoreApplication.translate("ProbabilityBars", "logit")
        painter.drawText(left_of_probabilities, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, text)


class ProbabilityBars(pg.GraphicsView):
    """The chart; classes keep their places while the bars move, so that the eye can follow one."""

    painted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: _Shown | None = None
        self._logits = False
        self._unpainted = False
        self._bars = _BarsItem(theme)
        self.scene().addItem(self._bars)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.BoundingRectViewportUpdate)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Probabilities of all classes"))
        theme.changed.connect(self._dress)
        self._dress()

    def show_answer(self, classes: tuple[str, ...], answer: Answer | None, ghost: Answer | None, sure: bool) -> None:
        """ghost: the previous answer.  sure: whether the best class may be named as the answer."""
        if answer is None:
            self._shown = _Shown(classes, _nothing(len(classes)), None, _rows(None, len(classes)), sure=False)
        else:
            self._shown = _Shown(classes, answer, ghost, _rows(answer, len(classes)), sure)
        self._unpainted = True
        self._bars.show_answer(self._shown, self._logits)

    def show_logits(self, on: bool) -> None:
        self._logits = on
        self._bars.show_answer(self._shown, on)

    def set_rows(self, classes: int) -> None:
        """Takes the height that so many classes need."""
        rows = min(classes, MOST_ROWS)
        self.setMinimumHeight(rows * self._theme.px(ROW))
        self.setMaximumHeight(rows * self._theme.px(TALLEST_ROW))

    def _dress(self) -> None:
        self.setBackground(self._theme.colours.panel)
        if self._shown:
            self.set_rows(len(self._shown.classes))
        self._bars.update()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_bars"):
            self._bars.resize(self.size())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._unpainted:
            self._unpainted = False
            self.painted.emit()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and self._shown:
            index = self._bars.row_at(event.pos().y())
            if index is not None:
                QToolTip.showText(event.globalPos(), self._exactly(self._shown, index), self)
                return True
        return bool(super().viewportEvent(event))

    def _exactly(self, shown: _Shown, index: int) -> str:
        words: str = self.tr("{label}: probability {probability}, logit {logit}")
        return words.format(
            label=shown.classes[index],
            probability=f"{float(shown.answer.probabilities[index]):.4f}",
            logit=f"{float(shown.answer.logits[index]):.3f}",
        )


def _rows(answer: Answer | None, count: int) -> tuple[int, ...]:
    if count <= MOST_ROWS or answer is None:
        return tuple(range(min(count, MOST_ROWS)))
    return tuple(int(index) for index in np.argsort(-answer.probabilities, kind="stable")[:MOST_ROWS])


def _nothing(count: int) -> Answer:
    zeros = np.zeros(count, np.float32)
    return Answer(zeros, zeros, 0.0)
