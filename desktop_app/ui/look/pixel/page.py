"""The arithmetic of one number, and where it came from."""

from __future__ import annotations

from desktop_app.ui.look.page import Page


class PixelPage(Page):
    """To be built."""
