"""Many files through a model: every answer is there, in order, whatever lies among them; and it can be stopped."""

from __future__ import annotations

import io
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from tiny_models import card_data, write_model

from desktop_app.core.forward.crops import mean_answer
from desktop_app.core.forward.forwards import Forwards
from desktop_app.core.forward.instant import NumpyForward
from desktop_app.core.forward.live import Live
from desktop_app.core.forward.request import MapView, Photo, Request
from desktop_app.core.forward.trace import Answer, answer_of
from desktop_app.core.many.thumbnail import BOX, thumbnail
from desktop_app.core.model.card import Fit, ModelCard, read_card
from desktop_app.core.source.fitting import decoded_side
from desktop_app.core.source.photo import SourceImage, load_photo
from desktop_app.core.source.preprocess import prepare_crops, prepare_photo
from desktop_app.learn.classify import Classifier
from desktop_app.learn.in_lots import LOT, Stopped, in_lots

PHOTOS, BROKEN = 40, 2


@pytest.fixture
def card(tmp_path: Path) -> ModelCard:
    return read_card(write_model(tmp_path / "models" / "tiny", card_data("photos"), seed=5))


@pytest.fixture
def folder(tmp_path: Path) -> list[Path]:
    """Forty files, 5 % of them broken: one cut off in its middle, one that is no picture."""
    album = tmp_path / "album"
    album.mkdir()
    files = [album / f"{number:02}.jpg" for number in range(PHOTOS)]
    rng = np.random.default_rng(1)
    for number, file in enumerate(files):
        size = (60 + number, 90 - number)
        Image.fromarray(rng.integers(0, 256, (4, 5, 3), dtype=np.uint8)).resize(size).save(file, quality=90)
    files[7].write_bytes(files[7].read_bytes()[:400])
    files[23].write_bytes(b"no picture at all")
    return files


def alone(card: ModelCard, file: Path, fit: Fit) -> Answer:
    """By numpy, without torch, batches and threads."""
    photo = load_photo(file, at_least=decoded_side(card.preprocessing, fit))
    inputs = prepare_crops(photo, card.preprocessing)
    if fit != "crops":
        inputs = prepare_photo(photo, card.preprocessing, fit=fit).input[None]
    answers = [answer_of(NumpyForward(card)(one)[-1], card.temperature) for one in inputs]
    return answers[0] if len(answers) == 1 else mean_answer(answers)


@pytest.mark.parametrize("fit", ["crop", "crops", "pad"])
def test_a_folder_with_broken_files_is_answered_to_its_end(card: ModelCard, folder: list[Path], fit: Fit) -> None:
    answers = list(Classifier(card).files(folder, fit=fit))
    assert [answer.path for answer in answers] == folder
    broken = [answer for answer in answers if answer.error is not None]
    assert [answer.path.name for answer in broken] == ["07.jpg", "23.jpg"]
    assert len(broken) == BROKEN == 0.05 * PHOTOS
    for answer in broken:
        assert answer.path.name in (answer.error or "") and answer.probabilities is None and answer.entropy is None
    for answer in answers[::5]:
        if answer.probabilities is not None:
            want = alone(card, answer.path, fit)
            np.testing.assert_allclose(answer.probabilities, want.probabilities, atol=1e-5)
            assert answer.entropy == pytest.approx(want.entropy, abs=1e-4)


def test_thumbnails_come_with_the_answers_where_they_are_wanted(card: ModelCard, folder: list[Path]) -> None:
    asked: set[Path] = set()

    def wanted(path: Path) -> bool:
        asked.add(path)
        return path != folder[3]

    answers = list(Classifier(card).files(folder[:12], with_thumbnail=wanted))
    assert asked == set(folder[:12])
    assert answers[3].thumbnail == b"" and answers[7].thumbnail == b""
    with Image.open(io.BytesIO(answers[0].thumbnail)) as small, Image.open(folder[0]) as photo:
        assert small.format == "JPEG"
        assert small.size == photo.size  # less than twice as large as the box: it needs no reducing
        assert small.width / small.height == pytest.approx(photo.width / photo.height, rel=0.02)
        assert np.abs(np.asarray(small.resize((4, 4)), float) - np.asarray(photo.resize((4, 4)), float)).mean() < 12


def test_a_thumbnail_fills_the_box_and_is_less_than_twice_as_large(tmp_path: Path) -> None:
    for size in ((320, 240), (513, 384), (300, 900), (4000, 20)):
        with Image.open(io.BytesIO(thumbnail(SourceImage(np.zeros((*size[::-1], 3), np.uint8), size, "")))) as small:
            times = max(small.width / BOX[0], small.height / BOX[1])
            assert 1 <= times < 2


def test_transparent_pictures_get_the_background(card: ModelCard, tmp_path: Path) -> None:
    file = tmp_path / "clear.png"
    Image.new("RGBA", (60, 60), (0, 0, 0, 0)).save(file)
    (red,) = Classifier(card).files([file], background=(255, 0, 0))
    (white,) = Classifier(card).files([file])
    photo = load_photo(file, at_least=decoded_side(card.preprocessing, card.preprocessing.fit), background=(255, 0, 0))
    want = answer_of(NumpyForward(card)(prepare_photo(photo, card.preprocessing).input)[-1], card.temperature)
    assert red.probabilities is not None and white.probabilities is not None
    np.testing.assert_allclose(red.probabilities, want.probabilities, atol=1e-5)
    assert np.abs(red.probabilities - white.probabilities).max() > 1e-4


@pytest.mark.parametrize("fit", ["crop", "crops", "pad"])
def test_a_jpeg_has_one_answer_wherever_it_is_asked_for(card: ModelCard, tmp_path: Path, fit: Fit) -> None:
    """600 pixels are decoded in full for 320, at a half for 256, at an eighth for the input's 32."""
    file = tmp_path / "photo.jpg"
    noise = np.random.default_rng(3).integers(0, 256, (600, 700, 3), dtype=np.uint8)
    Image.fromarray(noise).save(file, quality=95)
    photo, live = Photo(file.name, file), Live(Forwards(NumpyForward))
    large = replace(card, preprocessing=replace(card.preprocessing, resize=500))
    for model in (card, large, card):
        window = live(Request(1, 0.0, model, photo, MapView(), fit=fit)).answer.probabilities
        beside = live(Request(2, 0.0, large, photo, MapView(), fit=fit, beside=model)).beside
        (command,) = Classifier(model).files([file], fit=fit)
        (sheet,) = Classifier(model).files([file], fit=fit, with_thumbnail=lambda _: True)
        assert beside is not None
        for one in (beside.answer.probabilities, command.probabilities, sheet.probabilities):
            assert one is not None
            np.testing.assert_allclose(one, window, atol=1e-6)


def test_no_file_gives_no_answer(card: ModelCard) -> None:
    assert list(Classifier(card).files([])) == []


def test_lots_come_in_order_and_the_first_are_small() -> None:
    sizes: list[int] = []

    def work(lot: Sequence[int], stopped: Stopped) -> list[int]:
        assert not stopped()
        sizes.append(len(lot))
        return [number * number for number in lot]

    assert list(in_lots(work, range(500), threads=3)) == [number * number for number in range(500)]
    assert sizes[0] == 1 and max(sizes) == LOT and sum(sizes) == 500


def test_slow_work_gets_small_lots() -> None:
    sizes: list[int] = []

    def work(lot: Sequence[int], _stopped: Stopped) -> list[int]:
        sizes.append(len(lot))
        return list(lot)

    seconds = iter(range(10_000))
    with pytest.MonkeyPatch.context() as patch:  # each look at the clock is a second later
        patch.setattr("desktop_app.learn.in_lots.time.thread_time", lambda: float(next(seconds)))
        assert list(in_lots(work, range(30), threads=1)) == list(range(30))
    assert set(sizes) == {1}


def test_whoever_stops_waits_for_no_more_than_what_is_under_way() -> None:
    """And nothing is read ahead of what is asked for but two lots a thread."""
    begun: list[int] = []
    told = threading.Event()

    def work(lot: Sequence[int], stopped: Stopped) -> list[int]:
        begun.extend(lot)
        if lot[0] > 3:
            while not stopped():
                pass
            told.set()
        return list(lot)

    answers = in_lots(work, range(10_000), threads=2)
    assert next(answers) == 0
    answers.close()  # type: ignore[attr-defined]  # a generator
    assert len(begun) <= 1 + 4 * LOT + 4
    assert told.is_set() or max(begun) <= 3


def test_an_error_in_a_thread_arrives() -> None:
    def work(lot: Sequence[int], _stopped: Stopped) -> list[int]:
        if 5 in lot:
            raise ZeroDivisionError("five")
        return list(lot)

    with pytest.raises(ZeroDivisionError, match="five"):
        list(in_lots(work, range(100), threads=2))


def test_torchs_threads_of_others_stay_as_they_are(card: ModelCard, folder: list[Path]) -> None:
    before = torch.get_num_threads()
    list(Classifier(card).files(folder[:3]))
    assert torch.get_num_threads() == before
