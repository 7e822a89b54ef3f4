"""How the scripts talk to the person who runs them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NoReturn


class Trouble(Exception):
    """The set-up cannot go on; the text says why, and what to do."""


def say(text: str) -> None:
    print(f"[ConvLens] {text}", flush=True)


def run(main: Callable[[list[str]], int]) -> NoReturn:
    """A script from its arguments to its exit status. Trouble is told, and Ctrl+C ends it without a traceback."""
    try:
        sys.exit(main(sys.argv[1:]))
    except Trouble as trouble:
        sys.exit(f"\n{trouble}")
    except KeyboardInterrupt:
        sys.exit(130)
