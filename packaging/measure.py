"""What a Linux bundle weighs and how fast it starts, against the sources:  python packaging/measure.py dist/convlens

Size by folder; then, by turns so that a busy machine hits both alike, the time until the window can be drawn into,
until it answers, until torch answers, and the memory after a while of drawing. Prints Markdown for docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCENARIO = ["-m", "desktop_app.bench.scenario"]
STARTS = {"drawable": "window drawable after start", "answer": "first answer", "torch_answer": "first answer of torch"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", type=Path, help="the folder of the program")
    parser.add_argument("installers", type=Path, nargs="*", help="files whose size is told as well")
    parser.add_argument("--turns", type=int, default=5, help="starts of each (default: 5)")
    asked = parser.parse_args()
    sizes(asked.bundle, asked.installers)
    starts(asked.bundle / "convlens", asked.turns)
    return 0


def sizes(bundle: Path, installers: list[Path]) -> None:
    """MB are 10⁶ bytes of files, without what a file system rounds up."""
    rooms: Counter[str] = Counter()
    for file in bundle.rglob("*"):
        if file.is_file() and not file.is_symlink():
            parts = file.relative_to(bundle).parts
            rooms[room(parts[1:] if parts[0] == "_internal" else parts)] += file.stat().st_size
    print("| part | MB |\n|---|---|")
    for file in installers:
        print(f"| {file.name} | {file.stat().st_size / 1e6:.1f} |")
    print(f"| installed | {sum(rooms.values()) / 1e6:.1f} |")
    for name, size in rooms.most_common():
        print(f"| · {name} | {size / 1e6:.1f} |")


def room(parts: tuple[str, ...]) -> str:
    """What a file belongs to."""
    first = parts[0]
    if first in ("numpy.libs", "pillow.libs"):
        return {"numpy.libs": "numpy", "pillow.libs": "Pillow"}[first]
    if first == "PySide6" or first.startswith("libQt6"):
        return "ICU, for Qt" if "libicu" in parts[-1] else "Qt and PySide6"
    names = {"convlens": "the program file: all Python code, packed", "PIL": "Pillow", "libpython3": "Python"}
    if first.startswith(("libpython", "python3", "base_library")):
        return "Python"
    if len(parts) == 1 and ".so" in first:
        return "libraries of the system"
    return names.get(first, first)


def starts(program: Path, turns: int) -> None:
    commands = {"sources": [sys.executable, *SCENARIO], "bundle": [str(program), *SCENARIO]}
    found: dict[str, list[dict[str, float]]] = {name: [] for name in commands}
    held: dict[str, list[dict[str, float]]] = {name: [] for name in commands}
    for turn in range(-1, turns):  # the first fills the system's cache of files
        for name, command in commands.items():
            figures = ran([*command, "start"], spawned=time.time())
            if turn >= 0:
                found[name].append(figures)
                held[name].append(ran([*command, "memory"], **MEMORY))
    print("\n| | sources | bundle | ratio |\n|---|---|---|---|")
    for key, what in STARTS.items():
        row(what, "s", [[each[key] for each in found[name]] for name in commands])
    row("resident memory after drawing", "MB", [[each["after"] for each in held[name]] for name in commands])


MEMORY = {"rate": 500, "warm": 500, "count": 1500}
"""Points of the drawing, and how many a second."""


def row(what: str, unit: str, values: list[list[float]]) -> None:
    """Medians, and the median of the ratios of each turn."""
    here, there = map(statistics.median, values)
    ratio = statistics.median(b / a for a, b in zip(*values, strict=True))
    print(f"| {what} | {here:.3g} {unit} | {there:.3g} {unit} | {ratio:.2f} |")


def ran(command: list[str], **parameters: object) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as home:
        environment = {
            **os.environ, "CONVLENS_HOME": home, "OMP_WAIT_POLICY": "passive", "QT_QPA_PLATFORM": "offscreen",
        }  # fmt: skip
        words = [*command, json.dumps(parameters)]
        done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


if __name__ == "__main__":
    sys.exit(main())
