"""The second ConvLens hands over its wish and ends, unless nobody comes for it."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_app.core import instance as module
from desktop_app.core.instance import Instance, Wish
from desktop_app.core.paths import meeting_folder

WISH = Wish("/media/stick/Übung \udcff.convlens", "everyday", "token")
"""As Python has a name with a byte in it that is no text."""


@pytest.fixture
def first() -> Iterator[Instance]:
    made = Instance()
    assert not made.hand_over(Wish()), "there is no other"
    made.open()
    yield made
    made.close()


def test_a_second_one_hands_over_and_ends(first: Instance) -> None:
    second, taken = Instance(), []
    assert second.hand_over(WISH, pause=lambda _seconds: taken.extend(first.take()))
    assert taken == [WISH] and second.folder is None
    assert first.take() == [], "once"


def test_wishes_are_granted_in_their_order(first: Instance) -> None:
    taken: list[Wish] = []

    def third_comes(_seconds: float) -> None:
        assert Instance().hand_over(Wish("second"), pause=lambda _seconds: taken.extend(first.take()))

    assert Instance().hand_over(Wish("first"), pause=third_comes)
    assert [wish.file for wish in taken] == ["first", "second"]


def test_when_nobody_comes_the_wish_is_withdrawn(first: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "OPEN_SECONDS", 0.05)
    second = Instance()
    assert not second.hand_over(WISH)
    assert second.folder is None and first.take() == [], "it is not granted twice"


def test_a_first_one_that_is_still_starting_is_waited_for_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "OPEN_SECONDS", 0.0)
    starting, pauses, taken = Instance(), [], []
    assert starting.claim()

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            taken.extend(starting.take())
            starting.open()

    assert Instance().hand_over(WISH, pause)
    assert taken == [WISH]
    starting.close()


def test_nothing_stays_behind(first: Instance) -> None:
    assert first.folder is not None
    first.close()
    assert not meeting_folder().parent.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows removes no file that is open")
def test_a_lock_that_was_removed_holds_nothing(first: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when one ends while another, which has opened the file already, waits for the lock."""
    second, hold = Instance(), module.hold
    ended: list[bool] = []

    def end_first(handle: int) -> bool:
        if not ended:
            first.close()
            ended.append(True)
        return hold(handle)

    monkeypatch.setattr(module, "hold", end_first)
    assert second.claim() and second.folder is not None and (second.folder / "lock").exists()
    assert not Instance().claim()
    second.close()


def test_when_the_first_one_ends_meanwhile_the_second_takes_its_place(first: Instance) -> None:
    second = Instance()
    assert not second.hand_over(WISH, pause=lambda _seconds: first.close())
    assert second.folder is not None and second.take() == []
    second.close()


def test_another_folder_of_data_or_another_screen_is_another_first(
    first: Instance, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = meeting_folder()
    for name in ("CONVLENS_HOME", "DISPLAY"):
        with monkeypatch.context() as patch:
            patch.setenv(name, str(tmp_path / "other"))
            assert meeting_folder() != before
            assert Instance().claim()
    assert not Instance().claim()


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b'"x"', b"\xff", b'{"file": 1}'])
def test_what_is_no_wish_is_cleared_away(first: Instance, data: bytes) -> None:
    assert first.folder is not None
    (first.folder / "1.wish").write_bytes(data)
    assert first.take() == []
    assert not list(first.folder.glob("*.wish"))


def test_a_wish_of_one_that_was_killed_while_waiting_is_forgotten(first: Instance) -> None:
    assert first.folder is not None
    file = first.folder / "1.wish"
    file.write_text('{"file": "old", "model": "", "activation": ""}')
    then = time.time() - 2 * module.FORGOTTEN
    os.utime(file, (then, then))
    assert first.take() == [] and not file.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="about folders that others may write to")
def test_a_folder_that_is_not_only_ones_own_is_no_place_to_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    meeting_folder().parent.mkdir(mode=0o777)
    meeting_folder().parent.chmod(0o777)
    alone = Instance()
    assert not alone.claim() and not alone.hand_over(WISH) and alone.folder is None
    alone.open()
    assert alone.take() == []
    alone.close()


def test_without_a_runtime_folder_they_meet_among_the_temporary_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert meeting_folder().is_relative_to(tmp_path / "tmp")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    assert not Instance().claim()
