"""The search for what units like, against plain numpy over everything at once."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tiny_models import card_data, write_model

from desktop_app.core.errors import BadFile, UserError
from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.likes.likes import NINE
from desktop_app.core.likes.likes_file import packed
from desktop_app.core.likes.pixels import as_bytes, as_input
from desktop_app.core.model.card import ModelCard, read_card
from desktop_app.core.source.photo import load_photo
from desktop_app.core.source.preprocess import prepare_photo
from desktop_app.learn import search_likes
from desktop_app.learn.search_likes import PICTURES_EACH, Searched, search_drawings, search_pictures


@pytest.fixture
def drawings_card(tmp_path: Path) -> ModelCard:
    return read_card(write_model(tmp_path / "shapes", seed=1))


@pytest.fixture
def photos_card(tmp_path: Path) -> ModelCard:
    return read_card(write_model(tmp_path / "photos", card_data("photos"), seed=2))


def folder_of(folder: Path, count: int, below: bool = False) -> list[Path]:
    """Pictures by name, and between them what is none."""
    rng = np.random.default_rng(5)
    (folder / "below").mkdir(parents=True)
    files = []
    for number in range(count):
        file = folder / ("below" if below and number % 2 else "") / f"{number:03}.png"
        Image.fromarray(rng.integers(0, 256, (5, 6, 3), dtype=np.uint8)).resize((60, 50)).save(file)
        files.append(file)
    (folder / "notes.txt").write_text("no picture")
    return sorted(files, key=lambda file: (file.parent != folder, file.name))


def check_nine(last: Searched, card: ModelCard, pictures: np.ndarray) -> None:
    """pictures: all that were gone through, in their order."""
    forward = NumpyForward(card)
    outputs = [forward(as_input(picture, card.preprocessing)) for picture in pictures]
    assert last.likes.stages.keys() == {"conv1", "conv2", "fc1", "fc2"}
    for position, stage in enumerate(forward.stages[1:-1]):
        if stage.name not in last.likes.stages:
            continue
        best = last.likes.stages[stage.name]
        maps = np.stack([output[position].reshape(stage.shape[0], -1) for output in outputs])
        strongest = maps.max(axis=2)
        count = min(NINE, len(pictures))
        wanted = -np.sort(-strongest, axis=0)[:count].T
        np.testing.assert_allclose(best.value[:, :count], wanted, rtol=1e-4, atol=1e-5)
        wide = stage.maps[2]
        for unit in range(stage.shape[0]):
            for which in range(count):
                shown = last.likes.pictures[best.picture[unit, which]]
                matches = [n for n, picture in enumerate(pictures) if np.array_equal(picture, shown)]
                place = best.row[unit, which] * wide + best.column[unit, which]
                assert any(maps[n, unit, place] == pytest.approx(best.value[unit, which], abs=1e-4) for n in matches)


def test_the_nine_of_a_folder_are_the_best_of_all_its_pictures(photos_card: ModelCard, tmp_path: Path) -> None:
    files = folder_of(tmp_path / "mine", 41, below=True)
    spec = photos_card.preprocessing
    pictures = np.stack([as_bytes(prepare_photo(load_photo(file, at_least=16), spec).input, spec) for file in files])
    *_, last = search_pictures(photos_card, tmp_path / "mine")
    assert (last.done, last.total, last.broken) == (41, 41, 0)
    assert (last.likes.origin, last.likes.seen) == ("pictures", 41)
    check_nine(last, photos_card, pictures)


def test_what_was_found_so_far_is_the_best_of_that(photos_card: ModelCard, tmp_path: Path) -> None:
    files = folder_of(tmp_path / "mine", 2 * PICTURES_EACH + 1)
    spec = photos_card.preprocessing
    search = search_pictures(photos_card, tmp_path / "mine")
    first = next(search)
    search.close()
    pictures = [prepare_photo(load_photo(file, at_least=16), spec).input for file in files[:PICTURES_EACH]]
    assert (first.done, first.total) == (PICTURES_EACH, len(files))
    check_nine(first, photos_card, as_bytes(np.stack(pictures), spec))


def test_broken_files_are_counted_and_passed_over(photos_card: ModelCard, tmp_path: Path) -> None:
    files = folder_of(tmp_path / "mine", 5)
    files[1].write_bytes(b"no picture at all")
    files[3].write_bytes(files[0].read_bytes()[:60])
    *_, last = search_pictures(photos_card, tmp_path / "mine")
    assert (last.done, last.total, last.broken, last.likes.seen) == (5, 5, 2, 3)
    assert (last.likes.stages["conv1"].picture[:, :3] >= 0).all()
    assert (last.likes.stages["conv1"].picture[:, 3:] == -1).all()


def test_a_folder_of_nothing_but_broken_files_gives_nothing(photos_card: ModelCard, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.png").write_bytes(b"")
    *_, last = search_pictures(photos_card, tmp_path / "mine")
    assert (last.done, last.broken, len(last.likes.pictures)) == (1, 1, 0)


def test_no_folder_and_no_pictures_are_said(photos_card: ModelCard, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no folder .*gone.*another one"):
        next(search_pictures(photos_card, tmp_path / "gone"))
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "notes.txt").write_text("words")
    with pytest.raises(UserError, match=r"empty holds no pictures\. Choose"):
        next(search_pictures(photos_card, tmp_path / "empty"))


def test_weights_that_cannot_be_used_are_said(photos_card: ModelCard, drawings_card: ModelCard, tmp_path: Path) -> None:
    folder_of(tmp_path / "mine", 2)
    for card in (photos_card, drawings_card):
        card.weights_file.write_bytes(b"others")
    with pytest.raises(BadFile, match="weights"):
        next(search_pictures(photos_card, tmp_path / "mine"))
    with pytest.raises(BadFile, match="weights"):
        next(search_drawings(drawings_card, 10, 0))


@pytest.mark.parametrize("kind", ["drawings", "photos"])
def test_the_nine_of_drawings_are_the_best_of_all(kind: str, request: pytest.FixtureRequest) -> None:
    card = request.getfixturevalue(f"{kind}_card")
    everything = [step.likes for step in search_drawings(card, 9, 3)]  # nine: all of them are kept
    assert len(everything) == 1 and len(everything[0].pictures) == 9
    check_nine(Searched(9, 9, 0, everything[0]), card, everything[0].pictures)


def test_drawings_depend_on_the_seed_and_on_nothing_else(drawings_card: ModelCard) -> None:
    def made(seed: int) -> bytes:
        *_, last = search_drawings(drawings_card, 150, seed)
        assert (last.done, last.total, last.likes.origin, last.likes.seen) == (150, 150, "drawings", 150)
        return packed(last.likes, drawings_card)

    assert made(4) == made(4)
    assert made(4) != made(5)


def test_a_search_says_how_far_it_has_come(drawings_card: ModelCard) -> None:
    steps = list(islice(search_drawings(drawings_card, 300, 0), 2))
    assert [step.done for step in steps] == [128, 256]
    assert all(step.total == 300 for step in steps)


def test_a_model_without_filters_says_so(tmp_path: Path) -> None:
    data = card_data(layers=[{"kind": "flatten", "name": "flatten"}, {"kind": "dense", "name": "fc", "out": 513}])
    data["classes"] = [f"class {number}" for number in range(513)]
    card = read_card(write_model(tmp_path / "wide", data))
    with pytest.raises(UserError, match="has no filters"):
        next(search_drawings(card, 4, seed=0))


def test_a_network_that_its_card_does_not_spell_out_has_too_many_units(drawings_card: ModelCard) -> None:
    with pytest.raises(UserError, match=r"too many units.*gradient ascent"):
        next(search_drawings(replace(drawings_card, layers=(), torchvision="resnet50"), 4, seed=0))


def test_a_search_can_be_stopped_while_the_folder_is_listed(
    photos_card: ModelCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_likes, "LISTED_EACH", 2)
    folder_of(tmp_path / "many", 5)
    told = [(step.done, step.total) for step in search_pictures(photos_card, tmp_path / "many")]
    assert told == [(0, 2), (0, 4), (5, 5)]
