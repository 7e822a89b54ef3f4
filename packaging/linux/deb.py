"""The Debian package, for whoever may install for all users of a machine."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pictures

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PROGRAM = "usr/lib/convlens"
LEVEL = "-z6"
"""Of xz: the default. Higher levels take more memory to unpack than a small laptop has to spare."""

_CONTROL = """\
Package: convlens
Version: {version}
Architecture: amd64
Maintainer: ConvLens contributors <convlens@users.noreply.github.com>
Installed-Size: {kilobytes}
Depends: {depends}
Section: education
Priority: optional
Description: look inside an image classifier while it works
 Draw a shape or drop a photo: a convolutional network reads it, and every
 layer's feature maps and every probability move while the pen moves. Everything
 is in this package: Python, torch, Qt and three trained models. It needs no
 network and has none.
"""


def build(bundle: Path, version: str, out: Path, work: Path) -> Path:
    """bundle: the folder that PyInstaller made."""
    tree = work / "deb"
    shutil.rmtree(tree, ignore_errors=True)
    program = tree / PROGRAM
    shutil.copytree(bundle, program, symlinks=True)
    (tree / "usr" / "bin").mkdir(parents=True)
    (tree / "usr" / "bin" / "convlens").symlink_to("../lib/convlens/convlens")
    share(tree / "usr" / "share")
    documents = tree / "usr" / "share" / "doc" / "convlens"
    documents.mkdir(parents=True)
    (documents / "copyright").write_text(
        "ConvLens: MIT licence. What it is made of has licences of its own: /usr/lib/convlens/licences/README.txt\n\n"
        + (ROOT / "LICENSE").read_text("utf-8"),
        "utf-8",
    )
    control = tree / "DEBIAN"
    control.mkdir()
    depends = ", ".join([f"libc6 (>= {glibc(bundle)})", *packages_of(unresolved(bundle))])
    kilobytes = size(tree) // 1024
    (control / "control").write_text(_CONTROL.format(version=version, kilobytes=kilobytes, depends=depends), "utf-8")
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    target = out / f"convlens_{version}_amd64.deb"
    command = ["dpkg-deb", "--root-owner-group", "-Zxz", LEVEL, "--build", str(tree), str(target)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(tree)
    return target


def share(folder: Path) -> None:
    """What a desktop shows of a program: menu entry, icons, and the kind of file that it opens."""
    for source, target in (("convlens.desktop", "applications"), ("convlens.xml", "mime/packages")):
        (folder / target).mkdir(parents=True)
        shutil.copy(HERE / source, folder / target)
    icons = folder / "icons" / "hicolor"
    for side in pictures.PNG_SIDES:
        apps = icons / f"{side}x{side}" / "apps"
        apps.mkdir(parents=True)
        pictures.png(apps, side).rename(apps / "convlens.png")
    for kind, name in (("apps", "convlens"), ("mimetypes", "application-x-convlens-session")):
        (icons / "scalable" / kind).mkdir(parents=True)
        shutil.copy(pictures.SVG, icons / "scalable" / kind / f"{name}.svg")


def size(folder: Path) -> int:
    """Bytes of all files."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink())


def glibc(bundle: Path) -> str:
    """The oldest glibc that every library and the program itself can be loaded with."""
    needed = (2, 17)
    for file in elf_files(bundle):
        versions = re.findall(rb"\0GLIBC_2\.(\d+)(?=[.\d]*\0)", file.read_bytes())
        needed = max(needed, *((2, int(minor)) for minor in versions), needed)
    return ".".join(map(str, needed))


def unresolved(bundle: Path) -> dict[str, Path]:
    """Libraries that the bundle's files ask for and that it does not hold: name to where this machine has them."""
    found: dict[str, Path] = {}
    inside = {file.name for file in bundle.rglob("*.so*")}
    listing = subprocess.run(["ldd", *elf_files(bundle)], capture_output=True, text=True, check=False).stdout
    for name, place in re.findall(r"^\t(\S+) => (.+?)(?: \(0x[0-9a-f]+\))?$", listing, re.MULTILINE):
        if name in inside or re.match(r"(libc|libm|libdl|libpthread|librt|libutil|libresolv)\.so|ld-", name):
            continue
        if place == "not found":
            raise ValueError(f"{name} is missing here: install the package that has it, and build again")
        found[name] = Path(place)
    return found


def packages_of(libraries: Iterable[str]) -> list[str]:
    """Packages of Debian and Ubuntu. Raises ValueError for a library whose package is not known."""
    sys.path.insert(0, str(ROOT / "scripts"))
    from system_libraries import PACKAGES

    if unknown := sorted(set(libraries) - PACKAGES.keys() - LEFT_TO_OTHERS):
        raise ValueError(f"which package has {', '.join(unknown)}? Add it to scripts/system_libraries.py")
    return sorted({PACKAGES[name] for name in libraries if name in PACKAGES} | DATA)


DATA = {"fontconfig-config", "xkb-data"}
"""What libraries in the bundle read: which fonts there are, and keyboards."""
LEFT_TO_OTHERS = {"libGLdispatch.so.0"}
"""Comes with another one's package."""


def elf_files(bundle: Path) -> list[Path]:
    files = [bundle / "convlens", *bundle.rglob("*.so*")]
    return sorted(file for file in files if file.is_file() and not file.is_symlink())
