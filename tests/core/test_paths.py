"""Where files are: in the source tree, in an installed wheel and in a bundle."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_app.core import paths
from desktop_app.core.paths import models_folder, resource, user_data


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    paths._shipped.cache_clear()
    yield
    paths._shipped.cache_clear()


def test_what_is_shipped_is_found() -> None:
    assert (models_folder() / "shapes-lenet" / "card.json").is_file()
    assert resource("icons", "brush.svg").is_file()


def test_a_bundle_brings_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "models").mkdir()
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert models_folder() == tmp_path / "models"
    assert resource("a", "b.txt") == tmp_path / "resources" / "a" / "b.txt"


def test_an_incomplete_installation_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    with pytest.raises(FileNotFoundError, match="not installed completely"):
        models_folder()


def test_a_persons_folder_can_be_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVLENS_HOME", str(tmp_path / "share"))
    assert user_data() == tmp_path / "share"
    assert not user_data().exists(), "nothing is made before something is saved"
    monkeypatch.delenv("CONVLENS_HOME")
    assert user_data().is_absolute() and user_data().name == "ConvLens"
