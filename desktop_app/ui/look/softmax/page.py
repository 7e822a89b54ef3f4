"""From logits to probabilities."""

from __future__ import annotations

from PySide6.QtCore import Signal

from desktop_app.ui.look.page import Page


class SoftmaxPage(Page):
    """To be built."""

    class_pointed = Signal(object)  # the class's index under the mouse, or None
