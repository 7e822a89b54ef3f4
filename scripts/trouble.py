"""How the scripts talk to the person who runs them."""

from __future__ import annotations


class Trouble(Exception):
    """The set-up cannot go on; the text says why, and what to do."""


def say(text: str) -> None:
    print(f"[ConvLens] {text}", flush=True)
