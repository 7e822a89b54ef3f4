"""Numbers as a caption has room for them."""

from __future__ import annotations

import math


def short(value: float) -> str:
    """Three digits at most: 0.034, 2.1, 18, 1.2k, 3e38; a minus sign of the right length."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("∞" if value > 0 else "−∞")
    size = abs(value)
    if size < 0.0005:
        return "0" if size == 0 else "<0.001" if value > 0 else ">−0.001"
    if size < 0.1:
        text = f"{size:.3f}"
    elif size < 9.95:
        text = f"{size:.1f}" if size >= 1 else f"{size:.2f}"
    elif size < 999.5:
        text = f"{size:.0f}"
    elif size < 999_500:
        text = f"{size / 1000:.1f}k" if size < 99_950 else f"{size / 1000:.0f}k"
    else:
        text = f"{size:.0e}".replace("+", "")
    return f"−{text}" if value < 0 else text


def exact(value: float) -> str:
    """As in a line of arithmetic: three decimals, or as many as leave two digits; a minus sign of the right length."""
    if not math.isfinite(value):
        return short(value)
    size = abs(value)
    if size >= 99_999.5 or 0 < size < 0.000_1:
        mantissa, _, power = f"{size:.2e}".partition("e")
        text = f"{mantissa}·10{str(int(power)).translate(_RAISED)}"
    elif 0 < size < 0.01:
        text = f"{size:.5f}"
    else:
        text = f"{size:.3f}" if size < 99.9995 else f"{size:.1f}"
    return f"−{text}" if value < 0 else text


def tiny(value: float) -> str:
    """As a cell has room for it: two decimals below 10, then fewer."""
    if not math.isfinite(value) or abs(value) >= 999.5:
        return short(value)
    size = abs(value)
    text = f"{size:.2f}" if size < 9.995 else f"{size:.1f}" if size < 99.95 else f"{size:.0f}"
    return f"−{text}" if value < 0 and text != "0.00" else text


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
