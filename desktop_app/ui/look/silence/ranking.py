"""The filters whose absence changes the answer most, as a list that is found on demand."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QMoveEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop_app.core.filters.absence import Absence, Ranking
from desktop_app.core.filters.shares import two_shares
from desktop_app.core.forward.trace import Stage
from desktop_app.ui.look.ringed import Ringed
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.segmented import Segmented
from desktop_app.ui.widgets.text import Text

ROW = 22
"""Height of a row at normal size, pixels."""


class RankingPanel(QWidget):
    """Asks for a ranking and shows it, growing. scopes, rows: its parts."""

    wanted = Signal(str)  # for "stage" or "network"
    cancelled = Signal()
    chosen = Signal(object)  # Absence

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.scopes = Segmented(
            {
                "stage": (self.tr("this stage"), self.tr("Try each filter of this stage")),
                "network": (
                    self.tr("all stages"),
                    self.tr("Try each filter of the network; a large one takes a while"),
                ),
            },
            self.tr("Which filters are tried"),
        )
        self._start = QPushButton(self.tr("Find the filters that matter most"))
        self._start.setToolTip(self.tr("Answers once more without each of them"))
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._cancel = QPushButton(self.tr("Cancel"))
        self._note = Text(theme, role="caption", ink="muted")
        self.rows = _AbsenceList(theme)
        area = QScrollArea()
        area.setWidget(self.rows)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.rows.shown_from.connect(area.ensureVisible)
        self._work = QHBoxLayout()
        self._work.addWidget(self.scopes)
        self._work.addWidget(self._progress, 1)
        self._work.addWidget(self._cancel)
        self._work.addStretch(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._start)
        column.addLayout(self._work)
        column.addWidget(self._note)
        column.addWidget(area, 1)
        self._start.clicked.connect(self._ask)
        self._cancel.clicked.connect(self.cancelled)
        self.rows.chosen.connect(self.chosen)
        self.show_working(False)

    def show_working(self, working: bool) -> None:
        for widget in (self._progress, self._cancel):
            widget.setVisible(working)
        self.scopes.setVisible(not working)
        self._start.setEnabled(not working)

    def show_ranking(self, ranking: Ranking | None, classes: tuple[str, ...], stages: tuple[Stage, ...]) -> None:
        self.rows.show_ranking(ranking, classes, stages)
        if ranking is not None:
            self._progress.setRange(0, max(ranking.total, 1))
            self._progress.setValue(ranking.done)

    def show_note(self, words: str) -> None:
        if words != self._note.text():
            self._note.setText(words)

    def _ask(self) -> None:
        self.wanted.emit(next(scope for scope, button in self.scopes.buttons.items() if button.isChecked()))


class _AbsenceList(Ringed):
    """Rows "conv2 · 5   41 %   now heart"; painted, since there may be thousands of them."""

    chosen = Signal(object)  # Absence
    shown_from = Signal(int, int)  # a place that must be visible

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._absences: tuple[Absence, ...] = ()
        self._whole, self._before = -1, 0.0
        self._classes: tuple[str, ...] = ()
        self._stages: tuple[Stage, ...] = ()
        self._at: int | None = None
        self._texts = theme.texts("body")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(self.tr("Filters that matter most"))
        theme.changed.connect(self._dress)

    def show_ranking(self, ranking: Ranking | None, classes: tuple[str, ...], stages: tuple[Stage, ...]) -> None:
        self._absences = ranking.absences if ranking else ()
        self._whole = ranking.whole.best if ranking else -1
        self._before = float(ranking.whole.probabilities.max()) if ranking else 0.0
        self._classes, self._stages = classes, stages
        self._at = None
        self.setFixedHeight(max(len(self._absences), 1) * self._theme.px(ROW))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(200), self._theme.px(ROW))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours, tall = self._theme.colours, self._theme.px(ROW)
        first, last = event.rect().top() // tall, event.rect().bottom() // tall
        lead = (tall - self._texts.height) / 2
        metrics = QFontMetricsF(self._theme.font("body"))
        number = metrics.horizontalAdvance("99.9999 %") + 2 * self._theme.unit
        for row in range(first, min(last + 1, len(self._absences))):
            absence = self._absences[row]
            top = row * tall
            if row == self._at:
                painter.fillRect(QRectF(0, top, self.width(), tall), colours.accent_soft)
            painter.setPen(colours.text)
            name = f"{self._stages[absence.position].name} · {absence.channel + 1}"
            left = self.width() * 0.42
            self._texts.draw(painter, metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, left), 4, top + lead, 0)
            self._texts.draw(painter, two_shares(self._before, absence.probability)[1], left + number, top + lead, 1)
            if absence.best != self._whole:
                painter.setPen(colours.ghost)
                where = left + number + 2 * self._theme.unit
                words = metrics.elidedText(
                    self._classes[absence.best], Qt.TextElideMode.ElideRight, self.width() - where
                )
                self._texts.draw(painter, words, where, top + lead, 0)
        self.paint_ring(painter, self.visibleRegion().boundingRect())

    def moveEvent(self, event: QMoveEvent) -> None:
        """Scrolled: the ring stays around what can be seen."""
        super().moveEvent(event)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._choose(int(event.position().y()) // self._theme.px(ROW))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Up:
                self._choose((self._at or 0) - 1)
            case Qt.Key.Key_Down:
                self._choose(0 if self._at is None else self._at + 1)
            case _:
                super().keyPressEvent(event)

    def _choose(self, row: int) -> None:
        if 0 <= row < len(self._absences):
            self._at = row
            tall = self._theme.px(ROW)
            self.shown_from.emit(0, row * tall + tall // 2)
            self.chosen.emit(self._absences[row])
            self.update()

    def _dress(self) -> None:
        self._texts = self._theme.texts("body")
        self.setFixedHeight(max(len(self._absences), 1) * self._theme.px(ROW))
