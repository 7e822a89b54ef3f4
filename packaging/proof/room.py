"""A bare Debian to install into: a root file system of its own, the network cut off, and a user without any rights."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

USER = "pupil"
HOME = f"/home/{USER}"
_MOUNT = """\
set -e
mount --make-rprivate /
mount -t proc proc "$ROOM/proc"
mount -t tmpfs tmpfs "$ROOM/dev"
for node in null zero full random urandom tty; do : >"$ROOM/dev/$node"; mount --bind /dev/$node "$ROOM/dev/$node"; done
mkdir -m 1777 "$ROOM/dev/shm"
mkdir -p "$ROOM/tmp/.X11-unix"
if [ -n "${X_SOCKETS:-}" ]; then mount --bind "$X_SOCKETS" "$ROOM/tmp/.X11-unix"; fi
exec chroot --userspec="$WHO" "$ROOM" env -i HOME="$WHERE" LANG=C.UTF-8 \
    PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin ${DISPLAY:+DISPLAY=$DISPLAY} "$@"
"""


class Room:
    """Needs root, debootstrap and util-linux. The mirror is the one that this machine's debootstrap knows."""

    def __init__(self, folder: Path, cache: Path, packages: Sequence[str] = ()) -> None:
        """packages: of Debian, beside the smallest set there is (`minbase`). cache: keeps such systems."""
        self.folder = folder
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        cache.mkdir(parents=True, exist_ok=True)
        suite = platform.freedesktop_os_release()["VERSION_CODENAME"]
        kept = cache / f"{suite}-{hashlib.sha256(' '.join(packages).encode()).hexdigest()[:12]}.tar"
        if not kept.exists():
            include = [f"--include={','.join(packages)}"] if packages else []
            command = ["debootstrap", "--variant=minbase", *include, suite, str(folder)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            subprocess.run(["tar", "--create", "--file", kept, "--directory", folder, "."], check=True)
        else:
            subprocess.run(["tar", "--extract", "--file", kept, "--directory", folder], check=True)
        self.run("useradd", "--create-home", "--shell", "/bin/sh", USER, root=True)
        (folder / "tmp" / ".X11-unix").mkdir(mode=0o1777, exist_ok=True)

    def command(self, *words: str, root: bool = False) -> tuple[list[str], dict[str, str]]:
        """What to start for `words` to run in there, and the environment for it."""
        namespaces = ["unshare", "--net", "--mount", "--pid", "--ipc", "--fork", "--kill-child"]
        who, where = ("0:0", "/root") if root else (f"{USER}:{USER}", HOME)
        environment = {**os.environ, "ROOM": str(self.folder.resolve()), "WHO": who, "WHERE": where}
        return [*namespaces, "sh", "-c", _MOUNT, "sh", *words], environment

    def run(self, *words: str, root: bool = False, fails: bool = False) -> str:
        """What it printed, on both streams. Raises RuntimeError where it ended otherwise than expected."""
        command, environment = self.command(*words, root=root)
        done = subprocess.run(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        if (done.returncode != 0) != fails:
            raise RuntimeError(f"{' '.join(words)} ended with {done.returncode}:\n{done.stdout}")
        return done.stdout

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Goes on in the background, as the user."""
        command, environment = self.command(*words)
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def files(self) -> set[str]:
        """All that there is, folders too."""
        return {str(path.relative_to(self.folder)) for path in self.folder.rglob("*")}

    def path(self, inside: str) -> Path:
        """A file of the room as this machine sees it."""
        return self.folder / inside.lstrip("/")

    def bring(self, file: Path, inside: str) -> str:
        """As on a stick: the user may read it, and not write it."""
        target = self.path(inside)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
        return inside
