"""Numbers as people type or paste them into a form."""

from __future__ import annotations

import math
import re

Numbers = tuple[float, ...]

PRESETS: dict[str, tuple[Numbers, Numbers]] = {
    "imagenet": ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    "unit": ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),
    "signed": ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
    "caffe": ((123 / 255, 117 / 255, 104 / 255), (1 / 255, 1 / 255, 1 / 255)),
}
"""Mean and standard deviation of red, green and blue on the scale from 0 to 1: as torchvision's nets want them, none,
as many nets since, and as the nets of 2012 to 2016, which read colours from 0 to 255 less their mean."""
SAME = 1e-5
"""Numbers that are written with six digits."""
_NUMBER = re.compile(r"([-+−]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+−]?\d+)?)(?:/(\d+))?")
_BETWEEN = re.compile(r"[\s,;()\[\]]+")


def three(text: str) -> Numbers | None:
    """ "0.485, 0.456, 0.406" or "[123/255, 117/255, 104/255]"; one number stands for all three. Else None."""
    parts = [part for part in _BETWEEN.split(re.sub(r"\s*/\s*", "/", text)) if part]
    found = [_NUMBER.fullmatch(part) for part in parts]
    try:
        values = [float(one[1].replace("−", "-")) / float(one[2] or 1) for one in found if one]
    except ZeroDivisionError:
        return None
    if len(values) == 1:
        values *= 3
    usable = len(values) == 3 and all(found) and all(map(math.isfinite, values))
    return tuple(values) if usable else None


def whole(text: str) -> int | None:
    """A whole number above zero, else None."""
    text = text.strip()
    return int(text) if re.fullmatch(r"[0-9]{1,5}", text) and int(text) > 0 else None


def in_words(values: Numbers) -> str:
    return ", ".join(f"{value:g}" for value in values)


def preset_of(mean: Numbers | None, std: Numbers | None) -> str:
    """The preset's key, or "own"."""
    if mean is None or std is None:
        return "own"
    given = (*mean, *std)
    for key, (known_mean, known_std) in PRESETS.items():
        if all(abs(a - b) < SAME for a, b in zip(given, (*known_mean, *known_std), strict=True)):
            return key
    return "own"
