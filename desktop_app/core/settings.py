"""What a person has chosen and wants to find again. One schema; the file holds only what differs from it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from desktop_app.core.files import write_atomically
from desktop_app.core.maps.mosaic import Scale
from desktop_app.core.model.card import Fit

Scheme = Literal["system", "light", "dark"]


@dataclass(frozen=True)
class Settings:
    """geometry, layout: Qt's own description of the window and its docks, base64.  contrast: see palette.signed.

    look_share: of the height between the docks, for the page below the network.
    """

    scheme: Scheme = "system"
    projector: bool = False
    scale: Scale = "layer"
    contrast: float = 1.0
    centred: bool = True
    fit: Fit = "crop"
    background: str = "#ffffff"
    logits: bool = False
    drawing_model: str = ""
    photo_model: str = ""
    geometry: str = ""
    layout: str = ""
    look_share: float = 0.5

    @property
    def background_rgb(self) -> tuple[int, int, int]:
        """White where the setting is no colour."""
        try:
            red, green, blue = bytes.fromhex(self.background.removeprefix("#"))
        except ValueError:
            return (255, 255, 255)
        return (red, green, blue)

    def to_json(self) -> dict[str, Any]:
        """Only what differs from the defaults."""
        defaults = asdict(Settings())
        return {name: value for name, value in asdict(self).items() if value != defaults[name]}

    @staticmethod
    def from_json(data: Any) -> Settings:
        """Anything unknown or of the wrong kind falls back to its default: a settings file never stops the start."""
        hints = get_type_hints(Settings)
        known = data if isinstance(data, dict) else {}
        return replace(
            Settings(),
            **{
                field.name: known[field.name]
                for field in fields(Settings)
                if field.name in known and _fits(known[field.name], hints[field.name])
            },
        )


def load_settings(file: Path) -> Settings:
    try:
        return Settings.from_json(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError):
        return Settings()


def save_settings(settings: Settings, file: Path) -> None:
    """Raises UserError when the file cannot be written."""
    write_atomically(file, json.dumps(settings.to_json(), indent=1).encode())


def _fits(value: Any, kind: Any) -> bool:
    if get_origin(kind) is Literal:
        return value in get_args(kind)
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and 0.1 <= value <= 10
    return isinstance(value, kind)
