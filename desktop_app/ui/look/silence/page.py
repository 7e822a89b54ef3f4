"""Filters switched off or scaled, and what that changes."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop_app.core.forward.live import Forwards
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.look.page import Page
from desktop_app.ui.look.selection import Selection
from desktop_app.ui.theme import Theme


class SilencePage(Page):
    """To be built."""

    factors_changed = Signal(object)  # Factors

    def __init__(
        self, theme: Theme, selection: Selection, jobs: Jobs, forwards: Forwards, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, selection, parent)
        self._jobs, self._forwards = jobs, forwards
