"""Proves the Linux installers in a bare Debian without a network:  sudo .venv/bin/python packaging/prove.py dist

Needs what builds them, and debootstrap, util-linux, xvfb and xdotool. For each installer a new Debian is made, ConvLens
is installed, used as a pupil would, broken on purpose, and removed; whatever is amiss ends this with a message.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from proof import samples
from proof.room import HOME, USER, Room
from proof.screen import Pixels, Screen, canvas, changed

HERE = Path(__file__).resolve().parent

RUN_FILE_PROGRAM = f"{HOME}/.local/opt/convlens"
DEB_PROGRAM = "/usr/lib/convlens"
BROKEN = {
    "icon": "_internal/resources/icons/play.svg",
    "font": "_internal/resources/fonts/ConvLensSans-Medium.otf",
    "translation": "_internal/PySide6/Qt/translations/qtbase_de.qm",
    "model": "_internal/models/shapes-lenet/weights.safetensors",
    "plug-in": "_internal/PySide6/Qt/plugins/platforms/libqxcb.so",
    "library": "_internal/torch/lib/libtorch_python.so",
}
OF_OTHERS = re.compile(rf"var/(lib/dpkg|log|cache|lib/apt)/|home/{USER}/\.(cache|config)|tmp/\.X")
"""What programs other than ConvLens write while it is installed and used: dpkg's records, fontconfig's cache, and
the folder that Qt's file dialogs remember."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("installers", type=Path, help="the folder that packaging/build.py has filled")
    parser.add_argument("--work", type=Path, default=Path("/var/tmp/convlens-proof"), help="2 GB of room")
    parser.add_argument("--only", choices=("deb", "run"), help="one of the two installers")
    asked = parser.parse_args()
    if os.geteuid() != 0:
        raise SystemExit("This makes file systems and cuts networks off: run it as root.")
    screen = Screen()
    try:
        for kind in [asked.only] if asked.only else ["run", "deb"]:
            prove(kind, asked.installers, asked.work, screen)
    finally:
        screen.close()
    print("Proved.")
    return 0


def prove(kind: str, installers: Path, work: Path, screen: Screen) -> None:
    (installer,) = installers.glob(f"convlens[-_]*.{kind}")
    step(f"{installer.name}: a bare Debian")
    packages = [] if kind == "run" else needed(installer)
    room = Room(work / kind, work / "cache", packages)
    if room.run("sh", "-c", "tail -n +3 /proc/net/dev | grep -v '^ *lo:' || true").strip():
        raise RuntimeError("there is a network in there")
    before = room.files()

    step("installing, with the network cut off")
    stick = room.bring(installer, f"/media/{installer.name}")
    if kind == "run":
        room.run("sh", stick, "--silent")
        convlens, program = f"{HOME}/.local/bin/convlens", RUN_FILE_PROGRAM
    else:
        room.run("dpkg", "--install", stick, root=True)
        convlens, program = "convlens", DEB_PROGRAM
    print("   ", round(disk(room.path(program)) / 1e6), "MB installed")

    step("checking itself, with a training step")
    print(room.run(convlens, "selfcheck"), end="")
    step("the demo")
    told = room.run(convlens, "demo", f"{HOME}/demo.png")
    if not re.search(r"^ *circle +9\d\.", told, re.MULTILINE) or "numpy" in told.splitlines()[0]:
        raise RuntimeError(f"the demo's circle was not recognised by torch:\n{told}")
    classified(room, convlens)
    drawn(room, convlens, screen, work)
    opened(room, convlens, screen, work)
    if kind == "run":  # both hold the same files
        broken(room, convlens, program)
    removed(kind, room, program, before, stick)


def removed(kind: str, room: Room, program: str, before: set[str], stick: str) -> None:
    step("removing it")
    if kind == "run":
        room.run("sh", f"{program}/uninstall.sh", "--silent", "--with-settings")
    else:
        room.run("dpkg", "--purge", "convlens", root=True)
        shutil.rmtree(room.path(f"{HOME}/.local/share/ConvLens"), ignore_errors=True)  # of each user, and stays
        for folder in (".local/share", ".local"):
            room.path(f"{HOME}/{folder}").rmdir()
    for mine in ("demo.png", "circle.convlens", *(file.name for file in room.path(HOME).glob("sample-*"))):
        room.path(f"{HOME}/{mine}").unlink()
    room.path(stick).unlink()
    if kind == "deb":  # each user's own; cleared when the machine starts anew
        for folder in (*room.path("/tmp").glob("convlens-*"), *room.path("/tmp").glob("torchinductor_*")):
            shutil.rmtree(folder)
    left = sorted(name for name in room.files() ^ before if not OF_OTHERS.match(name))
    if left:
        raise RuntimeError(f"left behind, or missing: {', '.join(left[:20])}")
    shutil.rmtree(room.folder)


def step(what: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {what}", flush=True)


def needed(package: Path) -> list[str]:
    """What the package says that it depends on."""
    command = ["dpkg-deb", "--field", str(package), "Depends"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [name.split()[0] for name in said.split(",")]


def disk(folder: Path) -> int:
    return sum(file.lstat().st_size for file in folder.rglob("*") if not file.is_dir())


def classified(room: Room, convlens: str) -> None:
    """Answers are those of the sources, and right where that is certain."""
    step("classifying drawings and photos")
    with tempfile.TemporaryDirectory() as folder:
        files = samples.pictures(Path(folder))
        lines = samples.strokes(Path(folder))
        inside = [room.bring(file, f"{HOME}/sample-{file.name}") for file in (*files, lines)]
        for words in (["--model", "everyday"], ["--model", "photos-simple"], ["--model", "shapes-lenet"]):
            there = room.run(convlens, "classify", *inside[:-1], "--json", *words)
            here = source("classify", *map(str, files), "--json", *words)
            for one, other in zip(json.loads(there), json.loads(here), strict=True):
                same(one, other)
        told = json.loads(room.run(convlens, "classify-drawings", inside[-1], "--json"))
        right = json.loads(source("classify-drawings", str(lines), "--json"))
        same(told, right)
        if "circle" not in json.dumps(told):
            raise RuntimeError(f"a drawn circle is answered by {told}")


def source(*words: str) -> str:
    command = [sys.executable, "-m", "desktop_app", *words]
    return subprocess.run(command, cwd=HERE.parent, capture_output=True, text=True, check=True).stdout


def same(one: object, other: object) -> None:
    """Equal but for the names of files, and numbers to a thousandth."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for key in one.keys() - {"file", "path"}:
            same(one[key], other[key])
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for left, right in zip(one, other, strict=True):
            same(left, right)
    elif isinstance(one, float) and isinstance(other, float):
        if abs(one - other) > 1e-3:
            raise RuntimeError(f"{one} where the sources answer {other}")
    elif one != other:
        raise RuntimeError(f"{one} where the sources answer {other}")


def drawn(room: Room, convlens: str, screen: Screen, work: Path) -> None:
    """A circle drawn with the mouse is seen on the canvas, in the maps and in the bars, and saved as a session."""
    step("drawing a circle with the mouse")
    window = room.start(convlens)
    try:
        empty = screen.wait("the window", lambda picture: canvas(picture) is not None)
        place = canvas(empty)
        assert place
        time.sleep(8)  # torch takes over meanwhile
        empty = screen.seen()
        screen.circle(*place)
        try:
            screen.wait("the answer", lambda full: min(shares(empty, full)) > 0.005)
        finally:
            screen.save(work / "drawn.png")
        time.sleep(2)
        parts = shares(empty, screen.seen())
        step(f"changed: canvas {parts[0]:.1%}, maps {parts[1]:.1%}, answer {parts[2]:.1%}; saving the session")
        screen.focus("ConvLens")
        screen.do("key", "ctrl+s")
        time.sleep(4)
        screen.save(work / "saving.png")
        screen.do("key", "ctrl+a")
        screen.do("type", "--delay", 30, f"{HOME}/circle.convlens")
        screen.do("key", "Return")
        file = room.path(f"{HOME}/circle.convlens")
        screen.wait("the saved session", lambda _: file.exists())
    finally:
        closed(window, screen)
    with zipfile.ZipFile(file) as archive:
        (stroke,) = json.loads(archive.read("session.json"))["drawing"]
    if len(stroke["points"]) < 20:
        raise RuntimeError(f"the saved circle has {len(stroke['points'])} points only")


def shares(before: Pixels, after: Pixels) -> list[float]:
    """Of the canvas, of the maps and of the answer, how much has changed."""
    return [changed(before, after, *part) for part in ((0, 0.2), (0.22, 0.8), (0.83, 1))]


def opened(room: Room, convlens: str, screen: Screen, work: Path) -> None:
    step("opening the session")
    window = room.start(convlens, f"{HOME}/circle.convlens")
    try:
        screen.wait("the circle", lambda picture: (picture[:, : picture.shape[1] // 5] == 255).all(axis=2).sum() > 900)
        time.sleep(6)
        screen.save(work / "opened.png")
    finally:
        closed(window, screen)


def closed(window: subprocess.Popen[str], screen: Screen) -> None:
    """By its own menu; raises RuntimeError where it complained."""
    if window.poll() is None:
        screen.focus("ConvLens")
        screen.do("key", "ctrl+q")
    try:
        told = window.communicate(timeout=60)[0]
    except subprocess.TimeoutExpired:
        window.kill()
        raise RuntimeError("the window does not close") from None
    if window.returncode or "Traceback" in told:
        raise RuntimeError(f"the window ended with {window.returncode}:\n{told}")


def broken(room: Room, convlens: str, program: str) -> None:
    """What is damaged is noticed, also where nobody has a list of what there should be."""
    listing = room.path(f"{program}/contents.sha256")
    told = listing.read_bytes()
    listing.unlink()
    for what, name in BROKEN.items():
        file = room.path(f"{program}/{name}")
        whole, half = file.with_name(file.name + ".whole"), file.stat().st_size // 2
        file.rename(whole)
        with whole.open("rb") as stream:
            file.write_bytes(stream.read(half))
        said = room.run(convlens, "selfcheck", fails=True)
        found = [line for line in said.splitlines() if line.startswith("BROKEN ")]
        step(f"a broken {what}: {found[0][:120] if found else said.splitlines()[-1][:120]}")
        whole.replace(file)
    listing.write_bytes(told)
    print(room.run(convlens, "selfcheck").splitlines()[-1])


if __name__ == "__main__":
    sys.exit(main())
