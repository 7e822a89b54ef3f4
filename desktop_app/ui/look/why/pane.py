"""One class: which one, the map over the source image, and what its colours mean."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.core.attribution.attribution import Attribution
from desktop_app.core.attribution.placed import Placed
from desktop_app.ui.look.why.class_choice import ClassChoice
from desktop_app.ui.look.why.legend import Legend
from desktop_app.ui.look.why.overlay import Overlay
from desktop_app.ui.look.why.words import legend_words, map_in_words, nothing_found
from desktop_app.ui.theme import Theme


class Pane(QWidget):
    """choice, overlay, legend: its parts."""

    def __init__(self, theme: Theme, place: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.choice = ClassChoice(place)
        self.overlay = Overlay(theme)
        self.legend = Legend(theme)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self.choice)
        self._layout.addWidget(self.overlay, 1)
        self._layout.addWidget(self.legend)
        theme.changed.connect(self._dress)
        self._dress()

    def show_placed(self, placed: Placed) -> None:
        self.overlay.show_placed(placed)
        self.overlay.setToolTip(
            self.tr("The picture as the network reads it")
            if placed.as_read
            else self.tr("What is dimmed was cut away: the network did not see it")
        )

    def show_map(self, attribution: Attribution, class_name: str) -> None:
        note = "" if attribution.top > 0 else nothing_found(attribution.method, class_name)
        self.overlay.show_map(attribution, note)
        self.legend.show_range(*legend_words(attribution))
        self.legend.setToolTip(map_in_words(attribution, class_name))
        self.overlay.setAccessibleName(map_in_words(attribution, class_name))

    def clear(self, note: str = "") -> None:
        """No map; the picture stays."""
        if not note and self.choice.alone:
            note = self.tr("Choose a class above to see two side by side")
        self.overlay.show_map(None, note)
        self.overlay.setAccessibleName(note or self.tr("The source image"))
        self.legend.show_range("", "")
        self.legend.setToolTip("")

    def _dress(self) -> None:
        self._layout.setSpacing(self._theme.unit)
