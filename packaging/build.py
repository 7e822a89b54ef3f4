"""Builds ConvLens and every installer that this system can make:  python packaging/build.py

Needs the extra `build` (pip install -e ".[build]"). Linux: a .deb, and a .run, which needs no administrator (with
dpkg-deb and xz-utils); Windows: a .exe (with NSIS); macOS: a .dmg. SHA256SUMS beside them. See docs/installers.md.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="where installers go (default: dist)")
    parser.add_argument("--bundle", type=Path, help="make installers of this bundle instead of building one")
    parser.add_argument("--bundle-only", action="store_true", help="no installers")
    parser.add_argument("--with", dest="extras", default="", metavar="onnx,camera", help="optional parts to include")
    asked = parser.parse_args()
    work = ROOT / "build" if asked.out == ROOT / "dist" else asked.out / "work"
    asked.out.mkdir(parents=True, exist_ok=True)
    bundle = asked.bundle or built(asked.out, work, asked.extras)
    checked(bundle)
    if not asked.bundle_only:
        made = installers(bundle, asked.out, work)
        sums(asked.out, made)
        for file in made:
            print(f"{file}: {file.stat().st_size / 1e6:.1f} MB")
    return 0


def built(out: Path, work: Path, extras: str) -> Path:
    command = [sys.executable, "-m", "PyInstaller", "build.spec", "--noconfirm"]
    environment = {**os.environ, "CONVLENS_EXTRAS": extras}
    subprocess.run([*command, "--distpath", out, "--workpath", work], cwd=ROOT, env=environment, check=True)
    return out / "convlens"


def checked(bundle: Path) -> None:
    """Raises CalledProcessError when something in it does not work."""
    program = bundle / ("convlens.exe" if sys.platform == "win32" else "convlens")
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run([program, "selfcheck"], env=environment, check=True)
    subprocess.run([program, "demo", bundle.parent / "demo.png"], env=environment, check=True)


def installers(bundle: Path, out: Path, work: Path) -> list[Path]:
    """The modules of other systems are not imported: they ask for what only their system has."""
    import version_info

    version = version_info.version()
    work.mkdir(parents=True, exist_ok=True)
    match sys.platform:
        case "linux":
            from linux import deb, run_file

            package = deb.build(bundle, version, out, work)
            return [package, run_file.build(package, bundle, version, out, work)]
        case "win32":
            from windows import setup

            return [setup.build(bundle, version, out, work)]
        case "darwin":
            from macos import dmg

            return [dmg.build(bundle.parent / "ConvLens.app", version, out, work)]
        case other:
            raise SystemExit(f"There is no installer for {other}; the bundle is in {bundle}.")


def sums(out: Path, files: list[Path]) -> None:
    import contents

    lines = [f"{contents.digest(file)}  {file.name}\n" for file in files]
    (out / "SHA256SUMS").write_text("".join(lines), "utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main())
