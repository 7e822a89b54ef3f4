"""Where windows can be opened: in memory always, on a display when there is one or Xvfb can make one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

SCREEN = "1600x1000x24"
OFFSCREEN = "offscreen"


@dataclass(frozen=True)
class Place:
    """surroundings: the environment variables that send Qt there."""

    name: str
    surroundings: dict[str, str]


@contextmanager
def places() -> Iterator[list[Place]]:
    """All that there are; an X server that had to be started is stopped afterwards."""
    found = [Place(OFFSCREEN, {"QT_QPA_PLATFORM": "offscreen"})]
    if not sys.platform.startswith("linux"):
        yield [*found, Place("display", {"QT_QPA_PLATFORM": ""})]
    elif os.environ.get("WAYLAND_DISPLAY") and not os.environ.get("DISPLAY"):
        yield [*found, Place("Wayland", {"QT_QPA_PLATFORM": "wayland"})]
    elif os.environ.get("DISPLAY"):
        yield [*found, Place("X11", {"QT_QPA_PLATFORM": "xcb"})]
    elif shutil.which("Xvfb"):
        with _xvfb() as display:
            yield [*found, Place("Xvfb", {"QT_QPA_PLATFORM": "xcb", "DISPLAY": display})]
    else:
        yield found


@contextmanager
def _xvfb() -> Iterator[str]:
    """A server on a number of its own choice."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", SCREEN, "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        with os.fdopen(reading) as answer:
            number = answer.readline().strip()
        try:
            yield f":{number}"
        finally:
            server.terminate()
