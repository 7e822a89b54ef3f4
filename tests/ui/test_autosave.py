"""A crash loses at most the last stroke; a running ConvLens keeps its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from conftest import LONG
from PySide6.QtCore import QLockFile
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from desktop_app.core.drawing.strokes import Drawing, Stroke
from desktop_app.core.errors import UserError
from desktop_app.core.paths import spare_folder
from desktop_app.core.session_file import SavedSession, open_session
from desktop_app.core.settings import Settings
from desktop_app.ui import autosave as autosave_module
from desktop_app.ui.autosave import Autosave

CRASHING = """
    import sys, time
    from pathlib import Path
    import numpy as np
    from PySide6.QtCore import QCoreApplication
    from desktop_app.core.session_file import SavedSession
    from desktop_app.core.settings import Settings
    from desktop_app.core.drawing.strokes import Drawing, Stroke
    from desktop_app.ui.autosave import Autosave

    application = QCoreApplication(["convlens"])
    folder = Path(sys.argv[1])
    autosave = Autosave(folder)
    drawing = Drawing((Stroke(np.array([[0.25, 0.5]], np.float32)),))
    autosave.keep(lambda: SavedSession(drawing, "drawings", sys.argv[2], Settings()))
    while not list(folder.glob("*.convlens")):
        time.sleep(0.01)
    print("saved", flush=True)
    sys.stdin.read()
"""


def a_session(strokes: int = 1, model: str = "m") -> SavedSession:
    points = np.array([[0.5, 0.5]], np.float32)
    return SavedSession(Drawing(tuple(Stroke(points) for _ in range(strokes))), "drawings", model, Settings())


@pytest.fixture(autouse=True)
def _temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "autosave"


@pytest.fixture
def autosave(folder: Path, qapp: object) -> Iterator[Autosave]:
    made = Autosave(folder)
    yield made
    made.finish()


def saved(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.convlens"))


@pytest.fixture
def other(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another ConvLens that has saved and is running; tests kill it as a crash would."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(CRASHING), str(folder), "theirs"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None and process.stdin is not None
    assert process.stdout.readline() == "saved\n"
    yield process
    process.kill()
    process.communicate()


def test_the_newest_state_is_kept_and_goes_on_a_clean_end(folder: Path, autosave: Autosave, qtbot: QtBot) -> None:
    assert autosave.left_behind() is None
    for strokes in range(1, 51):
        autosave.keep(lambda strokes=strokes: a_session(strokes))
    qtbot.waitUntil(
        lambda: bool(saved(folder)) and len(open_session(saved(folder)[0]).drawing.strokes) == 50, timeout=LONG
    )
    assert len(saved(folder)) == 1
    assert autosave.left_behind() is None, "it is our own"
    assert autosave.finish()
    assert list(folder.iterdir()) == [], "neither file nor lock stays"


def test_a_running_one_is_left_alone_and_a_killed_one_is_found(
    folder: Path, autosave: Autosave, other: subprocess.Popen[str]
) -> None:
    assert autosave.left_behind() is None
    other.kill()
    other.wait()
    left = autosave.left_behind()
    assert left is not None
    assert open_session(left).model == "theirs"
    assert autosave.left_behind() == left, "looking at it does not take it away"


def test_what_was_left_behind_goes_once_it_is_safe_here(
    folder: Path, autosave: Autosave, other: subprocess.Popen[str], qtbot: QtBot
) -> None:
    other.kill()
    other.wait()
    left = autosave.left_behind()
    assert left is not None

    def fails() -> SavedSession:
        raise UserError("not now")

    problems = QSignalSpy(autosave.problem)
    autosave.keep(fails, instead_of=left)
    qtbot.waitUntil(lambda: problems.count() == 1, timeout=LONG)
    assert left.exists(), "not saved here yet"
    autosave.keep(lambda: open_session(left))
    qtbot.waitUntil(lambda: not left.exists(), timeout=LONG)
    assert [open_session(file).model for file in saved(folder)] == ["theirs"]


def test_the_newest_of_several_is_taken(folder: Path, autosave: Autosave) -> None:
    folder.mkdir()
    for age, name in enumerate(("999991", "999992", "999993")):
        (folder / f"{name}.convlens").write_bytes(b"x")
        os.utime(folder / f"{name}.convlens", (1e9 + 100 * (age % 2), 1e9 + 100 * (age % 2)))
    left = autosave.left_behind()
    assert left is not None and left.name == "999992.convlens"


def test_a_file_of_an_earlier_process_of_the_same_number_is_found_too(
    folder: Path, autosave: Autosave, qtbot: QtBot
) -> None:
    """In a container the app gets the same number at every start."""
    folder.mkdir()
    before = folder / f"{os.getpid()}-1.convlens"
    before.write_bytes(b"from before")
    lock = QLockFile(str(before.with_suffix(".lock")))
    assert lock.tryLock(0)
    crashed = before.with_suffix(".lock").read_bytes()
    lock.unlock()
    before.with_suffix(".lock").write_bytes(crashed)
    assert autosave.left_behind() == before
    autosave.keep(a_session)
    qtbot.waitUntil(lambda: len(saved(folder)) == 2, timeout=LONG)
    assert before.read_bytes() == b"from before", "it was not written over"
    autosave.keep(a_session, instead_of=before)
    qtbot.waitUntil(lambda: not before.exists(), timeout=LONG)
    assert autosave.finish()
    assert list(folder.iterdir()) == []


def test_what_cannot_be_saved_is_told_once_and_again_after_it_worked(
    folder: Path, autosave: Autosave, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    problems = QSignalSpy(autosave.problem)
    ran: list[int] = []

    def full(_handle: int) -> None:
        ran.append(1)
        raise OSError(28, "No space left on device")

    def save_on_a_full_disk() -> None:
        before = len(ran)
        autosave.keep(a_session)
        qtbot.waitUntil(lambda: len(ran) > before, timeout=LONG)

    monkeypatch.setattr(autosave_module, "QUIET", 0.0)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        for _ in range(5):
            save_on_a_full_disk()
    autosave.keep(a_session)
    qtbot.waitUntil(lambda: bool(saved(folder)), timeout=LONG)
    qtbot.waitUntil(lambda: problems.count() == 1, timeout=LONG)
    assert "No space left" in problems.at(0)[0] and "autosaved" in problems.at(0)[0]
    qtbot.wait(20)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        save_on_a_full_disk()
        qtbot.waitUntil(lambda: problems.count() == 2, timeout=LONG)
    assert len(open_session(saved(folder)[0]).drawing.strokes) == 1, "the last good one is still there"


def test_where_the_folder_cannot_be_written_the_spare_one_is_used_and_that_is_said_once(
    tmp_path: Path, qtbot: QtBot
) -> None:
    home = tmp_path / "home"
    home.write_text("in the way")
    autosave = Autosave(home / "autosave")
    assert autosave.left_behind() is None
    problems = QSignalSpy(autosave.problem)  # not waitSignal: it is emitted in the autosave's thread
    for strokes in (1, 2):
        autosave.keep(lambda strokes=strokes: a_session(strokes))
        qtbot.waitUntil(lambda strokes=strokes: newest_in_spare() == strokes, timeout=LONG)
    qtbot.waitUntil(lambda: problems.count() == 1, timeout=LONG)
    spare = spare_folder() / "autosave"
    assert str(home) in problems.at(0)[0] and str(spare) in problems.at(0)[0]
    after_a_crash = Autosave(home / "autosave")
    saved(spare)[0].rename(spare / "999999-1.convlens")
    left = after_a_crash.left_behind()
    assert left is not None and len(open_session(left).drawing.strokes) == 2
    home.unlink()
    after_a_crash.keep(lambda: a_session(3), instead_of=left)
    qtbot.waitUntil(lambda: not left.exists(), timeout=LONG)
    assert len(open_session(saved(home / "autosave")[0]).drawing.strokes) == 3, "there is room again"
    assert autosave.finish() and after_a_crash.finish()
    assert problems.count() == 1
    assert list(spare.iterdir()) == [] and list((home / "autosave").iterdir()) == []


def test_without_any_folder_it_is_told_once(tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "file"))
    autosave = Autosave(tmp_path / "file" / "autosave")
    assert autosave.left_behind() is None
    problems = QSignalSpy(autosave.problem)
    autosave.keep(a_session)
    qtbot.waitUntil(lambda: problems.count() == 1, timeout=LONG)
    assert "cannot be autosaved" in problems.at(0)[0]
    assert autosave.finish()


def newest_in_spare() -> int:
    files = saved(spare_folder() / "autosave")
    return len(open_session(files[0]).drawing.strokes) if files else 0


def test_an_end_without_any_save_leaves_nothing(folder: Path, qapp: object) -> None:
    assert Autosave(folder).finish()
    assert not folder.exists()
