"""What the commands do and print. Torch is imported by those that need it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.errors import BadFile, UserError, WrongUse
from desktop_app.core.files import write_atomically
from desktop_app.core.forward.verdict import percent
from desktop_app.core.many.folder import pictures_in
from desktop_app.core.many.row import Row, answered, broken
from desktop_app.core.many.table import csv_text
from desktop_app.core.model.card import Fit, ModelCard, Reads, read_weights
from desktop_app.core.model.registry import Registry, find_models
from desktop_app.core.paths import models_folder, own_models_folder
from desktop_app.core.site_place import find_site

MANY_CLASSES = 100
"""Names of a model's classes that `models` prints at most."""


def model_for(name: str | None, reads: Reads) -> ModelCard:
    """The model of that name, else the first one that reads drawings or photos. Raises WrongUse."""
    registry = _registry()
    try:
        return registry.first_for(reads) if name is None else registry.named(name)
    except UserError as error:
        raise WrongUse(str(error)) from error


def models() -> int:
    registry = _registry()
    for card in registry.cards:
        try:
            read_weights(card)
        except BadFile as error:
            print(f"convlens: {error}", file=sys.stderr)
            continue
        shape = "×".join(map(str, card.preprocessing.shape))
        top1 = card.figures.get("top1")
        right = f", {top1 * 100:.1f} % right" if isinstance(top1, float) else ""
        print(f"{card.name}: {card.title}")
        print(f"    reads {card.reads}, {shape}; {card.weight_count:,} weights; {len(card.classes)} classes{right}")
        more = ", …" if len(card.classes) > MANY_CLASSES else ""
        print(f"    {', '.join(card.classes[:MANY_CLASSES])}{more}")
    for problem in registry.problems:
        print(f"convlens: {problem}", file=sys.stderr)
    return 0


def classify(
    paths: list[Path], model: str | None, top: int, fit: Fit | None, table: Path | None, *, as_json: bool
) -> int:
    """One line a file, or a JSON list, and a table of what was done; errors go to stderr too.

    1 where a file could not be read.
    """
    card = model_for(model, "photos")
    from desktop_app.learn.classify import Classifier

    found: list[Row] = []
    files = (file for path in paths for file in pictures_in(path))
    try:
        for answer in Classifier(card).files(files, fit=fit):
            row = Row(answer.path, answer.path.name)
            if answer.probabilities is None or answer.entropy is None:
                row = broken(row, answer.error or "")
            else:
                row = answered(row, answer.probabilities, answer.entropy, card, top)
            found.append(row)
            _print_row(row, as_json)
    finally:  # also what was done before somebody stopped it
        if table is not None:
            write_atomically(table, csv_text(found, top).encode())
    if as_json:
        print(json.dumps([_item(row, card) for row in found], indent=1))
    return 1 if any(row.error for row in found) else 0


def classify_drawings(file: Path, model: str | None, *, as_json: bool) -> int:
    """All answers, and where labels are given how many were right."""
    if not file.is_file():
        raise WrongUse(f"there is no file {str(file)!r}: check its name and folder.")
    card = model_for(model, "drawings")
    from desktop_app.core.drawing.drawing_set import read_drawing_set
    from desktop_app.learn.classify import Classifier

    drawings = read_drawing_set(file)
    answers = Classifier(card).drawings(drawings)
    best = answers.probabilities.argmax(axis=1)
    report: dict[str, Any] = {
        "labels": [card.classes[i] for i in best],
        "probabilities": [[round(float(p), 6) for p in row] for row in answers.probabilities],
        "entropy": [round(float(bits), 6) for bits in answers.entropy],
        "classes": list(card.classes),
    }
    if drawings.labels is not None:
        report |= _compared(drawings.labels, best, card.classes)
    if as_json:
        print(json.dumps(report))
    else:
        _print_drawings(report, answers.entropy > card.not_sure)
    return 0


def train_builtin(
    name: str, data: Path, out: Path | None, seed: int, scale: float, epochs: int, checkpoint: Path | None
) -> int:
    """epochs, checkpoint: for everyday only."""
    if not data.is_dir():
        raise WrongUse(f"there is no folder {str(data)!r}: give the folder of the data sets with --data.")
    out = out or models_folder() / ("shapes-lenet" if name == "shapes" else name)
    if name == "everyday":
        from desktop_app.learn.training import train_everyday

        train_everyday.train(data, out, seed, epochs=epochs, checkpoint=checkpoint, scale=scale)
        return 0
    from desktop_app.learn.training import train_photos, train_shapes

    train = train_shapes.train if name == "shapes" else train_photos.train
    train(data, out, seed, scale=scale)
    return 0


def prepare_likes(model: str, drawings: int, folder: Path | None, out: Path | None, seed: int) -> int:
    """Writes likes.npz; how far it has come goes to stderr. 1 where a picture could not be read."""
    card = model_for(model, "drawings")
    if folder is not None and not folder.is_dir():
        raise WrongUse(f"there is no folder {str(folder)!r}: check its name.")
    import torch

    from desktop_app.core.likes.likes_file import NAME, likes_file, packed
    from desktop_app.learn.search_likes import search_drawings, search_pictures

    torch.set_num_threads(1)  # the sum of many small numbers, and so the file, shall not depend on the machine's cores
    what = "drawings" if folder is None else "pictures"
    steps = search_drawings(card, drawings, seed) if folder is None else search_pictures(card, folder)
    step, shown = None, 0
    for step in steps:
        if step.done * 10 // step.total > shown:
            shown = step.done * 10 // step.total
            print(f"{step.done:,} of {step.total:,} {what}", file=sys.stderr, flush=True)
    assert step is not None  # there is at least one drawing, and a folder without pictures is an error
    kept = len(step.likes.pictures)
    if not kept:
        raise UserError(f"None of the pictures in {folder} could be read. Choose another folder.")
    file = likes_file(card) if out is None else out / NAME
    data = packed(step.likes, card)
    write_atomically(file, data)
    print(f"{file}: {kept:,} of {step.done:,} {what} are among somebody's nine; {len(data) / 1000:.0f} kB")
    if step.broken:
        files = "1 file" if step.broken == 1 else f"{step.broken:,} files"
        print(f"convlens: {files} could not be read.", file=sys.stderr)
    return 1 if step.broken else 0


def _registry() -> Registry:
    return find_models(models_folder(), *find_site().model_folders, own_models_folder())


def _print_row(row: Row, as_json: bool) -> None:
    path = str(row.path).encode(errors="replace").decode()  # a name may hold bytes that are no text
    if row.error:
        print(f"{path}: {row.error}", file=sys.stderr)
    elif not as_json:
        words = ", ".join(f"{guess.label} {percent(guess.probability)}" for guess in row.guesses)
        print(f"{path}: {words}{' (not sure)' if row.not_sure else ''}")


def _item(row: Row, card: ModelCard) -> dict[str, Any]:
    return {
        "path": str(row.path),
        "model": card.name,
        "top": [{"label": guess.label, "probability": guess.probability} for guess in row.guesses],
        "entropy": row.entropy if row.guesses else None,
        "error": row.error or None,
    }


def _compared(labels: tuple[str | None, ...], best: NDArray[np.int64], classes: tuple[str, ...]) -> dict[str, Any]:
    """Over the drawings whose label is one of the classes. confusion: a row a true class, a column an answer."""
    confusion = np.zeros((len(classes), len(classes)), np.int64)
    number = {name: index for index, name in enumerate(classes)}
    for label, answer in zip(labels, best, strict=True):
        if label in number:
            confusion[number[label], answer] += 1
    count, right = confusion.sum(axis=1), confusion.diagonal()
    return {
        "accuracy": float(right.sum() / count.sum()) if count.any() else None,
        "per_class": {name: float(right[i] / count[i]) if count[i] else None for i, name in enumerate(classes)},
        "confusion": confusion.tolist(),
    }


def _print_drawings(report: dict[str, Any], unsure: NDArray[np.bool_]) -> None:
    for number, (label, row) in enumerate(zip(report["labels"], report["probabilities"], strict=True)):
        print(f"{number + 1}: {label} {percent(max(row))}{' (not sure)' if unsure[number] else ''}")
    if report.get("accuracy") is not None:
        print(f"right: {report['accuracy'] * 100:.2f} %")
        for name, share in report["per_class"].items():
            print(f"  {name}: {'-' if share is None else f'{share * 100:.1f} %'}")
