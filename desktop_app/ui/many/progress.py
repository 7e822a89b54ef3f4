"""How far the model has come with the photos, and a way to stop it and to go on."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from desktop_app.core.many.sheet import Counts
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.elided import Elided


class Progress(QWidget):
    """The button says what it does: stop, or go on with the photos that have no answer."""

    stop_wanted = Signal()
    go_on_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._running = False
        self.words = Elided(theme, role="body", ink="muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.button = QPushButton()
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.words, 1)
        self._row.addWidget(self.bar)
        self._row.addWidget(self.button)
        self.button.clicked.connect(self._click)
        theme.changed.connect(self._dress)
        self._dress()

    def show_looking(self, found: int) -> None:
        """Pictures are still being found."""
        self._show(running=True, share=None, left=True)
        self._say(self.tr("{n} photos found…").format(n=f"{found:,}"))

    def show_counts(self, counts: Counts, *, running: bool, shown: int, speed: float) -> None:
        """shown: photos that pass the filter.  speed: photos a second, or 0 where nobody can tell."""
        done = counts.all - counts.waiting
        self._show(running=running, share=done / max(counts.all, 1), left=counts.waiting > 0)
        if not counts.all:
            self._say("")
            return
        if counts.waiting:
            parts = [self.tr("{done} of {all} photos").format(done=f"{done:,}", all=f"{counts.all:,}")]
        else:
            parts = [self.tr("{all} photos").format(all=f"{counts.all:,}")]
        if running and not done:
            parts.append(self.tr("getting ready…"))
        if speed and (running or not counts.waiting):
            parts.append(self.tr("{n} a second").format(n=f"{speed:.0f}" if speed >= 9.5 else f"{speed:.1f}"))
        if counts.not_sure:
            parts.append(self.tr("{n} not sure").format(n=f"{counts.not_sure:,}"))
        if counts.broken:
            parts.append(self.tr("{n} cannot be read").format(n=f"{counts.broken:,}"))
        if shown != counts.all:
            parts.append(self.tr("{n} shown").format(n=f"{shown:,}"))
        self._say(" · ".join(parts))

    def _say(self, words: str) -> None:
        self.words.setText(words)
        self.bar.setAccessibleName(words)

    def _show(self, running: bool, share: float | None, left: bool) -> None:
        self._running = running
        self.bar.setVisible(left)
        self.bar.setRange(0, 0 if share is None else 1000)
        self.bar.setValue(round(1000 * (share or 0)))
        self.button.setVisible(left)
        self.button.setText(self.tr("Stop") if running else self.tr("Go on"))
        tip = self.tr("Answers that are there stay") if running else self.tr("Asks about the photos without an answer")
        self.button.setToolTip(tip)

    def _click(self) -> None:
        if self._running:
            self.stop_wanted.emit()
        else:
            self.go_on_wanted.emit()

    def _dress(self) -> None:
        unit = self._theme.unit
        self._row.setContentsMargins(3 * unit, unit, 3 * unit, unit)
        self._row.setSpacing(3 * unit)
        self.bar.setFixedSize(self._theme.px(200), 2 * unit)
        self.setFixedHeight(self.button.sizeHint().height() + 2 * unit)
