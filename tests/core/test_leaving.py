"""A process ends with its status whatever its threads are doing."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import atexit, sys, threading, time
from desktop_app.core.leaving import leave
atexit.register(print, "unwound")
if {busy}:
    threading.Thread(target=time.sleep, args=(60,), name="convlens-worker", daemon=True).start()
print("said", end=" ")
sys.exit(leave(3))
"""


@pytest.mark.parametrize(("busy", "said"), [(True, "said "), (False, "said unwound\n")])
def test_a_busy_thread_is_not_unwound(busy: bool, said: str) -> None:
    program = [sys.executable, "-c", PROGRAM.format(busy=busy)]
    ended = subprocess.run(program, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (3, said, "")
