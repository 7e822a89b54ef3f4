"""A report says what happened, and nothing about whom it happened to; few are kept, wherever there is room."""

from __future__ import annotations

import faulthandler
import getpass
import os
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.crash import recorder, report, reports, scrub
from desktop_app.core.crash.recorder import Recorder, forget, left_behind
from desktop_app.core.errors import BadFile
from desktop_app.core.paths import spare_folder, user_data

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    yield
    reports.unkept.clear()


@pytest.fixture
def anna(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The person whose name no report may hold."""
    monkeypatch.setenv("HOME", "/home/anna.b")
    monkeypatch.setattr(getpass, "getuser", lambda: "anna.b")
    scrub._names.cache_clear()
    yield
    scrub._names.cache_clear()


@pytest.fixture
def home_in_the_way(user_folder: Path) -> Path:
    """A data folder that cannot be written, not even by root."""
    user_folder.write_text("in the way")
    return user_folder


def raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
    try:
        raise error from cause
    except BaseException as caught:
        return caught


# what is in it


@pytest.mark.parametrize(
    "error, words",
    [
        (ValueError("operands could not be broadcast (3,4) (5,)"), "operands could not be broadcast (3,4) (5,)"),
        (AttributeError("'NoneType' object has no attribute 'foo'"), "'NoneType' object has no attribute 'foo'"),
        (TypeError("numpy.ndarray is not callable"), "numpy.ndarray is not callable"),
        (KeyError("Anna's class"), "'…'"),
        (ValueError("cannot identify image file '/media/stick/our dog.jpg'"), "cannot identify image file '…'"),
        (ValueError("in C:\\Users\\anna\\dog.png: broken"), "in <path> broken"),
        (RuntimeError("holiday.jpg, line 3"), "<file>, line 3"),
        (RuntimeError("ANNA.B has no room"), "<user> has no room"),
        (OSError(28, "No space left on device", "/home/anna.b/secret.convlens"), "No space left on device"),
        (BadFile("dog.jpg cannot be read."), "(its text was for the person, and may name files)"),
        (RuntimeError("x" * 1000), "x" * scrub.LONGEST),
        (RuntimeError(), ""),
    ],
)
def test_an_errors_words_name_no_file_and_no_person(anna: None, error: Exception, words: str) -> None:
    assert scrub.words_of(error) == words


def test_modules_are_named_from_their_package_on(anna: None) -> None:
    assert scrub.place_of(report.__file__) == "desktop_app/core/crash/report.py"
    assert scrub.place_of(str(np.__file__)) == "numpy/__init__.py"
    assert scrub.place_of(str(tempfile.__file__)) == "tempfile.py"
    assert scrub.place_of("/home/anna.b/lib/python3.14/site-packages/torch/nn.py") == "torch/nn.py"
    assert scrub.place_of("/home/anna.b/private/test.py") == scrub.SOMEWHERE
    assert scrub.place_of("torch/nn/modules/conv.py") == "torch/nn/modules/conv.py", "as in a bundle"
    assert scrub.place_of("<frozen runpy>") == "<frozen runpy>"


def test_a_report_of_an_exception(anna: None) -> None:
    cause = raised(FileNotFoundError(2, "No such file or directory", "/home/anna.b/dog.jpg"))
    text = report.of_exception(raised(ValueError("no 'dog'"), cause), report.versions(), ["  3 Open photo…"], "worker")
    assert "ValueError: no '…'" in text and "which led to" in text
    assert "FileNotFoundError: No such file or directory" in text
    assert 'File "tests/core/test_crash.py"' in text and "in raised" in text
    assert "ConvLens " in text and f"Python {sys.version.split()[0]}" in text and "torch 2." in text
    assert "  3 Open photo…" in text
    assert not [word for word in ("anna", "dog", str(ROOT), str(Path.home())) if word in text]


def test_a_report_of_a_dump(anna: None) -> None:
    dump = 'Fatal Python error: Aborted\n\nThread 0x01:\n  File "/home/anna.b/x/desktop.py", line 3 in f\n'
    text = report.of_dump(dump, "ConvLens 1", ["  3 page why"], when=0.0)
    assert "What happened\nFatal Python error: Aborted\n" in text and f'File "{scrub.SOMEWHERE}", line 3 in f' in text
    assert "1970" in text and "page why" in text and "anna" not in text
    assert "out of memory" in report.of_dump("", "ConvLens 1", [], when=0.0)


# where it is kept


def test_few_are_kept_and_of_unexplained_ends_only_the_last() -> None:
    files = [reports.keep(f"{number}", explained=number % 2 == 0) for number in range(6)]
    kept = [file.read_text() for file in reports.kept()]
    assert kept == ["5", "4", "2", "0"] and files[0] is not None
    for number in range(reports.MOST + 3):
        reports.keep(f"later {number}")
    kept = [file.read_text() for file in reports.kept()]
    assert kept[0] == f"later {reports.MOST + 2}" and len(kept) == reports.MOST


def test_without_room_at_home_it_is_in_the_spare_folder(home_in_the_way: Path) -> None:
    file = reports.keep("here")
    assert file is not None and file.is_relative_to(spare_folder()) and reports.kept() == [file]
    if sys.platform != "win32":
        assert file.parents[2].stat().st_mode & 0o077 == 0, "nobody else can read it"
        file.parents[2].chmod(0o755)
        assert reports.kept() == [], "somebody else may have put it there"
        assert reports.keep("again") is None


def test_without_room_anywhere_it_is_in_memory(
    home_in_the_way: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(home_in_the_way))
    assert reports.keep("here") is None
    assert list(reports.unkept) == ["here"] and reports.kept() == []


# what survives the process

DIES = """
    import faulthandler, os, sys
    from desktop_app.core.crash.recorder import Recorder
    made = Recorder()
    made.add("opens a  page\\n")
    print("recorded", flush=True)
    sys.stdin.read(1) == "s" and faulthandler._sigsegv()
    os._exit(9)
"""


@pytest.mark.parametrize("end", ["s", "k"])
def test_a_process_that_died_is_found_once_it_is_dead(end: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(DIES)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT,
    )  # fmt: skip
    assert process.stdout is not None and process.stdout.readline() == "recorded\n"
    assert left_behind() == [], "it runs"
    process.communicate(end)
    (ended,) = left_behind()
    assert [line.split(maxsplit=1)[1] for line in ended.actions] == ["opens a page"]
    assert ended.version.startswith("ConvLens ") and 0 <= ended.seconds < 60
    assert (
        ("in <module>" in ended.dump and ended.dump.startswith(("Fatal", "Windows fatal")))
        if end == "s"
        else (ended.dump == "")
    )
    forget(ended)
    assert left_behind() == []


def test_after_a_clean_end_nothing_is_left(user_folder: Path) -> None:
    before = faulthandler.is_enabled()
    made = Recorder()
    made.add("draws")
    assert left_behind() == [] and len(list((user_folder / reports.FOLDER).iterdir())) == 1
    made.close()
    made.add("nothing happens")
    assert list(user_folder.iterdir()) == []
    assert faulthandler.is_enabled() == before


def test_a_long_session_is_a_short_file(user_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "_FULL", 2000)
    made = Recorder()
    for number in range(500):
        made.add(f"action {number} " + 200 * "x")
    (file,) = (user_folder / reports.FOLDER).iterdir()
    assert file.stat().st_size < 2000 + recorder.ACTIONS * 100
    ended = recorder._read(file)
    assert f"action {499} " in ended.actions[-1] and ended.version.startswith("ConvLens")
    assert tuple(made.actions)[-5:] == ended.actions[-5:] and len(ended.actions) <= recorder.ACTIONS
    made.close()


def test_without_any_room_actions_are_only_remembered(home_in_the_way: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(home_in_the_way))
    made = Recorder()
    made.add("draws")
    assert made.actions[0].endswith("draws") and left_behind() == []
    made.close()


def test_what_cannot_be_read_was_no_crash() -> None:
    folder = user_data() / reports.FOLDER
    folder.mkdir(parents=True)
    (folder / f"running-{recorder._machine()}-x.txt").write_bytes(os.urandom(1000))
    (folder / "running-elsewhere-1-1.txt").write_bytes(b"it may be alive")
    (ended,) = left_behind()
    assert (ended.dump, ended.actions) == ("", ())
