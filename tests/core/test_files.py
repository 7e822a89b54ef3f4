"""A full disk or a crash leaves the old file whole, and nothing else lying about."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop_app.core.errors import UserError
from desktop_app.core.files import write_atomically


def refusing(number: int) -> Callable[..., Any]:
    def refuse(*_args: Any, **_kwargs: Any) -> Any:
        raise OSError(number, os.strerror(number))

    return refuse


def test_what_is_written_is_there(tmp_path: Path) -> None:
    file = tmp_path / "new" / "folders" / "a.bin"
    write_atomically(file, b"first")
    write_atomically(file, b"second")
    assert file.read_bytes() == b"second"
    assert [child.name for child in file.parent.iterdir()] == ["a.bin"]


@pytest.mark.parametrize(
    ("what", "number"),
    [("os.fsync", errno.ENOSPC), ("pathlib.Path.open", errno.EROFS), ("pathlib.Path.replace", errno.EACCES)],
)
def test_where_it_cannot_be_written_the_old_file_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str, number: int
) -> None:
    file = tmp_path / "a.bin"
    write_atomically(file, b"old")
    monkeypatch.setattr(what, refusing(number))
    with pytest.raises(UserError) as caught:
        write_atomically(file, b"new" * 1000)
    assert str(file) in str(caught.value) and os.strerror(number) in str(caught.value)
    assert "another place" in str(caught.value)
    monkeypatch.undo()
    assert file.read_bytes() == b"old"
    assert [child.name for child in tmp_path.iterdir() if child.is_file()] == ["a.bin"]


def test_a_real_full_disk(tmp_path: Path) -> None:
    """Where Linux offers one."""
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    with pytest.raises(UserError, match="/dev"):
        write_atomically(Path("/dev/full/a.bin"), b"x")


def test_a_folder_in_the_way_is_a_message(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(UserError, match="a could not be written"):
        write_atomically(tmp_path / "a", b"x")
    (tmp_path / "b").write_bytes(b"a file, no folder")
    with pytest.raises(UserError, match="could not be written"):
        write_atomically(tmp_path / "b" / "c", b"x")
    assert sorted(child.name for child in tmp_path.iterdir()) == ["a", "b"]


def test_an_interrupted_write_leaves_no_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_args: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "a", b"x")
    assert not [child for child in tmp_path.iterdir() if child.is_file()]


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_others_may_read_what_they_could_read_before(tmp_path: Path) -> None:
    """A session on a classroom's share must not become private by being saved."""
    mask = os.umask(0o022)
    try:
        write_atomically(tmp_path / "new", b"x")
        assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o644
        (tmp_path / "old").write_bytes(b"x")
        (tmp_path / "old").chmod(0o664)
        write_atomically(tmp_path / "old", b"y")
        assert stat.S_IMODE((tmp_path / "old").stat().st_mode) == 0o664
    finally:
        os.umask(mask)
