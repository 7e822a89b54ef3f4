"""The version, which desktop_app/__init__.py says, in the form that Windows shows under Properties ▸ Details."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_RESOURCE = """\
VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3F, flags=0x0, OS=0x40004, fileType=0x1, subtype=0),
  kids=[
    StringFileInfo([StringTable("040904B0", [
      StringStruct("CompanyName", "ConvLens contributors"),
      StringStruct("FileDescription", "ConvLens"),
      StringStruct("FileVersion", "{version}"),
      StringStruct("InternalName", "convlens"),
      StringStruct("LegalCopyright", "MIT licence; see the folder licences"),
      StringStruct("OriginalFilename", "convlens.exe"),
      StringStruct("ProductName", "ConvLens"),
      StringStruct("ProductVersion", "{version}"),
    ])]),
    VarFileInfo([VarStruct("Translation", [0x0409, 0x04B0])]),
  ],
)
"""


def version() -> str:
    """Such as 0.1.0; read without importing the program."""
    text = (ROOT / "desktop_app" / "__init__.py").read_text("utf-8")
    found = re.search(r'^__version__ = "(\d+\.\d+\.\d+)"', text, re.MULTILINE)
    if not found:
        raise ValueError("desktop_app/__init__.py names no version such as 0.1.0")
    return found[1]


def resource(of: str) -> str:
    """The text that PyInstaller reads; Windows has four numbers."""
    numbers = (*map(int, of.split(".")), 0)
    return _RESOURCE.format(numbers=numbers, version=of)


def written(folder: Path) -> Path:
    target = folder / "version_info.txt"
    target.write_text(resource(version()), "utf-8")
    return target
