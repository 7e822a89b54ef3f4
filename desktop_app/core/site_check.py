"""What is wrong in a school's file that a start does not notice, or keeps to itself: for whoever writes it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

from desktop_app.core.errors import UserError
from desktop_app.core.lessons import lessons_in
from desktop_app.core.model.card import ModelCard, Reads
from desktop_app.core.model.registry import Registry
from desktop_app.core.session_file import open_session
from desktop_app.core.site import Problem, Site


def check_site(site: Site, registry: Registry) -> tuple[Problem, ...]:
    """Everything that is wrong, in the order of the file. registry: of all models that there are, offered or not."""
    found = [*site.problems, *_models(site, registry), *_classes(site, registry), *_lessons(site, registry)]
    return tuple(sorted(found, key=lambda problem: problem.line))


def _models(site: Site, registry: Registry) -> Iterator[Problem]:
    cards = {card.name: card for card in registry.cards}
    for name in site.models:
        if name not in cards:
            yield site.problem("models", _no_model(name, cards))
    for key, name, reads in _defaults(site):
        if name not in cards:
            yield site.problem(key, _no_model(name, cards))
        elif cards[name].reads != reads:
            yield site.problem(key, f'"{name}" reads {cards[name].reads}. Name one that reads {reads}.')
    for folder in site.model_folders:
        if not folder.is_dir():
            yield site.problem("model_folders", f"there is no folder {folder}, or it cannot be reached.")
    for problem in registry.problems:
        yield Problem(site.file or Path(), site.lines.get("model_folders", 0), "", problem)


def _defaults(site: Site) -> Iterator[tuple[str, str, Reads]]:
    if site.drawing_model:
        yield "drawing_model", site.drawing_model, "drawings"
    if site.photo_model:
        yield "photo_model", site.photo_model, "photos"


def _no_model(name: str, cards: dict[str, ModelCard]) -> str:
    return f'there is no model "{name}". Models that are here: {", ".join(sorted(cards)) or "none"}.'


def _classes(site: Site, registry: Registry) -> Iterator[Problem]:
    known = {name for card in registry.offering(site.offer).cards for name in card.classes}
    for name in site.classes:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f' Did you mean "{near[0]}"?' if near else ""
            yield site.problem("classes", f'no model that is offered has a class "{name}".{hint}')


def _lessons(site: Site, registry: Registry) -> Iterator[Problem]:
    offered = {card.name for card in registry.offering(site.offer).cards}
    for folder in site.lesson_folders:
        try:
            lessons = lessons_in(folder)
        except UserError as error:
            yield site.problem("lesson_folders", str(error))
            continue
        if not lessons:
            yield site.problem(
                "lesson_folders", f"there is no lesson in {folder}: they are files that end in .convlens."
            )
        for lesson in lessons:
            try:
                saved = open_session(lesson.file)
            except UserError as error:
                yield site.problem("lesson_folders", f"{folder}: {error}")
                continue
            if saved.model not in offered:
                yield site.problem(
                    "lesson_folders", f'{lesson.file} wants the model "{saved.model}", which is not offered.'
                )
            page = saved.looking.page if saved.looking else ""
            if page and page not in site.pages:
                yield site.problem("lesson_folders", f'{lesson.file} opens the page "{page}", which is not shown.')
