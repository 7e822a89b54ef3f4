"""What a person says about weights of their own: the small card that a form or a file gives."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

from desktop_app.core.errors import BadFile, UserError
from desktop_app.core.model.card import MAX_SIDE, MOST, Interpolation, Preprocessing
from desktop_app.core.model.card import Fit as Fitting
from desktop_app.learn.models.catalogue import imagenet_classes, recognised, recommended
from desktop_app.learn.models.fitting import Fit, check_input
from desktop_app.learn.models.titles import title_of

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of ImageNet's photos: what nearly all of torchvision's nets are trained with."""


@dataclass(frozen=True)
class OwnCard:
    """title: as menus show it.  classes: in the order of the logits."""

    title: str
    classes: tuple[str, ...]
    preprocessing: Preprocessing
    description: str = ""
    licence: str = ""


def suggestion(fit: Fit, stem: str) -> OwnCard:
    """What is likely for weights of this architecture. stem: of the file's name, for the title."""
    official = recognised(stem)
    if official is None or official.architecture != fit.architecture:
        official = recommended(fit.architecture)
    spec = official.preprocessing if official else Preprocessing("rgb", 224, 224, "crop", "bilinear", MEAN, STD, 256)
    if fit.side is not None and fit.side != spec.height:
        spec = replace(spec, height=fit.side, width=fit.side, resize=fit.side)
    title = stem.replace("_", " ").strip() or title_of(fit.architecture)
    return OwnCard(title, default_classes(fit.classes), spec)


def default_classes(count: int) -> tuple[str, ...]:
    """ImageNet's where there are 1,000, else numbered ones."""
    return imagenet_classes() if count == 1000 else tuple(f"class {number}" for number in range(1, count + 1))


def distinct(names: Sequence[str]) -> tuple[str, ...]:
    """The same names, but a second "crane" is "crane (2)": answers are told apart by their names."""
    seen: Counter[str] = Counter()
    told, taken = [], set(names)
    for name in names:
        seen[name] += 1
        if seen[name] > 1:
            while (other := f"{name} ({seen[name]})") in taken:
                seen[name] += 1
            name = other
            taken.add(name)
        told.append(name)
    return tuple(told)


def checked(own: OwnCard, fit: Fit) -> OwnCard:
    """The card with its texts trimmed and its classes told apart. Raises UserError that says what to change."""
    classes = tuple(name.strip() for name in own.classes)
    if len(classes) != fit.classes:
        raise UserError(
            f"The weights tell {fit.classes:,} classes apart, but {len(classes):,} are named: name each once."
        )
    if not all(classes):
        raise UserError(f"Class {classes.index('') + 1} has no name: name each class.")
    spec = own.preprocessing
    if not own.title.strip():
        raise UserError("The model has no title: give it one.")
    if not all(1 <= side <= MAX_SIDE for side in (spec.height, spec.width, spec.resize or 1)):
        raise UserError(f"Sizes must lie between 1 and {MAX_SIDE} pixels: change them.")
    numbers = (*spec.mean, *spec.std)
    if len(numbers) != 6 or not all(abs(number) <= MOST for number in numbers) or min(spec.std) < 1 / MOST:
        raise UserError(
            f"Mean and standard deviation take three numbers each, none above {MOST:,}, the latter above zero: "
            "change them."
        )
    check_input(fit, spec.height, spec.width)
    return replace(own, title=own.title.strip(), classes=distinct(classes))


def read_own_card(file: Path, fit: Fit) -> OwnCard:
    """From JSON; whatever is left out is as `suggestion` has it. Raises BadFile.

    {"title": …, "classes": [names] or the name of a text file with one a line, "size": 224 or [height, width],
    "resize": 256, "fit": "crop", "interpolation": "bilinear", "mean": [3 numbers], "std": [3 numbers]}; the same may
    stand in "input", so that a whole card.json is one too.
    """
    own = suggestion(fit, file.parent.name if file.stem == "card" else file.stem)
    try:
        data = json.loads(file.read_text(encoding="utf-8-sig"))
        if not isinstance(data, Mapping):
            raise TypeError("it is no JSON object")
        given: dict[str, Any] = {**data.get("input", {}), **data}
        return OwnCard(
            title=str(given.get("title", own.title)),
            classes=_classes(given["classes"], file.parent) if "classes" in given else own.classes,
            preprocessing=_preprocessing(given, own.preprocessing),
            description=str(given.get("description", "")),
            licence=str(given.get("licence", "")),
        )
    except UserError:
        raise
    except OSError as error:
        raise BadFile(f"{file.name} cannot be read ({error.strerror}): check its name and folder.") from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError) as error:
        raise BadFile(f"{file.name} is no card for weights ({error}): mend it, or leave it out.") from error


def read_classes(file: Path) -> tuple[str, ...]:
    """One name a line; empty lines are passed over. Raises BadFile."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        raise BadFile(f"{file.name} cannot be read as text: give a text file with one class a line.") from error
    return tuple(line.strip() for line in lines if line.strip())


def _classes(given: Any, folder: Path) -> tuple[str, ...]:
    if isinstance(given, str):
        return read_classes(folder / given)
    return tuple(str(name) for name in given)


def _preprocessing(given: Mapping[str, Any], spec: Preprocessing) -> Preprocessing:
    size = given.get("size", (given.get("height", spec.height), given.get("width", spec.width)))
    height, width = (size, size) if isinstance(size, int) else size
    resize = given.get("resize", max(height, width) if (height, width) != (spec.height, spec.width) else spec.resize)
    return Preprocessing(
        "rgb",
        int(height),
        int(width),
        _one_of(Fitting, given.get("fit", spec.fit)),
        _one_of(Interpolation, given.get("interpolation", spec.interpolation)),
        tuple(float(value) for value in given.get("mean", spec.mean)),
        tuple(float(value) for value in given.get("std", spec.std)),
        resize=None if resize is None else int(resize),
    )


def _one_of(choices: Any, value: Any) -> Any:
    if value not in get_args(choices):
        raise ValueError(f"{value!r:.40} is none of {', '.join(get_args(choices))}")
    return value
