"""Nothing leaves the machine: the window's process opens no socket, and no bundle has what could open one."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
import textwrap
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent

WINDOW = """
    import os, sys
    from pathlib import Path

    seen = []
    sys.addaudithook(lambda event, _arguments: seen.append(event) if event.startswith("socket.") else None)

    from PySide6.QtWidgets import QApplication
    from desktop_app.ui.app import App
    from desktop_app.ui.waiting import until

    app = App(QApplication(["convlens"]))
    answered = []
    app.window.answer_painted.connect(lambda frame: answered.append((frame.request.source, frame.device)))
    app.show()
    app.window.input.draw_sample("star")
    assert until(lambda: any(source is app.session.drawing for source, _ in answered), 60), "the drawing"
    app.window.documents.open(Path(sys.argv[1]))
    assert until(lambda: any(source is app.session.photo for source, _ in answered), 60), "the photo"
    assert until(lambda: app.wait_for_torch(0), 60), "torch"
    print("answered", *seen, flush=True)
    sys.stdin.read()  # until it has been looked at from outside
    os._exit(0)
"""


def sockets(pid: int) -> list[str]:
    """The open files of a process that are sockets, with the tables of the kernel that have them."""
    process = Path("/proc", str(pid))
    links = []
    for file in (process / "fd").iterdir():
        with suppress(FileNotFoundError):  # of one's own process: the folder that is just being listed
            links.append(str(file.readlink()))
    numbers = {link.removeprefix("socket:[").rstrip("]") for link in links if link.startswith("socket:")}
    tables = [table for table in (process / "net").iterdir() if table.is_file()]
    kinds = {number: [t.name for t in tables if re.search(rf"\b{number}\b", t.read_text())] for number in numbers}
    return [f"{number} {kind}" for number, kind in kinds.items()]


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_the_windows_process_opens_no_socket(tmp_path: Path) -> None:
    """Without a display and a desktop's bus: those are sockets of this machine, which Qt opens where they are there."""
    photo = tmp_path / "a.png"
    Image.new("RGB", (50, 50), "red").save(photo)
    buses = ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR")
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(WINDOW), str(photo)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name not in buses},
    )
    assert process.stdout
    try:
        assert process.stdout.readline() == "answered\n", "no audit event, of Python's own sockets"
        assert sockets(process.pid) == [], "nor any socket of a library"
    finally:
        process.communicate("")
    assert process.returncode == 0


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_socket_would_be_seen() -> None:
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        assert any("udp" in found for found in sockets(os.getpid()))


def test_a_bundle_has_no_network_module_of_qt(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the recipe; what was built is looked into where it is built."""
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    trim = importlib.import_module("trim")
    assert "PySide6.QtNetwork" in trim.unused_modules(("onnx", "camera"))
    for kept in ("PySide6/Qt/lib/libQt6Core.so.6", "PySide6/QtCore.abi3.so", "PySide6/Qt6Core.dll"):
        assert trim.needed(kept)
    for name in (
        "PySide6/Qt/lib/libQt6Network.so.6", "PySide6/QtNetwork.abi3.so", "PySide6\\Qt6Network.dll",
        "PySide6\\QtNetwork.pyd", "PySide6/Qt/lib/QtNetwork.framework/Versions/A/QtNetwork",
        "PySide6/Qt/plugins/tls/libqopensslbackend.so", "PySide6\\plugins\\tls\\qschannelbackend.dll",
        "PySide6/Qt/plugins/networkinformation/libqnetworkmanager.so",
    ):  # fmt: skip
        assert not trim.needed(name), name
    recipe = (ROOT / "build.spec").read_text("utf-8")
    assert "trim.unused_modules" in recipe and "trim.needed" in recipe
