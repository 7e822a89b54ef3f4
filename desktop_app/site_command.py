"""`convlens site`: which of the school's files is in force, what it sets, and what is wrong in it."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from desktop_app.core.errors import WrongUse
from desktop_app.core.model.registry import find_models
from desktop_app.core.paths import models_folder, own_models_folder, resource
from desktop_app.core.site import KEYS, Site, read_site
from desktop_app.core.site_check import check_site
from desktop_app.core.site_place import VARIABLE, find_site, site_places


def site(file: Path | None, *, example: bool = False) -> int:
    """Of the file in force, or of another one. 1 where something is wrong in it. example: prints one instead."""
    if example:
        print(resource("site.example.toml").read_text("utf-8"), end="")
        return 0
    if file is not None and not file.is_file():
        raise WrongUse(f"there is no file {str(file)!r}: check its name and folder.")
    found = find_site() if file is None else read_site(file.absolute())
    if found.file is None:
        print("No site file: everything is the person's own choice. It is looked for here:")
        print(*(f"    {place}" for place in site_places()), f"    what {VARIABLE} names", sep="\n")
        return 0
    print(f"{found.file}: {'in force' if file is None else 'checked, not in force by this'}")
    for key in KEYS:
        if getattr(found, key) != getattr(Site(), key):
            print(f"    {key} = {_written(getattr(found, key))}")
    registry = find_models(models_folder(), *found.model_folders, own_models_folder())
    own = str(own_models_folder())
    problems = tuple(problem for problem in registry.problems if not problem.startswith(own))  # not the school's
    wrong = check_site(found, replace(registry, problems=problems))
    for problem in wrong:
        print(f"convlens: {problem}", file=sys.stderr)
    print(f"{len(wrong)} {'problem' if len(wrong) == 1 else 'problems'}." if wrong else "Nothing is wrong in it.")
    return 1 if wrong else 0


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(_written(one) for one in value)}]"
    return f'"{value}"'
