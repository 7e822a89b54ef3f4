"""Models in the order in which people look for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from desktop_app.core.model.card import ModelCard
from desktop_app.core.model.removal import is_own


@dataclass(frozen=True)
class Group:
    title: str
    cards: tuple[ModelCard, ...]


def groups_of(cards: Sequence[ModelCard]) -> tuple[Group, ...]:
    """The shipped ones for drawings and for photos, then the person's own; empty groups are left out."""
    own = tuple(sorted((card for card in cards if is_own(card)), key=lambda card: card.title.casefold()))
    shipped = [card for card in cards if card not in own]
    groups = (
        Group(_tr("For drawings"), tuple(card for card in shipped if card.reads == "drawings")),
        Group(_tr("For photos"), tuple(card for card in shipped if card.reads == "photos")),
        Group(_tr("Added by you"), own),
    )
    return tuple(group for group in groups if group.cards)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Models", text)
