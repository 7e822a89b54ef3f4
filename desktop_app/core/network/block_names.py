"""What a block is called on screen, out of the name that a programmer gave it."""

from __future__ import annotations

import re
from collections.abc import Collection

_GLUED = ("dense", "encoder", "decoder", "inception", "bottle", "sub")
"""What is written in one word with `block`, `layer` or the like."""


def words(name: str, beside: Collection[str] = ()) -> str:
    """denseblock1 → dense block 1, encoder_layer_0 → encoder layer 1 (people count from 1), inception3a → inception 3a,
    block2_1 → block 2.1.

    beside: the names of the blocks next to it, which tell whether they are counted from 0.
    """
    text = re.sub(r"(?<=\d)(?<!x\d)_(?=\d)", ".", name).replace("_", " ")  # but not branch7x7_1
    text = re.sub(rf"({'|'.join(_GLUED)})(?=block|layer|neck)", r"\1 ", text)
    text = re.sub(r"(?<=[a-z]{3})(?=\d+[a-z]?\b)(?!\dd)", " ", text)  # but not Conv2d
    number = re.search(r"(?<=[ .])\d+$", text)
    if number is not None and re.sub(r"\d+$", "0", name) in beside:
        return f"{text[: number.start()]}{int(number[0]) + 1}"
    return text


def numbered(parent: str, number: int, count: int) -> str:
    """Of a block that has only a number."""
    own = f"block {number} of {count}" if count > 1 else "block"
    return f"{parent} · {own}" if parent else own
