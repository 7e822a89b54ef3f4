"""What the school has set for everybody, in a file that an administrator may write and a pupil may not: `site.toml`.

A wrong line is left out and told; whatever else stands in the file is in force.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args

from desktop_app.core.model.registry import Offer
from desktop_app.core.settings import Scheme, Settings

Start = Literal["drawing", "photo"]
PAGES = ("pixel", "filters", "likes", "silence", "softmax", "compare", "why")
"""Below the network, in the order of their tabs."""
_LARGEST = 1 << 20


@dataclass(frozen=True)
class Problem:
    """line: from 1, 0 for the file as a whole.  key: what it is about, or nothing."""

    file: Path
    line: int
    key: str
    what: str

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.line else str(self.file)
        return f"{place}, {self.key}: {self.what}" if self.key else f"{place}: {self.what}"


@dataclass(frozen=True)
class Site:
    """None, or nothing, where the choice is the person's.

    start: the source that a start shows.  open_page: below the network.  pages: those that can be opened.
    models: names of those that are offered.  drawing_model, photo_model: what every start begins with.
    classes: those with a bar of their own.  model_folders, lesson_folders: for everybody, never written to.
    lines: where a key stands in the file.
    """

    theme: Scheme | None = None
    projector: bool | None = None
    start: Start | None = None
    open_page: str = ""
    pages: tuple[str, ...] = PAGES
    models: tuple[str, ...] = ()
    drawing_model: str = ""
    photo_model: str = ""
    classes: tuple[str, ...] = ()
    model_folders: tuple[Path, ...] = ()
    lesson_folders: tuple[Path, ...] = ()
    file: Path | None = None
    problems: tuple[Problem, ...] = ()
    lines: dict[str, int] = field(default_factory=dict)

    @property
    def offer(self) -> Offer:
        return Offer(self.models, self.drawing_model, self.photo_model)

    def over(self, settings: Settings) -> Settings:
        """What a start begins with."""
        return replace(
            settings,
            scheme=self.theme or settings.scheme,
            projector=settings.projector if self.projector is None else self.projector,
            drawing_model=self.drawing_model or settings.drawing_model,
            photo_model=self.photo_model or settings.photo_model,
        )

    def problem(self, key: str, what: str) -> Problem:
        """With the place of the key."""
        assert self.file is not None
        return Problem(self.file, self.lines.get(key, 0), key, what)


def read_site(file: Path) -> Site:
    """Never raises: what is wrong is in the answer's problems."""
    try:
        with file.open("rb") as stream:
            data = stream.read(_LARGEST)
    except OSError as error:
        return Site(file=file, problems=(Problem(file, 0, "", f"it cannot be read: {error.strerror or error}."),))
    try:
        text = data.decode("utf-8-sig")  # Windows' editor puts a mark before the first letter
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        key = _key_at(data.decode("latin-1").splitlines(), line)
        return Site(file=file, problems=(Problem(file, line, key, "this is no text in UTF-8. Save it as UTF-8."),))
    import tomllib  # only where there is a file: it takes 20 ms

    try:
        given = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return Site(file=file, problems=(_no_toml(file, text, str(error)),))
    return _checked(file, given, _lines(text))


def _checked(file: Path, given: dict[str, Any], lines: dict[str, int]) -> Site:
    kept: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, value in given.items():
        try:
            if key not in _KINDS:
                raise ValueError(_unknown(key))
            kept[key] = _KINDS[key](value, file.parent)
        except ValueError as error:
            problems.append(Problem(file, lines.get(key, 0), key, str(error)))
    offered, shown = kept.get("models", ()), kept.get("pages", PAGES)
    for key, among, name in (
        ("drawing_model", offered, "models"), ("photo_model", offered, "models"), ("open_page", shown, "pages"),
    ):  # fmt: skip
        if key in kept and name in kept and kept[key] not in among:
            problems.append(Problem(file, lines.get(key, 0), key, f'"{kept.pop(key)}" is not among {name}.'))
    problems.sort(key=lambda problem: problem.line)
    return Site(**kept, file=file, problems=tuple(problems), lines=lines)


# the kinds of values; each raises ValueError with what must stand there

Kind = Callable[[Any, Path], Any]


def _one_of(*values: str) -> Kind:
    def check(value: Any, _folder: Path) -> str:
        if value not in values:
            raise ValueError(f"{_shown(value)} is not possible. It must be {_either(values)}.")
        return str(value)

    return check


def _switch(value: Any, _folder: Path) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{_shown(value)} is not possible. It must be true or false, without quotes.")
    return value


def _name(value: Any, _folder: Path) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f'{_shown(value)} is not possible. It must be a name in quotes, as in "shapes-lenet".')
    return value


def _names(value: Any, _folder: Path) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(name, str) and name for name in value):
        raise ValueError(f'{_shown(value)} is not possible. It must be a list of names, as in ["one", "two"].')
    return tuple(dict.fromkeys(value))


def _pages(value: Any, folder: Path) -> tuple[str, ...]:
    """None at all is possible; they keep the order of the tabs."""
    names = () if value == [] else _names(value, folder)
    for name in names:
        if name not in PAGES:
            raise ValueError(f'there is no page "{name}". Pages are {", ".join(PAGES)}.')
    return tuple(page for page in PAGES if page in names)


def _folders(value: Any, folder: Path) -> tuple[Path, ...]:
    """Those that are not absolute begin beside the file: a share is another drive on every machine."""
    try:
        return tuple(folder / name for name in _names(value, folder))
    except ValueError:
        raise ValueError(f"{_shown(value)} is not possible. It must be a list of folders, as in ['/srv/x'].") from None


_KINDS: dict[str, Kind] = {
    "theme": _one_of(*get_args(Scheme)),
    "projector": _switch,
    "start": _one_of(*get_args(Start)),
    "open_page": _one_of(*PAGES),
    "pages": _pages,
    "models": _names,
    "drawing_model": _name,
    "photo_model": _name,
    "classes": _names,
    "model_folders": _folders,
    "lesson_folders": _folders,
}
assert set(_KINDS) < {each.name for each in fields(Site)}
KEYS = tuple(_KINDS)
"""All that can stand in the file."""


def _unknown(key: str) -> str:
    import difflib  # a start with a file that is right does without

    near = difflib.get_close_matches(key, KEYS, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(KEYS)}."
    return f"there is no such setting. {hint}"


def _either(values: tuple[str, ...]) -> str:
    quoted = [f'"{value}"' for value in values]
    return f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


# where in the file

_KEY = re.compile(r"""\s*\[*\s*["']?([\w-]+)["']?\s*[=.\]]""")
_WORD = re.compile(r"""\s*["']?([\w-]+)""")
_PLACE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")


def _lines(text: str) -> dict[str, int]:
    """The line on which each key first stands. A text in the way that looks like one is as near as this can be."""
    found: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        key = _KEY.match(line)
        if key:
            found.setdefault(key[1], number)
    return found


def _key_at(rows: list[str], line: int) -> str:
    """The setting that a line belongs to, which may have begun further up, or nothing."""
    for row in reversed(rows[:line]):
        word = _WORD.match(row)
        if word and word[1] in KEYS:
            return word[1]
    return ""


def _no_toml(file: Path, text: str, error: str) -> Problem:
    rows = text.splitlines()
    place = _PLACE.search(error)
    line = int(place[1]) if place and place[1] else len(rows)
    hint = " Put folders of Windows in single quotes: 'D:\\lessons'." if "\\" in "".join(rows[line - 1 : line]) else ""
    what = f"this cannot be read ({_PLACE.sub('', error)}), so nothing in the file is in force.{hint}"
    return Problem(file, line, _key_at(rows, line), what)
