"""Text in one of the theme's roles; it follows the theme."""

from __future__ import annotations

from typing import Literal

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QLabel, QWidget

from desktop_app.ui.theme import Role, Theme

Ink = Literal["text", "muted", "accent", "ghost", "good", "warn", "danger"]


class Text(QLabel):
    def __init__(
        self, theme: Theme, text: str = "", role: Role = "body", ink: Ink = "text", parent: QWidget | None = None
    ) -> None:
        super().__init__(text, parent)
        self._theme, self._role, self._ink = theme, role, ink
        self._dress()
        theme.changed.connect(self._dress)

    def _dress(self) -> None:
        self.setFont(self._theme.font(self._role))
        palette = QPalette()
        colour: QColor = getattr(self._theme.colours, self._ink)
        palette.setColor(QPalette.ColorRole.WindowText, colour)
        self.setPalette(palette)


def heading(theme: Theme, text: str) -> Text:
    """A panel's name, for the eye and for screen readers; the translated text comes in capitals."""
    return Text(theme, text, "heading", "muted")
