"""A screen in memory with a mouse and a keyboard: Xvfb, xdotool, and pictures of what is to be seen."""

from __future__ import annotations

import math
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageGrab

Pixels = NDArray[np.int16]
PATIENCE = 120.0
"""Seconds that something may take to be seen, on a machine that is busy with other things."""
_SERVE = """\
mkdir -p /tmp/.X11-unix
mount --bind "$X_SOCKETS" /tmp/.X11-unix
exec Xvfb "$@" -nolisten tcp
"""


class Screen:
    def __init__(self, size: str = "1366x768") -> None:
        number = 300 + os.getpid() % 30000  # screens of others are left alone
        self.name = f":{number}"
        self._sockets = tempfile.TemporaryDirectory(prefix="convlens-x11-")
        Path(self._sockets.name).chmod(0o1777)
        os.environ["X_SOCKETS"] = self._sockets.name  # for the room, which shares no other way with this machine
        command = ["unshare", "--mount", "sh", "-c", _SERVE, "sh", self.name, "-screen", "0", f"{size}x24"]
        self._server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        end = time.monotonic() + PATIENCE
        while not Path(self._sockets.name, f"X{number}").exists():
            if time.monotonic() > end or self._server.poll() is not None:
                raise RuntimeError("Xvfb does not start")
            time.sleep(0.1)
        os.environ["DISPLAY"] = self.name

    def close(self) -> None:
        self._server.terminate()
        self._server.wait()
        self._sockets.cleanup()

    def seen(self) -> Pixels:
        """(H, W, 3)"""
        return np.asarray(ImageGrab.grab(xdisplay=self.name).convert("RGB"), np.int16)

    def save(self, file: Path) -> None:
        Image.fromarray(self.seen().astype(np.uint8)).save(file)

    def wait(self, what: str, until: Callable[[Pixels], bool]) -> Pixels:
        """The picture that it is true of. Raises RuntimeError where it does not come."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            picture = self.seen()
            if until(picture):
                return picture
            time.sleep(0.25)
        raise RuntimeError(f"{what} did not come")

    def do(self, *words: object) -> None:
        subprocess.run(["xdotool", *map(str, words)], check=True, stdout=subprocess.DEVNULL)

    def focus(self, title: str) -> None:
        """There is no window manager here that would do it."""
        self.do("search", "--sync", "--onlyvisible", "--name", title, "windowfocus", "--sync")

    def circle(self, left: int, top: int, side: int) -> None:
        """Drawn with the mouse into a square."""
        points = [
            (left + side * (0.5 + 0.3 * math.sin(turn)), top + side * (0.5 - 0.3 * math.cos(turn)))
            for turn in np.linspace(0, 2 * math.pi, 60)
        ]
        x, y = points[0]
        self.do("mousemove", round(x), round(y), "mousedown", 1)
        for x, y in points:
            self.do("mousemove", round(x), round(y))
        self.do("mouseup", 1)


def canvas(picture: Pixels) -> tuple[int, int, int] | None:
    """Where the empty canvas is: left, top and side of the black square in the left third; None where there is none."""
    black = (picture[:, : picture.shape[1] // 3] == 0).all(axis=2)
    rows, columns = np.flatnonzero(black.sum(axis=1) > 150), np.flatnonzero(black.sum(axis=0) > 150)
    if len(rows) < 150 or len(columns) < 150 or rows[0] == 0:  # all is black before there is a window
        return None
    return int(columns[0]), int(rows[0]), int(min(len(rows), len(columns)))


def changed(before: Pixels, after: Pixels, left: float, right: float) -> float:
    """The share of pixels that differ between two parts of the width, 0..1 each."""
    wide = before.shape[1]
    part = slice(round(left * wide), round(right * wide))
    return float((np.abs(before[:, part] - after[:, part]).max(axis=2) > 24).mean())
