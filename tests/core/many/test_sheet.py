"""The sheet counts, sorts and filters its rows as a person would."""

from __future__ import annotations

import math
import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_models import card_data, write_model

from desktop_app.core.many.row import Guess, Row, answered, broken, short_reason
from desktop_app.core.many.sheet import Filter, Order, Sheet, natural
from desktop_app.core.model.card import ModelCard, read_card

NAMES = ("b.jpg", "IMG_10.jpg", "img_9.jpg", "a.png", "deep/IMG_1.jpg")


@pytest.fixture
def card(tmp_path: Path) -> ModelCard:
    return read_card(write_model(tmp_path / "tiny", card_data("photos")))


def sheet_of(*rows: tuple[str, str, float, float]) -> Sheet:
    """name, label, confidence, entropy; a label "!" is a broken file, and none waits."""
    sheet = Sheet()
    sheet.add([Path(name) for name, *_ in rows])
    for number, (_name, label, confidence, entropy) in enumerate(rows):
        row = sheet.rows[number]
        if label == "!":
            sheet.put(number, broken(row, f"{row.path.name} is empty: copy it again."))
        elif label:
            sureness = "not sure" if confidence < 0.5 else "sure"
            sheet.put(number, Row(row.path, row.name, (Guess(label, confidence),), entropy, sureness))
    return sheet


SHEET = (
    ("e.jpg", "dog", 0.9, 0.3),
    ("d.jpg", "", 0, 0),
    ("c.jpg", "cat", 0.4, 2.0),
    ("b.jpg", "!", 0, 0),
    ("a.jpg", "dog", 0.6, 1.0),
)


def names(sheet: Sheet, order: Order = "name", shown: Filter = Filter()) -> str:  # noqa: B008 - frozen
    return "".join(sheet.rows[number].name[0] for number in sheet.arranged(order, shown))


@pytest.mark.parametrize(
    ("order", "want"), [("name", "abcde"), ("confidence", "eacbd"), ("least sure", "caebd"), ("label", "ceabd")]
)
def test_orders_put_what_has_no_answer_last(order: Order, want: str) -> None:
    assert names(sheet_of(*SHEET), order) == want


@pytest.mark.parametrize(
    ("shown", "want"),
    [
        (Filter("label", "dog"), "ae"),
        (Filter("not sure"), "c"),
        (Filter("broken"), "b"),
        (Filter(words="JPG c"), "c"),
        (Filter("label", "dog", "e"), "e"),
        (Filter("label", "horse"), ""),
    ],
)
def test_filters(shown: Filter, want: str) -> None:
    assert names(sheet_of(*SHEET), "name", shown) == want


def test_counts() -> None:
    counts = sheet_of(*SHEET).counts()
    assert (counts.all, counts.waiting, counts.broken, counts.not_sure) == (5, 1, 1, 1)
    assert counts.labels == (("dog", 2), ("cat", 1))


def test_names_are_told_within_the_folder_and_sorted_with_their_numbers(tmp_path: Path) -> None:
    sheet = Sheet([tmp_path])
    sheet.add([tmp_path / name for name in NAMES])
    assert [sheet.rows[number].name for number in sheet.arranged("name", Filter())] == [
        "a.png", "b.jpg", "deep/IMG_1.jpg", "img_9.jpg", "IMG_10.jpg",
    ]  # fmt: skip
    (tmp_path / "deep").mkdir()
    both = Sheet([tmp_path, tmp_path / "deep"])
    both.add([tmp_path / "x.jpg"])
    assert both.rows[0].name == f"{tmp_path.name}/x.jpg"
    single = Sheet([tmp_path / "x.jpg"])
    single.add([tmp_path / "x.jpg"])
    assert single.rows[0].name == "x.jpg"


@settings(max_examples=50)
@given(st.lists(st.text("aB1290_/²٣", max_size=6), max_size=12))
def test_any_two_names_can_be_compared(found: list[str]) -> None:
    assert Counter(sorted(found, key=natural)) == Counter(found)


def test_counts_stay_true_however_rows_change() -> None:
    rng = random.Random(4)
    sheet = sheet_of(*((f"{n}.jpg", "", 0, 0) for n in range(30)))
    for _ in range(400):
        if rng.random() < 0.02:
            sheet.ask_again()
        number = rng.randrange(30)
        row = sheet.rows[number]
        new = Row(row.path, row.name)
        if rng.random() < 0.1:
            new = broken(new, "x is empty: no.")
        elif rng.random() < 0.8:
            sure = rng.choice(("sure", "fairly sure", "not sure"))
            new = Row(row.path, row.name, (Guess(rng.choice("abc"), rng.random()),), 1.0, sure)  # type: ignore[arg-type]
        sheet.put(number, new)
    counts = sheet.counts()
    assert counts.all == 30
    assert counts.waiting == sum(row.waiting for row in sheet.rows)
    assert counts.broken == sum(bool(row.error) for row in sheet.rows)
    assert counts.not_sure == sum(row.not_sure for row in sheet.rows)
    assert dict(counts.labels) == Counter(row.label for row in sheet.rows if row.guesses)


def test_asking_again_forgets_answers_but_not_what_is_broken() -> None:
    sheet = sheet_of(*SHEET)
    sheet.ask_again()
    counts = sheet.counts()
    assert (counts.all, counts.waiting, counts.broken, counts.not_sure, counts.labels) == (5, 4, 1, 0, ())


def test_a_row_has_the_likeliest_classes_and_how_sure_that_is(card: ModelCard) -> None:
    row = answered(Row(Path("a"), "a"), np.array([0.1, 0.6, 0.25, 0.05], np.float32), 1.1, card)
    assert [guess.label for guess in row.guesses] == ["square", "triangle", "circle"]
    assert (row.label, row.sureness, row.waiting) == ("square", "fairly sure", False)
    assert row.confidence == pytest.approx(0.6)
    unsure = answered(row, np.array([0.3, 0.3, 0.2, 0.2], np.float32), 1.97, card)
    assert unsure.not_sure and unsure.label == "circle"


def test_numbers_that_are_none_are_sorted_last_of_the_answers(card: ModelCard) -> None:
    sheet = sheet_of(*SHEET)
    row = answered(sheet.rows[0], np.full(4, math.nan, np.float32), math.nan, card)
    assert row.not_sure
    sheet.put(0, row)
    assert names(sheet, "confidence") == "acebd"
    assert names(sheet, "least sure") == "caebd"


@pytest.mark.parametrize(
    ("error", "want"),
    [
        ("a.jpg is damaged or incomplete: copy or download it again.", "damaged or incomplete"),
        ("a.jpg is a PDF file, which cannot be opened here: save it.", "a PDF file, which cannot be opened here"),
        ("a.jpg was not found: check its name and folder.", "was not found"),
        ("Something else.", "Something else"),
    ],
)  # fmt: skip
def test_a_tile_has_room_for_a_short_reason(error: str, want: str) -> None:
    assert short_reason(broken(Row(Path("x/a.jpg"), "a.jpg"), error)) == want
