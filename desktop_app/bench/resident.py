"""How much memory this process holds."""

from __future__ import annotations

import os
from pathlib import Path

STATUS = Path("/proc/self/statm")


def resident_mb() -> float | None:
    """Resident memory in MB (10⁶ bytes); None where the system does not tell it as Linux does."""
    if not STATUS.exists():
        return None
    return int(STATUS.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
