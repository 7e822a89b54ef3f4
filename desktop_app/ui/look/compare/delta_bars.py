"""How much more or less probable every class is in B than in A: a diverging bar a class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from desktop_app.core.compare import Delta
from desktop_app.core.forward.verdict import percent
from desktop_app.core.maps import palette
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.frames import paint_focus

TALLEST_ROW = 24
"""Pixels at normal size."""
NARROWEST_BAR = 36
"""Pixels at normal size; where there is less, the probabilities themselves make room."""


class DeltaBars(QWidget):
    """Rows in class order, or the largest change first; where not all have room, those that change most."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._deltas: Sequence[Delta] = ()
        self._note = ""
        self._sorted = False
        self._texts = theme.texts("caption")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # so that a screen reader gets there
        self.setAccessibleName(self.tr("Probabilities of B less those of A"))
        theme.changed.connect(self._dress)

    def show_deltas(self, deltas: Sequence[Delta], note: str = "") -> None:
        """note: what stands there in place of rows."""
        self._deltas, self._note = deltas, note
        largest = max(deltas, key=_size, default=None)
        self.setAccessibleDescription(self._in_words(largest) if largest else note)
        self.update()

    def sort(self, on: bool) -> None:
        self._sorted = on
        self.update()

    @property
    def rows(self) -> list[Delta]:
        """What is shown, from top to bottom."""
        room = max(int((self.height() - self._row_least) / self._row_least), 1)
        places = range(len(self._deltas))
        if self._sorted or len(self._deltas) > room:
            chosen = sorted(places, key=lambda place: -_size(self._deltas[place]))[:room]
            places_shown = chosen if self._sorted else sorted(chosen)
        else:
            places_shown = list(places)
        return [self._deltas[place] for place in places_shown]

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(120), 4 * int(self._row_least))

    @property
    def _row_least(self) -> float:
        return self._texts.height + 1

    def _row(self, count: int) -> float:
        """A row's height; the heading takes one more."""
        return min(self.height() / (count + 1), self._theme.px(TALLEST_ROW))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme, colours = self._theme, self._theme.colours
        painter.fillRect(event.rect(), colours.panel)
        if not self._deltas:
            painter.setFont(theme.font("caption"))
            painter.setPen(colours.muted)
            painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap, self._note)
            return
        rows = self.rows
        tall, width, texts = self._row(len(rows)), float(self.width()), self._texts
        metrics = QFontMetricsF(theme.font("caption"))
        points = metrics.horizontalAdvance(self.tr("points")) + 2 * theme.unit
        names = min(max(metrics.horizontalAdvance(row.label) for row in rows) + theme.unit, width * 0.35)
        share = metrics.horizontalAdvance(">99 %") + theme.unit
        if width - names - points - 2 * share < theme.px(NARROWEST_BAR):
            share = 0  # the tooltip has them
        top, gap = (tall - texts.height) / 2, theme.unit
        a_right, b_right = names + share, width - points
        track = QRectF(a_right + gap, 0, b_right - share - a_right - gap, tall)
        painter.setPen(colours.muted)
        texts.draw(painter, self.tr("points"), width, top, 1)
        if share:
            texts.draw(painter, "A", a_right, top, 1)
            texts.draw(painter, "B", b_right, top, 1)
        for number, row in enumerate(rows, start=1):
            y = number * tall
            painter.setPen(colours.text)
            texts.draw(painter, metrics.elidedText(row.label, Qt.TextElideMode.ElideRight, names), 0, y + top, 0)
            texts.draw(painter, points_of(row), width, y + top, 1)
            if share:
                painter.setPen(colours.muted)
                texts.draw(painter, percent(row.a), a_right, y + top, 1)
                texts.draw(painter, percent(row.b), b_right, y + top, 1)
            self._paint_bar(painter, track.translated(0, y), row.change)
        painter.fillRect(QRectF(track.center().x(), tall, 1, len(rows) * tall), colours.muted)
        if self.hasFocus():
            paint_focus(painter, self.rect(), theme)

    def _paint_bar(self, painter: QPainter, track: QRectF, change: float) -> None:
        thick = track.height() * 0.5
        bar = QRectF(track.center().x(), track.center().y() - thick / 2, track.width() / 2, thick)
        both = bar.adjusted(-track.width() / 2, 0, 0, 0)
        painter.fillRect(both, self._theme.colours.track)
        if np.isfinite(change) and change:
            table = palette.signed(self._theme.dark, 1.0, self._theme.colours.panel.name())
            ink = table[palette.ZERO + (90 if change > 0 else -90)]
            bar.setWidth(bar.width() * min(abs(change), 1))
            if change < 0:
                bar.moveRight(track.center().x())
            painter.fillRect(bar, QColor.fromRgb(int(ink)))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and self._deltas:
            rows = self.rows
            number = int(event.pos().y() / self._row(len(rows))) - 1
            if 0 <= number < len(rows):
                QToolTip.showText(event.globalPos(), self._in_words(rows[number]), self)
                return True
        return super().event(event)

    def _in_words(self, delta: Delta) -> str:
        return self.tr("{label}: A {a}, B {b}, {points} points").format(
            label=delta.label, a=percent(delta.a), b=percent(delta.b), points=points_of(delta)
        )

    def _dress(self) -> None:
        self._texts = self._theme.texts("caption")
        self.updateGeometry()
        self.update()


def points_of(delta: Delta) -> str:
    """The change in whole percentage points."""
    if not np.isfinite(delta.change):
        return "NaN"
    whole = round(delta.change * 100)
    return f"{whole:+d}".replace("-", "−") if whole else "0"


def _size(delta: Delta) -> float:
    """Of its change; what is no number is the largest."""
    return abs(delta.change) if np.isfinite(delta.change) else np.inf
