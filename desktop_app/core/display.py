"""Whether a window can be opened: Qt ends the whole process where it cannot, so it must be asked before."""

from __future__ import annotations

import os
import sys


def display_is_missing() -> bool:
    """On Linux, with neither X nor Wayland, and no other platform of Qt's asked for."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return sys.platform.startswith("linux") and not any(os.environ.get(name) for name in names)
