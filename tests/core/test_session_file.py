"""Session files: nothing is lost in a round trip, and whatever is broken or foreign is refused in one sentence."""

from __future__ import annotations

import io
import json
import os
import struct
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.core.drawing.strokes import Drawing, Stroke
from desktop_app.core.errors import BadFile, UserError
from desktop_app.core.session_file import SavedSession, open_session, pack, save_session
from desktop_app.core.settings import Settings

PHOTO = bytes(range(256)) * 40


def a_session(photo: bytes | None = PHOTO) -> SavedSession:
    rng = np.random.default_rng(0)
    return SavedSession(
        drawing=Drawing(
            (
                Stroke(rng.random((40, 2), np.float32), 0.05),
                Stroke(rng.random((1, 2), np.float32), 0.1, np.array([0.5], np.float32)),
            )
        ),
        kind="photos",
        model="photos-simple",
        settings=Settings(scheme="dark", contrast=2.0),
        photo=photo,
        photo_name="Hund – 犬.jpg",
    )


def refused(file: Path) -> str:
    with pytest.raises(BadFile) as caught:
        open_session(file)
    message = str(caught.value)
    assert file.name in message and "\n" not in message and len(message) < 300
    return message


def a_zip(file: Path, session: Any = None, **more: bytes) -> Path:
    """A zip with a session.json of any contents, by default a good one."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("session.json", session if isinstance(session, str) else json.dumps(session or good()))
        for name, data in more.items():
            archive.writestr(name, data)
    return file


def good() -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(pack(a_session()))) as archive:
        data: dict[str, Any] = json.loads(archive.read("session.json"))
    return data


@pytest.mark.parametrize("photo", [PHOTO, b"", None], ids=["photo", "empty photo", "no photo"])
def test_a_round_trip_loses_nothing(tmp_path: Path, photo: bytes | None) -> None:
    session = a_session(photo)
    save_session(session, tmp_path / "a.convlens")
    back = open_session(tmp_path / "a.convlens")
    assert back.photo == photo
    assert (back.kind, back.model, back.settings, back.photo_name) == (
        session.kind, session.model, session.settings, session.photo_name,
    )  # fmt: skip
    assert len(back.drawing.strokes) == 2
    for one, other in zip(back.drawing.strokes, session.drawing.strokes, strict=True):
        np.testing.assert_allclose(one.points, other.points, atol=0.5e-4)
        assert one.pen == pytest.approx(other.pen, abs=1e-4)
    assert back.drawing.strokes[0].pressure is None
    np.testing.assert_allclose(back.drawing.strokes[1].pressure, [0.5])


def test_an_empty_session(tmp_path: Path) -> None:
    save_session(SavedSession(Drawing(), "drawings", "", Settings()), tmp_path / "a.convlens")
    back = open_session(tmp_path / "a.convlens")
    assert not back.drawing and back.photo is None and back.settings == Settings()


def test_saving_again_what_was_opened_gives_the_same_file(tmp_path: Path) -> None:
    """Coordinates are rounded once; they do not drift from save to save."""
    save_session(a_session(), tmp_path / "a.convlens")
    once = open_session(tmp_path / "a.convlens")
    save_session(once, tmp_path / "b.convlens")
    twice = open_session(tmp_path / "b.convlens")
    assert twice.drawing.to_json() == once.drawing.to_json()


@pytest.mark.parametrize(
    "data",
    [b"", b"PK", b"PK\x05\x06" + bytes(18), b"\x89PNG\r\n\x1a\n" + bytes(99), b"{}", os.urandom(500)],
    ids=["empty", "two letters", "empty zip", "picture", "json", "noise"],
)
def test_a_foreign_file_is_refused(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "a.convlens"
    file.write_bytes(data)
    refused(file)


def test_a_file_that_is_not_there_or_is_a_folder(tmp_path: Path) -> None:
    refused(tmp_path / "nothing.convlens")
    refused(tmp_path)


@pytest.mark.parametrize(
    "session",
    [
        "", "[]", "null", "7", "[" * 200_000, "1" * 5000, "\ud800".encode("utf-8", "surrogatepass").decode("latin1"),
        *({key: value for key, value in good().items() if key != left} for left in good()),
        {**good(), "kind": "music"},
        {**good(), "kind": ["photos"]},
        {**good(), "drawing": 3},
        {**good(), "drawing": [{"points": [[0, 0]], "pen": "wide"}]},
        {**good(), "drawing": [{"points": [[0, 0, 0]], "pen": 0.1}]},
        {**good(), "drawing": [{"points": [], "pen": 0.1}]},
        {**good(), "drawing": [{"points": [[0, float("nan")]], "pen": 0.1}]},
        {**good(), "drawing": [{"points": [[0, 10**400]], "pen": 0.1}]},
        {**good(), "drawing": [{"points": [[0, 0]], "pen": float("nan")}]},
        {**good(), "drawing": [{"points": [[0, 0]], "pen": 1e999}]},
        {**good(), "drawing": [{"points": [[0, 0]], "pen": 10**400}]},
        {**good(), "drawing": [{"points": [[0, 0]], "pen": 0.1, "pressure": [1, 1]}]},
        {**good(), "drawing": [{"points": [[0, 0]], "pen": 0.1, "pressure": "hard"}]},
    ],
    ids=lambda session: str(session)[:60],
)  # fmt: skip
def test_a_damaged_session_is_refused(tmp_path: Path, session: Any) -> None:
    refused(a_zip(tmp_path / "a.convlens", session, photo=b"x"))


def test_a_newer_version_is_told(tmp_path: Path) -> None:
    assert "newer" in refused(a_zip(tmp_path / "a.convlens", {**good(), "format": 2}))


def test_settings_that_make_no_sense_fall_back(tmp_path: Path) -> None:
    back = open_session(a_zip(tmp_path / "a.convlens", {**good(), "settings": {"fit": "zoom", "scale": "network"}}))
    assert back.settings == Settings(scale="network")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    file = tmp_path / "bomb.convlens"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("session.json", json.dumps(good()))
        with archive.open("photo", "w") as photo:
            for _ in range(300):
                photo.write(bytes(1 << 20))
    assert file.stat().st_size < 1 << 21
    assert "too large" in refused(file)


def test_a_bomb_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    """The directory says 10 bytes, the data unpack to 4 million."""
    file = a_zip(tmp_path / "bomb.convlens", photo=bytes(4 << 20))
    data = bytearray(file.read_bytes())
    length = struct.pack("<L", 4 << 20)
    assert data.count(length) >= 2
    file.write_bytes(data.replace(length, struct.pack("<L", 10)))
    refused(file)


def test_an_encrypted_file_and_an_unknown_compression_are_refused(tmp_path: Path) -> None:
    file = a_zip(tmp_path / "a.convlens")
    whole = file.read_bytes()
    start = whole.rindex(b"PK\x01\x02")
    for offset, value in ((8, 1), (10, 99)):
        data = bytearray(whole)
        local = offset - 2
        data[start + offset] = data[local] = value
        file.write_bytes(data)
        refused(file)


@given(places=st.lists(st.tuples(st.floats(0, 1), st.integers(1, 255)), min_size=1, max_size=8), cut=st.floats(0.2, 1))
@settings(max_examples=150, deadline=None)
def test_damage_anywhere_is_noticed_or_harmless(
    tmp_path_factory: pytest.TempPathFactory, places: list[tuple[float, int]], cut: float
) -> None:
    """Flipped bits and a cut end: a session or one BadFile, never another exception."""
    file = tmp_path_factory.mktemp("damage") / "a.convlens"
    data = bytearray(pack(a_session(b"photo")))
    for place, change in places:
        data[round(place * (len(data) - 1))] ^= change
    file.write_bytes(data[: round(cut * len(data))] if cut < 0.9 else data)
    with suppress(BadFile):
        assert open_session(file).drawing.to_json() == a_session().drawing.to_json()


def test_a_full_disk_is_told_and_the_old_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.convlens"
    save_session(a_session(), file)
    before = file.read_bytes()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError, match="No space left"):
        save_session(SavedSession(Drawing(), "drawings", "", Settings()), file)
    assert file.read_bytes() == before
