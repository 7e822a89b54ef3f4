"""Settings: only what differs is kept, and no file, however broken, stops the start."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.errors import UserError
from desktop_app.core.settings import Settings, load_settings, save_settings

OTHER = Settings(
    scheme="dark",
    projector=True,
    scale="network",
    contrast=2.5,
    centred=False,
    fit="pad",
    background="#102030",
    logits=True,
    drawing_model="a",
    photo_model="b",
    geometry="Z2VvbWV0cnk=",
    layout="bGF5b3V0",
    look_share=0.25,
)


def test_the_example_differs_everywhere() -> None:
    """So that the tests below cover every setting, also one that is added later."""
    assert all(asdict(OTHER)[field.name] != asdict(Settings())[field.name] for field in fields(Settings))


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    for settings in (Settings(), OTHER, replace(Settings(), contrast=0.5)):
        save_settings(settings, tmp_path / "new" / "settings.json")
        assert load_settings(tmp_path / "new" / "settings.json") == settings


def test_the_file_is_sparse(tmp_path: Path) -> None:
    """A default that a later version changes then reaches everybody who did not choose."""
    file = tmp_path / "settings.json"
    save_settings(replace(Settings(), fit="pad"), file)
    assert json.loads(file.read_text()) == {"fit": "pad"}
    save_settings(Settings(), file)
    assert json.loads(file.read_text()) == {}


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"7", b"null", b'"dark"', b"\xff\xfe", b"[" * 200_000, b'{"a":' * 100_000, b"1" * 5000],
    ids=lambda data: repr(data[:8]),
)
def test_a_damaged_file_gives_the_defaults(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "settings.json").write_bytes(data)
    assert load_settings(tmp_path / "settings.json") == Settings()


def test_no_file_and_no_file_but_a_folder(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "nothing.json") == Settings()
    assert load_settings(tmp_path) == Settings()


WRONG: dict[str, list[Any]] = {
    "scheme": ["pink", 1, None, ["dark"]],
    "projector": ["yes", 1, None],
    "scale": ["global", {}],
    "contrast": ["2", True, 0, -1, 1e9, float("nan"), float("inf"), None],
    "centred": ["", 0],
    "fit": ["zoom", []],
    "background": [255, [255, 255, 255]],
    "logits": [1, "true"],
    "drawing_model": [3, None],
    "photo_model": [{}],
    "geometry": [1],
    "layout": [[]],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_one_wrong_value_costs_itself_and_nothing_else(name: str, value: Any) -> None:
    data = {**asdict(OTHER), name: value, "unknown": 3}
    assert Settings.from_json(data) == replace(OTHER, **{name: getattr(Settings(), name)})


anything = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just([]) | st.just({})


@given(st.dictionaries(st.sampled_from([field.name for field in fields(Settings)]), anything, max_size=4))
def test_whatever_the_file_says_the_settings_can_be_used_and_saved(data: dict[str, Any]) -> None:
    settings = Settings.from_json(data)
    assert all(0 <= part <= 255 for part in settings.background_rgb) and len(settings.background_rgb) == 3
    assert 0.1 <= settings.contrast <= 10
    assert Settings.from_json(json.loads(json.dumps(settings.to_json()))) == settings


@pytest.mark.parametrize(
    ("text", "rgb"),
    [
        ("#ffffff", (255, 255, 255)),
        ("#102030", (16, 32, 48)),
        ("102030", (16, 32, 48)),
        ("#fff", (255, 255, 255)),
        ("red", (255, 255, 255)),
        ("#10203040", (255, 255, 255)),
        ("", (255, 255, 255)),
        ("#éé", (255, 255, 255)),
    ],
)
def test_the_background_is_a_colour(text: str, rgb: tuple[int, int, int]) -> None:
    assert replace(Settings(), background=text).background_rgb == rgb


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "settings.json"
    save_settings(OTHER, file)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError, match="No space left"):
        save_settings(Settings(), file)
    assert load_settings(file) == OTHER
