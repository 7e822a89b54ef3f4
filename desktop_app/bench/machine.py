"""What was measured on, and whether it was idle: a figure without its machine says nothing."""

from __future__ import annotations

import os
import platform
import time
from pathlib import Path

CPU_INFO = Path("/proc/cpuinfo")
STATISTICS = Path("/proc/stat")
LOOK = 1.0
"""Seconds of looking whether anything else runs."""
IDLE_BELOW = 0.1


def machine() -> str:
    """Processor, cores, system and Python in one line."""
    name = platform.processor() or platform.machine()
    if CPU_INFO.exists():
        lines = (line.partition(":") for line in CPU_INFO.read_text().splitlines())
        name = next((value.strip() for key, _, value in lines if key.strip() == "model name"), name)
    return f"{name}, {os.cpu_count()} cores, {platform.platform(terse=True)}, Python {platform.python_version()}"


def busy_share() -> float | None:
    """How much of all cores others use now, 0..1; None where the system does not tell it as Linux does."""
    if not STATISTICS.exists():
        return None
    busy, total = _ticks()
    time.sleep(LOOK)
    later_busy, later_total = _ticks()
    return (later_busy - busy) / max(later_total - total, 1)


def _ticks() -> tuple[int, int]:
    numbers = [int(number) for number in STATISTICS.read_text().split("\n", 1)[0].split()[1:9]]
    idle = numbers[3] + numbers[4]
    return sum(numbers) - idle, sum(numbers)
