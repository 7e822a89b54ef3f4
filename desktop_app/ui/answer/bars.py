"""The probability bar chart: one row a class, with the previous answer as a ghost mark."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QGraphicsView, QSizePolicy, QStyleOptionGraphicsItem, QToolTip, QWidget

from desktop_app.core.forward.class_list import ClassList
from desktop_app.core.forward.trace import Answer
from desktop_app.core.forward.verdict import percent
from desktop_app.core.numerals import short
from desktop_app.ui.answer.rows import FEWEST_ROWS, MOST_ROWS, Known, Rows, Shown, count
from desktop_app.ui.theme import Theme

LEAST_ROW, ROW, TALLEST_ROW = 18, 25, 42
"""Height of a row at normal size, pixels: where there is little, from which on more rows are shown, and the most."""


@dataclass(frozen=True)
class _Backdrop:
    """What stays from frame to frame, names and empty tracks, and what it was made for. track: of the first row."""

    key: object
    pixmap: QPixmap
    track: QRectF


class _BarsItem(pg.GraphicsObject):
    """Paints all rows at once: a text item and a bar item a class would cost several times as much a frame."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rows: Rows | None = None
        self._shown: Shown | None = None
        self._logits = False
        self._size = QSize(10, 10)
        self._backdrop: _Backdrop | None = None
        self._underlined: int | None = None
        self._plain, self._strong = theme.texts("body"), theme.texts("strong")

    def resize(self, size: QSize) -> None:
        self.prepareGeometryChange()
        self._size = size
        self._fit()

    def dress(self) -> None:
        """Colours or fonts have changed."""
        self._backdrop = None
        self._plain, self._strong = self._theme.texts("body"), self._theme.texts("strong")
        self._fit()

    def show_answer(self, rows: Rows | None, logits: bool) -> None:
        self._rows, self._logits = rows, logits
        self._fit()

    def _fit(self) -> None:
        """The rows for which there is room."""
        room = (self._size.height() - self._head()) // self._theme.px(ROW)
        self._shown = self._rows.shown(int(room)) if self._rows else None
        self.update()

    def underline(self, index: int | None) -> None:
        """Points out one class; None points at nothing any more."""
        if index != self._underlined:
            self._underlined = index
            self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, self._size.width(), self._size.height())

    def _head(self) -> float:
        """Height of the line that names the columns of numbers, where there are two."""
        return QFontMetricsF(self._theme.font("caption")).height() if self._logits else 0.0

    @property
    def shown(self) -> Shown | None:
        """What is painted."""
        return self._shown

    def row_height(self) -> float:
        count = len(self._shown.rows) if self._shown else 0
        return min((self._size.height() - self._head()) / max(count, 1), self._theme.px(TALLEST_ROW))

    def row_at(self, y: float) -> int | None:
        """The class whose row is at a height of this item."""
        place = int((y - self._head()) // self.row_height())
        rows = self._shown.rows if self._shown else ()
        return rows[place] if 0 <= place < len(rows) else None

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        shown = self._shown
        if shown is None or not shown.rows:
            return
        colours, tall = self._theme.colours, self.row_height()
        backdrop = self._backdrop_for(shown, painter.device().devicePixelRatioF())
        painter.drawPixmap(0, 0, backdrop.pixmap)
        if shown.first in shown.rows:
            self._write_first(painter, shown.classes[shown.first], shown.rows.index(shown.first), backdrop.track)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        track = QRectF(backdrop.track)
        for index, share in zip(shown.rows, _shares(shown.answer, shown.rows), strict=True):
            painter.setBrush(colours.accent if index == shown.first else colours.muted)
            track.setWidth(max(backdrop.track.width() * share, 1))
            painter.drawRoundedRect(track, 2, 2)
            track.translate(0, tall)
        if shown.ghost is not None:
            mark = QRectF(0, backdrop.track.top() - 3, 2, track.height() + 6)
            for share in _shares(shown.ghost, shown.rows):
                mark.moveLeft(track.left() + backdrop.track.width() * share - 1)
                painter.fillRect(mark, colours.ghost)
                mark.translate(0, tall)
        if self._underlined in shown.rows:
            self._underline(painter, shown, self._underlined, backdrop.track)
        right, top = float(self._size.width()), self._head() + (tall - self._plain.height) / 2
        painter.setPen(colours.text)
        for place, index in enumerate(shown.rows if shown.known == "all" else ()):
            texts = self._strong if index == shown.first else self._plain
            texts.draw(painter, percent(float(shown.answer.probabilities[index])), right, top + place * tall, 1)
        if self._logits and shown.known != "nothing":
            painter.setPen(colours.muted)
            right -= self._number_width()
            for place, index in enumerate(row for row in shown.rows if row != shown.others):  # which is the last
                self._plain.draw(painter, short(float(shown.answer.logits[index])), right, top + place * tall, 1)

    def _write_first(self, painter: QPainter, label: str, place: int, track: QRectF) -> None:
        """The answer's name in strong type over its plain one."""
        font, gap, tall = self._theme.font("strong"), 2 * self._theme.unit, self.row_height()
        box = QRectF(0, self._head() + place * tall, track.left() - gap + 1, tall)
        painter.fillRect(box, self._theme.colours.panel)
        painter.setFont(font)
        painter.setPen(self._theme.colours.text)
        name = QFontMetricsF(font).elidedText(label, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, name)

    def _underline(self, painter: QPainter, shown: Shown, index: int, track: QRectF) -> None:
        """Under the class's name, its bar and its numbers."""
        tall, gap, right = self.row_height(), 2 * self._theme.unit, float(self._size.width())
        level = self._head() + (shown.rows.index(index) + 0.5) * tall + self._plain.height / 2 + 1
        answer, texts = shown.answer, self._strong if index == shown.first else self._plain
        name = min(texts.width(shown.classes[index]), track.left() - gap)
        spans = [(0.0, name), (track.left(), track.width())]
        wide = texts.width(percent(float(answer.probabilities[index])))
        spans.append((right - wide, wide))
        if self._logits and index != shown.others:
            wide = self._plain.width(short(float(answer.logits[index])))
            spans.append((right - self._number_width() - wide, wide))
        for left, wide in spans:
            painter.fillRect(QRectF(left, level, wide, 2), self._theme.colours.accent)

    def _number_width(self) -> float:
        """Of the column of probabilities, with the gap before it."""
        return QFontMetricsF(self._theme.font("strong")).horizontalAdvance(">99 %") + 2 * self._theme.unit

    def _backdrop_for(self, shown: Shown, ratio: float) -> _Backdrop:
        key = (shown.classes, shown.rows, self._logits, self._size.toTuple(), ratio)
        if self._backdrop is None or self._backdrop.key != key:
            self._backdrop = self._new_backdrop(key, shown, ratio)
        return self._backdrop

    def _new_backdrop(self, key: object, shown: Shown, ratio: float) -> _Backdrop:
        theme, tall, width = self._theme, self.row_height(), self._size.width()
        metrics, strong = QFontMetricsF(theme.font("body")), QFontMetricsF(theme.font("strong"))
        name_width = min(max(strong.horizontalAdvance(shown.classes[i]) for i in shown.rows), width * 0.42)
        gap = 2 * theme.unit
        left, right = name_width + gap, width - self._number_width()
        pixmap = QPixmap(self._size * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(theme.colours.panel)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._logits:
            self._paint_head(painter, QRectF(0, 0, right, self._head()))
            right -= metrics.horizontalAdvance("−88.8") + gap
        thick = min(tall * 0.56, theme.px(18))
        track = QRectF(left, self._head() + (tall - thick) / 2, right - left, thick)
        painter.setFont(theme.font("body"))
        for place, index in enumerate(shown.rows):
            painter.setPen(theme.colours.text)
            name = metrics.elidedText(shown.classes[index], Qt.TextElideMode.ElideRight, name_width)
            row = QRectF(0, self._head() + place * tall, left, tall)
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, name)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colours.track)
            painter.drawRoundedRect(track.translated(0, place * tall), 2, 2)
        painter.end()
        return _Backdrop(key, pixmap, track)

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
        self._rows: Rows | None = None
        self._listed = ClassList()
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

    @property
    def shown(self) -> Shown | None:
        """What the bars stand for now."""
        return self._bars.shown

    def show_answer(self, classes: tuple[str, ...], answer: Answer | None, ghost: Answer | None, sure: bool) -> None:
        """ghost: the previous answer.  sure: whether the best class may be named as the answer."""
        self._show(Rows(classes, answer, ghost, answer, named=sure))

    def show_part(
        self, classes: tuple[str, ...], part: Answer, known: Known, final: Answer, ghost: Answer | None
    ) -> None:
        """The answer as far as it is there, in the rows of the final one; its own bars are not drawn before."""
        self._show(Rows(classes, part, ghost, final, known=known))

    def _show(self, rows: Rows) -> None:
        listed = self._listed.listed(rows.classes)
        self._rows = replace(rows, listed=listed, word=self.tr("other classes")) if listed else rows
        self._unpainted = True
        self._bars.show_answer(self._rows, self._logits)

    def list_only(self, classes: ClassList) -> None:
        """From the next answer on bars are for these; the others of a model have one together."""
        self._listed = classes

    def underline(self, index: int | None) -> None:
        """Points out one class; None points at nothing any more."""
        self._bars.underline(index)

    def show_logits(self, on: bool) -> None:
        self._logits = on
        self._bars.show_answer(self._rows, on)

    def make_room(self, classes: tuple[str, ...]) -> None:
        """Takes the height that the bars of a model's classes need."""
        rows = count(self._listed, classes)
        fewest = rows if rows <= MOST_ROWS else FEWEST_ROWS
        self.setMinimumHeight(fewest * self._theme.px(LEAST_ROW))
        self.setMaximumHeight(min(rows, MOST_ROWS) * self._theme.px(TALLEST_ROW))

    def _dress(self) -> None:
        self.setBackground(self._theme.colours.panel)
        if self._rows:
            self.make_room(self._rows.classes)
        self._bars.dress()

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
        if isinstance(event, QHelpEvent) and self.shown:
            index = self._bars.row_at(event.pos().y())
            if index is not None:
                QToolTip.showText(event.globalPos(), self._exactly(self.shown, index), self)
                return True
        return bool(super().viewportEvent(event))

    def _exactly(self, shown: Shown, index: int) -> str:
        others = shown.others
        if others is not None and index == others:
            together: str = self.tr("{count:,} other classes together: probability {probability}")
            rest = others - len(self._listed.listed(shown.classes[:others]))
            return together.format(count=rest, probability=f"{float(shown.answer.probabilities[index]):.4f}")
        words: str = self.tr("{label}: probability {probability}, logit {logit}")
        return words.format(
            label=shown.classes[index],
            probability=f"{float(shown.answer.probabilities[index]):.4f}",
            logit=f"{float(shown.answer.logits[index]):.3f}",
        )


def _shares(answer: Answer, rows: tuple[int, ...]) -> list[float]:
    """0..1, also where a net gave no number."""
    shares: list[float] = np.nan_to_num(answer.probabilities[list(rows)]).tolist()
    return shares
