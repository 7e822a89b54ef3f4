"""The school's file: what it may say, where it is looked for, and what `convlens site` makes of it."""

from __future__ import annotations

import json
import os
import sys
import zipfile
from pathlib import Path

import pytest
from tiny_models import card_data, write_model

from desktop_app.cli import main
from desktop_app.core import site_place
from desktop_app.core.drawing.strokes import Drawing
from desktop_app.core.errors import BadFile, UserError
from desktop_app.core.forward.spot import Spot
from desktop_app.core.lessons import lessons_in
from desktop_app.core.model.registry import Offer, find_models
from desktop_app.core.session_file import Looking, SavedSession, open_session, save_session
from desktop_app.core.settings import Settings
from desktop_app.core.site import KEYS, PAGES, Site, read_site
from desktop_app.core.site_place import find_site, site_places

ROOT = Path(__file__).resolve().parent.parent

EVERYTHING = """
# what a school may set
theme = "dark"
projector = true
start = "photo"
pages = ["why", "pixel"]        # in any order
open_page = "why"
models = [
    "shapes-lenet",
    "everyday",
]
drawing_model = "shapes-lenet"
photo_model = "everyday"
classes = ["cat", "dog", "cat"]
model_folders = ['/srv/all', "models"]
lesson_folders = ["lessons"]
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the machine's file would be; there is none yet."""
    folder = tmp_path / "etc"
    monkeypatch.setattr(site_place, "_machines_folder", lambda: folder)
    monkeypatch.delenv("CONVLENS_SITE", raising=False)
    return folder / "site.toml"


def written(file: Path, text: str | bytes) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def lesson(file: Path, model: str = "shapes-lenet", page: str | None = None) -> Path:
    save_session(
        SavedSession(Drawing(), "drawings", model, Settings(), looking=None if page is None else Looking(page)), file
    )
    return file


def told(text: str | bytes, tmp_path: Path) -> list[tuple[int, str, str]]:
    site = read_site(written(tmp_path / "site.toml", text))
    return [(problem.line, problem.key, problem.what) for problem in site.problems]


def test_everything_that_can_be_set(tmp_path: Path) -> None:
    site = read_site(written(tmp_path / "site.toml", EVERYTHING.replace("/srv", str(tmp_path))))
    assert site.problems == ()
    assert (site.theme, site.projector, site.start, site.open_page) == ("dark", True, "photo", "why")
    assert site.pages == ("pixel", "why"), "as the tabs stand"
    assert site.models == ("shapes-lenet", "everyday") and site.classes == ("cat", "dog")
    assert site.model_folders == (tmp_path / "all", tmp_path / "models")
    assert site.lesson_folders == (tmp_path / "lessons",)
    assert site.offer == Offer(("shapes-lenet", "everyday"), "shapes-lenet", "everyday")
    assert all(getattr(site, key) != getattr(Site(), key) for key in KEYS), "every key is tried here"


def test_what_is_not_set_is_the_persons() -> None:
    mine = Settings(scheme="light", projector=True, photo_model="mine")
    assert Site().over(mine) == mine
    ours = Site(theme="system", projector=False, photo_model="everyday").over(mine)
    assert (ours.scheme, ours.projector, ours.photo_model) == ("system", False, "everyday")


def test_a_wrong_line_is_told_with_its_place_and_the_others_hold(tmp_path: Path) -> None:
    text = (
        'theme = "dark"\n\nprojector = "yes"\n  pages = [\n "pixel", "filter"]\nthemee = 1\nclasses = []\n[x]\ny = 1\n'
    )
    site = read_site(written(tmp_path / "site.toml", text))
    assert site.theme == "dark" and site.projector is None and site.pages == PAGES
    assert [(p.line, p.key) for p in site.problems] == [
        (3, "projector"), (4, "pages"), (6, "themee"), (7, "classes"), (8, "x"),
    ]  # fmt: skip
    assert str(site.problems[0]).startswith(f"{tmp_path / 'site.toml'}, line 3, projector: ")
    assert "true or false" in site.problems[0].what and '"filter"' in site.problems[1].what
    assert "Did you mean theme?" in site.problems[2].what


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ('theme = "dark"\nprojector true\n', 2, "projector"),
        ('theme = "dark"\nlesson_folders = ["D:\\lessons"]\n', 2, "lesson_folders"),
        ('classes = [\n"a",\n"b"\n', 3, "classes"),
        (b'theme = "dark"\nclasses = ["caf\xe9"]\n', 2, "classes"),
        ("\N{BOM}\n\n=", 3, ""),
    ],
)
def test_no_toml_is_told_with_its_place(text: str | bytes, line: int, key: str, tmp_path: Path) -> None:
    (problem,) = told(text, tmp_path)
    assert problem[:2] == (line, key)
    assert ("single quotes" in problem[2]) == (key == "lesson_folders")


def test_a_default_that_is_not_offered_and_a_page_that_is_not_shown(tmp_path: Path) -> None:
    text = 'models = ["a"]\nphoto_model = "b"\ndrawing_model = "a"\npages = []\nopen_page = "pixel"\n'
    assert [problem[:2] for problem in told(text, tmp_path)] == [(2, "photo_model"), (5, "open_page")]
    site = read_site(tmp_path / "site.toml")
    assert (site.photo_model, site.drawing_model, site.open_page, site.pages) == ("", "a", "", ())


def test_windows_editor_puts_a_mark_before_the_text(tmp_path: Path) -> None:
    assert read_site(written(tmp_path / "site.toml", b'\xef\xbb\xbftheme = "dark"\r\n')).theme == "dark"


def test_the_machines_file_comes_before_the_variables(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_site() == Site()
    tried = machine.parent.parent / "tried.toml"
    monkeypatch.setenv("CONVLENS_SITE", str(tried))
    assert [problem.file for problem in find_site().problems] == [tried], "whoever names a file wants to hear of it"
    written(tried, 'theme = "light"')
    assert find_site().theme == "light"
    written(machine, 'theme = "dark"')
    assert find_site().theme == "dark" and find_site().file == machine


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="who may do everything may read it")
def test_a_file_that_may_not_be_read_is_no_file_that_is_not_there(machine: Path) -> None:
    written(machine, 'theme = "dark"').parent.chmod(0)
    try:
        assert find_site().problems
    finally:
        machine.parent.chmod(0o700)


@pytest.mark.parametrize(
    ("program", "image", "beside"),
    [
        ("share/convlens/convlens", "", "share/convlens"),
        ("share/ConvLens.app/Contents/MacOS/convlens", "", "share"),
        ("mounted/usr/convlens", "share/ConvLens.AppImage", "share"),
    ],
)
def test_an_install_on_a_share_has_its_file_beside_it(
    program: str, image: str, beside: str, machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = machine.parent.parent
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(root / program))
    monkeypatch.setenv("APPIMAGE", str(root / image)) if image else monkeypatch.delenv("APPIMAGE", raising=False)
    assert site_places() == (machine, root / beside / "site.toml")


def test_where_the_platforms_keep_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONVLENS_SITE", raising=False)
    for platform, place in (
        ("linux", "/etc/convlens/site.toml"),
        ("darwin", "/Library/Application Support/ConvLens/site.toml"),
    ):
        monkeypatch.setattr(sys, "platform", platform)
        assert site_places() == (Path(place),)


def test_lessons_stand_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for name in ("10 ten.convlens", "2 two.CONVLENS", "b.convlens", ".hidden.convlens", "notes.txt"):
        (tmp_path / name).touch()
    assert [one.name for one in lessons_in(tmp_path)] == ["2 two", "10 ten", "b"]
    with pytest.raises(UserError, match="nowhere"):
        lessons_in(tmp_path / "nowhere")


def test_a_session_knows_what_was_open(tmp_path: Path) -> None:
    for looking in (Looking("pixel", Spot(3, (1, 20, 7))), Looking("why"), Looking(), None):
        save_session(SavedSession(Drawing(), "drawings", "a", Settings(), looking=looking), tmp_path / "a.convlens")
        assert open_session(tmp_path / "a.convlens").looking == looking
    with zipfile.ZipFile(tmp_path / "a.convlens") as archive:
        data = json.loads(archive.read("session.json"))
    assert "page" not in data
    with zipfile.ZipFile(tmp_path / "a.convlens", "w") as archive:
        archive.writestr("session.json", json.dumps({**data, "page": "pixel", "spot": ["x"]}))
    with pytest.raises(BadFile, match="damaged"):
        open_session(tmp_path / "a.convlens")


def test_a_registry_offers_some_of_its_models(tmp_path: Path) -> None:
    for name, reads in (("a", "drawings"), ("b", "drawings"), ("c", "photos")):
        write_model(tmp_path / name, card_data(reads))
    registry = find_models(tmp_path)
    some = registry.offering(Offer(("b", "a"), drawings="b"))
    assert [card.name for card in some.cards] == ["b", "a"] and some.first_for("drawings").name == "b"
    assert some.first_for("photos").name == "b", "none of those that are offered reads photos"
    assert [card.name for card in some.again().cards] == ["b", "a"] and set(some.again().cards) == set(some.cards)
    assert registry.offering(Offer(("gone",))).cards == registry.cards, "without a model there would be no window"


def test_the_command_says_what_is_in_force(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["site"]) == 0
    assert str(machine) in capsys.readouterr().out
    written(machine, 'theme = "dark"\nprojector = false\nclasses = ["star", "dog"]\n')
    assert main(["site"]) == 0
    out, err = capsys.readouterr()
    assert not err
    assert f"{machine}: in force" in out
    assert 'theme = "dark"' in out and "projector = false" in out and 'classes = ["star", "dog"]' in out


def test_the_command_finds_what_a_start_keeps_to_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], machine: Path
) -> None:
    lesson(tmp_path / "lessons" / "1.convlens", model="photos-simple")
    lesson(tmp_path / "lessons" / "2.convlens", page="why")
    written(tmp_path / "lessons" / "3.convlens", "no zip")
    write_model(tmp_path / "models" / "shared")
    written(tmp_path / "models" / "broken" / "card.json", "{")
    file = written(
        tmp_path / "site.toml",
        'pages = ["pixel"]\nmodels = ["everyday", "shapes-lenet", "shared", "resnet"]\ndrawing_model = "everyday"\n'
        'classes = ["cat", "unicorn", "stra"]\n'
        'model_folders = ["models", "gone"]\nlesson_folders = ["lessons", "none"]\n',
    )
    assert main(["site", str(file)]) == 1
    out, err = capsys.readouterr()
    assert "not in force" in out
    rows = [line.removeprefix(f"convlens: {file}, line ") for line in err.splitlines()]
    wanted = [
        ("2, models", '"resnet"'), ("3, drawing_model", "reads photos"), ("4, classes", '"unicorn"'),
        ("4, classes", '"star"'), ("5, model_folders", "gone"), ("5", "broken"), ("6, lesson_folders", "photos-simple"),
        ("6, lesson_folders", '"why"'), ("6, lesson_folders", "3.convlens"), ("6, lesson_folders", "none"),
    ]  # fmt: skip
    assert len(rows) == len(wanted)
    for row, (place, words) in zip(rows, wanted, strict=True):
        assert row.startswith(place) and words in row
    assert f"{len(wanted)} problems" in out


def test_a_file_that_is_not_there_is_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["site", str(tmp_path / "none.toml")]) == 2
    assert "none.toml" in capsys.readouterr().err


def test_commands_know_the_models_for_everybody(
    machine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_model(tmp_path / "shared" / "ours", {**card_data(), "title": "Our own net"})
    written(machine, f'model_folders = [{str(tmp_path / "shared")!r}]\nmodels = ["shapes-lenet"]\n')
    assert main(["models"]) == 0
    assert "ours: Our own net" in capsys.readouterr().out, "what the window offers does not bind an administrator"


def test_the_example_sets_everything_and_is_right(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["site", "--example"]) == 0
    example = capsys.readouterr().out
    for folder in ("models", "lessons"):
        (tmp_path / folder).mkdir()
    lesson(tmp_path / "lessons" / "one.convlens", page="pixel")
    file = written(tmp_path / "site.toml", example)
    assert set(read_site(file).lines) == set(KEYS)
    assert main(["site", str(file)]) == 0
    assert f"```toml\n{example}```" in (ROOT / "docs" / "classroom.md").read_text("utf-8"), "the page shows this one"
