"""Adding a model: first what a file is, then its folder among the models.

Both are iterators for a job that shows progress and can be stopped between two steps: they yield `Progress`, and what
was found or made at the end.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from desktop_app.core.errors import BadFile, UserError
from desktop_app.core.likes.likes_file import likes_file
from desktop_app.core.model.card import ModelCard, read_card, read_weights
from desktop_app.learn.models.card_data import official_card, own_card
from desktop_app.learn.models.catalogue import Official, of_digest, recognised, unfit
from desktop_app.learn.models.fitting import Fit, fit_of, fitted
from desktop_app.learn.models.model_folder import copy_model, free_name, write_model
from desktop_app.learn.models.own_card import OwnCard, checked, read_own_card, suggestion
from desktop_app.learn.models.progress import Progress, digest
from desktop_app.learn.models.weights_file import State, look_at, read_state

ENDINGS = (".pth", ".pt", ".safetensors")


@dataclass(frozen=True, eq=False)
class OfficialFile:
    """One of torchvision's own files, whose SHA-256 begins as it should: nothing has to be asked."""

    file: Path
    sha256: str
    official: Official
    state: State


@dataclass(frozen=True, eq=False)
class OwnWeights:
    """Weights for one of torchvision's architectures; a person says what the classes are called, and so on.

    suggested: to begin with, from a card beside the file where there is one (`from_card`).
    """

    file: Path
    sha256: str
    fit: Fit
    state: State
    suggested: OwnCard
    from_card: bool


@dataclass(frozen=True, eq=False)
class WholeModel:
    """A model's folder, complete with its card."""

    card: ModelCard


Examined = OfficialFile | OwnWeights | WholeModel


@dataclass(frozen=True)
class Added:
    """name: the model's, as the registry has it.  already: it was there before, and nothing was written."""

    name: str
    folder: Path
    already: bool = False


def examine(path: Path) -> Iterator[Progress | Examined]:
    """What a file of weights, or a model's folder, is. Raises BadFile with a sentence that says what to do."""
    if path.is_dir():
        yield _whole(path)
        return
    if path.suffix.lower() not in ENDINGS:
        raise BadFile(f"{path.name} is no file of weights: choose a .pth, .pt or .safetensors file.")
    if sentence := unfit(path.name):
        raise BadFile(f"{path.name} cannot be used: {sentence}")
    if (beside := path.parent / "card.json").is_file() and _is_card_of(beside, path):
        yield _whole(path.parent)
        return
    look_at(path)
    sha256 = ""
    for step in digest(path):
        if isinstance(step, Progress):
            yield step
        else:
            sha256 = step
    named = recognised(path.name) if path.suffix.lower() != ".safetensors" else None
    if named is not None and not sha256.startswith(named.prefix):
        raise BadFile(
            f"{path.name} is not torchvision's file of that name: its SHA-256 begins with "
            f"{sha256[: len(named.prefix)]}. Download it again; if it holds weights of your own, give it another name."
        )
    size = path.stat().st_size
    yield Progress("reading", 0, size)
    state = read_state(path)
    if official := named or of_digest(sha256):
        yield OfficialFile(path, sha256, official, state)
        return
    fit = fit_of(state, path.name)
    card = next((file for file in (path.with_suffix(".json"), beside) if file.is_file()), None)
    suggested = suggestion(fit, path.stem) if card is None else read_own_card(card, fit)
    yield OwnWeights(path, sha256, fit, state, suggested, card is not None)


def add(found: Examined, folder: Path, own: OwnCard | None = None) -> Iterator[Progress | Added]:
    """Writes the model into `folder`, the person's own models. own: for own weights, else what is suggested.

    Closed before its end it leaves nothing. Raises UserError.
    """
    match found:
        case WholeModel(card):
            name = free_name(card.name, folder)
            files = ["card.json", card.weights_file.name]
            if likes_file(card).is_file():
                files.append(likes_file(card).name)
            yield from copy_model(folder, name, card.weights_file.parent, files)
            yield Added(name, folder / name)
        case OfficialFile(_, sha256, official, state):
            if (there := _there_already(folder / official.name, sha256)) is not None:
                yield there
                return
            fit = Fit(official.architecture, len(official.classes), official.preprocessing.height)
            net = fitted(state, fit)
            if net is None:
                raise BadFile(f"{official.file} does not fit {official.architecture}: update ConvLens.")
            name = free_name(official.name, folder)
            yield from write_model(folder, name, net, official_card(official, sha256))
            yield Added(name, folder / name)
        case OwnWeights(file, sha256, fit, state, suggested):
            given = checked(own or suggested, fit)
            net = fitted(state, fit)
            assert net is not None  # or nothing would have been found
            name = free_name(given.title, folder)
            yield from write_model(folder, name, net, own_card(given, fit, file.name, sha256))
            yield Added(name, folder / name)


def _whole(folder: Path) -> WholeModel:
    card = read_card(folder)
    read_weights(card)
    return WholeModel(card)


def _is_card_of(card: Path, file: Path) -> bool:
    """Whether it is a whole card, which names this file of weights."""
    try:
        return bool(json.loads(card.read_text(encoding="utf-8"))["weights"]["file"] == file.name)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False


def _there_already(folder: Path, sha256: str) -> Added | None:
    try:
        same = read_card(folder).training.get("file_sha256") == sha256
    except UserError:
        return None
    return Added(folder.name, folder, already=True) if same else None
