"""Rows as a table for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from desktop_app.bench.row import Row

HEAD = ("", "what", "value", "target", "ratio", "measured against")


def table(rows: Sequence[Row]) -> str:
    """A mark for every row that has a target: met or missed."""
    cells = [HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEAD))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells]
    lines.insert(1, "─" * max(len(line) for line in lines))
    missed = sum(not row.ok for row in rows)
    lines.append(f"{len(rows) - missed} of {len(rows)} rows as wanted.")
    return "\n".join(lines)


def _cells(row: Row) -> tuple[str, ...]:
    mark = ("✓" if row.ok else "✗") if row.target else "·"
    ratio = "" if row.ratio is None else f"{row.ratio:.2f} ×"
    return mark, row.name, f"{row.value:.4g} {row.unit}", row.target, ratio, row.baseline
