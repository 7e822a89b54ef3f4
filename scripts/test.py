"""Run every check of the project, making its environment first where needed:  python3 scripts/test.py [PYTEST ...]"""

from __future__ import annotations

import subprocess

import environment
import system_libraries
from trouble import run, say

CHECKS = (("ruff", "check"), ("ruff", "format", "--check"), ("mypy",))
SIDE_BY_SIDE = ("-n", "auto", "--maxprocesses", "4", "--dist", "worksteal")
"""How all tests run: on every core up to four, since each process takes a gigabyte and ten seconds to begin. A
selection runs in one process: that is quicker for a few, and shows what they print."""


def main(arguments: list[str]) -> int:
    environment.with_fitting_python()
    python = environment.prepare("test")
    system_libraries.ensure(python, "offscreen")
    failed = []
    for check in (*CHECKS, ("pytest", *(arguments or SIDE_BY_SIDE))):
        say(" ".join(check))
        if subprocess.call([python, "-m", *check], cwd=environment.ROOT):
            failed.append(check[0])
    say(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return len(failed)


if __name__ == "__main__":
    run(main)
