"""The file that needs no administrator: a shell script that checks, unpacks and installs what follows it in the file.

Script, tools (.tar.gz: what the script needs and a bare system lacks), payload (.tar.xz: the Debian package's own, so
that 600 MB are compressed once).
"""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path

from linux import deb

HERE = Path(__file__).resolve().parent
SPARE = 64 * 1024
"""Kilobytes of room that is asked for beyond what will be installed."""


def build(package: Path, bundle: Path, version: str, out: Path, work: Path) -> Path:
    """package: the Debian package of the bundle, which lends its payload."""
    tools = work / "tools"
    shutil.rmtree(tools, ignore_errors=True)
    (tools / "spare").mkdir(parents=True)
    xz = Path(shutil.which("xz") or "/usr/bin/xz").resolve()
    for file in (xz, library_of(xz, "liblzma.so.5")):
        shutil.copy(file, tools)
    for name, place in deb.unresolved(bundle).items():
        shutil.copy(place, tools / "spare" / name)
    shutil.copy(HERE / "uninstall.sh", tools)
    deb.share(tools / "share")
    target = out / f"convlens-{version}-linux-x86_64.run"
    kilobytes = deb.size(bundle) // 1024 + SPARE
    target.write_bytes(assembled(version, deb.glibc(bundle), kilobytes, packed(tools), member(package, "data.tar.xz")))
    target.chmod(0o755)
    return target


def assembled(version: str, glibc: str, kilobytes: int, tools: bytes, payload: bytes) -> bytes:
    """The whole file."""
    script = (HERE / "install.sh").read_text("utf-8")
    values: dict[str, object] = {
        "VERSION": version, "GLIBC": glibc, "NEEDED_KB": kilobytes, "TOOLS_SIZE": len(tools),
        "PAYLOAD_SIZE": len(payload), "SHA256": hashlib.sha256(tools + payload).hexdigest(),
        "LINES": script.count("\n"),
    }  # fmt: skip
    head = b""
    while True:  # its length stands in it
        at = len(head)
        head = filled(script, {**values, "TOOLS_AT": at, "PAYLOAD_AT": at + len(tools)}).encode()
        if len(head) == at:
            return head + tools + payload


def filled(script: str, values: Mapping[str, object]) -> str:
    """With each @NAME@ replaced; raises KeyError for one that has no value."""
    return re.sub(r"@([A-Z0-9_]+)@", lambda found: str(values[found[1]]), script)


def packed(folder: Path) -> bytes:
    """As .tar.gz, owned by nobody in particular."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for path in sorted(folder.rglob("*")):
            entry = archive.gettarinfo(path, path.relative_to(folder).as_posix())
            entry.uid = entry.gid = 0
            entry.uname = entry.gname = "root"
            entry.mode = 0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644
            if path.is_dir():
                archive.addfile(entry)
            else:
                with path.open("rb") as data:
                    archive.addfile(entry, data)
    return stream.getvalue()


def member(package: Path, name: str) -> bytes:
    """A member of an `ar` archive, which a Debian package is. Raises ValueError where there is none of that name."""
    data = package.read_bytes()
    at = len(b"!<arch>\n")
    while at < len(data):
        length = int(data[at + 48 : at + 58])
        if data[at : at + 16].decode().strip().rstrip("/") == name:
            return data[at + 60 : at + 60 + length]
        at += 60 + length + length % 2
    raise ValueError(f"{package} has no {name}")


def library_of(program: Path, name: str) -> Path:
    listing = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    found = re.search(rf"{re.escape(name)} => (\S+)", listing)
    if not found:
        raise ValueError(f"{program} does not use {name}; carry along what it uses instead")
    return Path(found[1]).resolve().parent / name
