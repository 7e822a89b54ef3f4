"""The licences of everything in a bundle, collected from the packages that it was built from: the folder `licences`."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from importlib.metadata import Distribution, distribution, packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEXTS = Path(__file__).resolve().parent / "texts"
TEXT_NAME = re.compile(r"(licen[cs]e|copying|notice|authors)", re.IGNORECASE)

_QT = """\
Qt and Qt for Python (PySide6, shiboken6), version {version}, are used under the GNU Lesser General Public License,
version 3: LGPL-3.0.txt here, which builds upon GPL-3.0.txt. Both are included as the shared libraries of the package
PySide6-Essentials of PyPI, their code unchanged, in the folder PySide6 beside the program's other files. You may
replace them by builds of your own with the same interfaces. Their sources:
  https://download.qt.io/official_releases/QtForPython/pyside6/
  https://download.qt.io/official_releases/qt/
"""


def write(folder: Path, modules: Iterable[str], libraries: Iterable[str]) -> None:
    """modules: names of all that are in the bundle. libraries: paths, here, of its compiled files.

    Raises ValueError for a package that names no licence.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    lines = ["ConvLens: MIT (ConvLens.txt)", f"Python {sys.version.split()[0]}: PSF-2.0 (Python.txt)"]
    shutil.copy(ROOT / "LICENSE", folder / "ConvLens.txt")
    shutil.copy(_python(), folder / "Python.txt")
    for own in TEXTS.glob("*.txt"):
        shutil.copy(own, folder)
    parts = [*packages(modules), distribution("pyinstaller")]  # whose starter the program file begins with
    lines += [f"{part.name} {part.version}: {named(part)} ({_copied(part, folder)})" for part in parts]
    lines += [f"{name}: {where}" for name, where in _of_the_system(libraries, folder)]
    lines += _resources(folder)
    qt = _QT.format(version=distribution("PySide6-Essentials").version)
    text = "\n".join(["What ConvLens is made of, and under which licences.", "", *lines, "", qt, *_models()])
    (folder / "README.txt").write_text(text, "utf-8")


def packages(modules: Iterable[str]) -> list[Distribution]:
    """The installed packages that these modules belong to, by name."""
    owners = packages_distributions()
    tops = {module.split(".")[0] for module in modules}
    names = {name for top in tops for name in owners.get(top, ())} - {"convlens"}
    return [distribution(name) for name in sorted(names, key=str.lower)]


def named(package: Distribution) -> str:
    """Its licence in a word. Raises ValueError when it says none."""
    fields = {key: package.metadata[key] for key in ("License-Expression", "License") if key in package.metadata}
    said = next((str(value) for value in fields.values() if value), "")
    if not said or "\n" in said.strip():  # some put the whole text there
        classes = package.metadata.get_all("Classifier") or []
        found = [line.rsplit(" :: ", 1)[1] for line in classes if line.startswith("License ::")]
        said = ", ".join(found) or said.strip().split("\n")[0]
    if not said:
        raise ValueError(f"{package.name} names no licence: find out, and say so in {__file__}")
    return said


def _copied(package: Distribution, folder: Path) -> str:
    """Its texts, with those of what it holds itself, go into a folder of its own."""
    own = folder / package.name
    for file in package.files or ():
        parts = file.parts
        if len(parts) < 2 or not parts[0].endswith(".dist-info"):
            continue
        inside = parts[2:] if parts[1] == "licenses" else parts[1:]
        if inside and (parts[1] == "licenses" or TEXT_NAME.search(file.name)):
            target = own.joinpath(*inside)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(Path(str(file.locate())), target)
    return f"folder {own.name}" if own.is_dir() else "no text in its package"


def _python() -> Path:
    places = [Path(sysconfig.get_path("stdlib")), Path(sys.base_prefix)]
    for place in places:
        for name in ("LICENSE.txt", "LICENSE"):
            if (place / name).is_file():
                return place / name
    raise FileNotFoundError(f"Python's own licence is in none of {', '.join(map(str, places))}")


def _of_the_system(libraries: Iterable[str], folder: Path) -> list[tuple[str, str]]:
    """Libraries of the building machine that came along; on Debian and Ubuntu with what their packages say of them."""
    homes = (sys.prefix, sys.base_prefix)
    foreign = sorted({Path(file).name for file in libraries if not file.startswith(homes)})
    if not foreign or not shutil.which("dpkg-query"):
        return [(name, "a library of the system that this was built on") for name in foreign]
    target = folder / "system libraries"
    target.mkdir()
    found = []
    for name in foreign:
        answer = subprocess.run(["dpkg-query", "--search", f"*/{name}"], capture_output=True, text=True, check=False)
        package = answer.stdout.split(":")[0].split(",")[0]
        text = Path("/usr/share/doc", package, "copyright")
        if package and text.is_file():
            shutil.copy(text, target / f"{package}.txt")
            found.append((name, f"system libraries/{package}.txt"))
        else:
            found.append((name, "a library of the system that this was built on"))
    return found


def _resources(folder: Path) -> list[str]:
    shutil.copy(ROOT / "resources" / "fonts" / "OFL.txt", folder / "ConvLens Sans.txt")
    shutil.copy(ROOT / "resources" / "icons" / "LICENSE-lucide", folder / "Lucide.txt")
    return [
        "ConvLens Sans, cut down from Inter: SIL OFL 1.1 (ConvLens Sans.txt)",
        "Icons from Lucide: ISC and MIT (Lucide.txt)",
    ]


def _models() -> list[str]:
    """The embedded models, as their cards say, and what they were trained on."""
    lines = ["The embedded models:"]
    for file in sorted((ROOT / "models").glob("*/card.json")):
        card = json.loads(file.read_text("utf-8"))
        lines.append(f"  {card['name']}: {card['licence']}")
        for datum in card.get("training", {}).get("data", ()):
            words = [str(datum[key]) for key in ("name", "origin", "licence") if datum.get(key)]
            lines.append(f"    trained on {' · '.join(words)}")
    return [*lines, ""]
