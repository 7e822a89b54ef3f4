"""Numbers as people type or paste them into a form."""

from __future__ import annotations

import math
import re

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
"""Mean and standard deviation of ImageNet's colours, on the 0..1 scale: what torchvision's nets were trained with."""
PRESETS = {
    "imagenet": IMAGENET,
    "unit": ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),
    "signed": ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
}
_NUMBER = re.compile(r"[-+−]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+−]?\d+)?")
_BETWEEN = re.compile(r"[\s,;()\[\]]*")


def three(text: str) -> tuple[float, float, float] | None:
    """ "0.485, 0.456, 0.406", also in brackets; one number stands for all three. None where it is something else."""
    if _BETWEEN.fullmatch(_NUMBER.sub("", text)) is None:
        return None
    values = [float(number.replace("−", "-")) for number in _NUMBER.findall(text)]
    if len(values) == 1:
        values *= 3
    if len(values) != 3 or not all(math.isfinite(value) for value in values):
        return None
    return values[0], values[1], values[2]


def whole(text: str) -> int | None:
    """A whole number above zero, else None."""
    text = text.strip()
    return int(text) if re.fullmatch(r"[0-9]{1,5}", text) and int(text) > 0 else None


def in_words(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:g}" for value in values)


def preset_of(mean: tuple[float, ...] | None, std: tuple[float, ...] | None) -> str:
    """The preset's key, or "own"."""
    return next((key for key, known in PRESETS.items() if known == (mean, std)), "own")
