"""The set-up scripts: what they choose and what they tell, without installing anything."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
CPU_INDEX = "https://download.pytorch.org/whl/cpu"


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], ModuleType]]:
    """Imports a script by name, and forgets it afterwards: they are programs, not part of the package."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    before = set(sys.modules)
    yield importlib.import_module
    for name in set(sys.modules) - before:
        if getattr(sys.modules[name], "__file__", None) and Path(sys.modules[name].__file__).parent == ROOT / "scripts":
            del sys.modules[name]


class TestTorch:
    """Which torch is asked for, where, and in which order."""

    @pytest.fixture
    def asked(self, script, monkeypatch):
        packages = script("packages")
        monkeypatch.setattr(sys, "platform", "linux")
        monkeypatch.setattr(packages, "_installed", lambda *_: False)

        def run(*failures):
            """The arguments of every call of pip when the first ones end like `failures`."""
            calls, outcomes = [], list(failures)

            def pip(_python, _log, *arguments):
                calls.append(arguments)
                if outcomes and (failure := outcomes.pop(0)):
                    raise getattr(packages, failure)(failure)

            monkeypatch.setattr(packages, "_pip", pip)
            packages._install_torch(Path("python"), ROOT, Path("log"))
            return calls

        return run

    def test_the_persons_own_pip_comes_first(self, asked):
        (only,) = asked(None)
        assert only[-1].startswith("torch==")
        assert only[-1].endswith("+cpu")
        assert CPU_INDEX not in only

    def test_pytorchs_index_comes_next_and_gives_torchvision_too(self, asked):
        _, second = asked("NotThere")
        assert CPU_INDEX in second
        assert [one.split("==")[0] for one in second[-2:]] == ["torch", "torchvision"]

    @pytest.mark.parametrize("failure", ["NotThere", "Unreachable"])
    def test_the_large_build_comes_last_and_is_announced(self, asked, capsys, failure):
        assert len(asked("NotThere", failure)) == 2  # the app's own dependencies bring it
        assert "several GB" in capsys.readouterr().out

    def test_without_a_network_there_is_no_second_try(self, asked, script):
        with pytest.raises(script("packages").Unreachable):
            asked("Unreachable")

    def test_elsewhere_the_standard_build_is_right(self, asked, monkeypatch):
        monkeypatch.setattr(sys, "platform", "darwin")
        assert asked() == []


@pytest.mark.parametrize(
    "pip_says, told",
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
        ("Failed to resolve 'pypi.org' ([Errno -3] Temporary failure in name resolution)", "connected to the internet"),
        ("ERROR: No matching distribution found for torch==2.13.0", "no build of torch==2.13.0 for this computer"),
        ("ERROR: something new", "something new"),
    ],
)
def test_pips_failures_are_told_in_plain_words(script, pip_says, told):
    trouble = str(script("packages")._reason(["Collecting numpy", pip_says], Path("pip.log")))
    assert told in trouble
    assert "pip.log" in trouble


@pytest.mark.parametrize(
    "environment, platform",
    [
        ({}, None),
        ({"DISPLAY": ":0"}, "xcb"),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "wayland"),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "xcb:whatever"}, "xcb"),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen:size=1366x768"}, None),
    ],
)
def test_a_window_needs_a_display(script, monkeypatch, environment, platform):
    monkeypatch.setattr(sys, "platform", "linux")
    assert script("system_libraries").window_platform(environment) == platform


@pytest.mark.parametrize(
    "arguments, opens",
    [([], True), (["--model", "x"], True), ([__file__], True), (["classify", __file__], False), (["--help"], False)],
)
def test_only_a_window_needs_a_display(script, arguments, opens):
    assert script("run")._opens_a_window(arguments) is opens


def test_without_being_root_the_person_gets_the_line_to_run(script, monkeypatch):
    libraries = script("system_libraries")
    monkeypatch.setattr(libraries.shutil, "which", lambda _: "/usr/bin/apt-get")
    monkeypatch.setattr(libraries.os, "geteuid", lambda: 1000, raising=False)
    with pytest.raises(script("trouble").Trouble, match="sudo apt install libegl1 libxcb-cursor0"):
        libraries.install(["libegl1", "libxcb-cursor0"], "Qt needs libraries")


@pytest.mark.skipif(sys.platform != "linux", reason="ldd and Qt's plug-ins for Linux")
def test_the_loader_is_asked_what_qt_lacks(script, monkeypatch):
    libraries = script("system_libraries")
    real = subprocess.run

    def run(command, **options):
        if command[0] == "ldd":
            assert any("libqoffscreen" in str(file) for file in command)
            text = "\tlibEGL.so.1 => not found\n\tlibc.so.6 => /lib/libc.so.6 (0x0)\n"
            return subprocess.CompletedProcess(command, 0, text, "")
        return real(command, **options)

    monkeypatch.setattr(libraries.subprocess, "run", run)
    assert libraries._missing(Path(sys.executable), "offscreen") == ["libEGL.so.1"]


class TestEnvironment:
    @pytest.fixture
    def environment(self, script, monkeypatch, tmp_path):
        """The script on a folder of its own, where making and installing are only counted."""
        module = script("environment")
        (tmp_path / ".venv").mkdir()
        (tmp_path / "pyproject.toml").write_text("[project]")
        monkeypatch.setattr(module, "ROOT", tmp_path)
        monkeypatch.setattr(module, "FOLDER", tmp_path / ".venv")
        monkeypatch.setattr(module, "STAMP", tmp_path / ".venv" / "stamp.json")
        module.done = []
        monkeypatch.setattr(module, "_runs", lambda: "make" in module.done)
        monkeypatch.setattr(module, "_make", lambda: module.done.append("make"))
        monkeypatch.setattr(module.packages, "install", lambda *a, **_: module.done.append(f"install {a[2]}"))
        return module

    def test_it_is_made_once(self, environment):
        environment.prepare()
        environment.prepare()
        assert environment.done == ["make", "install []"]

    def test_the_tests_extra_is_added_and_stays(self, environment):
        environment.prepare()
        environment.prepare("test")
        environment.prepare()
        assert environment.done == ["make", "install []", "install ['test']"]

    def test_a_changed_project_is_installed_anew(self, environment, tmp_path):
        environment.prepare()
        (tmp_path / "pyproject.toml").write_text("[project] # changed")
        environment.prepare()
        assert environment.done == ["make", "install []", "install []"]

    def test_an_installation_that_broke_off_is_done_again(self, environment, monkeypatch):
        def fail(*_arguments, **_options):
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(environment.packages, "install", fail)
            with pytest.raises(KeyboardInterrupt):
                environment.prepare()
        environment.prepare()
        assert environment.done == ["make", "install []"]

    def test_a_python_that_is_too_old_is_told_so(self, environment, monkeypatch):
        monkeypatch.setattr(environment.sys, "version_info", (3, 9, 2))
        monkeypatch.setattr(environment.shutil, "which", lambda _: None)
        with pytest.raises(environment.Trouble, match=r"needs Python 3\.11 to 3\.14"):
            environment.with_fitting_python()
