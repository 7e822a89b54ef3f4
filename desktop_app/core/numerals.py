"""Numbers as a caption has room for them."""

from __future__ import annotations

import math


def short(value: float) -> str:
    """Three digits at most: 0.034, 2.1, 18, 1.2k, 3e38; a minus sign of the right length."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("∞" if value > 0 else "−∞")
    size = abs(value)
    if size == 0 or size < 0.0005:
        text = "0" if size == 0 else "<0.001"
    elif size < 0.1:
        text = f"{size:.3f}"
    elif size < 9.95:
        text = f"{size:.1f}" if size >= 1 else f"{size:.2f}"
    elif size < 999.5:
        text = f"{size:.0f}"
    elif size < 999_950:
        text = f"{size / 1000:.1f}k"
    else:
        text = f"{size:.0e}".replace("+", "")
    return f"−{text}" if value < 0 else text
