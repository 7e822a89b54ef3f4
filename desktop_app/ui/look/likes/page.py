"""What a filter answers to most strongly."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop_app.ui.jobs import Jobs
from desktop_app.ui.look.page import Page
from desktop_app.ui.look.selection import Selection
from desktop_app.ui.theme import Theme


class LikesPage(Page):
    """To be built."""

    def __init__(self, theme: Theme, selection: Selection, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(theme, selection, parent)
        self._jobs = jobs
