"""The commands that bring models in and give them away."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from desktop_app.core.errors import WrongUse
from desktop_app.core.forward.verdict import percent
from desktop_app.core.paths import own_models_folder
from desktop_app.learn.models.add import Added, Examined, OwnWeights, add, examine
from desktop_app.learn.models.catalogue import officials, wanted
from desktop_app.learn.models.own_card import read_classes, read_own_card
from desktop_app.learn.models.progress import Progress


def list_official() -> int:
    """What `fetch_model` can get: a line each."""
    width = max(len(official.name) for official in officials())
    for one in officials():
        print(f"{one.name:<{width}}  {one.megabytes:7,.0f} MB  {percent(one.top1):>6} right  {one.title}")
    return 0


def fetch_model(name: str, out: Path | None) -> int:
    """Downloads the file, checks it and adds the model."""
    official, folder = wanted(name), out or own_models_folder()
    from desktop_app.fetch import download

    with download(official, folder) as place:
        _add(Path(place, official.file), folder)
    return 0


def add_model(file: Path, card: Path | None, classes: Path | None, title: str | None, out: Path | None) -> int:
    """The same as the window's File ▸ Add model."""
    if not file.exists():
        raise WrongUse(f"there is no file {str(file)!r}: check its name and folder.")
    _add(file, out or own_models_folder(), card, classes, title)
    return 0


def _add(
    file: Path, folder: Path, card: Path | None = None, classes: Path | None = None, title: str | None = None
) -> None:
    found = next(one for one in _followed(examine(file)) if not isinstance(one, Progress))
    assert not isinstance(found, Added)
    own = None
    if isinstance(found, OwnWeights):
        own = found.suggested if card is None else read_own_card(card, found.fit)
        own = replace(own, classes=read_classes(classes)) if classes is not None else own
        own = replace(own, title=title) if title is not None else own
    elif card or classes or title:
        raise WrongUse(f"{file.name} needs no card: leave --card, --classes and --title out.")
    added = next(one for one in _followed(add(found, folder, own)) if isinstance(one, Added))
    print(f"{added.name}: {'was there already' if added.already else 'added'} in {added.folder}")


def _followed(steps: Iterator[Progress | Examined | Added]) -> Iterator[Progress | Examined | Added]:
    """The same, and says on stderr what is being done."""
    phase = None
    for step in steps:
        if isinstance(step, Progress) and step.phase != phase:
            phase = step.phase
            print(f"{phase} {step.total / 1e6:,.0f} MB", file=sys.stderr, flush=True)
        yield step


def export_onnx(name: str, out: Path | None, photo: Path | None) -> int:
    """Writes the file, and says how well ONNX Runtime's logits agree."""
    from desktop_app.commands import model_for
    from desktop_app.core.source.fitting import decoded_side
    from desktop_app.core.source.photo import load_photo
    from desktop_app.core.source.preprocess import prepare_photo
    from desktop_app.learn.models.onnx_export import Proof, export

    card = model_for(name, "photos")
    file = out or Path(f"{card.name}.onnx")
    if file.is_dir():
        file = file / f"{card.name}.onnx"
    inputs = []
    if photo is not None:
        spec = card.preprocessing
        inputs.append(prepare_photo(load_photo(photo, at_least=decoded_side(spec, spec.fit)), spec).input)
    for step in export(card, file, inputs):
        if isinstance(step, Proof):
            print(
                f"{file}: {file.stat().st_size / 1e6:,.1f} MB; the largest of {step.inputs} inputs' logits differs by "
                f"{step.difference:.2g} from torch's"
            )
    return 0
