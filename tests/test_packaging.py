"""What people install: the wheel holds the program with its models and resources, and finds them there."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

import desktop_app

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    (built,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path_factory.mktemp("wheel")), versions=["standard"])
    return Path(built)


def files(folder: str) -> set[str]:
    """Files under a folder of the source tree, without what Python and editors leave there."""
    found = (file for file in (ROOT / folder).rglob("*") if file.is_file())
    return {file.relative_to(ROOT).as_posix() for file in found if "__pycache__" not in file.parts}


def test_the_wheel_holds_the_program_its_models_and_its_resources(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    wanted = files("desktop_app") | {f"desktop_app/_bundled/{name}" for name in files("models") | files("resources")}
    assert wanted <= inside
    assert any(name.endswith("models/shapes-lenet/weights.safetensors") for name in inside)


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert tops == {"desktop_app", f"convlens-{desktop_app.__version__}.dist-info"}


def test_the_program_finds_models_and_resources_in_the_wheel(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = "from desktop_app.core.paths import models_folder, resource; print(models_folder(), resource(), sep='\\n')"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path, env=environment
    )
    bundled = tmp_path / "desktop_app" / "_bundled"
    assert [Path(line) for line in done.stdout.splitlines()] == [bundled / "models", bundled / "resources"]


def test_the_set_up_script_and_the_project_want_the_same_pythons(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    spec = importlib.util.spec_from_file_location("environment", ROOT / "scripts" / "environment.py")
    assert spec
    assert spec.loader
    environment = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(environment)
    oldest, newest = environment.OLDEST, environment.NEWEST
    assert PROJECT["requires-python"] == f">=3.{oldest[1]},<3.{newest[1] + 1}"


def test_what_is_pinned_is_what_runs() -> None:
    """A test run with other versions of the numerics or of Qt would say nothing about what people install."""
    from importlib.metadata import version

    pins = dict(line.split("==") for line in PROJECT["dependencies"] if re.fullmatch(r"\S+==[\d.]+", line))
    assert {name: version(name).split("+")[0] for name in pins} == pins
