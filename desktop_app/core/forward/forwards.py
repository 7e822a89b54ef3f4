"""Where forward passes come from: one a model, made by numpy until torch is there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Container
from typing import Protocol

from desktop_app.core.arithmetic.operations import Operation
from desktop_app.core.errors import NeedsTorch
from desktop_app.core.forward.factors import UNTOUCHED, Factors
from desktop_app.core.forward.trace import Array, Stage
from desktop_app.core.model.card import ModelCard

SMALL = 8_000_000
"""Weights up to which a model stays ready though it is not in use: 32 MB of numbers."""


class Forward(Protocol):
    """A model's forward pass that keeps every stage. operations: of the stages between input and softmax."""

    device: str
    stages: tuple[Stage, ...]
    operations: tuple[Operation, ...]

    def __call__(self, net_input: Array, factors: Factors = UNTOUCHED) -> tuple[Array, ...]:
        """Outputs of the stages between input and softmax, for an input (C, H, W), some maps scaled if asked for."""

    def logits(self, net_input: Array) -> Array:
        """(classes,): the same network with nothing kept on the way, which is quicker."""


class Forwards:
    """Where the worker gets a model's forward pass: made once a model, and made anew when a better maker arrives."""

    def __init__(self, make: Callable[[ModelCard], Forward], wanted: Callable[[], None] = lambda: None) -> None:
        """wanted: is told, in the thread that asks, that a model waits for the better maker."""
        self._lock = threading.Condition()
        self._make, self._wanted = make, wanted
        self._made: dict[ModelCard, Forward] = {}
        self._last = self._let_go = False

    def __call__(self, card: ModelCard) -> Forward:
        """Waits for the better maker where only that can make it; raises NeedsTorch when there will be none."""
        while True:
            with self._lock:
                forward, make = self._made.get(card), self._make
            if forward is not None:
                return forward
            try:
                forward = make(card)
            except NeedsTorch:
                self._wanted()
                with self._lock:
                    self._lock.wait_for(lambda: self._last or self._make is not make)  # noqa: B023 - called at once
                    if self._make is make:
                        raise
                continue
            with self._lock:
                if self._make is make:
                    self._made[card] = forward
            return forward

    def known(self) -> tuple[ModelCard, ...]:
        with self._lock:
            return tuple(self._made)

    def keep(self, in_use: Container[ModelCard | None]) -> None:
        """Lets go of the large models that are not among these."""
        with self._lock:
            kept = {card: made for card, made in self._made.items() if card.weight_count <= SMALL or card in in_use}
            self._let_go |= len(kept) < len(self._made)
            self._made = kept

    def let_go(self) -> bool:
        """Whether large models went since this was last asked: garbage by now, as their graphs hold themselves."""
        with self._lock:
            gone, self._let_go = self._let_go, False
            return gone

    def switch(self, make: Callable[[ModelCard], Forward], warm: dict[ModelCard, Forward]) -> None:
        """From now on forward passes come from `make`; `warm` are ready already."""
        with self._lock:
            self._make, self._made = make, dict(warm)
            self._lock.notify_all()

    def stay(self) -> None:
        """No better maker will come: nobody is to wait for it."""
        with self._lock:
            self._last = True
            self._lock.notify_all()
