"""The machine's own cameras, through OpenCV where it is installed. Why it is not by default: docs/decisions/0014."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

from desktop_app.core.camera.stream import Pixels, Place
from desktop_app.core.errors import UserError

TRIED = 4
"""Numbers of cameras that are tried where the system does not list them."""
_NODES = Path("/sys/class/video4linux")
_FAILURES = 30
"""Pictures in a row that may be missing: some cameras need a moment to wake up."""


def cameras() -> tuple[Place, ...]:
    """What may be opened, in the system's order. Raises UserError where there is none, and says what to do about it."""
    if importlib.util.find_spec("cv2") is None and getattr(sys, "frozen", False):
        raise UserError(
            "This ConvLens was built without OpenCV, which cameras need: use one that was installed with "
            "`pip install convlens[camera]`."
        )
    if importlib.util.find_spec("cv2") is None:
        raise UserError(
            "Cameras need OpenCV, which is not installed: run `pip install opencv-python-headless` in ConvLens's own "
            "Python and start ConvLens again."
        )
    if not sys.platform.startswith("linux"):
        return tuple(_place(number, f"Camera {number + 1}") for number in range(TRIED))
    found = sorted(_NODES.glob("video*"), key=lambda node: int(node.name.removeprefix("video")))
    places = [node for node in found if _first_of_its_device(node)]
    if not places:
        raise UserError("No camera was found: plug one in and press the camera button again.")
    return tuple(_place(int(node.name.removeprefix("video")), _name(node)) for node in places)


def _first_of_its_device(node: Path) -> bool:
    """A camera has further nodes that give no pictures but notes about them; they count up from 0."""
    try:
        return (node / "index").read_text().strip() == "0"
    except OSError:
        return True


def _name(node: Path) -> str:
    try:
        return (node / "name").read_text().strip() or node.name
    except OSError:
        return node.name


def _place(number: int, name: str) -> Place:
    return Place(name, lambda: DeviceCamera(number, name))


class DeviceCamera:
    """An open camera of the machine."""

    def __init__(self, number: int, name: str) -> None:
        """Raises UserError."""
        device = Path(f"/dev/video{number}")
        if sys.platform.startswith("linux") and device.exists() and not os.access(device, os.R_OK | os.W_OK):
            raise UserError(
                f"{name} may not be used: let an administrator add you to the group that owns {device} (mostly "
                f"“video”), then sign in again."
            )
        # Asking from a thread fails there; without it the system asks by itself when the camera is opened.
        os.environ.setdefault("OPENCV_AVFOUNDATION_SKIP_AUTH", "1")
        os.environ.setdefault("OPENCV_LOG_LEVEL", "OFF")
        import cv2

        self._name = name
        self._cv2: Any = cv2
        self._capture = cv2.VideoCapture(number)
        if not self._capture.isOpened():
            self._capture.release()
            raise UserError(
                f"{name} cannot be opened: close other programs that use it, and allow cameras in the system's privacy "
                f"settings."
            )
        self._capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)  # the newest picture, not one that has waited

    def read(self) -> Pixels:
        for _ in range(_FAILURES):
            there, picture = self._capture.read()
            if there:
                return np.asarray(self._cv2.cvtColor(picture, self._cv2.COLOR_BGR2RGB))
        raise UserError(f"{self._name} gives no picture any more: plug it in again, then press the camera button.")

    def close(self) -> None:
        self._capture.release()
