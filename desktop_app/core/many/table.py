"""The answers as a table for spreadsheets: comma-separated values after RFC 4180."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from desktop_app.core.many.row import GUESSES, Row

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_text(rows: Iterable[Row], guesses: int = GUESSES) -> str:
    """A line a photo: path, the likeliest classes with their probabilities, entropy in bits, not sure, error.

    guesses: pairs of columns for classes; those that a row lacks stay empty.
    """
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet)
    pairs = [(f"label {n}", f"probability {n}") if n > 1 else ("label", "probability") for n in range(1, guesses + 1)]
    writer.writerow(["path", *(name for pair in pairs for name in pair), "entropy", "not sure", "error"])
    for row in rows:
        writer.writerow(_cells(row, guesses))
    return sheet.getvalue()


def _cells(row: Row, guesses: int) -> Iterator[str]:
    yield _harmless(str(row.path))
    for number in range(guesses):
        guess = row.guesses[number] if number < len(row.guesses) else None
        yield _harmless(guess.label) if guess else ""
        yield f"{guess.probability:.6f}" if guess else ""
    yield f"{row.entropy:.6f}" if row.guesses else ""
    yield ("yes" if row.not_sure else "no") if row.guesses else ""
    yield _harmless(row.error)


def _harmless(text: str) -> str:
    """A file called =cmd|… is a name and shall stay one: spreadsheets run formulas, but not behind an apostrophe.

    Bytes in a name that are no UTF-8 become question marks.
    """
    text = text.encode("utf-8", "replace").decode("utf-8")
    return f"'{text}" if text.startswith(_STARTS_FORMULA) else text
