"""Python packages, by pip with the person's own pip configuration, told in a few lines; pip's own go to a log."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from trouble import Trouble, say

CPU_BUILDS = "https://download.pytorch.org/whl/cpu"
"""On Linux PyPI's torch brings several GB of CUDA along; the builds without it live here."""

PACKAGE = re.compile(r"(?:Downloading|Processing) (?:\S*/)?([^-\s]+-\d[^-]*)-\S+\.whl(?: (\(.+\)))?")
NO_NETWORK = re.compile(
    r"name resolution|Name or service not known|getaddrinfo failed|nodename nor servname|Network is unreachable|"
    r"NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|Max retries exceeded"
)


def install(python: Path, project: Path, extras: Sequence[str], *, log: Path) -> None:
    """Install `project` and its dependencies into the environment of `python`, torch first. Raises Trouble."""
    log.write_text("", encoding="utf-8")
    _install_torch(python, project, log)
    say("Installing ConvLens and the libraries that it uses")
    target = f"{project}[{','.join(extras)}]" if extras else str(project)
    _pip(python, log, "--editable", target)


def _install_torch(python: Path, project: Path, log: Path) -> None:
    """Put torch and torchvision in place, on Linux the builds for the CPU alone wherever they can be had."""
    torch, torchvision = (_pin(project, name) for name in ("torch", "torchvision"))
    if sys.platform != "linux" or _installed(python, torch):
        return  # elsewhere PyPI's builds are the right ones
    say(f"Installing {torch} for the CPU (about 200 MB to download)")
    no_cuda = ("--no-deps", f"{torch}+cpu")
    try:
        _pip(python, log, *no_cuda)  # from wherever the person's pip looks
    except NotThere:
        try:
            quickly = ("--timeout", "15", "--retries", "1", "--index-url", CPU_BUILDS)
            _pip(python, log, *quickly, *no_cuda, f"{torchvision}+cpu")
        except (NotThere, Unreachable):
            say(f"{CPU_BUILDS} gave none. Taking the standard build, with CUDA: several GB to download.")


class NotThere(Trouble):
    """Nobody offers a fitting build of the package."""


class Unreachable(Trouble):
    """The package index does not answer."""


def _pin(project: Path, name: str) -> str:
    """The line `name==version` among the project's dependencies."""
    import tomllib  # not at the top: it came with Python 3.11

    listed: list[str] = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    return next(line for line in listed if line.startswith(f"{name}=="))


def _installed(python: Path, pin: str) -> bool:
    name, version = pin.split("==")
    code = f"from importlib.metadata import version; print(version({name!r}))"
    found = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False).stdout.strip()
    return found.split("+")[0] == version


def _pip(python: Path, log: Path, *arguments: str) -> None:
    """Run `pip install`, showing what is downloaded as it comes. Raises NotThere or another Trouble."""
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off", *arguments]
    lines: list[str] = []
    pip = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace"
    )
    with pip, log.open("a", encoding="utf-8") as file:
        assert pip.stdout is not None
        for line in pip.stdout:
            file.write(line)
            lines.append(line.strip())
            if package := PACKAGE.match(lines[-1]):
                print("   ", *filter(None, package.groups()), flush=True)
            elif lines[-1].startswith("Installing collected"):
                print("    unpacking ...", flush=True)
    if pip.returncode:
        raise _reason(lines, log)


def _reason(lines: Sequence[str], log: Path) -> Trouble:
    """pip's failure in words for a person."""
    text = "\n".join(lines)
    where = f"\npip's own words are in {log}"
    if "No space left on device" in text:
        return Trouble(f"The disk is full.{where}")
    if NO_NETWORK.search(text):
        return Unreachable(f"The package index cannot be reached: is this machine connected to the internet?{where}")
    if missing := re.search(r"No matching distribution found for (\S+)", text):
        return NotThere(f"There is no build of {missing[1]} for this computer and this Python.{where}")
    errors = [line for line in lines if line.lower().startswith("error")] or list(lines[-5:])
    return Trouble("pip failed:\n" + "\n".join(errors) + where)
