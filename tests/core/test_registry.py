"""One broken model folder costs that model, never the start."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_models import card_data, write_model

from desktop_app.core.errors import UserError
from desktop_app.core.model.registry import Registry, find_models


def test_models_are_found_in_all_folders_drawings_first(tmp_path: Path) -> None:
    write_model(tmp_path / "a" / "zebra")
    write_model(tmp_path / "a" / "apple", card_data("photos"))
    write_model(tmp_path / "b" / "mango")
    found = find_models(tmp_path / "a", tmp_path / "b", tmp_path / "nowhere")
    assert [card.name for card in found.cards] == ["mango", "zebra", "apple"]
    assert found.problems == ()
    assert found.first_for("drawings").name == "mango"
    assert found.first_for("photos").name == "apple"
    assert found.named("zebra").name == "zebra"


def test_the_default_comes_first_then_titles_in_their_order(tmp_path: Path) -> None:
    for name, title in (("a", "zoo"), ("b", "Animals"), ("c", "birds"), ("everyday", "Things")):
        write_model(tmp_path / name, {**card_data("photos"), "title": title})
    assert [card.title for card in find_models(tmp_path).cards] == ["Things", "Animals", "birds", "zoo"]


def test_a_broken_model_is_one_message_and_the_rest_goes_on(tmp_path: Path) -> None:
    write_model(tmp_path / "good")
    write_model(tmp_path / "nested")
    (tmp_path / "nested" / "card.json").write_text("[" * 200_000)
    write_model(tmp_path / "wrong", {**card_data(), "reads": "music"})
    (tmp_path / "empty").mkdir()
    (tmp_path / "README.md").write_text("no folder, no model")
    found = find_models(tmp_path)
    assert [card.name for card in found.cards] == ["good"]
    assert len(found.problems) == 3
    for name in ("nested", "wrong", "empty"):
        assert sum(str(tmp_path / name) in problem for problem in found.problems) == 1


def test_a_second_model_of_the_same_name_is_told_and_not_used(tmp_path: Path) -> None:
    """Menu, command line and settings know models by their names."""
    write_model(tmp_path / "shipped" / "shapes")
    write_model(tmp_path / "own" / "shapes")
    found = find_models(tmp_path / "shipped", tmp_path / "own")
    assert [card.weights_file.parent for card in found.cards] == [tmp_path / "shipped" / "shapes"]
    assert len(found.problems) == 1
    assert str(tmp_path / "own" / "shapes") in found.problems[0]


def test_what_is_not_there_is_said_with_what_is(tmp_path: Path) -> None:
    write_model(tmp_path / "good")
    found = find_models(tmp_path)
    with pytest.raises(UserError, match=r"'best'.*good"):
        found.named("best")
    with pytest.raises(UserError, match="photos"):
        found.first_for("photos")
    with pytest.raises(UserError, match="none"):
        Registry(()).named("good")


def test_models_that_have_not_changed_keep_their_cards(tmp_path: Path) -> None:
    write_model(tmp_path / "a", seed=1)
    write_model(tmp_path / "b", seed=2)
    before = find_models(tmp_path)
    write_model(tmp_path / "b", {**card_data(), "title": "Another title"}, seed=2)
    write_model(tmp_path / "c", seed=3)
    after = before.again()
    assert sorted(card.name for card in after.cards) == ["a", "b", "c"]
    assert after.named("a") is before.named("a")
    assert after.named("b") is not before.named("b") and after.named("b").title == "Another title"
