"""Beside the maps: what the method does, how far it is, how much of the picture shows through, how faithful the map."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QSlider, QVBoxLayout, QWidget

from desktop_app.ui.look.why.curves_plot import CurvesPlot
from desktop_app.ui.look.why.words import seconds_words
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.text import Text

OPACITY = 55
"""In per cents, to begin with."""
PLOT_SHARE = 1000
"""Of the height that is left over: all of it."""


class Side(QWidget):
    """how, progress, cancel, start, opacity, check, plot, judgement: its parts, from top to bottom."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.how = Text(theme, role="caption", ink="muted")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Progress"))
        self.cancel = QPushButton(self.tr("Cancel"))
        self.start = QPushButton()
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setRange(0, 100)
        self.opacity.setPageStep(10)
        self.opacity.setValue(OPACITY)
        self.opacity.setAccessibleName(self.tr("Opacity of the map"))
        self.opacity.setToolTip(self.tr("How much the map covers the picture"))
        self.check = QPushButton()
        self.check.setToolTip(self.tr("Takes away what the map marks, and looks whether the answer falls"))
        self.plot = CurvesPlot(theme)
        self.judgement = Text(theme, role="caption")
        for text in (self.how, self.judgement):
            text.setWordWrap(True)
            text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._build()
        theme.changed.connect(self._dress)
        self._dress()

    def _build(self) -> None:
        self._work, self._shade = QHBoxLayout(), QHBoxLayout()
        self._work.addWidget(self.progress, 1)
        self._work.addWidget(self.cancel)
        self._work.addWidget(self.start, 1)
        self._shade.addWidget(Text(self._theme, self.tr("Opacity"), "caption", "muted"))
        self._shade.addWidget(self.opacity, 1)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self.how)
        self._layout.addLayout(self._work)
        self._layout.addLayout(self._shade)
        self._layout.addWidget(self.check)
        self._layout.addWidget(self.plot, PLOT_SHARE)
        self._layout.addWidget(self.judgement)
        self._layout.addStretch(1)  # what is left without the plot

    def show_progress(self, done: int, total: int) -> None:
        self.progress.setRange(0, total)
        self.progress.setValue(done)

    def show_state(self, working: bool, start: float | None, check: float | None) -> None:
        """working: whether progress is shown.  start, check: seconds that the map, or its curves, would take where
        they can be asked for."""
        self.progress.setVisible(working)
        self.cancel.setVisible(working)
        for button, words, seconds in (
            (self.start, self.tr("Work it out ({time})"), start),
            (self.check, self.tr("How faithful is it? ({time})"), check),
        ):
            button.setVisible(seconds is not None)
            if seconds is not None:
                button.setText(words.format(time=seconds_words(seconds)))
        self.plot.setVisible(check is None)

    def tell_how(self, words: str) -> None:
        if words != self.how.text():
            self.how.setText(words)

    def judge(self, words: str) -> None:
        if words != self.judgement.text():
            self.judgement.setText(words)

    def _dress(self) -> None:
        unit = self._theme.unit
        self._layout.setSpacing(unit)
        self._shade.setSpacing(2 * unit)
        self._work.setSpacing(2 * unit)
