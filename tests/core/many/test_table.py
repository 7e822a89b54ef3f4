"""The table is read back by Python's own reader, and does nothing in a spreadsheet."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import pytest

from desktop_app.core.many.folder import pictures_in
from desktop_app.core.many.row import Guess, Row
from desktop_app.core.many.table import csv_text

HEAD = ["path", "label", "probability", "label 2", "probability 2", "label 3", "probability 3", "entropy", "not sure",
        "error"]  # fmt: skip


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def test_a_line_a_photo() -> None:
    rows = [
        Row(Path("a, b/\"c\".jpg"), "x", (Guess("dog", 0.75), Guess("cat", 0.25)), 0.811278, "sure"),
        Row(Path("line\nbreak ü 漢.png"), "x", (Guess("a,b", 0.4),), 2.0, "not sure"),
        Row(Path("broken.jpg"), "x", error="broken.jpg is empty: copy it again."),
        Row(Path("waiting.jpg"), "x"),
    ]  # fmt: skip
    text = csv_text(rows)
    assert text.count("\r\n") == len(rows) + 1
    assert read(text) == [
        HEAD,
        ['a, b/"c".jpg', "dog", "0.750000", "cat", "0.250000", "", "", "0.811278", "no", ""],
        ["line\nbreak ü 漢.png", "a,b", "0.400000", "", "", "", "", "2.000000", "yes", ""],
        ["broken.jpg", "", "", "", "", "", "", "", "", "broken.jpg is empty: copy it again."],
        ["waiting.jpg", "", "", "", "", "", "", "", "", ""],
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_name_is_no_formula(start: str) -> None:
    name = f'{start}HYPERLINK("x","y").jpg'
    row = Row(Path(name), name, (Guess(f"{start}1+1", 1.0),), 0.0, "sure", error="")
    (_, line) = read(csv_text([row], guesses=1))
    assert line[0] == f"'{name}" and line[1] == f"'{start}1+1"


def test_a_name_that_is_no_text_can_be_written() -> None:
    name = os.fsdecode(b"bad\xff.jpg")
    csv_text([Row(Path(name), name)]).encode()


def test_pictures_in_a_folder(tmp_path: Path) -> None:
    for name in ("b.JPG", "a.png", "deep/c.heic", "notes.txt", ".hidden.jpg", ".git/d.jpg"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.touch()
    assert [file.relative_to(tmp_path).as_posix() for file in pictures_in(tmp_path)] == [
        "a.png",
        "b.JPG",
        "deep/c.heic",
    ]
    assert list(pictures_in(tmp_path / "notes.txt")) == [tmp_path / "notes.txt"]
    assert list(pictures_in(tmp_path / ".git" / "no")) == [tmp_path / ".git" / "no"]
