"""Libraries of the operating system that Qt needs on Linux: find what is missing, name or install the packages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from trouble import Trouble, say

PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libglx0",
    "libICE.so.6": "libice6",
    "libOpenGL.so.0": "libopengl0",
    "libSM.so.6": "libsm6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libpcre2-8.so.0": "libpcre2-8-0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libzstd.so.1": "libzstd1",
}
"""Library file -> package of Debian and Ubuntu."""

FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
FONTS_PACKAGE = "fonts-dejavu-core"


def window_platform(environment: Mapping[str, str] = os.environ) -> str | None:
    """Qt's name for what would show a window here; None without a display, also one that Qt is told not to use."""
    if asked := environment.get("QT_QPA_PLATFORM", "").split(":")[0].split(";")[0]:
        return None if asked in ("offscreen", "minimal") else asked
    if sys.platform != "linux":
        return "native"
    if environment.get("WAYLAND_DISPLAY"):
        return "wayland"
    return "xcb" if environment.get("DISPLAY") else None


def ensure(python: Path, platform: str) -> None:
    """Make sure that Qt in the environment of `python` finds its libraries and a font. Raises Trouble."""
    if sys.platform != "linux":
        return
    missing = _missing(python, platform)
    wanted = {PACKAGES[library] for library in missing if library in PACKAGES}
    if not any(_fonts()):
        wanted.add(FONTS_PACKAGE)
    if wanted:
        install(sorted(wanted), f"Qt needs {', '.join(missing) or 'a font'}")
        missing = _missing(python, platform)
    if missing:
        raise Trouble(f"Qt needs these libraries, which this system does not have: {', '.join(missing)}")


def install(packages: Sequence[str], why: str) -> None:
    """Install packages of Debian or Ubuntu where we may; else raise Trouble with the one line to run."""
    if not shutil.which("apt-get"):
        names = " ".join(packages)
        raise Trouble(f"{why}. Install it and run this again; on Debian the packages are called {names}.")
    if os.geteuid() != 0:
        raise Trouble(f"{why}. Run this, then try again:\n    sudo apt install {' '.join(packages)}")
    say(f"{why}: installing {' '.join(packages)}")
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    quietly = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=quietly, capture_output=True, text=True, check=False)
    if done.returncode:  # a fresh system has no package lists yet
        subprocess.run(["apt-get", "update", "-qq"], env=quietly, capture_output=True, check=False)
        done = subprocess.run(command, env=quietly, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Trouble(f"{why}, and apt-get failed:\n{done.stderr.strip()}")


def _missing(python: Path, platform: str) -> list[str]:
    """Names of the libraries that the loader does not find for Qt's modules and for its plug-in `platform`."""
    find = "import importlib.util as u; print(u.find_spec('PySide6').submodule_search_locations[0])"
    pyside = Path(subprocess.run([python, "-c", find], capture_output=True, text=True, check=True).stdout.strip())
    files = [*pyside.glob("Qt[CGSW]*.abi3.so"), *pyside.glob(f"Qt/plugins/platforms/libq{platform}.so")]
    listing = subprocess.run(["ldd", *files], capture_output=True, text=True, check=False).stdout
    return sorted({line.split()[0] for line in listing.splitlines() if line.endswith("=> not found")})


def _fonts() -> Iterable[Path]:
    return (file for folder in FONT_FOLDERS for file in Path(folder).expanduser().rglob("*.[ot]t[cf]"))
