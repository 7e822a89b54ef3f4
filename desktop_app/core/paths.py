"""Where files are: what is shipped (models, resources) and what belongs to the person (settings, autosave)."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path

import platformdirs


@cache
def _shipped() -> Path:
    """The folder that holds `models` and `resources`: in a bundle, an installed wheel, or the source tree."""
    package = Path(__file__).resolve().parents[1]
    frozen = getattr(sys, "_MEIPASS", None)
    places = [Path(frozen)] if frozen else [package / "_bundled", package.parent]
    for place in places:
        if (place / "models").is_dir():
            return place
    raise FileNotFoundError(f"ConvLens is not installed completely: no folder 'models' in {places[0]}")


def models_folder() -> Path:
    return _shipped() / "models"


def resource(*parts: str) -> Path:
    return _shipped().joinpath("resources", *parts)


def user_data() -> Path:
    """The person's own folder; `CONVLENS_HOME` moves it (tests, a classroom share). Made when something is saved."""
    home = os.environ.get("CONVLENS_HOME")
    return Path(home) if home else Path(platformdirs.user_data_dir("ConvLens", appauthor=False))


def own_models_folder() -> Path:
    """Models that the person added; there is none before the first."""
    return user_data() / "models"
