"""Which models there are. One broken folder gives one message; the rest goes on."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path

from desktop_app.core.errors import UserError
from desktop_app.core.model.card import ModelCard, Reads, read_card

DEFAULTS: dict[Reads, str] = {"drawings": "shapes-lenet", "photos": "everyday"}
"""What answers until a person chooses: no model of their own shall take its place by its name."""


@dataclass(frozen=True)
class Offer:
    """names: of the models that can be chosen, all where there are none.  drawings, photos: instead of the defaults."""

    names: tuple[str, ...] = ()
    drawings: str = ""
    photos: str = ""

    def default(self, reads: Reads) -> str:
        return (self.drawings if reads == "drawings" else self.photos) or DEFAULTS[reads]


@dataclass(frozen=True)
class Registry:
    """cards: the usable models, drawings first, then by title with the default before all.

    problems: a message a broken one.  folders: where they were found.  offer: which of those that are there these are.
    """

    cards: tuple[ModelCard, ...]
    problems: tuple[str, ...] = ()
    folders: tuple[Path, ...] = ()
    offer: Offer = Offer()

    def named(self, name: str) -> ModelCard:
        """Raises UserError that lists what there is."""
        for card in self.cards:
            if card.name == name:
                return card
        there = ", ".join(card.name for card in self.cards) or "none"
        raise UserError(f"There is no model called {name!r}. Models that are here: {there}.")

    def first_for(self, reads: Reads) -> ModelCard:
        """The default model for drawings or photos; where only some are offered, at the worst one for the other kind.

        Raises UserError when there is none.
        """
        cards = [card for card in self.cards if card.reads == reads or self.offer.names]
        for card in sorted(cards, key=lambda card: (card.reads != reads, card.name != self.offer.default(reads))):
            return card
        raise UserError(f"There is no model for {reads} here. Install ConvLens anew.")

    def again(self) -> Registry:
        """As the folders are now. Models that have not changed keep their cards, and what was made of those."""
        return find_models(*self.folders).offering(self.offer).keeping(self)

    def keeping(self, before: Registry) -> Registry:
        """The same models, with the cards of an earlier reading where they have not changed."""
        known = {card.name: card for card in before.cards}
        cards = tuple(known[card.name] if _same(card, known.get(card.name)) else card for card in self.cards)
        return replace(self, cards=cards)

    def offering(self, offer: Offer) -> Registry:
        """Only those; all of them where none of those is there, since without a model there would be no window."""
        cards = [card for card in self.cards if card.name in offer.names] or self.cards
        return replace(self, cards=tuple(sorted(cards, key=partial(_place, offer))), offer=offer)


def _same(card: ModelCard, other: ModelCard | None) -> bool:
    """Whether two readings found the same; cards themselves are only equal to themselves."""
    return other is not None and all(getattr(card, f.name) == getattr(other, f.name) for f in fields(card))


def find_models(*folders: Path) -> Registry:
    """All models in folders of models; folders that do not exist are passed over.

    Menus, settings and the command line know a model by its name, so of two with one name only the first is used.
    """
    cards: dict[str, ModelCard] = {}
    problems: list[str] = []
    for model in (child for folder in folders for child in _children(folder, problems)):
        if not model.is_dir() or model.name.startswith("."):  # such are still being written, or on their way out
            continue
        if model.name in cards:
            problems.append(f"{model}: there is another model of this name. Rename this folder to use both.")
            continue
        try:
            cards[model.name] = read_card(model)
        except UserError as error:
            problems.append(str(error))
    return Registry(tuple(cards.values()), tuple(problems), folders).offering(Offer())


def _children(folder: Path, problems: list[str]) -> list[Path]:
    try:
        return sorted(folder.iterdir()) if folder.is_dir() else []
    except OSError as error:
        problems.append(f"{folder} cannot be read: {error.strerror or error}. Check who may read it.")
        return []


def _place(offer: Offer, card: ModelCard) -> tuple[str, bool, str, str]:
    """In lists: what answers until a person chooses comes first."""
    return card.reads, card.name != offer.default(card.reads), card.title.casefold(), card.name
