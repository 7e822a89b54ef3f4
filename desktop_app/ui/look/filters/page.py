"""All filters of a convolution as pictures, and the kernels of one."""

from __future__ import annotations

from desktop_app.ui.look.page import Page


class FiltersPage(Page):
    """To be built."""
